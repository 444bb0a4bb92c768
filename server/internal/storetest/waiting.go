package storetest

import (
	"errors"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var waitingCases = []testCase{
	{"waiting application/none", noneWaits},
	{"waiting application/one at most", oneWaits},
	{"waiting application/one at most, at once", oneWaitsAtOnce},
	{"waiting application/never again", applicationsNeverAgain},
	{"waiting application/of another place", waitingElsewhere},
}

func (s scene) waitingIn(r grant.Realm, cluster grant.EnvID, api grant.APIID, app grant.AppID) (grant.Application, error) {
	s.Helper()
	return look(s, func(reader grant.Reader) (grant.Application, error) {
		return reader.WaitingApplication(s.Context(), r, cluster, api, app)
	})
}

// waiting looks up the application of dev that must wait.
func (s scene) waiting(r grant.Realm, api grant.APIID, app grant.AppID) grant.Application {
	s.Helper()
	a, err := s.waitingIn(r, dev, api, app)
	if err != nil {
		s.Errorf("look up the waiting application of %s for %s: %v", app, api, err)
	}
	return a
}

func (s scene) wantNoneWaiting(r grant.Realm, cluster grant.EnvID, api grant.APIID, app grant.AppID) {
	s.Helper()
	_, err := s.waitingIn(r, cluster, api, app)
	s.wantNotFound("look up an application that doesn't wait", grant.NounApplication, "", err)
}

func noneWaits(s scene) {
	s.wantNoneWaiting(workspace, dev, "api", "app") // nothing is in the store yet
	s.apply(workspace, "api", "app")
	s.apply(workspace, "api2", "app2")
	s.insert(workspace, pair("api3", "app3"))
	for _, c := range []struct {
		api grant.APIID
		app grant.AppID
	}{{"api", "app2"}, {"api2", "app"}, {"api3", "app3"}, {"app", "api"}, {"", ""}, {"api_", "app"}, {"%", "%"}} {
		s.wantNoneWaiting(workspace, dev, c.api, c.app)
	}
}

// A second one fails, of whatever type, until the first is settled.
func oneWaits(s scene) {
	for _, status := range []grant.Status{grant.Passed, grant.Rejected, grant.Executed, grant.ForcedCancel} {
		first := s.apply(workspace, "api", "app")
		second := asking(workspace, "api", "app")
		for _, kind := range []grant.ActionType{grant.Apply, grant.Renew, grant.CancelByAPI} {
			second.Type, second.By, second.Status = kind, "eve", grant.PendingCheck
			if _, err := s.trySubmit(workspace, second); err == nil {
				s.Errorf("a second application to %s is accepted", kind)
			}
		}
		s.diff("the first one", first, s.waiting(workspace, "api", "app"))
		s.settled(first, status)
		s.wantNoneWaiting(workspace, dev, "api", "app")
		next := s.submit(workspace, second)
		s.diff("the next one", next, s.waiting(workspace, "api", "app"))
		s.settled(next, status)
	}
}

// Those who don't look first are kept apart too.
func oneWaitsAtOnce(s scene) {
	made := make([]grant.Application, 30)
	errs := make([]error, len(made))
	s.concurrently(len(made), func(i int) error {
		made[i], errs[i] = s.trySubmit(workspace, asking(workspace, "api", "app"))
		return nil
	})
	var winners []grant.Application
	for i, err := range errs {
		if err == nil {
			winners = append(winners, made[i])
		}
	}
	s.diff("who got in", winners, []grant.Application{s.waiting(workspace, "api", "app")})

	looked := make([]bool, len(made))
	s.concurrently(len(made), func(i int) error {
		return s.try(func(tx grant.Tx) error {
			looked[i] = false
			_, err := tx.WaitingApplication(s.Context(), workspace, dev, "api", "app2")
			if e, ok := errors.AsType[*grant.Error](err); !ok || e.Kind != grant.NotFound {
				return err
			}
			looked[i] = true
			a := asking(workspace, "api", "app2")
			return tx.InsertApplication(s.Context(), workspace, &a)
		})
	})
	got := 0
	for _, in := range looked {
		if in {
			got++
		}
	}
	s.diff("how many of those who look first get in", 1, got)
}

func applicationsNeverAgain(s scene) {
	seen := map[grant.ApplicationID]grant.Application{}
	for range 5 {
		a := s.apply(workspace, "api", "app")
		if _, again := seen[a.ID]; again {
			s.Errorf("the id %s comes back", a.ID)
		}
		seen[a.ID] = s.settled(a, grant.Rejected)
	}
	for id, want := range seen {
		s.diff("settled", want, s.application(id))
	}
}

func waitingElsewhere(s scene) {
	type place struct {
		realm   grant.Realm
		cluster grant.EnvID
		api     grant.APIID
		app     grant.AppID
	}
	places := []place{
		{workspace, dev, "api", "app"},
		{workspace, prod, "api", "app"}, {workspace, "DEV", "api", "app"},
		{workspace, dev, "API", "app"}, {workspace, dev, "api", "App"}, {workspace, dev, "api2", "app"}, {workspace, dev, "api", "app2"},
		{workspace, "größe", "größe", "größe"}, {workspace, "größe", "gro\u0308\u00dfe", "größe"},
	}
	for _, r := range elsewhere {
		places = append(places, place{grant.Realm{Service: grant.DataArts, Project: r.Project, ID: "workspace " + r.ID}, dev, "api", "app"})
	}
	made := make([]grant.Application, len(places))
	for i, p := range places {
		s.wantNoneWaiting(p.realm, p.cluster, p.api, p.app)
		a := asking(p.realm, p.api, p.app)
		a.Cluster = p.cluster
		made[i] = s.submit(p.realm, a)
	}
	for i, p := range places {
		got, err := s.waitingIn(p.realm, p.cluster, p.api, p.app)
		if err != nil {
			s.Error(err)
		}
		s.diff("the waiting one", made[i], got)
	}
}
