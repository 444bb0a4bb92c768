package grant_test

import (
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var gateway = grant.Realm{Service: grant.APIG, Project: project, ID: "gateway"}

// newGateways is a scene with two gateways of the same contents. ann owns the API
// orders, bob the API parts, which is published nowhere, and the apps shop and
// stock, cid stock too and the app scales; eve owns nothing.
func newGateways(t *testing.T) *scene {
	contents := grant.RealmContents{
		Realm: gateway,
		Envs:  []grant.EnvID{"dev", "prod"},
		APIs: []grant.API{
			{ID: "orders", Owner: "ann", Published: []grant.EnvID{"dev"}},
			{ID: "parts", Owner: "bob"},
		},
		Apps: []grant.App{
			{ID: "shop", Owners: []grant.UserName{"bob"}},
			{ID: "stock", Owners: []grant.UserName{"cid", "bob"}},
			{ID: "scales", Owners: []grant.UserName{"cid"}},
		},
	}
	second := contents
	second.ID = "gateway2"
	roma := contents
	roma.Service, roma.ID = grant.ROMA, "roma"
	return newScene(t, contents, second, roma)
}

func inDev(apps []grant.AppID, apis ...grant.APIID) grant.AuthorizeApps {
	return grant.AuthorizeApps{Project: project, Instance: gateway.ID, Env: "dev", Apps: apps, APIs: apis}
}

func (s *scene) authorize(user string, req grant.AuthorizeApps) []grant.AuthorizedPair {
	s.Helper()
	pairs, err := s.AuthorizeApps(s.Context(), s.as(user), req)
	if err != nil {
		s.Fatal(err)
	}
	return pairs
}

// withIDs copies the ids of what was made into what is wanted.
func withIDs(want, made []grant.AuthorizedPair) []grant.AuthorizedPair {
	for i := range min(len(want), len(made)) {
		want[i].ID = made[i].ID
	}
	return want
}

func TestAuthorizeApps(t *testing.T) {
	t.Parallel()
	s := newGateways(t)
	pair := func(api grant.APIID, app grant.AppID, role grant.Role, at time.Time) grant.AuthorizedPair {
		return grant.AuthorizedPair{Authorization: grant.Authorization{Env: "dev", API: api, App: app, Role: role, At: at}}
	}
	record := func(p grant.AuthorizedPair) grant.Authorization { return p.Authorization }

	// App by app in the order of the request, repeated ids once, the role by pair.
	first := s.authorize("bob", inDev([]grant.AppID{"stock", "shop", "stock"}, "parts", "orders", "parts"))
	want := withIDs([]grant.AuthorizedPair{
		pair("parts", "stock", grant.Provider, started), pair("orders", "stock", grant.Consumer, started),
		pair("parts", "shop", grant.Provider, started), pair("orders", "shop", grant.Consumer, started),
	}, first)
	s.diff("first", want, first)
	s.diff("records", each(first, record), s.records(gateway))

	// Again, later and by somebody else: what there was keeps its id, time and role.
	s.now = start.Add(time.Hour)
	again := s.authorize("ann", inDev([]grant.AppID{"shop", "scales", "stock"}, "orders"))
	want = []grant.AuthorizedPair{
		{Authorization: first[3].Authorization, Existed: true},
		pair("orders", "scales", grant.Provider, started.Add(time.Hour)),
		{Authorization: first[1].Authorization, Existed: true},
	}
	if len(again) > 1 {
		want[1].ID = again[1].ID
	}
	s.diff("again", want, again)
	s.diff("records", append(each(first, record), want[1].Authorization), s.records(gateway))

	ids := each(s.records(gateway), func(a grant.Authorization) grant.AuthorizationID { return a.ID })
	slices.Sort(ids)
	if distinct := slices.Compact(slices.Clone(ids)); len(distinct) != 5 || distinct[0] == "" {
		s.Errorf("the ids are %q", ids)
	}
	s.diff("records of the other gateway", []grant.Authorization(nil), s.records(grant.Realm{Service: grant.APIG, Project: project, ID: "gateway2"}))
}

func TestAuthorizeAppsInEachEnvironment(t *testing.T) {
	t.Parallel()
	s := newGateways(t)
	dev := s.authorize("bob", inDev([]grant.AppID{"shop"}, "parts"))
	req := inDev([]grant.AppID{"shop"}, "parts")
	req.Env = "prod"
	prod := s.authorize("bob", req)
	s.diff("records", []grant.Authorization{dev[0].Authorization, prod[0].Authorization}, s.records(gateway))
	s.diff("existed", false, prod[0].Existed)
}

func TestAuthorizeAppsOfNothing(t *testing.T) {
	t.Parallel()
	s := newGateways(t)
	s.diff("no app", []grant.AuthorizedPair{}, s.authorize("bob", inDev(nil, "parts")))
	s.diff("no API", []grant.AuthorizedPair{}, s.authorize("bob", inDev([]grant.AppID{"shop"})))
}

// Each case has the faults of all that follow it too, so that the table shows the
// order of the checks.
func TestAuthorizeAppsRefusals(t *testing.T) {
	t.Parallel()
	apps := func(ids ...grant.AppID) []grant.AppID { return ids }
	tooMany := make([]grant.APIID, grant.MaxPairs/2+1)
	for i := range tooMany {
		tooMany[i] = grant.APIID(strconv.Itoa(i))
	}
	for _, c := range []struct {
		name, user string
		req        grant.AuthorizeApps
		want       *grant.Error
	}{
		{"too many pairs", "otto", grant.AuthorizeApps{Project: project, Instance: "x", Env: "x", Apps: apps("x", "y"), APIs: tooMany}, invalid("api_ids")},
		{"no member", "otto", grant.AuthorizeApps{Project: project, Instance: "x"}, wrongProject},
		{"unknown project", "ann", grant.AuthorizeApps{Project: "PROJECT", Instance: "x"}, wrongProject},
		{"no permission", "rita", grant.AuthorizeApps{Project: project, Instance: "x"}, noPermission(grant.MayAuthorizeApps)},
		{"another permission", "sue", grant.AuthorizeApps{Project: project, Instance: "x"}, noPermission(grant.MayAuthorizeApps)},
		{"unknown instance", "eve", grant.AuthorizeApps{Project: project, Instance: "x", Env: "x", Apps: apps("x"), APIs: []grant.APIID{"x"}}, notFound(grant.NounInstance, "x")},
		{"another service's instance", "eve", grant.AuthorizeApps{Project: project, Instance: "roma", Env: "dev"}, notFound(grant.NounInstance, "roma")},
		{"another project's instance", "otto", grant.AuthorizeApps{Project: otherProject, Instance: "gateway", Env: "dev"}, notFound(grant.NounInstance, "gateway")},
		{"unknown environment", "eve", grant.AuthorizeApps{Project: project, Instance: "gateway", Env: "x", Apps: apps("x"), APIs: []grant.APIID{"x"}}, notFound(grant.NounEnv, "x")},
		{"unknown app", "eve", inDev(apps("shop", "x"), "y"), notFound(grant.NounApp, "x")},
		{"unknown API", "eve", inDev(apps("shop"), "orders", "y"), notFound(grant.NounAPI, "y")},
		{"ids in another case", "bob", inDev(apps("Shop"), "orders"), notFound(grant.NounApp, "Shop")},
		{"owner of nothing", "eve", inDev(apps("shop"), "orders"), notOwner(grant.NounAPI)},
		{"owner of some of the APIs", "ann", inDev(apps("shop"), "orders", "parts"), notOwner(grant.NounAPI)},
		{"owner of some of the apps", "cid", inDev(apps("stock", "shop"), "orders"), notOwner(grant.NounAPI)},
		{"owner, but not of what there is already", "eve", inDev(apps("stock"), "parts"), notOwner(grant.NounAPI)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newGateways(t)
			s.addUser("sue", project, slices.DeleteFunc(slices.Clone(grant.Permissions), func(p grant.Permission) bool { return p == grant.MayAuthorizeApps })...)
			s.apply()
			before := s.authorize("bob", inDev(apps("stock"), "parts"))
			pairs, err := s.AuthorizeApps(s.Context(), s.as(c.user), c.req)
			s.wantErr(c.want, err)
			s.diff("pairs", []grant.AuthorizedPair(nil), pairs)
			s.diff("records", []grant.Authorization{before[0].Authorization}, s.records(gateway))
		})
	}
}

// As many pairs as may be, with ids repeated on top.
func TestAuthorizeAppsMaxPairs(t *testing.T) {
	t.Parallel()
	contents := grant.RealmContents{Realm: gateway, Envs: []grant.EnvID{"dev"}}
	req := inDev(nil)
	for i := range 100 {
		id := strconv.Itoa(i)
		contents.APIs = append(contents.APIs, grant.API{ID: grant.APIID(id), Owner: "ann"})
		contents.Apps = append(contents.Apps, grant.App{ID: grant.AppID(id)})
		req.APIs = append(req.APIs, grant.APIID(id), "0")
		req.Apps = append(req.Apps, grant.AppID(id), "0")
	}
	s := newScene(t, contents)
	pairs := s.authorize("ann", req)
	s.diff("number of pairs", grant.MaxPairs, len(pairs))
	s.diff("records", each(pairs, func(p grant.AuthorizedPair) grant.Authorization { return p.Authorization }), s.records(gateway))

	req.APIs = append(req.APIs, "one more")
	_, err := s.AuthorizeApps(s.Context(), s.as("ann"), req)
	s.wantErr(invalid("api_ids"), err)
}

func TestAuthorizeAppsAtOnce(t *testing.T) {
	t.Parallel()
	s := newGateways(t)
	user := s.as("bob")
	results := make([][]grant.AuthorizedPair, 10)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() {
			var err error
			if results[i], err = s.AuthorizeApps(t.Context(), user, inDev([]grant.AppID{"shop", "stock"}, "parts", "orders")); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	records := s.records(gateway)
	fresh := 0
	for _, pairs := range results {
		s.diff("result", records, each(pairs, func(p grant.AuthorizedPair) grant.Authorization { return p.Authorization }))
		if len(pairs) > 0 && !pairs[0].Existed {
			fresh++
		}
	}
	s.diff("how many made the records", 1, fresh)
}

func TestCancelAuthorization(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, user string
		req        grant.CancelAuthorization // no ID: the record's
		want       *grant.Error              // with Msg "…": the record's id
	}{
		{"no member", "otto", grant.CancelAuthorization{Project: project, Instance: "x", ID: "x"}, wrongProject},
		{"no permission", "rita", grant.CancelAuthorization{Project: project, Instance: "x", ID: "x"}, noPermission(grant.MayCancelAuthorization)},
		{"unknown instance", "eve", grant.CancelAuthorization{Project: project, Instance: "x", ID: "x"}, notFound(grant.NounInstance, "x")},
		{"another service's instance", "bob", grant.CancelAuthorization{Project: project, Instance: "roma"}, notFound(grant.NounInstance, "roma")},
		{"another project's instance", "otto", grant.CancelAuthorization{Project: otherProject, Instance: "gateway"}, notFound(grant.NounInstance, "gateway")},
		{"unknown record", "eve", grant.CancelAuthorization{Project: project, Instance: "gateway", ID: "x"}, notFound(grant.NounAuthorization, "x")},
		{"another instance's record", "bob", grant.CancelAuthorization{Project: project, Instance: "gateway2"}, notFound(grant.NounAuthorization, "…")},
		{"neither owner", "eve", grant.CancelAuthorization{Project: project, Instance: "gateway"}, notOwner(grant.NounAuthorization)},
		{"owner of another API", "cid", grant.CancelAuthorization{Project: project, Instance: "gateway"}, notOwner(grant.NounAuthorization)},
		{"API's owner", "ann", grant.CancelAuthorization{Project: project, Instance: "gateway"}, nil},
		{"app's owner", "bob", grant.CancelAuthorization{Project: project, Instance: "gateway"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newGateways(t)
			pairs := s.authorize("bob", inDev([]grant.AppID{"shop", "stock"}, "orders"))
			id := pairs[0].ID
			if c.req.ID == "" {
				c.req.ID = id
			}
			if c.want != nil && c.want.Msg == "…" {
				c.want.Msg = string(id)
			}
			left := each(pairs, func(p grant.AuthorizedPair) grant.Authorization { return p.Authorization })
			s.wantErr(c.want, s.CancelAuthorization(s.Context(), s.as(c.user), c.req))
			if c.want == nil {
				left = left[1:]
				s.wantErr(notFound(grant.NounAuthorization, string(id)), s.CancelAuthorization(s.Context(), s.as(c.user), c.req))
			}
			s.diff("records", left, s.records(gateway))
		})
	}
}

// A pair that was cancelled can be authorized again, as a new record.
func TestCancelAndAuthorizeAgain(t *testing.T) {
	t.Parallel()
	s := newGateways(t)
	req := inDev([]grant.AppID{"shop"}, "orders")
	first := s.authorize("bob", req)[0]
	s.wantErr(nil, s.CancelAuthorization(s.Context(), s.as("bob"), grant.CancelAuthorization{Project: project, Instance: gateway.ID, ID: first.ID}))
	second := s.authorize("ann", req)[0]
	if second.ID == first.ID || second.Existed || second.Role != grant.Provider {
		s.Errorf("after %+v, got %+v", first, second)
	}
}

// What a record is about may be gone from the catalog; what is left has its owner.
func TestCancelAuthorizationOfGoneThings(t *testing.T) {
	t.Parallel()
	s := newGateways(t)
	made := s.authorize("bob", inDev([]grant.AppID{"shop"}, "orders"))[0]
	s.realm(0).APIs = nil
	s.apply()
	req := grant.CancelAuthorization{Project: project, Instance: gateway.ID, ID: made.ID}
	s.wantErr(notOwner(grant.NounAuthorization), s.CancelAuthorization(s.Context(), s.as("ann"), req))
	s.wantErr(nil, s.CancelAuthorization(s.Context(), s.as("bob"), req))
}
