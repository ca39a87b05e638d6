package progress_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"postern/internal/gateway/progress"
)

// Those who wait are let go when their revision is reached, and not before.
func TestWaitersAreLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mark progress.Mark
		var gone [4]bool
		for revision := range gone {
			go func() {
				gone[revision] = mark.Wait(t.Context(), int64(revision)) == nil
			}()
		}
		for _, step := range []struct {
			reach int64
			want  [4]bool
		}{
			{0, [4]bool{true}},
			{2, [4]bool{true, true, true}},
			{1, [4]bool{true, true, true}}, // a mark never goes back
			{3, [4]bool{true, true, true, true}},
		} {
			mark.Reach(step.reach)
			synctest.Wait()
			if gone != step.want {
				t.Errorf("at revision %d: %v", step.reach, gone)
			}
		}
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := new(progress.Mark).Wait(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
