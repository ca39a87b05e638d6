package iam

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/aws/wire"
	wireiam "postern/internal/aws/wire/iam"
)

// CreateUser makes a user.
func (s *Service) CreateUser(ctx context.Context, call *wire.Call, in *wireiam.CreateUserRequest) (*wireiam.CreateUserResponse, error) {
	tags, err := newTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	made := &user{entity: s.newEntity(call, "user", userPrefix, in.Path, *in.UserName, tags)}
	made.Boundary = deref(in.PermissionsBoundary)
	return update(ctx, s, call, func(r records) (*wireiam.CreateUserResponse, error) {
		if err := r.checkBoundary(made.Boundary); err != nil {
			return nil, err
		}
		if taken, err := r.exists(kindUser, made.Name); taken || err != nil {
			return nil, cmp.Or(err, error(wireiam.EntityAlreadyExistsException.Errorf("User with name %s already exists.", made.Name)))
		}
		return &wireiam.CreateUserResponse{User: made.wire()}, put(r, kindUser, made.Name, made)
	})
}

func (u *user) wire() *wireiam.User {
	return &wireiam.User{
		Path: &u.Path, UserName: &u.Name, UserID: &u.ID, ARN: &u.ARN, CreateDate: &u.Created,
		PermissionsBoundary: u.boundary(), Tags: wireTags(u.Tags),
	}
}

// GetUser reads a user; without a name the one who calls, which may be the account's root.
func (s *Service) GetUser(ctx context.Context, call *wire.Call, in *wireiam.GetUserRequest) (*wireiam.GetUserResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.GetUserResponse, error) {
		of, err := r.userName(call, in.UserName)
		if err != nil {
			return nil, err
		}
		if of == "" {
			return &wireiam.GetUserResponse{User: rootUser(call)}, nil
		}
		found, err := r.user(of)
		if err != nil {
			return nil, err
		}
		return &wireiam.GetUserResponse{User: found.wire()}, nil
	})
}

// ListUsers lists the account's users under a path, by name.
// Source: IAM API reference, ListUsers: neither tags nor the permissions boundary.
func (s *Service) ListUsers(ctx context.Context, call *wire.Call, in *wireiam.ListUsersRequest) (*wireiam.ListUsersResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.ListUsersResponse, error) {
		all, err := list[user](r, kindUser)
		if err != nil {
			return nil, err
		}
		all = under(all, in.PathPrefix, func(found *user) string { return found.Path })
		p, err := paginate(all, in.Marker, in.MaxItems, func(found *user) string { return strings.ToLower(found.Name) })
		if err != nil {
			return nil, err
		}
		out := &wireiam.ListUsersResponse{Users: []wireiam.User{}, IsTruncated: p.truncated, Marker: p.marker}
		for _, found := range p.items {
			one := found.wire()
			one.PermissionsBoundary, one.Tags = nil, nil
			out.Users = append(out.Users, *one)
		}
		return out, nil
	})
}

// rootUser is the account's root. Source: IAM API reference, GetUser, the answer for the root has a path of "/".
func rootUser(call *wire.Call) *wireiam.User {
	root := arn.ARN{Partition: arn.Partition(call.Region), Service: "iam", Account: call.Account, Resource: "root"}
	return &wireiam.User{Path: new("/"), UserName: new("root"), UserID: &call.Account, ARN: new(root.String()), CreateDate: new(wire.Timestamp(0))}
}

// userName is whom a call is about that may leave the name out: then whoever signed it. Empty means the account's root.
func (r records) userName(call *wire.Call, given *string) (string, error) {
	if given != nil {
		return *given, nil
	}
	if call.PrincipalARN != "" {
		switch _, resource, _ := strings.Cut(call.PrincipalARN, "::"+call.Account+":"); {
		case strings.HasPrefix(resource, "user/"):
			return resource[strings.LastIndexByte(resource, '/')+1:], nil
		case strings.Contains(call.PrincipalARN, ":assumed-role/"):
			return "", invalid("Must specify userName when calling with non-User credentials")
		}
		return "", nil
	}
	found, err := find[accessKey](r, kindAccessKey, call.AccessKeyID, nil)
	if err != nil || found == nil || found.Account != call.Account {
		return "", err
	}
	return found.UserName, nil
}

// DeleteUser deletes a user that has neither policies nor access keys.
func (s *Service) DeleteUser(ctx context.Context, call *wire.Call, in *wireiam.DeleteUserRequest) error {
	return change(ctx, s, call, func(r records) error {
		found, err := r.user(*in.UserName)
		if err != nil {
			return err
		}
		if err := found.deletable(); err != nil {
			return err
		}
		if len(found.AccessKeys) > 0 {
			return wireiam.DeleteConflictException.Errorf("Cannot delete entity, must delete access keys first.")
		}
		return r.delete(kindUser, found.Name)
	})
}

// changeUser lets fn change a user and writes it.
func (s *Service) changeUser(ctx context.Context, call *wire.Call, of string, fn func(records, *user) error) error {
	return change(ctx, s, call, func(r records) error {
		found, err := r.user(of)
		if err != nil {
			return err
		}
		if err := fn(r, found); err != nil {
			return err
		}
		return put(r, kindUser, found.Name, found)
	})
}

// maxAccessKeys is how many keys a user may have. Source: IAM user guide, "IAM and AWS STS quotas".
const maxAccessKeys = 2

// CreateAccessKey makes a long-term key. Its secret is told here and never again.
func (s *Service) CreateAccessKey(ctx context.Context, call *wire.Call, in *wireiam.CreateAccessKeyRequest) (*wireiam.CreateAccessKeyResponse, error) {
	made := &accessKey{
		ID: accessKeyPrefix + s.options.NewID(accessKeyLength), Secret: s.options.NewSecret(secretLength), Account: call.Account,
		Status: wireiam.StatusTypeActive, Created: s.now(),
	}
	return update(ctx, s, call, func(r records) (*wireiam.CreateAccessKeyResponse, error) {
		found, err := r.keyOwner(call, in.UserName)
		if err != nil {
			return nil, err
		}
		if len(found.AccessKeys) == maxAccessKeys {
			return nil, wireiam.LimitExceededException.Errorf("Cannot exceed quota for AccessKeysPerUser: %d", maxAccessKeys)
		}
		made.UserName = found.Name
		found.AccessKeys = append(found.AccessKeys, made.ID)
		if err := put(r, kindUser, found.Name, found); err != nil {
			return nil, err
		}
		return &wireiam.CreateAccessKeyResponse{AccessKey: &wireiam.AccessKey{
			UserName: &made.UserName, AccessKeyID: &made.ID, Status: &made.Status, SecretAccessKey: &made.Secret, CreateDate: &made.Created,
		}}, put(r, kindAccessKey, made.ID, made)
	})
}

// keyOwner is the user whose access keys a call is about. The account's root has none here.
func (r records) keyOwner(call *wire.Call, given *string) (*user, error) {
	of, err := r.userName(call, given)
	if err != nil {
		return nil, err
	}
	if of == "" {
		return nil, invalid("Must specify userName: the account's root has no access keys in Postern")
	}
	return r.user(of)
}

// UpdateAccessKey makes a key active or inactive; an inactive one signs nothing.
func (s *Service) UpdateAccessKey(ctx context.Context, call *wire.Call, in *wireiam.UpdateAccessKeyRequest) error {
	return change(ctx, s, call, func(r records) error {
		found, err := r.keyOwner(call, in.UserName)
		if err != nil {
			return err
		}
		missing := noSuchEntity("The Access Key with id %s cannot be found.", *in.AccessKeyID)
		if !slices.Contains(found.AccessKeys, *in.AccessKeyID) {
			return missing
		}
		key, err := find[accessKey](r, kindAccessKey, *in.AccessKeyID, missing)
		if err != nil {
			return err
		}
		key.Status = *in.Status
		return put(r, kindAccessKey, key.ID, key)
	})
}

// DeleteAccessKey deletes a key.
func (s *Service) DeleteAccessKey(ctx context.Context, call *wire.Call, in *wireiam.DeleteAccessKeyRequest) error {
	return change(ctx, s, call, func(r records) error {
		found, err := r.keyOwner(call, in.UserName)
		if err != nil {
			return err
		}
		i := slices.Index(found.AccessKeys, *in.AccessKeyID)
		if i < 0 {
			return noSuchEntity("The Access Key with id %s cannot be found.", *in.AccessKeyID)
		}
		found.AccessKeys = slices.Delete(found.AccessKeys, i, i+1)
		if err := put(r, kindUser, found.Name, found); err != nil {
			return err
		}
		return r.delete(kindAccessKey, *in.AccessKeyID)
	})
}

// ListAccessKeys lists a user's keys without their secrets.
func (s *Service) ListAccessKeys(ctx context.Context, call *wire.Call, in *wireiam.ListAccessKeysRequest) (*wireiam.ListAccessKeysResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.ListAccessKeysResponse, error) {
		found, err := r.keyOwner(call, in.UserName)
		if err != nil {
			return nil, err
		}
		ids := slices.Sorted(slices.Values(found.AccessKeys))
		p, err := paginate(ids, in.Marker, in.MaxItems, func(id string) string { return id })
		if err != nil {
			return nil, err
		}
		out := &wireiam.ListAccessKeysResponse{AccessKeyMetadata: []wireiam.AccessKeyMetadata{}, IsTruncated: p.truncated, Marker: p.marker}
		for _, id := range p.items {
			key, err := find[accessKey](r, kindAccessKey, id, noSuchEntity("The Access Key with id %s cannot be found.", id))
			if err != nil {
				return nil, err
			}
			out.AccessKeyMetadata = append(out.AccessKeyMetadata, wireiam.AccessKeyMetadata{
				UserName: &key.UserName, AccessKeyID: &key.ID, Status: &key.Status, CreateDate: &key.Created,
			})
		}
		return out, nil
	})
}
