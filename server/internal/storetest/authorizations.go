package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var authorizationCases = []testCase{
	{"authorization/look up", lookUp},
	{"authorization/look up nothing", lookUpNothing},
	{"authorization/order", order},
	{"authorization/big product", bigProduct},
	{"authorization/environments", environments},
	{"authorization/duplicate", duplicate},
	{"authorization/duplicate within a batch", duplicateInBatch},
	{"authorization/times", times},
	{"authorization/set until and notice", setTimes},
	{"authorization/set times of no record", setTimesOfNothing},
}

func lookUp(s scene) {
	want := []grant.Authorization{
		{Env: dev, API: "api1", App: "app1", Role: grant.Provider, At: noon},
		{Env: dev, API: "api2", App: "app1", Role: grant.Consumer, At: noon.Add(time.Microsecond), Until: noon.AddDate(1, 0, 0)},
		{Env: dev, API: "api1", App: "app2", At: noon},
	}
	made := s.insert(here, want...)
	for i, auth := range made {
		if auth.ID == "" {
			s.Errorf("record %d has no id", i)
		}
		want[i].ID = auth.ID
		got, err := s.get(here, auth.ID)
		if err != nil {
			s.Errorf("look up by id: %v", err)
		}
		s.diff("by id", want[i], got)
	}
	s.diff("what Insert returns", want, made)
	s.diff("all pairs", want, s.find(here, []grant.APIID{"api1", "api2", "api3"}, []grant.AppID{"app2", "app1"}))
	s.diff("some pairs", want[:1], s.find(here, []grant.APIID{"api1"}, []grant.AppID{"app1"}))
	s.diff("one API, all apps", []grant.Authorization{want[0], want[2]}, s.find(here, []grant.APIID{"api1"}, []grant.AppID{"app1", "app2"}))
	s.diff("repeated ids", want[:1], s.find(here, []grant.APIID{"api1", "api1"}, []grant.AppID{"app1", "app1"}))
}

func lookUpNothing(s scene) {
	find := func(apis []grant.APIID, apps []grant.AppID) {
		s.Helper()
		if got := s.find(here, apis, apps); len(got) != 0 {
			s.Errorf("found %v between %v and %v", got, apis, apps)
		}
	}
	find([]grant.APIID{"api"}, []grant.AppID{"app"}) // the realm is unknown yet
	s.insert(here, pair("api", "app"))
	s.insert(here)
	find(nil, nil)
	find([]grant.APIID{"api"}, nil)
	find(nil, []grant.AppID{"app"})
	find([]grant.APIID{}, []grant.AppID{})
	find([]grant.APIID{""}, []grant.AppID{""})
	find([]grant.APIID{"app"}, []grant.AppID{"api"}) // APIs and apps are different kinds
	find([]grant.APIID{"api_"}, []grant.AppID{"app%"})
}

func order(s scene) {
	var want []grant.Authorization
	for _, batch := range [][]grant.Authorization{
		{pair("z", "b"), pair("a", "c"), pair("m", "a")},
		{pair("a", "a")},
		{pair("z", "a"), pair("a", "b")},
	} {
		want = append(want, s.insert(here, batch...)...)
	}
	got := s.find(here, []grant.APIID{"a", "m", "z"}, []grant.AppID{"a", "b", "c"})
	s.diff("records", want, got)
}

func bigProduct(s scene) {
	var apps []grant.AppID
	var apis []grant.APIID
	var want []grant.Authorization
	for i := range 30 {
		apps = append(apps, grant.AppID(fmt.Sprintf("app-%d", i)))
	}
	for i := range 100 {
		apis = append(apis, grant.APIID(fmt.Sprintf("api-%d", i)))
	}
	for _, app := range apps {
		for _, api := range apis {
			want = append(want, pair(api, app))
		}
	}
	want = s.insert(here, want...)
	s.diff("records", want, s.find(here, apis, apps))
	s.end(idsOf(want[1:])...)
	s.diff("what is left", want[:1], s.find(here, apis, apps))
}

func environments(s scene) {
	inProd := pair("api", "app")
	inProd.Env = prod
	none := pair("api", "app")
	none.Env = grant.NoEnv
	made := s.insert(here, pair("api", "app"), inProd, none)
	for _, want := range made {
		got := s.findIn(here, want.Env, []grant.APIID{"api"}, []grant.AppID{"app"})
		s.diff(fmt.Sprintf("in environment %q", want.Env), []grant.Authorization{want}, got)
	}
	s.end(made[0].ID)
	if got := s.findOne(here, "api"); len(got) != 0 {
		s.Errorf("found %v in %q", got, dev)
	}
	for _, want := range made[1:] {
		got := s.findIn(here, want.Env, []grant.APIID{"api"}, []grant.AppID{"app"})
		s.diff(fmt.Sprintf("in environment %q, one of another having ended", want.Env), []grant.Authorization{want}, got)
	}
}

func duplicate(s scene) {
	made := s.insert(here, pair("api2", "app2"))
	batch := []grant.Authorization{pair("api1", "app1"), pair("api2", "app2"), pair("api3", "app3")}
	batch[1].Role = grant.Consumer
	err := s.try(func(tx grant.Tx) error { return tx.Insert(s.Context(), here, batch) })
	if err == nil {
		s.Error("the second record of a pair is accepted")
	}
	s.diff("records", made, s.find(here, []grant.APIID{"api1", "api2", "api3"}, []grant.AppID{"app1", "app2", "app3"}))
}

func duplicateInBatch(s scene) {
	err := s.try(func(tx grant.Tx) error {
		return tx.Insert(s.Context(), here, []grant.Authorization{pair("api", "app"), pair("api", "app")})
	})
	if err == nil {
		s.Error("two records of a pair are accepted")
	}
	if got := s.findOne(here, "api"); len(got) != 0 {
		s.Errorf("records %v are left", got)
	}
}

func times(s scene) {
	east := time.FixedZone("east", 5*3600+1800)
	given := pair("api", "app")
	given.At, given.Until = noon.In(east), noon.Add(time.Microsecond).In(east)
	made := s.insert(here, given)

	want := given
	want.ID, want.At, want.Until = made[0].ID, noon, noon.Add(time.Microsecond)
	s.diff("by pair", []grant.Authorization{want}, s.findOne(here, "api"))
	got, err := s.get(here, want.ID)
	if err != nil {
		s.Error(err)
	}
	s.diff("by id", want, got)
}

func setTimes(s scene) {
	other := pair("api", "other")
	other.Until = noon
	made := s.insert(here, pair("api", "app"), other)
	want := slices.Clone(made)
	check := func(what string) {
		s.Helper()
		s.diff(what, want, s.find(here, []grant.APIID{"api"}, []grant.AppID{"app", "other"}))
		got, err := s.get(here, made[0].ID)
		if err != nil {
			s.Error(err)
		}
		s.diff("by id, "+what, want[0], got)
	}
	for _, at := range []time.Time{
		noon.Add(time.Microsecond),
		time.Date(22020, 8, 4, 4, 2, 22, 999999000, time.UTC),
		time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC),
		time.Unix(0, 0).UTC(), // the epoch is not the zero time
		{},
	} {
		for _, given := range []time.Time{at, at.In(time.FixedZone("west", -7*3600))} {
			s.update(func(tx grant.Tx) error { return tx.SetUntil(s.Context(), made[0].ID, given) })
			want[0].Until = at
			check("after setting the end to " + given.String())
			s.update(func(tx grant.Tx) error { return tx.SetNotice(s.Context(), made[0].ID, given.Add(-time.Hour)) })
			want[0].Notice = at.Add(-time.Hour)
			check("after setting the notice to an hour before " + given.String())
		}
	}
	s.update(func(tx grant.Tx) error { return tx.SetNotice(s.Context(), made[0].ID, time.Time{}) })
	want[0].Notice = time.Time{}
	check("after taking the notice back")
}

func setTimesOfNothing(s scene) {
	made := s.insert(here, pair("api", "app"), pair("api", "gone"))
	application := s.apply(here, "api", "app")
	s.end(made[1].ID)
	gone := s.last("api", "gone")
	for _, id := range []grant.AuthorizationID{made[1].ID, grant.AuthorizationID(application.ID), "", "x", "ffffffffffffffffffffffffffffffff"} {
		err := s.try(func(tx grant.Tx) error { return tx.SetUntil(s.Context(), id, noon) })
		s.wantNotFound("set the end of no record", grant.NounAuthorization, string(id), err)
		err = s.try(func(tx grant.Tx) error { return tx.SetNotice(s.Context(), id, noon) })
		s.wantNotFound("set the notice of no record", grant.NounAuthorization, string(id), err)
	}
	s.diff("the other record", made[:1], s.findOne(here, "api"))
	s.diff("the record that has ended", gone, s.last("api", "gone"))
}

func idsOf(records []grant.Authorization) []grant.AuthorizationID {
	return each(records, func(a grant.Authorization) grant.AuthorizationID { return a.ID })
}

func each[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}
