package server

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"postern/internal/aws/wire"
	wireiam "postern/internal/aws/wire/iam"
	"postern/internal/gateway/message"
	"postern/internal/services/iam"
	"postern/internal/store"
	"postern/internal/store/memory"
)

// lost is a store that cannot be read.
type lost struct{ store.Store }

func (lost) View(context.Context, func(store.Tx) error) error { return errors.New("disk") }

// A policy is asked about a role by its path. Where that cannot be read, the call is refused: with "/" in its place, a
// policy that denies what is below a path would say nothing.
func TestAResourceWithoutNameIsRefused(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	request := &message.Request{Method: "POST", Path: "/", Body: []byte("Action=DeleteRole&Version=2010-05-08&RoleName=admin")}
	for name, c := range map[string]struct {
		store store.Store
		fails bool
	}{
		"a role that is not there":    {memory.New(), false},
		"a store that cannot be read": {lost{memory.New()}, true},
	} {
		directory := iam.New(c.store, iam.Options{Log: log})
		credentials := &Credentials{now: time.Now}
		credentials.attach(principals{iam: directory, log: log}, map[string]*wire.Service{"iam": wireiam.NewService(directory, log)})
		_, resources, err := credentials.asks(request, wire.Target{Service: "iam", Region: "us-east-1"}, Caller{Account: "111111111111"})
		if c.fails != (err != nil) {
			t.Errorf("%s: %v, %v", name, resources, err)
		}
	}
}
