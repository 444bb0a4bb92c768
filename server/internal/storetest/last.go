package storetest

import (
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var lastCases = []testCase{
	{"last authorization/newest", lastIsNewest},
	{"last authorization/none", lastOfNothing},
	{"last authorization/of another place", lastElsewhere},
	{"last authorization/unicode", lastUnicode},
}

func (s scene) lastIn(r grant.Realm, env grant.EnvID, api grant.APIID, app grant.AppID) (grant.Authorization, error) {
	s.Helper()
	return look(s, func(reader grant.Reader) (grant.Authorization, error) {
		return reader.LastAuthorization(s.Context(), r, env, api, app)
	})
}

// last looks up the newest record of the usual realm and environment.
func (s scene) last(api grant.APIID, app grant.AppID) grant.Authorization {
	s.Helper()
	auth, err := s.lastIn(here, dev, api, app)
	if err != nil {
		s.Errorf("look up the last authorization of %s for %s: %v", app, api, err)
	}
	return auth
}

// Newest is what was made last, whatever its times say. That is the one that goes
// on, if there is one.
func lastIsNewest(s scene) {
	for i := range 4 {
		record := pair("api", "app")
		record.At = noon.Add(-time.Duration(i) * time.Hour)
		want := s.insert(here, record)[0]
		s.diff("while it goes on", want, s.last("api", "app"))
		want.Ended, want.Cause = record.At.Add(time.Minute), grant.Expired
		s.update(func(tx grant.Tx) error {
			return tx.End(s.Context(), []grant.AuthorizationID{want.ID}, want.Ended, want.Cause)
		})
		s.diff("once it has ended", want, s.last("api", "app"))
	}
}

func lastOfNothing(s scene) {
	_, err := s.lastIn(here, dev, "api", "app")
	s.wantNotFound("in an empty store", grant.NounAuthorization, "", err)
	s.insert(here, pair("api", "app"), pair("api2", "app2"))
	for _, c := range []struct {
		api grant.APIID
		app grant.AppID
	}{{"api", "app2"}, {"api2", "app"}, {"app", "api"}, {"", ""}, {"api", ""}, {"api_", "app"}, {"%", "%"}} {
		_, err := s.lastIn(here, dev, c.api, c.app)
		s.wantNotFound("between "+string(c.api)+" and "+string(c.app), grant.NounAuthorization, "", err)
	}
}

func lastElsewhere(s scene) {
	type place struct {
		realm grant.Realm
		env   grant.EnvID
		api   grant.APIID
		app   grant.AppID
	}
	places := []place{
		{here, dev, "api", "app"},
		{here, prod, "api", "app"}, {here, "DEV", "api", "app"}, {here, grant.NoEnv, "api", "app"},
		{here, dev, "API", "app"}, {here, dev, "api", "App"}, {here, dev, "api2", "app"}, {here, dev, "api", "app2"},
	}
	for _, r := range elsewhere {
		places = append(places, place{r, dev, "api", "app"})
	}
	// One that goes on does not hide one of another place that has ended.
	made := make([]grant.Authorization, len(places))
	for i, p := range places {
		_, err := s.lastIn(p.realm, p.env, p.api, p.app)
		s.wantNotFound("before it is made", grant.NounAuthorization, "", err)
		made[i] = s.insert(p.realm, grant.Authorization{Env: p.env, API: p.api, App: p.app, Role: grant.Provider, At: noon})[0]
		if i%2 == 1 {
			s.end(made[i].ID)
			made[i].Ended, made[i].Cause = noon, grant.Cancelled
		}
	}
	for i, p := range places {
		got, err := s.lastIn(p.realm, p.env, p.api, p.app)
		if err != nil {
			s.Error(err)
		}
		s.diff("the last one of "+string(p.env)+" "+string(p.api)+" "+string(p.app), made[i], got)
	}
}

func lastUnicode(s scene) {
	for _, id := range []string{"größe", "gro\u0308\u00dfe", "Größe", "🗝️", " a", "a'b", "a\n"} {
		record := pair(grant.APIID(id), grant.AppID(id))
		record.Env = grant.EnvID(id)
		_, err := s.lastIn(here, record.Env, record.API, record.App)
		s.wantNotFound("before it is made", grant.NounAuthorization, "", err)
		record = s.insert(here, record)[0]
		got, err := s.lastIn(here, record.Env, record.API, record.App)
		if err != nil {
			s.Error(err)
		}
		s.diff("the last one", record, got)
	}
}
