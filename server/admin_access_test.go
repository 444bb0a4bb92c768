package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// question is what may be asked; what is empty is left out.
type question struct{ project, service, realm, env, api, app, code string }

func (q question) call() call {
	query := url.Values{"service": {q.service}, "api_id": {q.api}}
	for name, value := range map[string]string{"realm_id": q.realm, "env_id": q.env, "app_id": q.app} {
		if value != "" {
			query.Set(name, value)
		}
	}
	c := operate("DecideAccess", q.project).withQuery(query.Encode())
	if q.code != "" {
		c = c.withHeader("X-Apig-AppCode", q.code)
	}
	return c
}

// forward is the question of a gateway.
func (q question) forward() call {
	c := forwardAuth(q.project, q.service, q.api)
	for name, value := range map[string]string{"X-Appgrant-Realm": q.realm, "X-Appgrant-Env": q.env, "X-Appgrant-App": q.app, "X-Apig-Appcode": q.code} {
		if value != "" {
			c = c.withHeader(name, value)
		}
	}
	return c
}

// ask asks both ways, which have to agree, and returns the decision.
func (f *fixture) ask(t *testing.T, q question) reply {
	t.Helper()
	decision := f.ok(t, q.call())
	reason := decision.text(t, "reason")
	if allowed := decision.member(t, "allowed"); allowed != (reason == "authorized") {
		t.Errorf("%+v: allowed is %v, and the reason %s", q, allowed, reason)
	}
	r := f.do(t, q.forward())
	if reason == "authorized" {
		expect(t, r, http.StatusOK, nil)
	} else {
		failure{403, "ADMIN.0403", "the app may not call the API: " + reason}.expect(t, r)
	}
	app, _ := decision.member(t, "app_id").(string)
	if reason != "authorized" {
		app = ""
	}
	if diff := cmp.Diff([]string{reason, app}, []string{r.header.Get("X-Appgrant-Reason"), r.header.Get("X-Appgrant-App")}); diff != "" {
		t.Errorf("%+v: headers of ForwardAuth (-want +got):\n%s", q, diff)
	}
	return decision
}

const (
	shopCode  = "appcode-of-shop-for-the-tests-of-this-package-and-for-nothing-else-at-all"
	depotCode = "appcode-of-depot-for-the-tests-of-this-package-and-for-nothing-else-at-all"
)

// toDecideOn is a world in which there is something of everything to decide on.
func toDecideOn(t *testing.T) *fixture {
	t.Helper()
	f := inNewYear(t)
	published := func(id, owner string, envs ...any) object {
		return object{"id": id, "owner": owner, "published": append(array{}, envs...)}
	}
	f.ok(t, upsertProject("home", object{
		"apig": object{"instances": array{
			object{"id": "gw", "apis": array{published("alices", "alice", "dev"), published("bobs", "bob", "dev", "prod")}},
			object{"id": "second", "environments": array{"dev"}, "apis": array{published("bobs", "bob", "dev")}},
		}},
		"roma": object{"instances": array{object{
			"id": "gw", "apis": array{published("telemetry", "alice", "dev"), published("hidden", "alice")},
			"authorizations": array{
				object{"environment": "dev", "api": "telemetry", "app": "shop"}, object{"environment": "dev", "api": "hidden", "app": "shop"},
			},
		}}},
	}))
	return f
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	f := toDecideOn(t)
	f.ok(t, setClock("away", newYear))
	f.ok(t, worldAuthorize("dev", []string{"shop"}, []string{"alices", "bobs"}).as(bob))
	f.ok(t, worldAuthorize("prod", []string{"shop"}, []string{"alices"})) // where it is not published
	id := f.ok(t, worldAuthorize("prod", []string{"shop"}, []string{"bobs"}).as(bob)).text(t, "auths", 0, "id")
	f.ok(t, worldCancel(id).as(bob))
	f.ok(t, worldUnauthorize("cats", "meow", "b"))
	f.ok(t, worldAct(bob, "APPLY", "shop", march))
	f.ok(t, worldAct(alice, "AUTHORIZE", "depot", march))

	apig := question{"home", "apig", "gw", "dev", "alices", "shop", ""}
	roma := question{"home", "roma", "gw", "dev", "telemetry", "", shopCode}
	model := question{"home", "modelarts", "cats", "", "meow", "a", ""}
	data := question{"home", "dataarts", "0", "APIG", "sales", "depot", ""}
	edit := func(q question, change func(*question)) question { change(&q); return q }
	for _, test := range []struct {
		name       string
		q          question
		reason     string
		realm, app string // "" if they can't be found out
	}{
		{"apig", apig, "authorized", "gw", "shop"},
		{"apig without the realm", edit(apig, func(q *question) { q.realm = "" }), "authorized", "gw", "shop"},
		{"apig in another environment", edit(apig, func(q *question) { q.env = "prod" }), "unpublished", "gw", "shop"},
		{"cancelled", edit(apig, func(q *question) { q.env, q.api = "prod", "bobs" }), "cancelled", "gw", "shop"},
		{"another app", edit(apig, func(q *question) { q.api, q.app = "bobs", "depot" }), "not_authorized", "gw", "depot"},
		{"never in an environment where it is not published", edit(apig, func(q *question) { q.env, q.app = "prod", "depot" }), "not_authorized", "gw", "depot"},
		{"two realms have it", edit(apig, func(q *question) { q.realm, q.api = "", "bobs" }), "ambiguous_realm", "", ""},
		{"the second realm", edit(apig, func(q *question) { q.realm, q.api = "second", "bobs" }), "unknown_app", "second", ""},
		{"unknown project", edit(apig, func(q *question) { q.project = "none" }), "unknown_project", "", ""},
		{"project in another case", edit(apig, func(q *question) { q.project = "HOME" }), "unknown_project", "", ""},
		{"unknown realm", edit(apig, func(q *question) { q.realm = "none" }), "unknown_realm", "", ""},
		{"realm of another service", edit(apig, func(q *question) { q.realm = "cats" }), "unknown_realm", "", ""},
		{"unknown environment", edit(apig, func(q *question) { q.env = "none" }), "unknown_env", "gw", ""},
		{"no environment", edit(apig, func(q *question) { q.env = "" }), "unknown_env", "gw", ""},
		{"unknown API", edit(apig, func(q *question) { q.api = "none" }), "unknown_api", "gw", ""},
		{"unknown API without a realm", edit(apig, func(q *question) { q.realm, q.api = "", "none" }), "unknown_api", "", ""},
		{"API in another case", edit(apig, func(q *question) { q.api = "Alices" }), "unknown_api", "gw", ""},
		{"unknown app", edit(apig, func(q *question) { q.app = "none" }), "unknown_app", "gw", ""},
		{"no app", edit(apig, func(q *question) { q.app = "" }), "unknown_app", "gw", ""},
		{"app in another case", edit(apig, func(q *question) { q.app = "SHOP" }), "unknown_app", "gw", ""},
		{"another project has no such record", edit(apig, func(q *question) { q.project = "away" }), "not_authorized", "gw", "shop"},

		{"AppCode", roma, "authorized", "gw", "shop"},
		{"AppCode and its app", edit(roma, func(q *question) { q.app = "shop" }), "authorized", "gw", "shop"},
		{"AppCode and another app", edit(roma, func(q *question) { q.app = "depot" }), "unknown_app_code", "gw", ""},
		{"AppCode and an unknown app", edit(roma, func(q *question) { q.app = "none" }), "unknown_app_code", "gw", ""},
		{"another app's AppCode", edit(roma, func(q *question) { q.code = depotCode }), "not_authorized", "gw", "depot"},
		{"unknown AppCode", edit(roma, func(q *question) { q.code = appCode("x") }), "unknown_app_code", "gw", ""},
		{"unknown AppCode and an app", edit(roma, func(q *question) { q.app, q.code = "shop", "x" }), "unknown_app_code", "gw", ""},
		{"AppCode in another case", edit(roma, func(q *question) { q.code = strings.ToUpper(shopCode) }), "unknown_app_code", "gw", ""},
		{"AppCode of another service", edit(apig, func(q *question) { q.app, q.code = "", shopCode }), "unknown_app_code", "gw", ""},
		{"AppCode where the API is not published", edit(roma, func(q *question) { q.api = "hidden" }), "unpublished", "gw", "shop"},
		{"app in place of the AppCode", edit(roma, func(q *question) { q.app, q.code = "shop", "" }), "authorized", "gw", "shop"},

		{"modelarts", model, "authorized", "cats", "a"},
		{"modelarts without the service", edit(model, func(q *question) { q.realm = "" }), "authorized", "cats", "a"},
		{"modelarts cancelled", edit(model, func(q *question) { q.app = "b" }), "cancelled", "cats", "b"},
		{"modelarts never", edit(model, func(q *question) { q.app = "c" }), "not_authorized", "cats", "c"},
		{"modelarts with an environment", edit(model, func(q *question) { q.env = "dev" }), "unknown_env", "cats", ""},
		{"modelarts in another service", edit(model, func(q *question) { q.realm = "dogs" }), "unknown_api", "dogs", ""},

		{"dataarts", data, "authorized", "0", "depot"},
		{"dataarts waits", edit(data, func(q *question) { q.app = "shop" }), "awaits_approval", "0", "shop"},
		{"dataarts over", edit(data, func(q *question) { q.app = "late" }), "expired", "0", "late"},
		{"dataarts in another cluster", edit(data, func(q *question) { q.env = "own" }), "not_authorized", "0", "depot"},
		{"two workspaces have it", edit(data, func(q *question) { q.realm = "" }), "ambiguous_realm", "", ""},
		{"the other workspace", edit(data, func(q *question) { q.realm = "lab" }), "unknown_app", "lab", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			decision := f.ask(t, test.q)
			got := with(decision.body.(object), nil)
			want := object{"allowed": test.reason == "authorized", "reason": test.reason, "at": newYear}
			if test.realm != "" {
				want["realm_id"] = test.realm
			}
			if test.app != "" {
				want["app_id"] = test.app
			}
			if test.reason == "unknown_project" { // has no clock of its own
				delete(got, "at")
				delete(want, "at")
			}
			switch test.reason {
			case "authorized", "cancelled", "expired", "unpublished": // there is a record, and it is the listed one
				query := url.Values{"service": {test.q.service}, "realm_id": {test.realm}, "api_id": {test.q.api}, "app_id": {test.app}}
				r := f.ok(t, operate("ListAuthorizations", test.q.project).withQuery(query.Encode()))
				for _, item := range r.member(t, "authorizations").(array) {
					if env, _ := item.(object)["env_id"].(string); env == test.q.env {
						want["authorization"] = item
					}
				}
				if want["authorization"] == nil {
					t.Fatalf("no record is listed: %s", r.raw)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The decision that follows an acknowledged change knows of it.
func TestNextDecisionIsRight(t *testing.T) {
	t.Parallel()
	f := toDecideOn(t)
	apig := question{"home", "apig", "gw", "dev", "alices", "shop", ""}
	roma := question{"home", "roma", "", "dev", "telemetry", "", shopCode}
	model := question{"home", "modelarts", "", "", "meow", "a", ""}
	alias := question{"home", "modelarts", "", "", "meow", "b", ""}
	data := question{"home", "dataarts", "0", "APIG", "sales", "shop", ""}
	byAlias := worldUnauthorize("cats", "meow", "b")
	byAlias.op = "DeleteApiAppAuthAlias"
	id := ""
	for _, test := range []struct {
		name   string
		call   func() call
		q      question
		before string
		after  string
	}{
		{"authorize", func() call { return worldAuthorize("dev", []string{"shop"}, []string{"alices"}) }, apig, "not_authorized", "authorized"},
		{"cancel", func() call { return worldCancel(id) }, apig, "authorized", "cancelled"},
		{"authorize again", func() call { return worldAuthorize("dev", []string{"shop"}, []string{"alices"}) }, apig, "cancelled", "authorized"},
		{"delete an AppCode", func() call { return worldDeleteCode("shop", "code") }, roma, "authorized", "unknown_app_code"},
		{"take an API away", func() call { return worldUnauthorize("cats", "meow", "a") }, model, "authorized", "cancelled"},
		{"by the alias", func() call { return byAlias }, alias, "authorized", "cancelled"},
		{"apply", func() call { return worldAct(bob, "APPLY", "shop", march) }, data, "not_authorized", "awaits_approval"},
		{"authorize in DataArts", func() call { return worldAct(alice, "AUTHORIZE", "shop", march) }, data, "awaits_approval", "authorized"},
		{"renew", func() call { return worldAct(bob, "RENEW", "shop", in(100000)) }, data, "authorized", "authorized"},
		{"give notice", func() call { return worldAct(alice, "API_CANCEL_AUTHORIZE", "shop", deadline) }, data, "authorized", "authorized"},
		{"cancel as the app's owner", func() call { return worldAct(bob, "APP_CANCEL_AUTHORIZE", "shop", "") }, data, "authorized", "cancelled"},
		{"apply once more", func() call { return worldAct(bob, "APPLY", "shop", march) }, data, "cancelled", "awaits_approval"},
		{"a clock that moves", func() call { return setClock("home", march) }, data, "awaits_approval", "cancelled"},
		{"a new AppCode", func() call {
			return upsertProject("home", object{"roma": object{"instances": array{object{"id": "gw", "apps": array{
				object{"id": "shop", "owners": array{"bob"}, "app_codes": array{object{"id": "new", "value": shopCode}}},
			}}}}})
		}, roma, "unknown_app_code", "authorized"},
		{"an API that is withdrawn", func() call {
			return upsertProject("home", object{"apig": object{"instances": array{object{"id": "gw", "apis": array{object{"id": "alices", "owner": "alice"}}}}}})
		}, apig, "authorized", "unpublished"},
		{"a project that is deleted", func() call { return operate("DeleteProject", "home") }, apig, "unpublished", "unknown_project"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := f.ask(t, test.q).text(t, "reason"); got != test.before {
				t.Errorf("before: %s instead of %s", got, test.before)
			}
			r := f.ok(t, test.call())
			if r.status == http.StatusCreated {
				id = r.text(t, "auths", 0, "id")
			}
			if got := f.ask(t, test.q).text(t, "reason"); got != test.after {
				t.Errorf("after: %s instead of %s", got, test.after)
			}
		})
	}
}
