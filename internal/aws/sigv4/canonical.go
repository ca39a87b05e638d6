package sigv4

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"postern/internal/aws/awserr"
	"postern/internal/gateway/message"
)

// canonicalRequest writes the request in the one form that both sides sign. path is the request's, as sent or
// shortest; it is escaped once more, so that what the client escaped is escaped twice, as every service but S3 has it.
// Source: IAM user guide, "Create a signed AWS API request", step 1.
func canonicalRequest(req *message.Request, c *claim, path, payload string) []byte {
	out := make([]byte, 0, 1024)
	out = append(append(out, cmp.Or(req.SentMethod, req.Method)...), '\n')
	if path == "" {
		path = "/"
	}
	out = append(appendEscaped(out, path, true), '\n')
	out = append(appendCanonicalQuery(out, req.RawQuery, c.presigned), '\n')
	for _, name := range c.signedHeaders {
		out = append(append(out, name...), ':')
		out = append(appendHeader(out, req, name), '\n')
	}
	out = append(out, '\n')
	for i, name := range c.signedHeaders {
		if i > 0 {
			out = append(out, ';')
		}
		out = append(out, name...)
	}
	return append(append(out, '\n'), payload...)
}

// stringToSign is what the signature is made of. Source: as above, step 3.
func stringToSign(canonicalRequest []byte, c credential, at time.Time) []byte {
	sum := sha256.Sum256(canonicalRequest)
	out := make([]byte, 0, 192)
	out = append(out, algorithm+"\n"...)
	out = append(at.AppendFormat(out, dateLayout), '\n')
	for _, part := range []string{c.date, c.region, c.service} {
		out = append(append(out, part...), '/')
	}
	out = append(out, terminator+"\n"...)
	return hex.AppendEncode(out, sum[:])
}

// appendCanonicalQuery writes the parameters escaped anew, sorted by name and then by value; a parameter without a
// value gets an empty one. The signature itself is no part of what is signed.
func appendCanonicalQuery(out []byte, rawQuery string, presigned bool) []byte {
	if rawQuery == "" {
		return out
	}
	var parameters message.Pairs
	for part := range strings.SplitSeq(rawQuery, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		if name = unescape(name); presigned && name == "X-Amz-Signature" {
			continue
		}
		parameters.Add(escaped(name), escaped(unescape(value)))
	}
	slices.SortFunc(parameters, func(a, b message.Pair) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
	for i, p := range parameters {
		if i > 0 {
			out = append(out, '&')
		}
		out = append(append(append(out, p.Name...), '='), p.Value...)
	}
	return out
}

// appendHeader writes a header's values with commas between, without blanks around and with one blank where there are
// several.
func appendHeader(out []byte, req *message.Request, name string) []byte {
	if name == "host" {
		return appendFolded(out, req.Host)
	}
	first := true
	for _, h := range req.Header {
		if !message.EqualFold(h.Name, name) {
			continue
		}
		if !first {
			out = append(out, ',')
		}
		first = false
		out = appendFolded(out, h.Value)
	}
	return out
}

func appendFolded(out []byte, value string) []byte {
	value = strings.Trim(value, " \t")
	for i := range len(value) {
		if value[i] != ' ' || value[i-1] != ' ' {
			out = append(out, value[i])
		}
	}
	return out
}

// payloadHash is the hash of the body. A client may say it in X-Amz-Content-Sha256; it must then be right. Payloads
// that are not signed, or signed piece by piece, are S3's alone.
func payloadHash(req *message.Request, service string) (string, error) {
	body := req.Body
	if req.SentBody != nil {
		body = req.SentBody
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	said, ok := req.Header.GetFold("X-Amz-Content-Sha256")
	said = strings.TrimSpace(said)
	switch {
	case !ok || said == hash:
		return hash, nil
	case said == "UNSIGNED-PAYLOAD" || strings.HasPrefix(said, "STREAMING-"):
		return "", awserr.InvalidSignature.Errorf("The service '%s' does not support the X-Amz-Content-Sha256 '%s'. Sign the hash of the whole payload.", service, said)
	}
	return "", awserr.InvalidSignature.Errorf("The provided 'x-amz-content-sha256' header does not match what was computed.")
}
