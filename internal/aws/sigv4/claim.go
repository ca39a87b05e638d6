package sigv4

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"

	"postern/internal/aws/awserr"
	"postern/internal/gateway/message"
)

// claim is what a request says of its own signature, nothing of it believed yet.
type claim struct {
	algorithm  string
	credential string
	signature  string
	// signedHeaders are in lower case, sorted, each once.
	signedHeaders []string
	// date is X-Amz-Date, or Date, as sent.
	date string
	// expires is X-Amz-Expires as sent; empty when there is none.
	expires   string
	token     string
	presigned bool
}

// claimOf reads the Authorization header, or else the query string of a presigned request.
func claimOf(req *message.Request) (*claim, error) {
	headers := req.Header.ValuesFold("Authorization")
	query := presignedParameters(req.RawQuery)
	switch {
	case len(headers) > 0 && query != nil:
		return nil, awserr.InvalidSignature.Errorf("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
	case len(headers) > 1:
		return nil, awserr.IncompleteSignature.Errorf("Found more than one 'Authorization' HTTP header.")
	case len(headers) == 1 && strings.TrimSpace(headers[0]) != "":
		return headerClaim(req, strings.TrimSpace(headers[0]))
	case query != nil:
		return queryClaim(req, query)
	}
	return nil, awserr.MissingAuthenticationToken.Errorf("Missing Authentication Token")
}

// headerClaim reads
//
//	AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/apigateway/aws4_request, SignedHeaders=host;x-amz-date, Signature=...
//
// where commas or blanks part the parameters.
// Source: the texts are AWS's, as public reports quote them.
func headerClaim(req *message.Request, authorization string) (*claim, error) {
	algorithm, rest, _ := strings.Cut(authorization, " ")
	c := &claim{algorithm: algorithm, date: headerDate(req)}
	var signedHeaders string
	for part := range strings.FieldsFuncSeq(rest, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			sum := sha256.Sum256([]byte(authorization))
			return nil, awserr.IncompleteSignature.Errorf("Invalid key=value pair (missing equal-sign) in Authorization header "+
				"(hashed with SHA-256 and encoded with Base64): '%s'.", base64.StdEncoding.EncodeToString(sum[:]))
		}
		into := map[string]*string{"Credential": &c.credential, "SignedHeaders": &signedHeaders, "Signature": &c.signature}[name]
		if into == nil {
			continue
		}
		if *into != "" {
			return nil, awserr.IncompleteSignature.Errorf("Authorization header has more than one '%s' parameter. Authorization=%s", name, authorization)
		}
		*into = value
	}
	var missing strings.Builder
	for _, p := range []struct{ name, value string }{
		{"Credential", c.credential}, {"Signature", c.signature}, {"SignedHeaders", signedHeaders},
	} {
		if p.value == "" {
			missing.WriteString("Authorization header requires '" + p.name + "' parameter. ")
		}
	}
	if c.date == "" {
		missing.WriteString("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
	}
	if missing.Len() > 0 {
		return nil, awserr.IncompleteSignature.Errorf("%sAuthorization=%s", missing.String(), authorization)
	}
	c.signedHeaders = headerNames(signedHeaders)
	c.token, _ = req.Header.GetFold("X-Amz-Security-Token")
	return c, nil
}

func headerDate(req *message.Request) string {
	if date, ok := req.Header.GetFold("X-Amz-Date"); ok {
		return strings.TrimSpace(date)
	}
	date, _ := req.Header.GetFold("Date")
	return strings.TrimSpace(date)
}

// presignedParameters are the X-Amz-* parameters of a presigned request, decoded; nil for other requests.
func presignedParameters(rawQuery string) message.Pairs {
	if !strings.Contains(rawQuery, "X-Amz-") && !strings.Contains(rawQuery, "%") {
		return nil
	}
	var found message.Pairs
	for part := range strings.SplitSeq(rawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		if name = unescape(name); strings.HasPrefix(name, "X-Amz-") {
			found.Add(name, unescape(value))
		}
	}
	if _, ok := found.Get("X-Amz-Algorithm"); ok {
		return found
	}
	if _, ok := found.Get("X-Amz-Signature"); ok {
		return found
	}
	return nil
}

func queryClaim(req *message.Request, query message.Pairs) (*claim, error) {
	c := &claim{presigned: true}
	var signedHeaders string
	var missing strings.Builder
	for _, p := range []struct {
		name     string
		into     *string
		optional bool
	}{
		{"X-Amz-Algorithm", &c.algorithm, false},
		{"X-Amz-Credential", &c.credential, false},
		{"X-Amz-Signature", &c.signature, false},
		{"X-Amz-SignedHeaders", &signedHeaders, false},
		{"X-Amz-Date", &c.date, false},
		{"X-Amz-Expires", &c.expires, true},
		{"X-Amz-Security-Token", &c.token, true},
	} {
		values := query.Values(p.name)
		switch {
		case len(values) > 1:
			return nil, awserr.IncompleteSignature.Errorf("AWS query-string parameters must include '%s' once. Re-examine the query-string parameters.", p.name)
		case len(values) == 1 && values[0] != "":
			*p.into = values[0]
		case !p.optional:
			missing.WriteString("AWS query-string parameters must include '" + p.name + "'. ")
		}
	}
	if missing.Len() > 0 {
		return nil, awserr.IncompleteSignature.Errorf("%sRe-examine the query-string parameters.", missing.String())
	}
	c.signedHeaders = headerNames(signedHeaders)
	if c.token == "" {
		c.token, _ = req.Header.GetFold("X-Amz-Security-Token")
	}
	return c, nil
}

func headerNames(signedHeaders string) []string {
	names := strings.Split(strings.ToLower(signedHeaders), ";")
	slices.Sort(names)
	return slices.Compact(names)
}

// checkSignedHeaders demands that what can change a request's meaning is signed: the host and every x-amz-* header.
// X-Amz-Cf-Id is excepted, since CloudFront adds it to requests that were signed before.
func (c *claim) checkSignedHeaders(req *message.Request) error {
	if !slices.Contains(c.signedHeaders, "host") {
		return awserr.InvalidSignature.Errorf("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
	}
	const prefix = "x-amz-"
	for _, h := range req.Header {
		if len(h.Name) <= len(prefix) || !message.EqualFold(h.Name[:len(prefix)], prefix) || message.EqualFold(h.Name, "x-amz-cf-id") {
			continue
		}
		if name := strings.ToLower(h.Name); !slices.Contains(c.signedHeaders, name) {
			return awserr.InvalidSignature.Errorf("'%s' must be a 'SignedHeader' in the AWS Authorization.", name)
		}
	}
	return nil
}
