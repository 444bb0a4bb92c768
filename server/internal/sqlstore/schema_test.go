package sqlstore_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
	"github.com/appgrant/appgrant/server/internal/storetest"
)

// onPlaces runs a test where each engine may keep a database that isn't there yet;
// open opens it.
func onPlaces(t *testing.T, run func(t *testing.T, open func(context.Context) (*sqlstore.Store, error))) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "store.db")
		run(t, func(ctx context.Context) (*sqlstore.Store, error) { return sqlstore.OpenSQLite(ctx, file) })
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		schema := storetest.Schema(t)
		run(t, func(ctx context.Context) (*sqlstore.Store, error) { return sqlstore.OpenPostgres(ctx, schema) })
	})
}

// A schema that is newer than the program is left alone, and opens again once it
// is not.
func TestNewerSchema(t *testing.T) {
	t.Parallel()
	onPlaces(t, func(t *testing.T, open func(context.Context) (*sqlstore.Store, error)) {
		first, err := open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = first.Close() }()
		update(t, first, func(ctx context.Context, tx grant.Tx) error { return note(ctx, tx, "old") })
		alter := func(statement string) {
			t.Helper()
			if _, err := first.Writers().ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		alter(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`)
		for range 2 {
			if s, err := open(t.Context()); err == nil {
				t.Error("a newer schema is opened", s.Close())
			}
		}
		alter(`DELETE FROM goose_db_version WHERE version_id = 99999`)
		s, err := open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"old"}, marks(t, s)); d != "" {
			t.Errorf("marks (-want +got):\n%s", d)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Those who open a new database at once all find one another's work there, by the
// same ids.
func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	onPlaces(t, func(t *testing.T, open func(context.Context) (*sqlstore.Store, error)) {
		stores := make([]*sqlstore.Store, 3)
		var group sync.WaitGroup
		for i := range stores {
			group.Go(func() {
				s, err := open(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				stores[i] = s
			})
		}
		group.Wait()
		if t.Failed() {
			return
		}
		made := insert(t, stores[0])
		for i, s := range stores {
			err := s.View(t.Context(), func(r grant.Reader) error {
				got, err := r.Authorization(t.Context(), realm, made.ID)
				if d := cmp.Diff(made, got); d != "" {
					t.Errorf("found by %d (-want +got):\n%s", i, d)
				}
				return err
			})
			if err != nil {
				t.Errorf("store %d: %v", i, err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}
