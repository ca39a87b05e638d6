package http1

import (
	"encoding/binary"
	"math/bits"
)

// charset tells for each byte whether it belongs.
type charset [256]bool

const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

var (
	// tokenChars may stand in methods and field names. RFC 9110, 5.6.2.
	tokenChars = newCharset(alphanumeric + "!#$%&'*+-.^_`|~")
	// hostChars may stand in a Host value: RFC 3986, 3.2.2 and 3.2.3, without userinfo.
	hostChars = newCharset(alphanumeric + "!$%&'()*+,-.:;=[]_~")
)

func newCharset(chars string) (set charset) {
	for i := range len(chars) {
		set[chars[i]] = true
	}
	return set
}

// all reports whether s consists of the set's bytes.
func (set *charset) all(s string) bool {
	for i := range len(s) {
		if !set[s[i]] {
			return false
		}
	}
	return true
}

// Names and values are looked at eight bytes at a time, since they are most of a head. A byte's highest bit tells what was
// found of it.
const (
	everyByte = 0x0101010101010101
	highBits  = 0x8080808080808080
)

// token reports whether s is one. RFC 9110, 5.6.2.
func token(s string) bool {
	if len(s) < 8 {
		return s != "" && tokenChars.all(s)
	}
	last := len(s) - 8
	for at := 0; ; at = min(at+8, last) {
		if !common(binary.LittleEndian.Uint64([]byte(s[at : at+8]))) {
			return tokenChars.all(s)
		}
		if at == last {
			return true
		}
	}
}

// common reports whether eight bytes are letters, digits and hyphens, of which nearly all names are made.
func common(x uint64) bool {
	lower := x | everyByte*0x20
	letters := (lower + everyByte*(0x80-'a')) &^ (lower + everyByte*(0x7f-'z'))
	digits := (x + everyByte*(0x80-'0')) &^ (x + everyByte*(0x7f-'9'))
	hyphens := highBits - (x ^ everyByte*'-')
	return (letters|digits|hyphens)&^x&highBits == highBits
}

// visible reports whether b may be a field value: no control character but HTAB. RFC 9110, 5.5.
func visible(b []byte) bool { return control(b) == len(b) }

// control returns where the first control character but HTAB stands in b, or b's length.
func control(b []byte) int {
	at := 0
	for at+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[at:])
		del := x ^ everyByte*0x7f
		found := ((x-everyByte*' ')&^x | (del-everyByte)&^del) & highBits
		if found == 0 {
			at += 8
			continue
		}
		if at += bits.TrailingZeros64(found) / 8; b[at] != '\t' { // the lowest bit is always right
			return at
		}
		at++
	}
	for ; at < len(b); at++ {
		if c := b[at]; c < ' ' && c != '\t' || c == 0x7f {
			return at
		}
	}
	return at
}

// validTarget reports whether t may be a request target: no control character and no space, and not empty. Bytes above 0x7f
// are let through as clients send them. RFC 9112, 3.2.
func validTarget(t string) bool {
	if t == "" {
		return false
	}
	for len(t) >= 8 {
		x := binary.LittleEndian.Uint64([]byte(t[:8]))
		del := x ^ everyByte*0x7f
		if ((x-everyByte*'!')&^x|(del-everyByte)&^del)&highBits != 0 {
			return false
		}
		t = t[8:]
	}
	for i := range len(t) {
		if t[i] <= ' ' || t[i] == 0x7f {
			return false
		}
	}
	return true
}

// trimSpace removes OWS (SP and HTAB) from both ends of b[from:to] and returns the new bounds.
func trimSpace(b []byte, from, to int) (int, int) {
	for from < to && (b[from] == ' ' || b[from] == '\t') {
		from++
	}
	for from < to && (b[to-1] == ' ' || b[to-1] == '\t') {
		to--
	}
	return from, to
}
