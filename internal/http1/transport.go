package http1

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"postern/internal/eventloop"
	"postern/internal/gateway/message"
)

// The defaults of a Transport and an UpstreamRequest.
const (
	DefaultMaxIdlePerUpstream = 4096
	DefaultUpstreamIdle       = 60 * time.Second
	DefaultUpstreamKeepAlive  = 30 * time.Second
	DefaultMaxResponseBody    = 10 << 20
)

// Address names an upstream. Requests with equal Addresses share connections.
type Address struct {
	// Scheme is "http" or "https".
	Scheme string
	// Host is a name or an IP address, without brackets.
	Host string
	// Port is the TCP port; 0 means 80 or 443.
	Port uint16
	// Via is where connections go instead of Host and Port, "10.0.0.7:8080": a load balancer's target, of which Host is
	// but the name. Empty: to Host and Port.
	Via string
	// TLS holds the settings of https: roots, client certificates, InsecureSkipVerify. It is compared by pointer, so
	// use one *tls.Config for all requests that share it, and do not change it. ServerName defaults to Host. nil
	// means the system's roots.
	TLS *tls.Config
}

// String gives "scheme://host:port", the port left out where it is the scheme's own.
func (a Address) String() string {
	if a.Port == 0 {
		return a.Scheme + "://" + strings.TrimSuffix(net.JoinHostPort(a.Host, ""), ":")
	}
	return a.Scheme + "://" + net.JoinHostPort(a.Host, strconv.Itoa(int(a.Port)))
}

// UpstreamRequest is one request to an upstream.
type UpstreamRequest struct {
	Address Address
	// Task is the task that calls Do and reads Response.Stream: message.Request.Task of the client's request. Default: an
	// ordinary goroutine.
	Task *eventloop.Task
	// Method and Target stand in the request line as they are. Target is in origin form: "/pets?type=dog".
	Method, Target string
	// Host is the Host header. Default: Address's host, with the port unless it is the scheme's own.
	Host string
	// Header lists the header lines to send, in order. Host, Content-Length, Expect and the hop-by-hop fields
	// in it are left out: they belong to the transport.
	Header message.Pairs
	// Body is sent with its Content-Length, which is 0 without a body, whatever the method (recorded AWS answer: a GET of
	// an HTTP integration).
	Body []byte
	// MaxBody bounds the answer's body, in bytes; more gives ErrTooLarge. Default: DefaultMaxResponseBody, and
	// without bound when streamed.
	MaxBody int64
	// Stream asks for the body as Response.Stream, as it arrives. It must be closed.
	Stream bool
	// StreamIdle bounds the time between two pieces of a streamed body. Default: only the deadline bounds it.
	StreamIdle time.Duration
}

// Transport sends requests to upstreams over connections that it keeps. Its fields must not change once it is used.
// It is safe for concurrent use.
type Transport struct {
	// Loop waits for the connections. Default: package net does.
	Loop *eventloop.Loop
	// MaxIdlePerUpstream bounds the idle connections kept to one upstream. It should be more than there are requests at once,
	// since they will be so many again, and to dial costs several times what a request does. Default: DefaultMaxIdlePerUpstream.
	MaxIdlePerUpstream int
	// MaxPerUpstream bounds the connections to one upstream, idle or not; requests beyond it wait for one until
	// their deadline. Default: no bound.
	MaxPerUpstream int
	// IdleTimeout is how long an idle connection is kept. Default: DefaultUpstreamIdle.
	IdleTimeout time.Duration
	// KeepAlive is the interval of TCP keep-alive probes. Default: DefaultUpstreamKeepAlive.
	KeepAlive time.Duration
	// Fence is asked before an address is dialled; its error refuses the address, and should wrap ErrFenced. Default:
	// RefuseMetadata.
	Fence func(addr netip.Addr) error

	once      sync.Once
	names     resolver
	sessions  tls.ClientSessionCache
	mu        sync.RWMutex
	upstreams map[Address]*upstream
	janitor   *time.Timer
	closed    bool
}

func (t *Transport) prepare() {
	t.once.Do(func() {
		setDefault(&t.MaxIdlePerUpstream, DefaultMaxIdlePerUpstream)
		setDefault(&t.IdleTimeout, DefaultUpstreamIdle)
		setDefault(&t.KeepAlive, DefaultUpstreamKeepAlive)
		if t.Fence == nil {
			t.Fence = RefuseMetadata
		}
		t.names.lookup = net.DefaultResolver.LookupNetIP
		t.sessions = tls.NewLRUClientSessionCache(0)
		t.mu.Lock()
		t.upstreams = map[Address]*upstream{}
		t.mu.Unlock()
	})
}

// Do sends req and fills resp with the answer: Status, Header with every line as received, and Body or Stream. Body
// lies in resp's own memory, valid until resp is reset. Interim answers (1xx) are dropped.
//
// Everything, from the name's resolution to the body's last byte, ends at the deadline. Errors are *UpstreamError.
// A request that fails on a kept connection before any byte of an answer is sent once more on a new one, if none of
// it was sent or its method is idempotent (RFC 9110, 9.2.2).
//
// A request larger than 64 KiB is written by a goroutine of its own, so that an answer which comes early is read.
func (t *Transport) Do(req *UpstreamRequest, deadline time.Time, resp *message.Response) error {
	t.prepare()
	u, err := t.upstream(req.Address)
	if err != nil {
		return err
	}
	resp.Reset()
	left := time.Until(deadline)
	if left <= 0 {
		return u.fail(ErrTimeout, nil)
	}
	now := deadline.Add(-left)
	head := lendBuffer()
	defer giveBack(head)
	if head.b, err = appendRequest(head.b, req, u.host); err != nil {
		return u.fail(ErrInvalidRequest, err)
	}
	c, err := u.take(req, now, deadline)
	if err != nil {
		return err
	}
	kept := c.used
	err = c.roundTrip(req, head.b, deadline, resp)
	if err == nil || !kept || !c.mayRepeat(req, err) {
		return err
	}
	if err := u.acquire(req.Task, deadline); err != nil {
		return err
	}
	if c, err = u.fresh(req.Task, deadline); err != nil {
		return err
	}
	return c.roundTrip(req, head.b, deadline, resp)
}

// upstream finds or makes the pool of an address.
func (t *Transport) upstream(a Address) (*upstream, error) {
	t.mu.RLock()
	u, closed := t.upstreams[a], t.closed
	t.mu.RUnlock()
	if u != nil && !closed {
		return u, nil
	}
	if closed {
		return nil, &UpstreamError{Upstream: a.String(), Kind: ErrTransportClosed}
	}
	u, err := t.newUpstream(a)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if first := t.upstreams[a]; first != nil {
		return first, nil
	}
	u.retired = t.closed
	t.upstreams[a] = u
	if t.janitor == nil {
		t.janitor = time.AfterFunc(t.IdleTimeout/2, t.sweep)
	}
	return u, nil
}

func (t *Transport) newUpstream(a Address) (*upstream, error) {
	u := &upstream{transport: t, address: a, host: a.Host}
	if t.MaxPerUpstream > 0 {
		u.slots = make(chan struct{}, t.MaxPerUpstream)
	}
	if addr, err := netip.ParseAddr(a.Host); err == nil && addr.Is6() {
		u.host = "[" + addr.WithZone("").String() + "]"
	}
	own := uint16(80)
	if a.Scheme == "https" {
		own = 443
	}
	if a.Port == 0 {
		u.address.Port = own
	}
	if u.address.Port != own {
		u.host += ":" + strconv.Itoa(int(u.address.Port))
	}
	u.name = u.address.String()
	switch a.Scheme {
	case "http":
	case "https":
		u.tls = &tls.Config{}
		if a.TLS != nil {
			u.tls = a.TLS.Clone()
		}
		setDefault(&u.tls.ServerName, a.Host)
		u.tls.VerifyConnection = named(u.tls.VerifyConnection, u.tls.ServerName)
		u.tls.NextProtos = []string{"http/1.1"}
		if u.tls.ClientSessionCache == nil {
			u.tls.ClientSessionCache = t.sessions
		}
	default:
		return nil, u.fail(ErrConnect, errors.New("the scheme is neither http nor https"))
	}
	if a.Host == "" || !hostChars.all(u.host) {
		return nil, u.fail(ErrConnect, errors.New("the host is no name or address"))
	}
	return u, nil
}

// named gives verify the name that the certificate must have also where it is an address, which crypto/tls leaves out.
func named(verify func(tls.ConnectionState) error, name string) func(tls.ConnectionState) error {
	if verify == nil {
		return nil
	}
	return func(state tls.ConnectionState) error {
		state.ServerName = name
		return verify(state)
	}
}

// sweep closes connections that were idle too long and forgets upstreams that are no longer called. It runs every
// half IdleTimeout while there is any upstream.
func (t *Transport) sweep() {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := time.Now().Add(-t.IdleTimeout)
	for a, u := range t.upstreams {
		if u.sweep(before) {
			delete(t.upstreams, a)
		}
	}
	t.janitor = nil
	if len(t.upstreams) > 0 && !t.closed {
		t.janitor = time.AfterFunc(t.IdleTimeout/2, t.sweep)
	}
}

// Close closes the idle connections; running requests finish and close theirs. Do refuses further requests.
func (t *Transport) Close() {
	t.prepare()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	if t.janitor != nil {
		t.janitor.Stop()
	}
	for _, u := range t.upstreams {
		u.retire()
	}
}
