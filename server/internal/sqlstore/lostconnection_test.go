package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/storetest"
)

// named gives the connections that a URL makes a name of their own, and returns
// what ends them all.
func named(t *testing.T, schema string) (dsn string, kill func()) {
	t.Helper()
	u, err := url.Parse(schema)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	name := strings.Trim(query.Get("search_path"), `"`)
	query.Set("application_name", name)
	u.RawQuery = query.Encode()
	conn, err := pgx.Connect(t.Context(), schema)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return u.String(), func() {
		t.Helper()
		var killed int
		err := conn.QueryRow(t.Context(), `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1`, name).Scan(&killed)
		if err != nil || killed == 0 {
			t.Errorf("ended %d connections, %v", killed, err)
		}
	}
}

// What was under way when the connections were lost fails, and what comes after is
// served, by the same store.
func TestPostgresConnectionsLost(t *testing.T) {
	t.Parallel()
	dsn, kill := named(t, storetest.Schema(t))
	s := openPostgres(t, dsn)
	for round := range 3 {
		inView := errors.New("the view was not reached")
		viewErr := s.View(t.Context(), func(r grant.Reader) error {
			if _, err := r.AppliedCatalog(t.Context()); err != nil {
				return err
			}
			kill()
			_, inView = r.AppliedCatalog(t.Context())
			return inView
		})
		if inView == nil || !errors.Is(viewErr, inView) {
			t.Errorf("round %d: the view that lost its connection: %v, %v", round, inView, viewErr)
		}
		err := s.Update(t.Context(), realm.Project, func(tx grant.Tx) error {
			if err := note(t.Context(), tx, "bad"); err != nil {
				return err
			}
			kill()
			return nil
		})
		if err == nil {
			t.Errorf("round %d: the update that lost its connection is acknowledged", round)
		}
		recovered(t, s)
	}
	got := slices.DeleteFunc(marks(t, s), func(mark string) bool { return mark == "recovered" })
	if len(got) != 0 {
		t.Errorf("marks %q", got)
	}
}

// recovered makes sure that a store works, if not at once: it may yet have
// connections of which it doesn't know that they are lost.
func recovered(t *testing.T, s grant.Store) {
	t.Helper()
	var updated, viewed error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		updated = s.Update(t.Context(), realm.Project, func(tx grant.Tx) error { return note(t.Context(), tx, "recovered") })
		viewed = s.View(t.Context(), func(r grant.Reader) error { _, err := r.AppliedCatalog(t.Context()); return err })
		if updated == nil && viewed == nil {
			return
		}
	}
	t.Fatalf("the store doesn't recover: %v, %v", updated, viewed)
}

// Whenever connections are lost, what was acknowledged is there, and nothing twice.
func TestPostgresConnectionsLostAtAnyTime(t *testing.T) {
	t.Parallel()
	dsn, kill := named(t, storetest.Schema(t))
	s := openPostgres(t, dsn)
	var group sync.WaitGroup
	var acknowledged sync.Map
	var stop atomic.Bool
	for worker := range 8 {
		group.Go(func() {
			for i := 0; !stop.Load(); i++ {
				mark := fmt.Sprint(worker, "/", i)
				err := s.Update(t.Context(), realm.Project, func(tx grant.Tx) error { return note(t.Context(), tx, mark) })
				if err == nil {
					acknowledged.Store(mark, true)
				}
				_ = s.View(t.Context(), func(r grant.Reader) error { _, err := r.AppliedCatalog(t.Context()); return err })
			}
		})
	}
	for range 8 {
		time.Sleep(100 * time.Millisecond)
		kill()
	}
	stop.Store(true)
	group.Wait()
	recovered(t, s)
	times := map[string]int{}
	for _, mark := range marks(t, s) {
		times[mark]++
	}
	delete(times, "recovered")
	for mark, n := range times {
		if n > 1 {
			t.Errorf("%s is there %d times", mark, n)
		}
	}
	count := 0
	acknowledged.Range(func(mark, _ any) bool {
		count++
		if times[mark.(string)] == 0 {
			t.Errorf("%s was acknowledged and is lost", mark)
		}
		return true
	})
	if count < 8*8 {
		t.Errorf("but %d updates were acknowledged", count)
	}
}

// A connection may be lost after the database has committed and before it says so.
// Nobody knows then, so nothing is done again: that would be done twice.
func TestPostgresCommitUnanswered(t *testing.T) {
	t.Parallel()
	for name, waiting := range map[string]int{"alone": 1, "batch": 3} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema := storetest.Schema(t)
			p := newProxy(t, schema)
			s, another := openPostgres(t, p.url), openPostgres(t, schema)
			release := hold(t, s, realm.Project)
			var done []<-chan outcome
			for i := range waiting {
				done = append(done, queue(t, s, func(tx grant.Tx) error {
					p.swallow.Store(true)
					return note(t.Context(), tx, strconv.Itoa(i))
				}))
			}
			release()
			for i, each := range done {
				end(t, each) // either answer may be given
				n := 0
				for _, mark := range marks(t, another) {
					if mark == strconv.Itoa(i) {
						n++
					}
				}
				if n > 1 {
					t.Errorf("update %d was done %d times", i, n)
				}
			}
			if p.swallowed.Load() == 0 {
				t.Error("no commit went unanswered")
			}
			recovered(t, s)
		})
	}
}
