package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
)

// What waits shares a transaction, in the order of arrival, up to a limit, and is
// answered when all of it has been kept.
func TestBatch(t *testing.T) {
	t.Parallel()
	for waiting, transactions := range map[int]int64{1: 1, 100: 1, 256: 1, 257: 2} {
		t.Run(strconv.Itoa(waiting), func(t *testing.T) {
			t.Parallel()
			onEngines(t, func(t *testing.T, open func() *sqlstore.Store) {
				s, another := open(), open()
				var begun atomic.Int64
				s.OnBegin(func(context.Context) error { begun.Add(1); return nil })
				release := hold(t, s, realm.Project)
				var want []string
				var done []<-chan outcome
				for i := range waiting {
					mark := strconv.Itoa(i)
					want = append(want, mark)
					done = append(done, queue(t, s, func(tx grant.Tx) error { return note(t.Context(), tx, mark) }))
				}
				if d := cmp.Diff(int64(1), begun.Load()); d != "" {
					t.Errorf("transactions while one is held (-want +got):\n%s", d)
				}
				if d := cmp.Diff([]string(nil), marks(t, another)); d != "" {
					t.Errorf("marks while one is held (-want +got):\n%s", d)
				}
				release()
				for i, each := range done {
					if o := end(t, each); o != (outcome{}) {
						t.Errorf("update %d: %v", i, o)
					}
				}
				if d := cmp.Diff(1+transactions, begun.Load()); d != "" {
					t.Errorf("transactions (-want +got):\n%s", d)
				}
				if d := cmp.Diff(want, marks(t, another)); d != "" {
					t.Errorf("marks (-want +got):\n%s", d)
				}
			})
		})
	}
}

// Nothing is acknowledged before others can see it.
func TestBatchIsKeptWhenAcknowledged(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, open func() *sqlstore.Store) {
		s, another := open(), open()
		release := hold(t, s, realm.Project)
		var found []<-chan outcome
		for i := range 30 {
			mark := strconv.Itoa(i)
			done := queue(t, s, func(tx grant.Tx) error { return note(t.Context(), tx, mark) })
			seen := make(chan outcome, 1)
			found = append(found, seen)
			go func() {
				o := <-done
				if o.err == nil && !slices.Contains(marks(t, another), mark) {
					o.err = errors.New("not to be seen")
				}
				seen <- o
			}()
		}
		release()
		for i, each := range found {
			if o := end(t, each); o != (outcome{}) {
				t.Errorf("update %d: %v", i, o)
			}
		}
	})
}

// Each update of a batch has its own outcome, whatever becomes of the others.
func TestBatchOutcomes(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, open func() *sqlstore.Store) {
		s, another := open(), open()
		insert(t, s)
		var begun atomic.Int64
		s.OnBegin(func(context.Context) error { begun.Add(1); return nil })
		refusal, internal := &grant.Error{Kind: grant.Illegal, Msg: "refused"}, errors.New("nobody classified it")
		waitingCtx, stopWaiting := context.WithCancel(t.Context())
		workingCtx, stopWorking := context.WithCancel(t.Context())
		defer stopWorking()
		ran := false

		release := hold(t, s, realm.Project)
		good := func(mark string) <-chan outcome {
			return queue(t, s, func(tx grant.Tx) error { return note(t.Context(), tx, mark) })
		}
		bad := func(ctx context.Context, fn func(tx grant.Tx) error) <-chan outcome {
			return queueWith(ctx, t, s, func(tx grant.Tx) error { return errors.Join(note(ctx, tx, "bad"), fn(tx)) })
		}
		goodOnes := []<-chan outcome{good("first")}
		refused := queue(t, s, func(tx grant.Tx) error { return errors.Join(note(t.Context(), tx, "bad"), refusal) })
		goodOnes = append(goodOnes, good("after a refusal"))
		panics := bad(t.Context(), func(grant.Tx) error { panic("for a reason") })
		goodOnes = append(goodOnes, good("after a panic"))
		failed := bad(t.Context(), func(grant.Tx) error { return internal })
		goodOnes = append(goodOnes, good("after a failure"))
		duplicate := bad(t.Context(), func(tx grant.Tx) error { return tx.Insert(t.Context(), realm, []grant.Authorization{auth}) })
		goodOnes = append(goodOnes, good("after what the database refuses"))
		left := bad(waitingCtx, func(grant.Tx) error { ran = true; return nil })
		goodOnes = append(goodOnes, good("after one who left"))
		stopped := bad(workingCtx, func(grant.Tx) error { stopWorking(); return nil })
		goodOnes = append(goodOnes, good("last"))

		stopWaiting()
		if o := end(t, left); !errors.Is(o.err, context.Canceled) { // while the first one is held
			t.Errorf("the one who left: %v", o)
		}
		release()
		for i, each := range goodOnes {
			if o := end(t, each); o != (outcome{}) {
				t.Errorf("good update %d: %v", i, o)
			}
		}
		if o := end(t, refused); !errors.Is(o.err, refusal) {
			t.Errorf("the refused one: %v", o)
		}
		if o := end(t, panics); !strings.HasPrefix(fmt.Sprint(o.panic), "for a reason") {
			t.Errorf("the one that panics: %v", o)
		}
		if o := end(t, failed); !errors.Is(o.err, internal) {
			t.Errorf("the one that fails: %v", o)
		}
		if o := end(t, duplicate); o.err == nil || o.panic != nil {
			t.Errorf("the one that the database refuses: %v", o)
		}
		if o := end(t, stopped); !errors.Is(o.err, context.Canceled) {
			t.Errorf("the one whose context ends at work: %v", o)
		}
		if ran {
			t.Error("the one who left was run")
		}
		want := []string{
			"first", "after a refusal", "after a panic", "after a failure", "after what the database refuses", "after one who left", "last",
		}
		if d := cmp.Diff(want, marks(t, another)); d != "" {
			t.Errorf("marks (-want +got):\n%s", d)
		}
		if d := cmp.Diff(int64(2), begun.Load()); d != "" {
			t.Errorf("transactions (-want +got):\n%s", d)
		}
	})
}
