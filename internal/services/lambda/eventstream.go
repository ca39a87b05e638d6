package lambda

import (
	"encoding/binary"
	"hash/crc32"
)

// appendFrame writes an event in AWS's binary form: the lengths of frame and headers with their checksum, the headers,
// the payload, and the checksum of it all.
// Source: Smithy specification, "Amazon Event Stream".
func appendFrame(b []byte, kind, contentType string, payload []byte) []byte {
	begin := len(b)
	b = append(b, make([]byte, 12)...)
	b = appendFrameHeader(b, ":event-type", kind)
	b = appendFrameHeader(b, ":content-type", contentType)
	b = appendFrameHeader(b, ":message-type", "event")
	headers := len(b) - begin - 12
	b = append(b, payload...)
	frame := b[begin:]
	binary.BigEndian.PutUint32(frame, uint32(len(frame)+4)) // a frame is at most a piece long
	binary.BigEndian.PutUint32(frame[4:], uint32(headers))  // as above
	binary.BigEndian.PutUint32(frame[8:], crc32.ChecksumIEEE(frame[:8]))
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(frame))
}

// textHeader is the type of a header whose value is a text.
const textHeader = 7

func appendFrameHeader(b []byte, name, value string) []byte {
	b = append(b, byte(len(name)))
	b = append(b, name...)
	b = append(b, textHeader)
	b = binary.BigEndian.AppendUint16(b, uint16(len(value))) // constants
	return append(b, value...)
}
