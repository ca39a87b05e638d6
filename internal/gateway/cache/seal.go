package cache

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"postern/internal/gateway/message"
)

// sealer encrypts entries with a key of its own, which is never written anywhere: AES-256-GCM, with the entry's key as
// what must fit too.
type sealer struct{ aead cipher.AEAD }

func newSealer() (*sealer, error) {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("make a cache's cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("make a cache's cipher: %w", err)
	}
	return &sealer{aead}, nil
}

func (s *sealer) seal(key Key, r *Response) []byte {
	return s.aead.Seal(nil, nil, r.append(nil), key[:])
}

func (s *sealer) open(key Key, sealed []byte) (*Response, error) {
	text, err := s.aead.Open(nil, nil, sealed, key[:])
	if err != nil {
		return nil, fmt.Errorf("open a cached response: %w", err)
	}
	return parseResponse(text)
}

// append adds the response's bytes: its parts in order, each behind its length.
func (r *Response) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(r.Status)) //nolint:gosec // a status
	b = binary.LittleEndian.AppendUint32(b, flag(r.FunctionError))
	for _, text := range [...]string{r.Selection, r.RequestOverride, r.ResponseOverride, string(r.Body)} {
		b = appendText(b, text)
	}
	for i := range r.Header {
		b = appendText(appendText(b, r.Header[i].Name), r.Header[i].Value)
	}
	return b
}

// parseResponse reads what append wrote.
func parseResponse(b []byte) (*Response, error) {
	status, b, _ := cutNumber(b)
	functionError, b, ok := cutNumber(b)
	ok = ok && functionError <= 1
	r := &Response{Status: int(status), FunctionError: functionError == 1}
	var body string
	for _, to := range [...]*string{&r.Selection, &r.RequestOverride, &r.ResponseOverride, &body} {
		*to, b, ok = cutText(b, ok)
	}
	r.Body = []byte(body)
	for ok && len(b) > 0 {
		var p message.Pair
		p.Name, b, ok = cutText(b, ok)
		p.Value, b, ok = cutText(b, ok)
		r.Header = append(r.Header, p)
	}
	if !ok {
		return nil, errors.New("read a cached response: it is cut short")
	}
	return r, nil
}

func flag(set bool) uint32 {
	if set {
		return 1
	}
	return 0
}

func cutNumber(b []byte) (n uint32, rest []byte, ok bool) {
	if len(b) < 4 {
		return 0, nil, false
	}
	return binary.LittleEndian.Uint32(b), b[4:], true
}

func cutText(b []byte, before bool) (text string, rest []byte, ok bool) {
	n, b, ok := cutNumber(b)
	if !before || !ok || uint64(len(b)) < uint64(n) {
		return "", nil, false
	}
	return string(b[:n]), b[n:], true
}
