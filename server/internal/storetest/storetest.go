// Package storetest is the suite that every engine of [grant.Store] passes.
package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server/internal/grant"
)

type testCase struct {
	name string
	run  func(s scene)
}

// Run runs the suite, its cases at the same time. newStore is called once for each
// and makes an empty store, which lasts until its t ends.
func Run(t *testing.T, newStore func(t *testing.T) grant.Store) {
	for _, c := range slices.Concat(
		authorizationCases, endingCases, lastCases, idCases, applicationCases, waitingCases, appCodeCases, appOfCodeCases,
		userCases, projectCases, catalogCases, seedCases, transactionCases, contextCases, viewCases, concurrencyCases,
		memberCases, projectListCases, authorizationListCases, appCodeListCases, applicationListCases, eventCases, controlCases, deleteCases,
	) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(scene{t, newStore(t)})
		})
	}
}

// scene is one case at work: its test, and a store of its own. Its methods fail
// the test on an error they have no way to return, but never inside a
// transaction, which would stay open.
type scene struct {
	*testing.T
	store grant.Store
}

const (
	dev  grant.EnvID = "dev"
	prod grant.EnvID = "prod"
)

var (
	here = grant.Realm{Service: grant.APIG, Project: "project", ID: "instance"}

	// elsewhere has, for each part of a realm, one that differs from here in that
	// part alone, if only in case.
	elsewhere = []grant.Realm{
		{Service: grant.ROMA, Project: "project", ID: "instance"},
		{Service: grant.APIG, Project: "project2", ID: "instance"},
		{Service: grant.APIG, Project: "PROJECT", ID: "instance"},
		{Service: grant.APIG, Project: "project", ID: "instance2"},
		{Service: grant.APIG, Project: "project", ID: "INSTANCE"},
	}

	noon = time.Date(2026, 3, 4, 12, 0, 0, 123456000, time.UTC)
)

// pair is a record to be made in dev.
func pair(api grant.APIID, app grant.AppID) grant.Authorization {
	return grant.Authorization{Env: dev, API: api, App: app, Role: grant.Provider, At: noon}
}

// update is a transaction on the usual project that must succeed.
func (s scene) update(fn func(tx grant.Tx) error) {
	s.Helper()
	s.updateIn(here.Project, fn)
}

// updateIn is a transaction on a project, or on all, that must succeed.
func (s scene) updateIn(project grant.ProjectID, fn func(tx grant.Tx) error) {
	s.Helper()
	if err := s.store.Update(s.Context(), project, fn); err != nil {
		s.Fatalf("update: %v", err)
	}
}

// try is a transaction on the usual project that may fail.
func (s scene) try(fn func(tx grant.Tx) error) error {
	return s.store.Update(s.Context(), here.Project, fn)
}

// look looks at a store that nobody is changing, in a view and in a transaction,
// which must find the same.
func look[T any](s scene, fn func(r grant.Reader) (T, error)) (T, error) {
	s.Helper()
	var viewed, found T
	viewErr := s.store.View(s.Context(), func(r grant.Reader) (err error) {
		viewed, err = fn(r)
		return err
	})
	err := s.try(func(tx grant.Tx) (err error) {
		found, err = fn(tx)
		return err
	})
	s.diff("in a transaction, compared with a view", viewed, found)
	s.diff("error in a transaction, compared with a view", viewErr, err)
	return found, err
}

// mustLook is look for what must be found.
func mustLook[T any](s scene, fn func(r grant.Reader) (T, error)) T {
	s.Helper()
	found, err := look(s, fn)
	if err != nil {
		s.Fatalf("look: %v", err)
	}
	return found
}

// insert makes records, which it returns with their ids.
func (s scene) insert(r grant.Realm, records ...grant.Authorization) []grant.Authorization {
	s.Helper()
	var made []grant.Authorization
	s.updateIn(r.Project, func(tx grant.Tx) error {
		made = slices.Clone(records)
		return tx.Insert(s.Context(), r, made)
	})
	return made
}

// find looks up records of dev by pair.
func (s scene) find(r grant.Realm, apis []grant.APIID, apps []grant.AppID) []grant.Authorization {
	s.Helper()
	return s.findIn(r, dev, apis, apps)
}

// findIn looks up records by pair.
func (s scene) findIn(r grant.Realm, env grant.EnvID, apis []grant.APIID, apps []grant.AppID) []grant.Authorization {
	s.Helper()
	return mustLook(s, func(reader grant.Reader) ([]grant.Authorization, error) {
		return reader.Authorizations(s.Context(), r, env, apis, apps)
	})
}

// findOne looks up the records of dev of one API and the usual app.
func (s scene) findOne(r grant.Realm, api grant.APIID) []grant.Authorization {
	s.Helper()
	return s.find(r, []grant.APIID{api}, []grant.AppID{"app"})
}

// get looks up a record by id.
func (s scene) get(r grant.Realm, id grant.AuthorizationID) (grant.Authorization, error) {
	s.Helper()
	return look(s, func(reader grant.Reader) (grant.Authorization, error) {
		return reader.Authorization(s.Context(), r, id)
	})
}

// end ends records, at noon.
func (s scene) end(ids ...grant.AuthorizationID) {
	s.Helper()
	s.update(func(tx grant.Tx) error { return tx.End(s.Context(), ids, noon, grant.Cancelled) })
}

// diff compares values; times must agree in their zone too.
func (s scene) diff(what string, want, got any) {
	s.Helper()
	sameTime := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) && a.Location() == b.Location() })
	if d := cmp.Diff(want, got, sameTime); d != "" {
		s.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// wantNotFound checks an error. Only a *grant.Error with nothing around it or
// inside it goes unchanged to a caller, so that is what it must be.
func (s scene) wantNotFound(what, noun, id string, err error) {
	s.Helper()
	s.diff(what, error(&grant.Error{Kind: grant.NotFound, Field: noun, Msg: id}), err)
}
