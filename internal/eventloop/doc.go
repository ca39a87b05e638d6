// Package eventloop runs many connections on few threads: it waits for all their sockets in one place, as nginx does, and
// still lets the code that serves a connection be written as if it blocked.
//
// What comes in: TCP connections, which are accepted, dialled or adopted from package net, and functions that serve them, each
// of which becomes a Task.
// What goes out: a Conn, which is a net.Conn. While a Task waits for a Conn, its stack rests in a coroutine, and the poller
// that ran it goes on with the next event: a switch of some 30 ns on the same thread, where the runtime's scheduler would
// wake another thread up. It knows nothing of what the connections carry.
//
// A Task may compute and block all the same. Before it waits for anything but a Conn (a channel, a file, a process) it
// should call Task.Block, which gives the poller's work to a new poller at once; a monitor does the same for a Task that
// runs for longer than a few milliseconds without having said so. There is one poller while one thread can do the work, and
// up to GOMAXPROCS of them otherwise.
//
// What the tasks of one batch of events send is handed to the kernel together, by an io_uring(7) where the kernel lets the
// process have one, and one by one otherwise. Nothing is on its way when that call returns: a write still tells its caller
// what came of it.
//
// It works on Linux, with epoll(7). New fails with errors.ErrUnsupported elsewhere.
package eventloop
