package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
)

func pragma(t *testing.T, s *sqlstore.Store, setting string) (value int) {
	t.Helper()
	if err := s.Writers().QueryRowContext(t.Context(), "PRAGMA "+setting).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// On a full disk what doesn't fit fails, the rest of its batch does not, and there
// is nothing to be repaired once there is room again.
func TestSQLiteFull(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "store.db")
	s, another := open(t, file), open(t, file)
	room := pragma(t, s, "max_page_count")
	pragma(t, s, fmt.Sprint("max_page_count = ", pragma(t, s, "page_count")+20))
	big := func(tx grant.Tx) error { return note(t.Context(), tx, strings.Repeat("big", 100_000)) }
	var want []string
	for round := range 3 {
		release := hold(t, s, realm.Project)
		var good, bad []<-chan outcome
		for i := range 3 {
			mark := fmt.Sprint(round, i)
			want = append(want, mark)
			good = append(good, queue(t, s, func(tx grant.Tx) error { return note(t.Context(), tx, mark) }))
			bad = append(bad, queue(t, s, func(tx grant.Tx) error {
				if err := big(tx); round > 0 {
					return err
				}
				return nil // which is to say that all is well
			}))
		}
		release()
		for i := range good {
			if o := end(t, good[i]); o != (outcome{}) {
				t.Errorf("%d: what fits: %v", i, o)
			}
			if o := end(t, bad[i]); round > 0 && o.err == nil {
				t.Errorf("%d: what doesn't fit: %v", i, o)
			}
		}
		if err := s.Update(t.Context(), realm.Project, big); err == nil {
			t.Error("what doesn't fit is accepted alone")
		}
		if d := cmp.Diff(want, marks(t, another)); d != "" {
			t.Errorf("marks (-want +got):\n%s", d)
		}
	}
	pragma(t, s, fmt.Sprint("max_page_count = ", room))
	if err := s.Update(t.Context(), realm.Project, big); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if got := marks(t, another); len(got) != len(want)+1 {
		t.Errorf("%d marks, want %d", len(got), len(want)+1)
	}
	var sound string
	if err := s.Writers().QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&sound); err != nil || sound != "ok" {
		t.Errorf("the database is not sound: %s, %v", sound, err)
	}
}

// lock takes the database as another program would, until release is called.
func lock(t *testing.T, file string) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	do := func(statement string) {
		t.Helper()
		if _, err := db.ExecContext(context.WithoutCancel(t.Context()), statement); err != nil {
			t.Fatal(err)
		}
	}
	do("BEGIN IMMEDIATE")
	return func() { t.Helper(); do("ROLLBACK") }
}

// While another program has the database, updates wait as long as their context
// lets them, and views don't.
func TestSQLiteLocked(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "store.db")
	s := open(t, file)
	want := insert(t, s)
	release := lock(t, file)
	ctx, cancel := context.WithCancel(t.Context())
	var left []<-chan outcome
	for range 3 {
		left = append(left, start(ctx, s, realm.Project, func(tx grant.Tx) error { return note(t.Context(), tx, "bad") }))
	}
	stays := start(t.Context(), s, realm.Project, func(tx grant.Tx) error { return note(t.Context(), tx, "good") })
	err := s.View(t.Context(), func(r grant.Reader) error {
		got, err := r.Authorization(t.Context(), realm, want.ID)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("viewed (-want +got):\n%s", d)
		}
		return err
	})
	if err != nil {
		t.Error("view:", err)
	}
	cancel()
	for i, each := range left {
		if o := end(t, each); !errors.Is(o.err, context.Canceled) {
			t.Errorf("update %d: %v", i, o)
		}
	}
	if len(stays) > 0 {
		t.Error("an update doesn't wait")
	}
	release()
	if o := end(t, stays); o != (outcome{}) {
		t.Errorf("the one that waits: %v", o)
	}
	if d := cmp.Diff([]string{"good"}, marks(t, s)); d != "" {
		t.Errorf("marks (-want +got):\n%s", d)
	}
}

// When the other program doesn't come to an end, neither alone nor in a batch is
// anything changed; afterwards all is as it was.
func TestSQLiteStaysLocked(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "store.db")
	s := open(t, file)
	pragma(t, s, "busy_timeout = 20")
	for range 2 {
		release := lock(t, file)
		var done []<-chan outcome
		for range 5 {
			done = append(done, start(t.Context(), s, realm.Project, func(tx grant.Tx) error { return note(t.Context(), tx, "bad") }))
		}
		for i, each := range done {
			o := end(t, each)
			if _, classified := errors.AsType[*grant.Error](o.err); o.err == nil || classified || o.panic != nil {
				t.Errorf("update %d: %v", i, o)
			}
		}
		if err := s.Ready(t.Context()); err == nil {
			t.Error("ready all the same")
		}
		release()
		if err := s.Ready(t.Context()); err != nil {
			t.Error("afterwards:", err)
		}
		update(t, s, func(ctx context.Context, tx grant.Tx) error { return note(ctx, tx, "good") })
	}
	if d := cmp.Diff([]string{"good", "good"}, marks(t, s)); d != "" {
		t.Errorf("marks (-want +got):\n%s", d)
	}
}
