package lambda

import (
	"context"
	"reflect"
	"strconv"
	"time"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/lambda"
)

// PublishVersion makes a version of what $LATEST is now. When nothing has changed since the last one, it answers that.
func (l *Lambda) PublishVersion(ctx context.Context, call *wire.Call, in *model.PublishVersionRequest) (*model.FunctionConfiguration, error) {
	at, err := unqualified(call, in.FunctionName)
	if err != nil {
		return nil, err
	}
	if in.PublishTo != nil {
		return nil, model.InvalidParameterValueException.Errorf("PublishTo is only supported for functions of a capacity provider, which Postern does not have.")
	}
	return update(ctx, l, at, func(r records) (*model.FunctionConfiguration, error) {
		f, err := r.function(at)
		if err != nil {
			return nil, err
		}
		if err := checkRevision(in.RevisionID, f.Latest.RevisionID); err != nil {
			return nil, err
		}
		if have := f.Latest.Code.SHA256; in.CodeSHA256 != nil && *in.CodeSHA256 != "" && *in.CodeSHA256 != have {
			return nil, model.InvalidParameterValueException.Errorf("CodeSHA256 (%s) is different from current CodeSHA256 in $LATEST (%s). Please try again with the CodeSHA256 in $LATEST.", *in.CodeSHA256, have)
		}
		v, err := r.publish(f, in.Description, l.options.Now())
		if err != nil {
			return nil, err
		}
		return configuration(ref{at.scope, at.name, v.Number}, v), r.putFunction(f)
	})
}

// publish copies $LATEST into a version, unless the last one is the same.
func (r records) publish(f *function, description *string, now time.Time) (*version, error) {
	if f.Published > 0 {
		last, err := get[version](r, kindVersion, versionID(f.Name, strconv.Itoa(f.Published)))
		if err != nil && !notFound(err) {
			return nil, err
		}
		if err == nil && sameButName(last, &f.Latest) {
			return last, nil
		}
	}
	f.Published++
	v := f.Latest
	v.Number = strconv.Itoa(f.Published)
	set(&v.Description, description)
	v.touch(now)
	return &v, put(r, kindVersion, versionID(f.Name, v.Number), &v)
}

// sameButName tells whether two versions run the same: their numbers, descriptions and dates do not count.
func sameButName(a, b *version) bool {
	x, y := *a, *b
	for _, v := range []*version{&x, &y} {
		v.Number, v.Description, v.LastModified, v.RevisionID = "", "", "", ""
	}
	return reflect.DeepEqual(x, y)
}
