package compression

import (
	"context"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"

	"postern/internal/gateway/message"
)

// Response compresses responses.
type Response struct {
	// MinimumSize is the smallest body that is compressed, in bytes.
	MinimumSize int
}

// Encode is the step that compresses the response, if it is large enough, is not encoded yet, and the client wants a
// coding that AWS knows more than any other.
func (r *Response) Encode(_ context.Context, x *message.Exchange) error {
	out := x.Response
	if x.Test || out.Stream != nil || len(out.Body) == 0 || len(out.Body) < r.MinimumSize {
		return nil
	}
	if _, encoded := out.Header.GetFold("Content-Encoding"); encoded {
		return nil
	}
	accept, _ := x.Request.Header.GetFold("Accept-Encoding")
	coding := preferred(accept)
	if coding == "" {
		return nil
	}
	encoded, err := encode(coding, out.Body)
	if err != nil {
		return err
	}
	out.SetBody(encoded)
	out.Header.Add("Content-Encoding", coding)
	return nil
}

// preferred is the coding that an Accept-Encoding header ranks highest, "" if that is none of gzip and deflate. Of
// several with the same rank the first that AWS knows counts (guide: "gzip, deflate, br" compresses). No header means
// any coding, and "*" compresses nothing.
func preferred(accept string) string {
	best, bestRank := "", 0.0
	for entry := range strings.SplitSeq(accept, ",") {
		coding, parameters, _ := strings.Cut(entry, ";")
		rank := 1.0
		if q, ok := strings.CutPrefix(strings.ReplaceAll(parameters, " ", ""), "q="); ok {
			var err error
			if rank, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		coding = strings.ToLower(strings.TrimSpace(coding))
		known := coding == "gzip" || coding == "deflate" || coding == "identity"
		if rank > bestRank || rank == bestRank && best == "" && known && rank > 0 {
			best, bestRank = "", rank
			if known {
				best = coding
			}
		}
	}
	if best == "identity" {
		return ""
	}
	return best
}

// writer is what gzip.Writer and zlib.Writer share.
type writer interface {
	io.WriteCloser
	Reset(w io.Writer)
}

var (
	gzips  = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
	zlibs  = sync.Pool{New: func() any { return zlib.NewWriter(nil) }}
	codecs = map[string]*sync.Pool{"gzip": &gzips, "deflate": &zlibs}
)

func encode(coding string, body []byte) ([]byte, error) {
	pool := codecs[coding]
	w := pool.Get().(writer) // the pools hold nothing else
	defer pool.Put(w)
	out := sink(make([]byte, 0, len(body)/2+64))
	w.Reset(&out)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out, nil
}

// sink is a slice as a Writer.
type sink []byte

func (s *sink) Write(p []byte) (int, error) {
	*s = append(*s, p...)
	return len(p), nil
}
