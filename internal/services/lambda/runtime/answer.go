package runtime

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"time"
)

// readAnswer reads the whole answer.
func (v *invocation) readAnswer() ([]byte, error) {
	c := v.answer
	v.process.attending(c)
	if err := c.net.SetReadDeadline(v.deadline); err != nil || c.proceedWithBody() != nil {
		return nil, v.lost()
	}
	payload, err := v.readBody(c.request.length)
	switch {
	case err != nil:
		return nil, err
	case v.isError:
		return nil, reported(c.request.errorType, payload)
	case c.body.errorType != "":
		return nil, &Failure{Type: c.body.errorType, Payload: []byte(c.body.errorBody)}
	}
	return payload, nil
}

// readBody reads a body of a length, or of one not known (-1).
func (v *invocation) readBody(length int64) ([]byte, error) {
	if length > MaxResponse {
		return nil, v.skip()
	}
	payload := make([]byte, max(length, 0))
	for n := 0; ; {
		if length < 0 && n == len(payload) {
			if n > MaxResponse {
				return nil, v.skip()
			}
			payload = append(payload, make([]byte, max(n, 4<<10))...)
		}
		m, err := v.read(payload[n:])
		n += m
		switch {
		case errors.Is(err, io.EOF) && n > MaxResponse:
			return nil, errTooLarge
		case errors.Is(err, io.EOF):
			return payload[:n], nil
		case err != nil:
			return nil, err
		case int64(n) == length:
			return payload, nil
		}
	}
}

// skip reads what is left of an answer that is too large.
func (v *invocation) skip() error {
	var waste [16 << 10]byte
	for {
		if _, err := v.read(waste[:]); errors.Is(err, io.EOF) {
			return errTooLarge
		} else if err != nil {
			return err
		}
	}
}

// read reads a piece of the answer's body, at least a byte; the error is io.EOF or how the invocation ends.
func (v *invocation) read(b []byte) (int, error) {
	return v.readUnless(b, func() bool { return false })
}

// readUnless is read that ends with io.ErrClosedPipe when it is woken and nobody wants to know any more.
func (v *invocation) readUnless(b []byte, unwanted func() bool) (int, error) {
	c := v.answer
	for {
		n, err := c.body.Read(b)
		switch {
		case n > 0 || err == nil:
			return n, nil
		case err == io.EOF: //nolint:errorlint // the body's own end
			return 0, err
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return 0, v.lost()
		case !v.process.alive():
			return 0, errGone
		case !time.Now().Before(v.deadline):
			return 0, errLate
		case unwanted():
			return 0, io.ErrClosedPipe
		}
		v.process.attending(c)
		if c.net.SetReadDeadline(v.deadline) != nil {
			return 0, v.lost()
		}
		if !v.process.alive() {
			return 0, errGone
		}
		if unwanted() {
			return 0, io.ErrClosedPipe
		}
	}
}

// lost tells why the connection broke off: with the runtime, or by its will.
func (v *invocation) lost() error {
	timer := time.NewTimer(min(time.Second, time.Until(v.deadline)))
	defer timer.Stop()
	select {
	case <-v.process.exited:
		return errGone
	case <-timer.C:
		return errTruncated
	}
}

// reported is the failure that a runtime reports. The type stands in the description; older runtimes put "Unhandled" in
// the header.
func reported(kind string, payload []byte) *Failure {
	var description struct {
		ErrorType string `json:"errorType"`
	}
	if json.Unmarshal(payload, &description) == nil && description.ErrorType != "" {
		kind = description.ErrorType
	}
	if kind == "" {
		kind = "Unhandled"
	}
	return &Failure{Type: kind, Payload: payload}
}
