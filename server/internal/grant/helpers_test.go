package grant_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
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
}

// newScene is a scene in which the realms exist and these users: ann, bob, cid
// and eve, who may do everything in project, rita, who is a member of it without
// any permission, and otto, who may do everything in otherProject. Everyone's
// token is the name.
func newScene(t *testing.T, realms ...grant.RealmContents) *scene {
	t.Helper()
	store, err := sqlstore.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	s := &scene{T: t, catalog: grant.Catalog{Realms: realms}, store: store, now: start}
	for _, name := range []grant.UserName{"ann", "bob", "cid", "eve"} {
		s.addUser(name, project, grant.Permissions...)
	}
	s.addUser("rita", project)
	s.addUser("otto", otherProject, grant.Permissions...)
	s.reopen()
	return s
}

func (s *scene) addUser(name grant.UserName, p grant.ProjectID, permissions ...grant.Permission) {
	s.catalog.Users = append(s.catalog.Users, grant.User{
		Name: name, Token: grant.HashOf(string(name)), Permissions: map[grant.ProjectID][]grant.Permission{p: permissions},
	})
}

// reopen makes the authority anew, as when the catalog has changed.
func (s *scene) reopen() {
	s.Authority = grant.New(s.catalog, s.store, func() time.Time { return s.now })
}

func (s *scene) as(name string) *grant.User {
	s.Helper()
	user, err := s.Authenticate(name)
	if err != nil {
		s.Fatal(err)
	}
	return user
}

func (s *scene) seed() {
	s.Helper()
	if err := s.Seed(s.Context()); err != nil {
		s.Fatalf("seed: %v", err)
	}
}

func (s *scene) update(fn func(ctx context.Context, tx grant.Tx) error) {
	s.Helper()
	if err := s.store.Update(s.Context(), func(tx grant.Tx) error { return fn(s.Context(), tx) }); err != nil {
		s.Fatal(err)
	}
}

// records are all that a realm of the catalog has, by environment and in the
// order they were made.
func (s *scene) records(r grant.Realm) (all []grant.Authorization) {
	s.Helper()
	for _, contents := range s.catalog.Realms {
		if contents.Realm != r {
			continue
		}
		var apis []grant.APIID
		for _, a := range contents.APIs {
			apis = append(apis, a.ID)
		}
		var apps []grant.AppID
		for _, a := range contents.Apps {
			apps = append(apps, a.ID)
		}
		s.update(func(ctx context.Context, tx grant.Tx) error {
			all = nil
			for _, env := range contents.Envs {
				found, err := tx.Authorizations(ctx, r, env, apis, apps)
				if err != nil {
					return err
				}
				all = append(all, found...)
			}
			return nil
		})
	}
	return all
}

// codes are those AppCodes of an app that the store has.
func (s *scene) codes(r grant.Realm, app grant.AppID, ids ...grant.AppCodeID) (there []grant.AppCodeID) {
	s.Helper()
	for _, id := range ids {
		err := s.store.Update(s.Context(), func(tx grant.Tx) error {
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
