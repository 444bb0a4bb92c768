package grant_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
	"github.com/appgrant/appgrant/server/internal/storetest"
)

const project, otherProject grant.ProjectID = "project", "project2"

// start is what the clock shows at first, more precisely than stores keep it;
// started is what they keep.
var (
	start   = time.Date(2026, 3, 4, 10, 20, 30, 123456789, time.FixedZone("east", 3600*2))
	started = time.Date(2026, 3, 4, 8, 20, 30, 123456000, time.UTC)
)

// scene is an authority at work over a store of its own, at a time that the test
// sets.
type scene struct {
	*testing.T
	*grant.Authority
	catalog grant.Catalog
	store   grant.Store
	now     time.Time
	applied int // how often the catalog was
}

// newScene is a scene in which the realms exist and these users: ann, bob, cid
// and eve, who may do everything in project, rita, who is a member of it without
// any permission, and otto, who may do everything in otherProject. Everyone's
// token is the name.
func newScene(t *testing.T, realms ...grant.RealmContents) *scene {
	t.Helper()
	s := &scene{T: t, store: openStore(t), now: start}
	for _, id := range []grant.ProjectID{project, otherProject} {
		p := grant.Project{ID: id}
		for _, r := range realms {
			if r.Project == id {
				p.Realms = append(p.Realms, r)
			}
		}
		s.catalog.Projects = append(s.catalog.Projects, p)
	}
	for _, name := range []grant.UserName{"ann", "bob", "cid", "eve"} {
		s.addUser(name, project, grant.Permissions...)
	}
	s.addUser("rita", project)
	s.addUser("otto", otherProject, grant.Permissions...)
	s.Authority = grant.New(s.store, func() time.Time { return s.now })
	s.apply()
	return s
}

// openStore makes a store that lasts as long as the test.
func openStore(t *testing.T) grant.Store {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), storetest.Location(t))
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

func (s *scene) addUser(name grant.UserName, p grant.ProjectID, permissions ...grant.Permission) {
	s.catalog.Users = append(s.catalog.Users, grant.User{
		Name: name, Token: grant.HashOf(string(name)), Permissions: map[grant.ProjectID][]grant.Permission{p: permissions},
	})
}

// realm is what the catalog has of project's realms, to be changed before apply.
func (s *scene) realm(i int) *grant.RealmContents { return &s.catalog.Projects[0].Realms[i] }

// apply brings the catalog in as a file that the store has never seen.
func (s *scene) apply() {
	s.Helper()
	s.applied++
	if err := s.Apply(s.Context(), s.catalog, grant.HashOf(strconv.Itoa(s.applied))); err != nil {
		s.Fatalf("apply the catalog: %v", err)
	}
}

// as is the caller with a token. The operator's is empty.
func (s *scene) as(token string) grant.Caller {
	s.Helper()
	if token == "" {
		return grant.Caller{}
	}
	name, err := s.Authenticate(s.Context(), token)
	if err != nil {
		s.Fatal(err)
	}
	return grant.Caller{Name: name, RequestID: "request"}
}

func (s *scene) update(fn func(ctx context.Context, tx grant.Tx) error) {
	s.Helper()
	if err := s.store.Update(s.Context(), "", func(tx grant.Tx) error { return fn(s.Context(), tx) }); err != nil {
		s.Fatal(err)
	}
}

func (s *scene) view(fn func(ctx context.Context, r grant.Reader) error) {
	s.Helper()
	if err := s.store.View(s.Context(), func(r grant.Reader) error { return fn(s.Context(), r) }); err != nil {
		s.Fatal(err)
	}
}

// records are all that a realm of the catalog has and are not marked as ended, by
// environment and in the order they were made.
func (s *scene) records(r grant.Realm) (all []grant.Authorization) {
	s.Helper()
	var apps []grant.App
	var contents grant.RealmContents
	for _, p := range s.catalog.Projects {
		for _, c := range p.Realms {
			if c.Realm == r {
				contents, apps = c, slices.Concat(c.Apps, p.Apps)
			}
		}
	}
	apiIDs := each(contents.APIs, func(a grant.API) grant.APIID { return a.ID })
	appIDs := each(apps, func(a grant.App) grant.AppID { return a.ID })
	s.view(func(ctx context.Context, reader grant.Reader) error {
		for _, env := range contents.Envs {
			found, err := reader.Authorizations(ctx, r, env, apiIDs, appIDs)
			if err != nil {
				return err
			}
			all = append(all, found...)
		}
		return nil
	})
	return all
}

// last is the newest record of an app for an API, as it is stored, ended or not.
func (s *scene) last(r grant.Realm, env grant.EnvID, api grant.APIID, app grant.AppID) *grant.Authorization {
	s.Helper()
	var found *grant.Authorization
	s.view(func(ctx context.Context, reader grant.Reader) error {
		auth, err := reader.LastAuthorization(ctx, r, env, api, app)
		if isNotFound(err) {
			return nil
		}
		found = &auth
		return err
	})
	return found
}

// decide answers a question, and makes sure that only Authorized allows.
func (s *scene) decide(q grant.Question) grant.Decision {
	s.Helper()
	d, err := s.Decide(s.Context(), q)
	if err != nil {
		s.Fatalf("decide %+v: %v", q, err)
	}
	if d.Allowed != (d.Reason == grant.Authorized) {
		s.Errorf("%q goes with the answer %t", d.Reason, d.Allowed)
	}
	if want := s.now.UTC().Truncate(time.Microsecond); !d.At.Equal(want) {
		s.Errorf("decided for %s, asked at %s", d.At, want)
	}
	return d
}

func isNotFound(err error) bool {
	var e *grant.Error
	return errors.As(err, &e) && e.Kind == grant.NotFound
}

// codes are those AppCodes of an app that the store has.
func (s *scene) codes(r grant.Realm, app grant.AppID, ids ...grant.AppCodeID) (there []grant.AppCodeID) {
	s.Helper()
	for _, id := range ids {
		err := s.store.Update(s.Context(), r.Project, func(tx grant.Tx) error {
			if err := tx.RemoveAppCode(s.Context(), r, app, id); err != nil {
				return err
			}
			return errOnlyLooking
		})
		if errors.Is(err, errOnlyLooking) {
			there = append(there, id)
		}
	}
	return there
}

var errOnlyLooking = &grant.Error{Msg: "only looking"}

func (s *scene) diff(what string, want, got any) {
	s.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		s.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// wantErr checks an error, which must be nil or exactly a *grant.Error.
func (s *scene) wantErr(want *grant.Error, err error) {
	s.Helper()
	if want == nil {
		if err != nil {
			s.Errorf("got the error %v", err)
		}
		return
	}
	s.diff("error", error(want), err)
}

func notFound(noun, id string) *grant.Error {
	return &grant.Error{Kind: grant.NotFound, Field: noun, Msg: id}
}

func invalid(field string) *grant.Error { return &grant.Error{Kind: grant.Invalid, Field: field} }

func notOwner(noun string) *grant.Error { return &grant.Error{Kind: grant.NotOwner, Field: noun} }

func illegal(why string) *grant.Error { return &grant.Error{Kind: grant.Illegal, Msg: why} }

func noPermission(p grant.Permission) *grant.Error {
	return &grant.Error{Kind: grant.NoPermission, Msg: string(p)}
}

var wrongProject = &grant.Error{Kind: grant.WrongProject}

func each[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}
