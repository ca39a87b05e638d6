package http1

import "encoding/binary"

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

const (
	everyByte = 0x0101010101010101
	highBits  = 0x8080808080808080
)

// visible reports whether b may be a field value: no control character but HTAB. RFC 9110, 5.5.
// Eight bytes at a time, since values are most of a head.
func visible(b []byte) bool {
	for len(b) >= 8 {
		x := binary.LittleEndian.Uint64(b)
		del := x ^ everyByte*0x7f
		if ((x-everyByte*0x20)&^x|(del-everyByte)&^del)&highBits != 0 && !visibleBytes(b[:8]) {
			return false
		}
		b = b[8:]
	}
	return visibleBytes(b)
}

func visibleBytes(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' || c == 0x7f {
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
