package lambda

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"postern/internal/store"
)

// linkLasts is how long the code of a function can be fetched by a link.
// Source: Lambda API reference, GetFunction: the presigned URL is valid for 10 minutes.
const linkLasts = 10 * time.Minute

// errNoArchive is given for a link that leads nowhere, or does no longer.
var errNoArchive = errors.New("there is no such archive")

// location is where the code of a version can be fetched: for a while, by whoever has the link.
func (l *Lambda) location(at ref, v *version) string {
	if v.Code.Folder != "" {
		return "file://" + v.Code.Folder
	}
	endpoint := ""
	if s := l.options.Runtime.Surroundings; s != nil {
		endpoint = s.Endpoint()
	}
	until := strconv.FormatInt(l.options.Now().Add(linkLasts).Unix(), 10)
	path := strings.Join([]string{at.scope.Account, at.scope.Region, at.name, v.Code.Key, until}, "/")
	return endpoint + "/_postern/lambda/code/" + path + "/" + l.seal(path)
}

// seal proves that a link was made here.
func (l *Lambda) seal(path string) string {
	h := hmac.New(sha256.New, l.secret)
	_, _ = h.Write([]byte(path)) // never fails
	return hex.EncodeToString(h.Sum(nil))
}

// Archive reads the archive that a link leads to; path is the link's end, after "/_postern/lambda/code/".
func (l *Lambda) Archive(ctx context.Context, path string) ([]byte, error) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 || !hmac.Equal([]byte(path[i+1:]), []byte(l.seal(path[:i]))) {
		return nil, errNoArchive
	}
	parts := strings.Split(path[:i], "/")
	if len(parts) != 5 {
		return nil, errNoArchive
	}
	until, err := strconv.ParseInt(parts[4], 10, 64)
	if err != nil || l.options.Now().Unix() > until {
		return nil, errNoArchive
	}
	scope := store.Scope{Account: parts[0], Region: parts[1]}
	return view(ctx, l, scope, func(r records) ([]byte, error) { return r.archive(parts[2], parts[3]) })
}
