package eventloop

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ring hands many sends to the kernel in one system call: an io_uring(7) whose requests never wait, so that all of them are
// done when the call returns. That saves more than calls: whom the first send wakes up cannot displace the sender before
// the last is out.
type ring struct {
	fd             int
	shared, memory []byte
	requests       *[maxSends]ringRequest
	answers        *[2 * maxSends]ringAnswer
	// tail is behind the last request; read and written are before and behind the answers that nobody has read. They are
	// counts that go round.
	tail, read, written *uint32

	messages [maxSends]syscall.Msghdr
	parts    [maxSends][2]syscall.Iovec
}

// ringRequest is a struct io_uring_sqe.
type ringRequest struct {
	operation uint8
	_         [3]byte
	fd        int32
	_         uint64
	address   uint64
	length    uint32
	flags     uint32
	mark      uint64
	_         [24]byte
}

// ringAnswer is a struct io_uring_cqe.
type ringAnswer struct {
	mark   uint64
	result int32
	_      uint32
}

// ringParams is a struct io_uring_params.
type ringParams struct {
	requests, answers, flags uint32
	_                        [2]uint32
	features                 uint32
	_                        [4]uint32
	requestsAt               struct {
		head, tail, mask, entries, flags, dropped, array uint32
		_                                                [3]uint32
	}
	answersAt struct {
		head, tail, mask, entries, overflow, answers uint32
		_                                            [4]uint32
	}
}

const (
	ringSubmitAll  = 1 << 7     // IORING_SETUP_SUBMIT_ALL: a request that fails does not keep the next ones from being made
	ringSingleMap  = 1 << 0     // IORING_FEAT_SINGLE_MMAP: one mapping for both counters
	ringGetEvents  = 1 << 0     // IORING_ENTER_GETEVENTS: return when all is answered
	ringRequestsAt = 0x10000000 // IORING_OFF_SQES

	ringSendMsg = 9  // IORING_OP_SENDMSG
	ringSend    = 26 // IORING_OP_SEND
)

// newRing fails where the kernel is older than 5.18, or does not let this process have one.
func newRing() (*ring, error) {
	params := ringParams{flags: ringSubmitAll}
	fd, _, errno := syscall.Syscall(unix.SYS_IO_URING_SETUP, maxSends, uintptr(unsafe.Pointer(&params)), 0)
	if errno != 0 {
		return nil, fmt.Errorf("eventloop: io_uring_setup: %w", errno)
	}
	r := &ring{fd: int(fd)}
	if params.features&ringSingleMap == 0 || params.requests != maxSends || params.answers != 2*maxSends {
		r.close()
		return nil, fmt.Errorf("eventloop: io_uring_setup: %d and %d entries", params.requests, params.answers)
	}
	size := max(params.requestsAt.array+4*maxSends, params.answersAt.answers+uint32(unsafe.Sizeof(*r.answers)))
	err := r.mapInto(&r.shared, 0, int(size))
	if err == nil {
		err = r.mapInto(&r.memory, ringRequestsAt, int(unsafe.Sizeof(*r.requests)))
	}
	if err != nil {
		r.close()
		return nil, err
	}
	counter := func(at uint32) *uint32 { return (*uint32)(unsafe.Pointer(&r.shared[at])) }
	r.tail, r.read, r.written = counter(params.requestsAt.tail), counter(params.answersAt.head), counter(params.answersAt.tail)
	r.answers = (*[2 * maxSends]ringAnswer)(unsafe.Pointer(&r.shared[params.answersAt.answers]))
	r.requests = (*[maxSends]ringRequest)(unsafe.Pointer(&r.memory[0]))
	for i := range uint32(maxSends) {
		*counter(params.requestsAt.array + 4*i) = i // the kernel takes the requests in their own order
	}
	return r, nil
}

func (r *ring) mapInto(memory *[]byte, offset int64, size int) (err error) {
	*memory, err = syscall.Mmap(r.fd, offset, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED|syscall.MAP_POPULATE)
	if err != nil {
		return fmt.Errorf("eventloop: mmap: %w", err)
	}
	return nil
}

// send sends for up to maxSends tasks, each as much as there is room for. It returns false if the ring is of no more use;
// then what is not marked as tried was not sent.
func (r *ring) send(tasks []*Task) bool {
	tail := *r.tail
	for i, t := range tasks {
		t.out.tried = false
		r.prepare(i, &r.requests[(tail+uint32(i))%maxSends], &t.out)
	}
	atomic.StoreUint32(r.tail, tail+uint32(len(tasks)))
	made, _, errno := syscall.RawSyscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), uintptr(len(tasks)), uintptr(len(tasks)), ringGetEvents, 0, 0)
	read, written := *r.read, atomic.LoadUint32(r.written)
	for ; read != written; read++ {
		a := &r.answers[read%(2*maxSends)]
		tasks[a.mark].out.result(a.result)
	}
	atomic.StoreUint32(r.read, read)
	return errno == 0 && int(made) == len(tasks)
}

// prepare makes the request for what is to be sent.
func (r *ring) prepare(i int, request *ringRequest, o *outgoing) {
	*request = ringRequest{
		operation: ringSend, fd: int32(o.fd), flags: syscall.MSG_DONTWAIT | syscall.MSG_NOSIGNAL, mark: uint64(i),
		address: uint64(uintptr(unsafe.Pointer(unsafe.SliceData(o.head)))), length: uint32(len(o.head)),
	}
	if len(o.body) == 0 {
		return
	}
	message, parts := &r.messages[i], &r.parts[i]
	parts[0].Base, parts[1].Base = unsafe.SliceData(o.head), unsafe.SliceData(o.body)
	parts[0].SetLen(len(o.head))
	parts[1].SetLen(len(o.body))
	message.Iov, message.Iovlen = &parts[0], 2
	request.operation = ringSendMsg
	request.address, request.length = uint64(uintptr(unsafe.Pointer(message))), 1
}

// result notes what a request came to: bytes, or an error below zero.
func (o *outgoing) result(result int32) {
	o.tried = true
	if result < 0 {
		o.n, o.errno = 0, syscall.Errno(-result)
		return
	}
	o.n, o.errno = int(result), 0
}

func (r *ring) close() {
	for _, memory := range [...][]byte{r.shared, r.memory} {
		if memory != nil {
			_ = syscall.Munmap(memory)
		}
	}
	sysClose(r.fd)
}
