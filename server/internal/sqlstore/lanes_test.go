package sqlstore_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
	"github.com/appgrant/appgrant/server/internal/storetest"
)

// moment is for what should not happen: long enough for it to happen all the same.
const moment = 200 * time.Millisecond

// An update on a project excludes others on it, and one on all projects excludes
// all, in this process and in others, whichever comes first.
func TestUpdatesExclude(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		first, later grant.ProjectID
	}{
		{"one project", realm.Project, realm.Project},
		{"one, then all", realm.Project, ""},
		{"all, then one", "", realm.Project},
		{"all, then all", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			onEngines(t, func(t *testing.T, open func() *sqlstore.Store) {
				here, there := open(), open()
				for name, s := range map[string]*sqlstore.Store{"here": here, "there": there} {
					release := hold(t, here, c.first)
					ran := make(chan struct{})
					done := start(t.Context(), s, c.later, func(grant.Tx) error { close(ran); return nil })
					select {
					case <-ran:
						t.Error("both are under way,", name)
					case <-time.After(moment):
					}
					release()
					if o := end(t, done); o != (outcome{}) {
						t.Errorf("the later one, %s: %v", name, o)
					}
				}
			})
		})
	}
}

// On PostgreSQL those of different projects don't wait for each other, in this
// process or others, if their names differ only in case.
func TestPostgresSideBySide(t *testing.T) {
	t.Parallel()
	schema := storetest.Schema(t)
	here, there := openPostgres(t, schema), openPostgres(t, schema)
	releases := []func(){hold(t, here, "a"), hold(t, here, "A"), hold(t, there, "b"), hold(t, there, "größe")}
	all := start(t.Context(), here, "", func(tx grant.Tx) error { return note(t.Context(), tx, "all") })
	for _, release := range releases {
		if len(all) > 0 {
			t.Error("one on all projects doesn't wait")
		}
		release()
	}
	if o := end(t, all); o != (outcome{}) {
		t.Errorf("the one on all projects: %v", o)
	}
}

// One that gives up waiting leaves nothing behind that others would wait for.
func TestGivingUp(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, open func() *sqlstore.Store) {
		here, there := open(), open()
		for _, project := range []grant.ProjectID{realm.Project, ""} {
			release := hold(t, here, realm.Project)
			ctx, cancel := context.WithTimeout(t.Context(), moment)
			done := start(ctx, there, project, func(tx grant.Tx) error { return note(ctx, tx, "bad") })
			if o := end(t, done); o.err == nil || ctx.Err() == nil {
				t.Errorf("the one that gives up: %v", o)
			}
			cancel()
			release()
			update(t, there, func(ctx context.Context, tx grant.Tx) error { return note(ctx, tx, "good") })
			update(t, here, func(ctx context.Context, tx grant.Tx) error { return note(ctx, tx, "good") })
		}
		if d := cmp.Diff([]string{"good", "good", "good", "good"}, marks(t, here)); d != "" {
			t.Errorf("marks (-want +got):\n%s", d)
		}
	})
}
