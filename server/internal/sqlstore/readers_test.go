package sqlstore

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server/internal/grant"
)

func openStore(t *testing.T) *Store {
	t.Helper()
	store, err := OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return store
}

// Views can't write, by whatever mistake.
func TestReadersOnlyRead(t *testing.T) {
	t.Parallel()
	store := openStore(t)
	got := map[string]string{}
	for _, name := range []string{"query_only", "busy_timeout", "journal_mode"} {
		var value string
		if err := store.readers.db.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&value); err != nil {
			t.Fatal(err)
		}
		got[name] = value
	}
	if d := cmp.Diff(map[string]string{"query_only": "1", "busy_timeout": "10000", "journal_mode": "wal"}, got); d != "" {
		t.Errorf("settings (-want +got):\n%s", d)
	}
	if _, err := store.readers.db.ExecContext(t.Context(), `INSERT INTO seeds (project, name) VALUES ('p', 'n')`); err == nil {
		t.Error("a reader writes")
	}
	err := store.View(t.Context(), func(r grant.Reader) error {
		writing, err := writingView(r)
		if err != nil {
			t.Fatal(err)
		}
		_, err = writing.Seed(t.Context(), "p", []string{"n"})
		return err
	})
	if err == nil {
		t.Error("a view writes")
	}
}

// More views than there are connections wait for their turn.
func TestManyViews(t *testing.T) {
	t.Parallel()
	store := openStore(t)
	var group sync.WaitGroup
	for range 4 * maxReaders {
		group.Go(func() {
			err := store.View(t.Context(), func(r grant.Reader) error {
				_, err := r.AppliedCatalog(t.Context())
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if open := store.readers.db.Stats().MaxOpenConnections; open != maxReaders {
		t.Errorf("up to %d connections, want %d", open, maxReaders)
	}
	if open := store.writers.db.Stats().MaxOpenConnections; open != 1 {
		t.Errorf("up to %d writers, want 1", open)
	}
}

// An event is kept with its transaction, and only with it.
func TestEventsAreOfTheirTransaction(t *testing.T) {
	t.Parallel()
	store := openStore(t)
	refusal := errors.New("refused")
	for _, result := range []error{nil, refusal, nil} {
		err := store.Update(t.Context(), "p", func(tx grant.Tx) error {
			if err := tx.AppendEvent(t.Context(), grant.Event{Project: "p"}); err != nil {
				return err
			}
			return result
		})
		if !errors.Is(err, result) {
			t.Fatal(err)
		}
	}
	var count int
	if err := store.readers.db.QueryRowContext(t.Context(), `SELECT count(*) FROM events`).Scan(&count); err != nil {
		t.Fatal(err)
	}
	if count != 2 {
		t.Errorf("%d events, want 2", count)
	}
}
