package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
	"github.com/appgrant/appgrant/server/internal/storetest"
)

// step is something that an update does.
type step struct {
	What     string
	API, App int
	At       int // hours
}

var (
	memoNames  = []string{"a", "b", "c"}
	errRefused = errors.New("refused")
)

func (s step) api() grant.APIID { return grant.APIID(memoNames[s.API]) }
func (s step) app() grant.AppID { return grant.AppID(memoNames[s.App]) }

func (s step) time() time.Time {
	return time.Date(2026, 1, 1, s.At, 0, 0, 0, time.FixedZone("east", 3600)) // not UTC
}

func (s step) do(ctx context.Context, tx grant.Tx) error {
	const project = "p"
	last := func() (grant.AuthorizationID, error) {
		a, err := tx.LastAuthorization(ctx, realm, auth.Env, s.api(), s.app())
		return a.ID, missing(err)
	}
	switch s.What {
	case "insert": // if there is none, as the domain does
		found, err := tx.Authorizations(ctx, realm, auth.Env, []grant.APIID{s.api()}, []grant.AppID{s.app()})
		if err != nil || len(found) > 0 {
			return err
		}
		return tx.Insert(ctx, realm, []grant.Authorization{{Env: auth.Env, API: s.api(), App: s.app(), Role: grant.Provider, At: s.time(), Until: s.time()}})
	case "insert blindly":
		return tx.Insert(ctx, realm, []grant.Authorization{{Env: auth.Env, API: s.api(), App: s.app(), At: s.time()}})
	case "insert many":
		return tx.Insert(ctx, realm, []grant.Authorization{
			{Env: "many", API: s.api(), App: s.app(), At: s.time()}, {Env: "many", API: "other", App: s.app(), At: s.time()},
		})
	case "end":
		id, err := last()
		if err != nil {
			return err
		}
		found, err := tx.Authorization(ctx, realm, id)
		if err != nil {
			return missing(err)
		}
		return tx.End(ctx, []grant.AuthorizationID{found.ID}, s.time(), grant.Cancelled)
	case "end blindly":
		id, err := last()
		if err != nil {
			return err
		}
		return tx.End(ctx, []grant.AuthorizationID{id}, s.time(), grant.Expired)
	case "extend":
		id, err := last()
		if err != nil {
			return err
		}
		return missing(tx.SetUntil(ctx, id, s.time()))
	case "tell":
		return tx.AppendEvent(ctx, grant.Event{Project: realm.Project, RequestID: fmt.Sprint(s)})
	case "user":
		return tx.PutUser(ctx, grant.User{Name: "u", Token: grant.HashOf(memoNames[s.API]), Permissions: map[grant.ProjectID][]grant.Permission{project: grant.Permissions[s.App:]}})
	case "no user":
		return tx.DeleteUser(ctx, "u")
	case "project":
		return tx.PutProject(ctx, grant.Project{ID: project, Apps: []grant.App{{ID: s.app()}}})
	case "no project":
		return tx.DropProject(ctx, project)
	case "clock":
		return missing(tx.SetClock(ctx, project, s.time()))
	case "code":
		return tx.InsertAppCodes(ctx, realm, s.app(), []grant.AppCode{{ID: "id", Value: grant.HashOf(memoNames[s.API])}})
	case "no code":
		return missing(tx.RemoveAppCode(ctx, realm, s.app(), "id"))
	case "refuse":
		return errRefused
	case "delete project":
		return tx.DeleteProject(ctx, realm.Project)
	case "list":
		_, _, err := tx.ListAuthorizations(ctx, realm.Project, grant.Filter{}, grant.Page{Limit: 3})
		return err
	case "prune":
		_, err := tx.Prune(ctx, time.Date(2026, 1, 1, 5, 0, 0, 0, time.UTC), time.Time{}, 2)
		return err
	case "insert, whatever comes of it":
		_ = tx.Insert(ctx, realm, []grant.Authorization{{Env: auth.Env, API: s.api(), App: s.app(), At: s.time()}})
		return nil
	case "end several":
		found, err := tx.Authorizations(ctx, realm, auth.Env, []grant.APIID{"a", "b"}, []grant.AppID{"a", "b"})
		if err != nil {
			return err
		}
		var ids []grant.AuthorizationID
		for _, a := range found {
			if _, err := tx.Authorization(ctx, realm, a.ID); err != nil {
				return err
			}
			ids = append(ids, a.ID, a.ID)
		}
		return tx.End(ctx, ids, s.time(), grant.Cancelled)
	}
	panic(s.What)
}

// missing lets pass that something does not exist.
func missing(err error) error {
	var e *grant.Error
	if errors.As(err, &e) && e.Kind == grant.NotFound {
		return nil
	}
	return err
}

var stepKinds = []string{
	"insert", "insert", "insert", "insert blindly", "insert many", "end", "end", "end blindly", "extend", "tell",
	"user", "no user", "project", "no project", "clock", "code", "no code", "refuse",
	"delete project", "list", "prune", "insert, whatever comes of it", "end several", "insert", "end",
}

func steps(r *rapid.T) []step {
	side := rapid.IntRange(0, len(memoNames)-1)
	return rapid.SliceOfN(rapid.Custom(func(r *rapid.T) step {
		return step{rapid.SampledFrom(stepKinds).Draw(r, "what"), side.Draw(r, "API"), side.Draw(r, "app"), rapid.IntRange(1, 9).Draw(r, "at")}
	}), 1, 4).Draw(r, "steps")
}

// answers are what a store says to all that a memo may know, without the ids that it
// made up, which are asked about, too.
func answers(t *testing.T, s grant.Store) map[string]any {
	t.Helper()
	var got map[string]any
	err := s.View(t.Context(), func(r grant.Reader) error {
		got = map[string]any{}
		for _, one := range memoNames {
			user, err := r.User(t.Context(), grant.HashOf(one))
			got["user "+one] = user.Name
			app, codeErr := r.AppOfCode(t.Context(), realm, grant.HashOf(one))
			got["code "+one] = app
			if err := errors.Join(missing(err), missing(codeErr)); err != nil {
				return err
			}
			for _, other := range memoNames {
				where := one + " for " + other
				api, app := grant.APIID(one), grant.AppID(other)
				live, err := r.Authorizations(t.Context(), realm, auth.Env, []grant.APIID{api}, []grant.AppID{app})
				if err != nil {
					return err
				}
				last, err := r.LastAuthorization(t.Context(), realm, auth.Env, api, app)
				if missing(err) != nil {
					return err
				}
				kept, err := r.Authorization(t.Context(), realm, last.ID)
				if missing(err) != nil {
					return err
				}
				got["same "+where] = kept.ID == "" || kept == last
				got["ended "+where] = last.Cause != "" && kept.ID != ""
				last.ID, kept.ID = "", ""
				for i := range live {
					live[i].ID = ""
				}
				got["live "+where], got["last "+where], got["kept "+where] = live, last, kept
			}
		}
		permissions, member, err := r.Permissions(t.Context(), "u", "p")
		got["permissions"], got["member"] = permissions, member
		revision, revisionErr := r.Revision(t.Context(), "p")
		got["project"], got["clock"] = revision.Number != 0, revision.Clock
		return errors.Join(err, missing(revisionErr))
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// What two stores of one database remember, and write together, is what one has that
// remembers nothing and does everything by itself.
func TestMemoIsTrue(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		compareWithPlain(t, func() func() *sqlstore.Store {
			file := filepath.Join(t.TempDir(), "shared.db")
			return func() *sqlstore.Store { return open(t, file) }
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		compareWithPlain(t, func() func() *sqlstore.Store {
			schema := storetest.Schema(t)
			return func() *sqlstore.Store { return openPostgres(t, schema) }
		})
	})
}

// compareWithPlain makes databases, and what opens stores of them.
func compareWithPlain(t *testing.T, database func() func() *sqlstore.Store) {
	t.Helper()
	rapid.Check(t, func(r *rapid.T) {
		shared := database()
		here, there, plain := shared(), shared(), open(t, filepath.Join(t.TempDir(), "plain.db"))
		plain.ForgetAll()
		for range rapid.IntRange(1, 8).Draw(r, "batches") {
			s := rapid.SampledFrom([]*sqlstore.Store{here, there}).Draw(r, "store")
			release := hold(t, s, realm.Project)
			var done []<-chan outcome
			var want []error
			for range rapid.IntRange(1, 5).Draw(r, "updates") {
				list := steps(r)
				fn := func(tx grant.Tx) error {
					for _, step := range list {
						if err := step.do(t.Context(), tx); err != nil {
							return err
						}
					}
					return nil
				}
				done = append(done, queue(t, s, fn))
				want = append(want, plain.Update(t.Context(), realm.Project, fn))
			}
			release()
			for i, each := range done {
				if o := end(t, each); (o.err == nil) != (want[i] == nil) {
					r.Fatalf("update %d: %v, want %v", i, o, want[i])
				}
			}
			told := answers(t, plain)
			for name, s := range map[string]*sqlstore.Store{"here": here, "there": there} {
				for range 2 { // asked, and remembered
					if d := cmp.Diff(told, answers(t, s)); d != "" {
						r.Fatalf("%s (-want +got):\n%s", name, d)
					}
				}
				if d := cmp.Diff(marks(t, plain), marks(t, s)); d != "" {
					r.Fatalf("marks %s (-want +got):\n%s", name, d)
				}
			}
		}
		for _, s := range []*sqlstore.Store{here, there, plain} {
			if err := s.Close(); err != nil {
				r.Fatal(err)
			}
		}
	})
}

// A view that has recalled something and finds that others have changed it since
// starts afresh: it never sees two states.
func TestViewSeesOneState(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.db")
	here, there := open(t, file), open(t, file)
	put := func(s grant.Store, clock int) {
		update(t, s, func(ctx context.Context, tx grant.Tx) error {
			if err := tx.PutProject(ctx, grant.Project{ID: "p"}); err != nil {
				return err
			}
			if err := tx.PutUser(ctx, grant.User{Name: "u", Token: grant.HashOf(strconv.Itoa(clock))}); err != nil {
				return err
			}
			return tx.SetClock(ctx, "p", time.Unix(int64(clock), 0))
		})
	}
	put(here, 1)
	for clock := 2; clock < 5; clock++ {
		runs, seen := 0, 0
		err := here.View(t.Context(), func(r grant.Reader) error {
			_, err := r.Revision(t.Context(), "p") // to be remembered
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = here.View(t.Context(), func(r grant.Reader) error {
			runs++
			revision, err := r.Revision(t.Context(), "p")
			if err != nil {
				return err
			}
			if runs == 1 {
				put(there, clock)
			}
			seen = int(revision.Clock.Unix())
			_, err = r.User(t.Context(), grant.HashOf(strconv.Itoa(seen)))
			return err
		})
		if err != nil || runs != 2 || seen != clock {
			t.Errorf("after %d runs it sees %d, %v; want %d after 2", runs, seen, err, clock)
		}
	}
}

// A record that is ended makes room for another at once, in one update and in one
// batch.
func TestEndAndInsertTogether(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, open func() *sqlstore.Store) {
		s := open()
		list := []step{{What: "insert"}, {What: "end"}, {What: "insert"}, {What: "end"}, {What: "insert"}}
		release := hold(t, s, realm.Project)
		var done []<-chan outcome
		for _, updates := range [][]step{list, list[1:3], list[1:2], list[2:3]} {
			done = append(done, queue(t, s, func(tx grant.Tx) error {
				for _, step := range updates {
					if err := step.do(t.Context(), tx); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		release()
		for i, each := range done {
			if o := end(t, each); o != (outcome{}) {
				t.Errorf("update %d: %v", i, o)
			}
		}
		live, ended := 0, 0
		err := s.View(t.Context(), func(r grant.Reader) error {
			live, ended = 0, 0
			records, _, err := r.ListAuthorizations(t.Context(), realm.Project, grant.Filter{}, grant.Page{Limit: 100})
			for _, record := range records {
				if record.Cause == "" {
					live++
				} else {
					ended++
				}
			}
			return err
		})
		if err != nil || live != 1 || ended != 4 {
			t.Errorf("%d live and %d ended records, %v; want 1 and 4", live, ended, err)
		}
	})
}

// A decision takes account of the last change that was acknowledged, on whichever
// server, and of what others change meanwhile.
func TestDecideAnywhere(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, open func() *sqlstore.Store) {
		gateway := grant.RealmContents{
			Realm: grant.Realm{Service: grant.APIG, Project: "p", ID: "i"}, Envs: []grant.EnvID{"e"},
			APIs: []grant.API{{ID: apiID(0), Owner: "u", Published: []grant.EnvID{"e"}}},
			Apps: []grant.App{{ID: appID(0)}, {ID: appID(1)}},
		}
		user := grant.User{Name: "u", Permissions: map[grant.ProjectID][]grant.Permission{"p": grant.Permissions}}
		exists := grant.Catalog{Users: []grant.User{user}, Projects: []grant.Project{{ID: "p", Realms: []grant.RealmContents{gateway}}}}
		servers := []*grant.Authority{grant.New(open(), time.Now), grant.New(open(), time.Now)}
		if err := servers[0].Apply(t.Context(), exists, grant.HashOf("catalog")); err != nil {
			t.Fatal(err)
		}
		ask := func(app int) grant.AuthorizeApps {
			return grant.AuthorizeApps{Project: "p", Instance: "i", Env: "e", Apps: []grant.AppID{appID(app)}, APIs: []grant.APIID{apiID(0)}}
		}
		stop, stopped := make(chan struct{}), make(chan error, 1)
		change := func(s *grant.Authority, app int, want bool) error { // acknowledged when it returns
			pairs, err := s.AuthorizeApps(t.Context(), caller, ask(app))
			if err != nil || want {
				return err
			}
			return s.CancelAuthorization(t.Context(), caller, grant.CancelAuthorization{Project: "p", Instance: "i", ID: pairs[0].ID})
		}
		go func() { // somebody else's changes
			for i := 0; ; i++ {
				select {
				case <-stop:
					stopped <- nil
					return
				default:
				}
				if err := change(servers[i/2%2], 1, i%2 == 0); err != nil {
					stopped <- err
					return
				}
			}
		}()
		for i := range 100 {
			want := i%2 == 0
			if err := change(servers[i/2%2], 0, want); err != nil {
				t.Fatal(err)
			}
			for j := range 4 {
				d, err := servers[(i+j)%2].Decide(t.Context(), grant.Question{
					Project: "p", Service: grant.APIG, Realm: "i", Env: "e", API: apiID(0), App: appID(0),
				})
				if err != nil || d.Allowed != want {
					t.Fatalf("change %d, decision %d: %+v, %v; want %t", i, j, d, err, want)
				}
			}
		}
		close(stop)
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
}
