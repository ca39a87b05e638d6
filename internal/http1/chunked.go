package http1

import "errors"

var (
	errChunk       = errors.New("the chunked coding is broken")
	errChunkExcess = errors.New("the chunked coding carries too much besides the body")
)

// maxChunkExcess bounds chunk extensions and trailers together, in bytes: they are read and dropped.
const maxChunkExcess = 8 << 10

// maxChunkDigits bounds a chunk's size; 15 hexadecimal digits are more than any body has.
const maxChunkDigits = 15

// chunked decodes the chunked transfer coding step by step. Every line must end in CRLF; extensions and trailers
// are checked and dropped. The zero value is at the start of a body. RFC 9112, 7.1.
type chunked struct {
	state  chunkState
	left   int64 // bytes to come of this chunk
	digits int   // of the size being read
	excess int
}

type chunkState uint8

const (
	chunkSize  chunkState = iota
	chunkSpace            // before an extension's semicolon
	chunkExtension
	chunkSizeLF
	chunkData
	chunkDataCR
	chunkDataLF
	trailerStart // of a trailer line, or of the end
	trailerName
	trailerValue
	trailerLF
	chunkEndLF
	chunkDone
)

func (d *chunked) done() bool { return d.state == chunkDone }

// decode reads src and appends the body's bytes to dst as far as its capacity reaches; dst may begin where src begins,
// as decoded bytes never overtake coded ones. It returns dst and how many bytes of src were used; fewer than all when
// the body ended or dst is full.
func (d *chunked) decode(dst, src []byte) ([]byte, int, error) {
	i := 0
	for i < len(src) && d.state != chunkDone {
		if d.state == chunkData {
			n := int(min(d.left, int64(len(src)-i), int64(cap(dst)-len(dst))))
			if n == 0 {
				return dst, i, nil
			}
			dst = append(dst, src[i:i+n]...)
			i += n
			if d.left -= int64(n); d.left == 0 {
				d.state = chunkDataCR
			}
			continue
		}
		if err := d.step(src[i]); err != nil {
			return dst, i, err
		}
		i++
	}
	return dst, i, nil
}

// step takes one byte of the framing.
func (d *chunked) step(c byte) error {
	switch d.state {
	case chunkSize:
		return d.size(c)
	case chunkSpace:
		return d.space(c)
	case chunkExtension:
		return d.skip(c, chunkSizeLF)
	case chunkSizeLF:
		d.digits = 0
		return d.expect(c, '\n', d.afterSize())
	case chunkDataCR:
		return d.expect(c, '\r', chunkDataLF)
	case chunkDataLF:
		return d.expect(c, '\n', chunkSize)
	case trailerStart:
		if c == '\r' {
			d.state = chunkEndLF
			return nil
		}
		d.state = trailerName
		return d.name(c, true)
	case trailerName:
		return d.name(c, false)
	case trailerValue:
		return d.skip(c, trailerLF)
	case trailerLF:
		return d.expect(c, '\n', trailerStart)
	default: // chunkEndLF
		return d.expect(c, '\n', chunkDone)
	}
}

func (d *chunked) afterSize() chunkState {
	if d.left == 0 {
		return trailerStart
	}
	return chunkData
}

func (d *chunked) expect(c, want byte, next chunkState) error {
	if c != want {
		return errChunk
	}
	d.state = next
	return nil
}

func (d *chunked) size(c byte) error {
	switch {
	case '0' <= c && c <= '9':
		d.left = d.left<<4 | int64(c-'0')
	case 'a' <= c && c <= 'f':
		d.left = d.left<<4 | int64(c-'a'+10)
	case 'A' <= c && c <= 'F':
		d.left = d.left<<4 | int64(c-'A'+10)
	case d.digits == 0:
		return errChunk
	case c == '\r':
		d.state = chunkSizeLF
		return nil
	default:
		d.state = chunkSpace
		return d.space(c)
	}
	if d.digits++; d.digits > maxChunkDigits {
		return errChunk
	}
	return nil
}

// space drops white space after the size, which only a semicolon may follow.
func (d *chunked) space(c byte) error {
	switch c {
	case ';':
		d.state = chunkExtension
	case ' ', '\t':
	default:
		return errChunk
	}
	return d.count()
}

// skip drops a byte of an extension or a trailer's value, up to the line's end.
func (d *chunked) skip(c byte, next chunkState) error {
	switch {
	case c == '\r':
		d.state = next
		return nil
	case c < ' ' && c != '\t' || c == 0x7f:
		return errChunk
	}
	return d.count()
}

func (d *chunked) name(c byte, first bool) error {
	switch {
	case tokenChars[c]:
		return d.count()
	case c == ':' && !first:
		d.state = trailerValue
		return d.count()
	default:
		return errChunk
	}
}

func (d *chunked) count() error {
	if d.excess++; d.excess > maxChunkExcess {
		return errChunkExcess
	}
	return nil
}
