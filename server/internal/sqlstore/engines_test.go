package sqlstore_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
	"github.com/appgrant/appgrant/server/internal/storetest"
)

// patience is for what should not take long and would be waited for forever.
const patience = 15 * time.Second

// onEngines runs a test on each engine. Each store that it opens, as often as it
// likes, is of the same database.
func onEngines(t *testing.T, run func(t *testing.T, open func() *sqlstore.Store)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "store.db")
		run(t, func() *sqlstore.Store { return open(t, file) })
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		schema := storetest.Schema(t)
		run(t, func() *sqlstore.Store { return openPostgres(t, schema) })
	})
}

// note leaves a mark in a project, to be found by marks.
func note(ctx context.Context, tx grant.Tx, mark string) error {
	return tx.AppendEvent(ctx, grant.Event{Project: realm.Project, RequestID: mark})
}

// marks returns the marks in a project, in the order they were left.
func marks(t *testing.T, s grant.Store) (found []string) {
	t.Helper()
	err := s.View(t.Context(), func(r grant.Reader) error {
		found = nil
		events, _, err := r.ListEvents(t.Context(), realm.Project, grant.Page{Limit: 100000})
		for _, e := range events {
			found = append(found, e.RequestID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// outcome is what came of an update.
type outcome struct {
	err   error
	panic any
}

// start begins an update on a project and returns where its outcome will be.
func start(ctx context.Context, s grant.Store, project grant.ProjectID, fn func(tx grant.Tx) error) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			o.panic = recover()
			done <- o
		}()
		o.err = s.Update(ctx, project, fn)
	}()
	return done
}

// end waits for an outcome.
func end(t *testing.T, done <-chan outcome) outcome {
	t.Helper()
	select {
	case o := <-done:
		return o
	case <-time.After(patience):
		t.Fatal("an update doesn't end")
		return outcome{}
	}
}

// hold begins an update that lasts until release is called, which waits for its
// end. It must end well.
func hold(t *testing.T, s grant.Store, project grant.ProjectID) (release func()) {
	t.Helper()
	held, free := make(chan struct{}), make(chan struct{})
	done := start(t.Context(), s, project, func(grant.Tx) error {
		close(held)
		select {
		case <-free:
			return nil
		case <-t.Context().Done():
			return errors.New("the test ended")
		}
	})
	select {
	case <-held:
	case o := <-done:
		t.Fatal("an update can't be held:", o)
	}
	return func() {
		t.Helper()
		close(free)
		if o := end(t, done); o != (outcome{}) {
			t.Fatal("the update that was held:", o)
		}
	}
}

// queue begins an update that must wait.
func queue(t *testing.T, s *sqlstore.Store, fn func(tx grant.Tx) error) <-chan outcome {
	t.Helper()
	return queueWith(t.Context(), t, s, fn)
}

func queueWith(ctx context.Context, t *testing.T, s *sqlstore.Store, fn func(tx grant.Tx) error) <-chan outcome {
	t.Helper()
	before := s.Waiting(realm.Project)
	done := start(ctx, s, realm.Project, fn)
	for deadline := time.Now().Add(patience); s.Waiting(realm.Project) == before; time.Sleep(100 * time.Microsecond) {
		if time.Now().After(deadline) {
			t.Fatal("an update doesn't queue")
		}
	}
	return done
}
