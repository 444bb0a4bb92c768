package sqlstore_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
)

// breakOn makes a mark that takes the whole transaction with it.
func breakOn(t *testing.T, s *sqlstore.Store, mark string) {
	t.Helper()
	statements := []string{`CREATE TRIGGER breaks BEFORE INSERT ON events WHEN NEW.request_id = '` + mark + `'
		BEGIN SELECT RAISE(ROLLBACK, 'broken'); END`}
	if isPostgres(t, s) {
		statements = []string{
			`CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$`,
			`CREATE TRIGGER breaks BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.request_id = '` + mark + `') EXECUTE FUNCTION break()`,
		}
	}
	for _, statement := range statements {
		if _, err := s.Writers().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

func isPostgres(t *testing.T, s *sqlstore.Store) bool {
	t.Helper()
	var version string
	return s.Writers().QueryRowContext(t.Context(), `SELECT sqlite_version()`).Scan(&version) != nil
}

// An update that breaks the transaction harms nobody else, whether or not it says
// that it failed; the others are run again, and have their effect once.
func TestBrokenBatch(t *testing.T) {
	t.Parallel()
	for name, told := range map[string]bool{"told": true, "passed over": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEngines(t, func(t *testing.T, open func() *sqlstore.Store) {
				s, another := open(), open()
				breakOn(t, s, "breaks")
				release := hold(t, s, realm.Project)
				var want []string
				var done []<-chan outcome
				var runs [10]atomic.Int64
				var broken <-chan outcome
				for i := range runs {
					if i == 5 {
						broken = queue(t, s, func(tx grant.Tx) error {
							if err := note(t.Context(), tx, "breaks"); told {
								return err
							}
							return nil
						})
					}
					mark := strconv.Itoa(i)
					want = append(want, mark)
					done = append(done, queue(t, s, func(tx grant.Tx) error {
						runs[i].Add(1)
						return note(t.Context(), tx, mark)
					}))
				}
				release()
				for i, each := range done {
					if o := end(t, each); o != (outcome{}) {
						t.Errorf("update %d: %v", i, o)
					}
					if n := runs[i].Load(); n > 2 || i < 5 && n < 2 { // once in the batch, once alone
						t.Errorf("update %d was run %d times", i, n)
					}
				}
				if o := end(t, broken); o.err == nil || o.panic != nil {
					t.Errorf("the one that breaks: %v", o)
				}
				if d := cmp.Diff(want, marks(t, another)); d != "" {
					t.Errorf("marks (-want +got):\n%s", d)
				}
				update(t, s, func(ctx context.Context, tx grant.Tx) error { return note(ctx, tx, "afterwards") })
			})
		})
	}
}

// When no transaction can be had, all that waited for it learn so, and none is
// run; the next ones are served again.
func TestBatchWithoutTransaction(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, open func() *sqlstore.Store) {
		s, another := open(), open()
		refusal := errors.New("no transaction")
		var refusing atomic.Bool
		s.OnBegin(func(context.Context) error {
			if refusing.Load() {
				return refusal
			}
			return nil
		})
		for range 2 {
			release := hold(t, s, realm.Project)
			refusing.Store(true)
			var done []<-chan outcome
			for range 5 {
				done = append(done, queue(t, s, func(tx grant.Tx) error { return note(t.Context(), tx, "bad") }))
			}
			release()
			for i, each := range done {
				if o := end(t, each); !errors.Is(o.err, refusal) {
					t.Errorf("update %d: %v", i, o)
				}
			}
			refusing.Store(false)
			update(t, s, func(ctx context.Context, tx grant.Tx) error { return note(ctx, tx, "good") })
		}
		if d := cmp.Diff([]string{"good", "good"}, marks(t, another)); d != "" {
			t.Errorf("marks (-want +got):\n%s", d)
		}
	})
}

// Whoever waits for others of a batch to be tried again may leave, too.
func TestLeaveBrokenBatch(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, open func() *sqlstore.Store) {
		s := open()
		var begun atomic.Int64
		again, free := make(chan struct{}), make(chan struct{})
		s.OnBegin(func(context.Context) error {
			switch begun.Add(1) {
			case 2:
				return errors.New("no transaction for the batch")
			case 3: // the first one by itself
				close(again)
				<-free
			}
			return nil
		})
		release := hold(t, s, realm.Project)
		ctx, cancel := context.WithCancel(t.Context())
		first := queue(t, s, func(grant.Tx) error { return nil })
		second := queueWith(ctx, t, s, func(tx grant.Tx) error { return note(t.Context(), tx, "bad") })
		release()
		select {
		case <-again:
		case o := <-first: // nobody tries it again
			if o.err == nil {
				t.Error("the first one succeeds without a transaction")
			}
		}
		cancel()
		select {
		case o := <-second:
			if o.err == nil {
				t.Error("it succeeds")
			}
		case <-time.After(3 * time.Second):
			t.Error("it doesn't leave")
		}
		close(free)
		if got := marks(t, s); slices.Contains(got, "bad") {
			t.Errorf("marks: %q", got)
		}
	})
}
