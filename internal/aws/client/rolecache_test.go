package client

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func newRoleCache() *roleCache { return &roleCache{now: time.Now, sessions: map[string]*session{}} }

// counted asks for keys that last an hour, after a second.
func counted(n *atomic.Int32) func(context.Context) (aws.Credentials, error) {
	return func(context.Context) (aws.Credentials, error) {
		n.Add(1)
		time.Sleep(time.Second)
		return aws.Credentials{AccessKeyID: "k", CanExpire: true, Expires: time.Now().Add(time.Hour)}, nil
	}
}

func TestOneQuestionForAllWhoWantARole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cache := newRoleCache()
		var asked atomic.Int32
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if keys, err := cache.keys(t.Context(), "role", counted(&asked)); err != nil || keys.AccessKeyID != "k" {
					t.Errorf("%v, %v", keys, err)
				}
			})
		}
		all.Wait()
		if asked.Load() != 1 {
			t.Errorf("asked %d times", asked.Load())
		}
	})
}

func TestKeysAreRenewedBeforeTheyExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cache := newRoleCache()
		var asked atomic.Int32
		for _, step := range []struct {
			after time.Duration
			want  int32
		}{{0, 1}, {54 * time.Minute, 1}, {2 * time.Minute, 2}} {
			time.Sleep(step.after)
			if _, err := cache.keys(t.Context(), "role", counted(&asked)); err != nil || asked.Load() != step.want {
				t.Errorf("after another %v: asked %d times, want %d; %v", step.after, asked.Load(), step.want, err)
			}
		}
	})
}

func TestARefusalIsAskedAgain(t *testing.T) {
	cache := newRoleCache()
	refuse := func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, errors.New("no") }
	if _, err := cache.keys(t.Context(), "role", refuse); err == nil {
		t.Error("a refusal is no error")
	}
	var asked atomic.Int32
	synctest.Test(t, func(t *testing.T) {
		if _, err := cache.keys(t.Context(), "role", counted(&asked)); err != nil || asked.Load() != 1 {
			t.Errorf("%v after %d questions", err, asked.Load())
		}
	})
}

func TestWhoWaitsMayGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cache := newRoleCache()
		var asked atomic.Int32
		go func() { _, _ = cache.keys(context.Background(), "role", counted(&asked)) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := cache.keys(ctx, "role", counted(&asked)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		time.Sleep(2 * time.Second)
	})
}

// A question that ends early, by its own time or by a panic, neither refuses nor blocks anybody else.
func TestAQuestionWithoutAnswerIsNobodyElses(t *testing.T) {
	for name, fail := range map[string]func(context.Context) (aws.Credentials, error){
		"out of time": func(ctx context.Context) (aws.Credentials, error) { <-ctx.Done(); return aws.Credentials{}, ctx.Err() },
		"a panic":     func(ctx context.Context) (aws.Credentials, error) { <-ctx.Done(); panic("fault") },
	} {
		synctest.Test(t, func(t *testing.T) {
			cache := newRoleCache()
			go func() {
				defer func() { _ = recover() }()
				ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
				defer cancel()
				_, _ = cache.keys(ctx, "role", fail)
			}()
			synctest.Wait()
			var asked atomic.Int32
			for range 2 { // the first waits for the question, the second comes after it
				if keys, err := cache.keys(t.Context(), "role", counted(&asked)); err != nil || keys.AccessKeyID != "k" {
					t.Errorf("%s: %v, %v", name, keys, err)
				}
			}
		})
	}
}
