package server

import (
	"encoding/json"
	"strings"

	"postern/internal/gateway/message"
)

// own answers Postern's own paths.
func (s *Server) own(req *message.Request, resp *message.Response) {
	switch {
	case strings.HasPrefix(req.Path, functionCodePath):
		s.functionCode(req, resp)
	case req.Path == "/_postern/health":
		resp.Status = 200
		resp.Header.Add("Content-Type", "application/json")
		resp.Body = appendJSON(resp.Body, map[string]string{"status": "ok", "version": s.options.Version})
	case req.Path == "/_postern/metrics":
		s.metrics(resp)
	default:
		answer(resp, 404, "NotFoundException", "Postern has no page "+req.Path)
	}
}

// answer writes an error in the form of AWS's REST services.
func answer(resp *message.Response, status int, code, text string) {
	resp.Status = status
	resp.Header.Add("Content-Type", "application/json")
	resp.Header.Add("x-amzn-ErrorType", code)
	resp.Body = appendJSON(resp.Body, map[string]string{"message": text})
}

// appendJSON appends a map of strings, which cannot fail to encode.
func appendJSON(dst []byte, v map[string]string) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		return dst
	}
	return append(dst, text...)
}
