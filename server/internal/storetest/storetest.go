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
	for _, c := range slices.Concat(authorizationCases, idCases, appCodeCases, seedCases, transactionCases, concurrencyCases) {
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

// update is a transaction that must succeed.
func (s scene) update(fn func(tx grant.Tx) error) {
	s.Helper()
	if err := s.store.Update(s.Context(), fn); err != nil {
		s.Fatalf("update: %v", err)
	}
}

// insert makes records, which it returns with their ids.
func (s scene) insert(r grant.Realm, records ...grant.Authorization) []grant.Authorization {
	s.Helper()
	var made []grant.Authorization
	s.update(func(tx grant.Tx) error {
		made = slices.Clone(records)
		return tx.Insert(s.Context(), r, made)
	})
	return made
}

// find looks up records of dev by pair.
func (s scene) find(r grant.Realm, apis []grant.APIID, apps []grant.AppID) []grant.Authorization {
	s.Helper()
	var found []grant.Authorization
	s.update(func(tx grant.Tx) (err error) {
		found, err = tx.Authorizations(s.Context(), r, dev, apis, apps)
		return err
	})
	return found
}

// findOne looks up the records of dev of one API and the usual app.
func (s scene) findOne(r grant.Realm, api grant.APIID) []grant.Authorization {
	s.Helper()
	return s.find(r, []grant.APIID{api}, []grant.AppID{"app"})
}

// get looks up a record by id.
func (s scene) get(r grant.Realm, id grant.AuthorizationID) (auth grant.Authorization, err error) {
	return auth, s.store.Update(s.Context(), func(tx grant.Tx) (err error) {
		auth, err = tx.Authorization(s.Context(), r, id)
		return err
	})
}

func (s scene) remove(ids ...grant.AuthorizationID) {
	s.Helper()
	s.update(func(tx grant.Tx) error { return tx.Remove(s.Context(), ids) })
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
