package logs

import (
	"context"
	"errors"
	"strings"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/logs"
	"postern/internal/store"
)

// deliveryRetention is the retention of groups of the class DELIVERY, in days; nothing changes it.
// Source: CloudWatch Logs API reference, CreateLogGroup.
const deliveryRetention = 1

// scopeOf is the account and region that a call acts on.
func scopeOf(call *wire.Call) store.Scope {
	return store.Scope{Account: call.Account, Region: call.Region}
}

// CreateLogGroup makes a group. A key id is kept and shown; nothing is encrypted with it.
func (l *Logs) CreateLogGroup(ctx context.Context, call *wire.Call, in *model.CreateLogGroupRequest) error {
	name := *in.LogGroupName
	if strings.HasPrefix(name, "aws/") {
		return errReservedName
	}
	g := &group{Name: name, Class: model.LogGroupClassStandard, Tags: in.Tags}
	set(&g.KMSKeyID, in.KMSKeyID)
	set(&g.Class, in.LogGroupClass)
	set(&g.DeletionProtection, in.DeletionProtectionEnabled)
	return l.update(ctx, scopeOf(call), func(r records) error {
		switch _, err := r.group(name); {
		case err == nil:
			return errGroupExists
		case !errors.Is(err, errNoGroup):
			return err
		}
		g.Created = r.now
		return r.put(kindGroup, name, g)
	})
}

// set copies a member that was given.
func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// DeleteLogGroup removes a group with all that it holds.
func (l *Logs) DeleteLogGroup(ctx context.Context, call *wire.Call, in *model.DeleteLogGroupRequest) error {
	return l.update(ctx, scopeOf(call), func(r records) error {
		g, err := r.group(*in.LogGroupName)
		switch {
		case err != nil:
			return err
		case g.DeletionProtection:
			return errProtected
		}
		for _, kind := range [...]string{kindBatch, kindStream} {
			if err := r.deleteAll(kind, g.Name+":"); err != nil {
				return err
			}
		}
		return r.tx.Delete(r.key(kindGroup, g.Name))
	})
}

// deleteAll removes every document of a kind whose id starts with prefix.
func (r records) deleteAll(kind, prefix string) error {
	var ids []string
	err := r.tx.Scan(r.scope, kind, prefix, "", func(doc store.Document) bool {
		ids = append(ids, doc.Key.ID)
		return true
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := r.tx.Delete(r.key(kind, id)); err != nil {
			return err
		}
	}
	return nil
}

// describeLimit is how many items DescribeLogGroups and DescribeLogStreams answer at once unless told otherwise.
const describeLimit = 50

// DescribeLogGroups lists groups in the order of their names. Accounts other than the caller's have none.
func (l *Logs) DescribeLogGroups(ctx context.Context, call *wire.Call, in *model.DescribeLogGroupsRequest) (*model.DescribeLogGroupsResponse, error) {
	wanted, err := newGroupFilter(in)
	if err != nil {
		return nil, err
	}
	limit := describeLimit
	set(&limit, in.Limit)
	out := &model.DescribeLogGroupsResponse{LogGroups: []model.LogGroup{}}
	err = l.view(ctx, scopeOf(call), func(r records) error {
		out.LogGroups = out.LogGroups[:0]
		var failed error
		err := scan(r, kindGroup, wanted.prefix, wanted.after, func(_ string, g *group) bool {
			if !wanted.has(g) {
				return true
			}
			if len(out.LogGroups) == limit {
				out.NextToken = out.LogGroups[limit-1].LogGroupName
				return false
			}
			var shown model.LogGroup
			shown, failed = r.showGroup(g)
			out.LogGroups = append(out.LogGroups, shown)
			return failed == nil
		})
		if failed != nil {
			return failed
		}
		return err
	})
	return out, err
}

// groupFilter says which groups DescribeLogGroups lists.
type groupFilter struct {
	prefix, after, pattern, class string
	names                         map[string]bool
}

func newGroupFilter(in *model.DescribeLogGroupsRequest) (*groupFilter, error) {
	if in.LogGroupNamePrefix != nil && in.LogGroupNamePattern != nil {
		return nil, errPrefixPattern
	}
	f := &groupFilter{}
	set(&f.prefix, in.LogGroupNamePrefix)
	set(&f.pattern, in.LogGroupNamePattern)
	set(&f.after, in.NextToken)
	set(&f.class, in.LogGroupClass)
	for _, identifier := range in.LogGroupIdentifiers {
		if f.names == nil {
			f.names = map[string]bool{}
		}
		f.names[groupName(identifier)] = true
	}
	return f, nil
}

func (f *groupFilter) has(g *group) bool {
	return strings.Contains(g.Name, f.pattern) && (f.class == "" || f.class == g.Class) && (f.names == nil || f.names[g.Name])
}

// showGroup is a group as it is answered.
func (r records) showGroup(g *group) (model.LogGroup, error) {
	var bytes int64
	err := scan(r, kindStream, g.Name+":", "", func(_ string, s *stream) bool {
		bytes += s.Bytes
		return true
	})
	groupARN := r.groupARN(g.Name)
	shown := model.LogGroup{
		LogGroupName: &g.Name, CreationTime: &g.Created, MetricFilterCount: new(int), ARN: new(groupARN + ":*"),
		StoredBytes: &bytes, LogGroupClass: &g.Class, LogGroupARN: &groupARN, DeletionProtectionEnabled: &g.DeletionProtection,
	}
	if g.RetentionInDays != 0 {
		shown.RetentionInDays = &g.RetentionInDays
	}
	if g.KMSKeyID != "" {
		shown.KMSKeyID = &g.KMSKeyID
	}
	return shown, err
}

// groupName is the name in an identifier: a name itself, or the ARN of a group, with or without ":*".
func groupName(identifier string) string {
	if _, name, ok := strings.Cut(identifier, ":log-group:"); ok {
		return strings.TrimSuffix(name, ":*")
	}
	return identifier
}

// oneGroup is the group that a call names by exactly one of its two members.
func oneGroup(name, identifier *string) (string, error) {
	switch {
	case name != nil && identifier == nil:
		return *name, nil
	case identifier != nil && name == nil:
		return groupName(*identifier), nil
	}
	return "", errNoIdentifier
}
