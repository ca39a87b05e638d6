package feed_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/store"
	"postern/internal/store/feed"
)

// transaction is the changes of one transaction that wrote n documents.
func transaction(revision int64, n int) []store.Change {
	changes := make([]store.Change, n)
	for i := range changes {
		changes[i] = store.Change{Key: store.Key{Kind: "pet", ID: string(rune('a' + i))}, Revision: revision}
	}
	return changes
}

func TestHistoryForgetsWholeTransactions(t *testing.T) {
	tests := []struct {
		sentence  string
		published []int // documents per transaction, from revision 1 on
		after     int64
		want      int // changes; -1: the watcher fell behind
	}{
		{"all of a short history is there", []int{1, 1, 1}, 0, 3},
		{"a watcher gets only what came after its revision", []int{1, 1, 1}, 2, 1},
		{"who starts before the history has fallen behind", []int{4, 4, 4}, 1, -1},
		{"who starts where the history begins has not", []int{4, 4, 4}, 2, 4},
		{"a transaction that reaches over the limit is kept whole", []int{4, 3, 3}, 1, 6},
		{"the newest transaction is held even when it is larger than the history", []int{1, 20}, 1, 20},
		{"and nothing before it", []int{1, 20}, 0, -1},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			f := feed.New(4, 0, nil)
			defer f.Close()
			for i, n := range tt.published {
				f.Publish(transaction(int64(i+1), n))
			}
			changes, err := f.Watch(t.Context(), tt.after)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := <-changes
			if !ok {
				got = nil
			}
			want := max(tt.want, 0)
			if ok != (tt.want >= 0) || len(got) != want {
				t.Errorf("got %d changes, open %v; want %d", len(got), ok, tt.want)
			}
		})
	}
}

func TestASlowWatcherIsToldThatItFellBehind(t *testing.T) {
	f := feed.New(2, 0, nil)
	defer f.Close()
	changes, err := f.Watch(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Publish(transaction(1, 1))
	first := <-changes
	if diff := cmp.Diff(transaction(1, 1), first); diff != "" {
		t.Fatalf("first batch (-want +got):\n%s", diff)
	}
	for revision := int64(2); revision < 40; revision++ {
		f.Publish(transaction(revision, 1))
	}
	last := int64(1)
	for batch := range changes { // at most one batch that was taken before the history moved on
		for _, c := range batch {
			if c.Revision != last+1 {
				t.Fatalf("revision %d came after %d: the watcher was not told that it missed some", c.Revision, last)
			}
			last = c.Revision
		}
		if last == 39 {
			return // it was quick enough to see everything
		}
	}
	if t.Context().Err() != nil {
		t.Fatal("the channel closed because the context ended")
	}
}
