package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// trail follows the events of a project, call by call.
type trail struct {
	*fixture
	project, cursor string
	last            float64
	all             []any
}

func (f *fixture) trail(t *testing.T, project string) *trail {
	t.Helper()
	tr := &trail{fixture: f, project: project}
	tr.news(t)
	return tr
}

// news are the events since the last look.
func (tr *trail) news(t *testing.T) []any {
	t.Helper()
	page := tr.ok(t, operate("ListEvents", tr.project).withQuery(tr.cursor))
	tr.cursor = "cursor=" + page.text(t, "next_cursor")
	events := page.member(t, "events").(array)
	for _, event := range events {
		if id, _ := event.(object)["id"].(float64); id <= tr.last {
			t.Errorf("the event %v follows %v", event, tr.last)
		} else {
			tr.last = id
		}
	}
	tr.all = append(tr.all, events...)
	return events
}

// none makes a call of which there is nothing to tell.
func (tr *trail) none(t *testing.T, c call) {
	t.Helper()
	r := tr.do(t, c)
	if news := tr.news(t); len(news) > 0 {
		t.Errorf("%s, %d %s: %v", c.op, r.status, r.raw, news)
	}
}

// one makes a call that is one event. What it is about may be asked for when the
// call is done.
func (tr *trail) one(t *testing.T, c call, actor string, about func() object) reply {
	t.Helper()
	start := time.Now()
	r := tr.ok(t, c)
	want := object{"actor": actor, "operation": c.op, "request_id": r.header.Get("X-Request-Id")}
	if about != nil {
		want = with(about(), want)
	}
	news := tr.news(t)
	if len(news) != 1 {
		t.Fatalf("%s: %d events: %v", c.op, len(news), news)
	}
	got := with(news[0].(object), nil)
	between(t, start, fmt.Sprint(got["at"]))
	delete(got, "at")
	delete(got, "id")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", c.op, diff)
	}
	return r
}

// ids are those of a list's items.
func (tr *trail) ids(t *testing.T, op, query string) array {
	t.Helper()
	list := array{}
	for _, id := range column(t, tr.ok(t, operate(op, tr.project).withQuery(query)), lists[op], "id") {
		list = append(list, id)
	}
	return list
}

// Each call of a service that changed something is an event, and no other.
func TestEventsOfServices(t *testing.T) {
	t.Parallel()
	tr := startAdmin(t).trail(t, "home")
	records := func(query string) array { return tr.ids(t, "ListAuthorizations", query) }
	reversed := func(list array) array { slices.Reverse(list); return list }

	tr.none(t, worldAuthorize("dev", []string{"depot"}, []string{"alices"})) // it is there
	gateway := object{"service": "apig", "realm_id": "gw", "env_id": "dev", "api_ids": array{"alices"}, "app_ids": array{"depot", "shop"}}
	two := worldAuthorize("dev", []string{"depot", "shop", "depot"}, []string{"alices"})
	tr.none(t, two.as(carol))
	tr.none(t, two.as(unknownToken))
	tr.none(t, two.withBody("{"))
	made := tr.one(t, two, "alice", func() object { // the other is not new
		return with(gateway, object{"authorization_ids": records("service=apig&app_id=shop")})
	})
	tr.none(t, two)
	both := worldAuthorize("dev", []string{"shop"}, []string{"alices", "bobs"})
	tr.none(t, both) // bobs is not alice's
	tr.one(t, both.as(bob), "bob", func() object {
		return with(gateway, object{"api_ids": array{"alices", "bobs"}, "app_ids": array{"shop"}, "authorization_ids": records("service=apig&api_id=bobs")})
	})
	id := made.text(t, "auths", 1, "id")
	tr.none(t, worldCancel(id).as(carol))
	tr.one(t, worldCancel(id).as(bob), "bob", func() object { return with(gateway, object{"app_ids": array{"shop"}, "authorization_ids": array{id}}) })
	tr.none(t, worldCancel(id))

	tr.none(t, worldDeleteCode("shop", "code").as(carol))
	tr.one(t, worldDeleteCode("shop", "code"), "bob", func() object {
		return object{"service": "roma", "realm_id": "gw", "app_ids": array{"shop"}, "app_code_ids": array{"code"}}
	})
	tr.none(t, worldDeleteCode("shop", "code"))

	cats := object{"service": "modelarts", "realm_id": "cats"}
	tr.one(t, worldUnauthorize("cats", "meow", "b", "nobody", "a", "c"), "carol", func() object {
		return with(cats, object{"api_ids": array{"meow"}, "app_ids": array{"a", "b"}, "authorization_ids": records("service=modelarts&api_id=meow")})
	})
	tr.none(t, worldUnauthorize("cats", "meow", "a", "b"))
	byAlias := worldUnauthorize("cats", "purr", "a")
	byAlias.op = "DeleteApiAppAuthAlias"
	before := len(tr.all)
	r := tr.ok(t, byAlias)
	want := with(cats, object{"api_ids": array{"purr"}, "app_ids": array{"a"}, "authorization_ids": records("service=modelarts&api_id=purr"), "actor": "carol", "request_id": r.header.Get("X-Request-Id")})
	if got := tr.news(t); len(got) != 1 || len(tr.all) != before+1 || !cmp.Equal(want, dropped(got[0], "id", "at", "operation")) {
		t.Errorf("by the alias: %v instead of %v", got, want)
	} else if op := got[0].(object)["operation"]; op != "DeleteApiAppAuth" && op != "DeleteApiAppAuthAlias" { // the two are one operation
		t.Errorf("by the alias: %v", op)
	}

	about := func(kind string, more ...string) func() object {
		return func() object {
			o := object{"service": "dataarts", "realm_id": "0", "env_id": "APIG", "api_ids": array{"sales"}, "app_ids": array{"shop"}, "apply_type": "APPLY_TYPE_" + kind}
			for _, what := range more {
				switch what {
				case "authorization":
					o["authorization_ids"] = records("service=dataarts&app_id=shop")
				default: // the newest of a list
					o["application_id"] = reversed(tr.ids(t, what, ""))[0]
				}
			}
			return o
		}
	}
	const applications, messages = "ListApplications", "ListMessages"
	tr.none(t, worldAct(alice, "APPLY", "shop", in(100)))
	tr.one(t, worldAct(bob, "APPLY", "shop", in(100)), "bob", about("APPLY", applications))
	tr.none(t, worldAct(bob, "APPLY", "shop", in(100)))
	tr.one(t, worldAct(dave, "AUTHORIZE", "shop", in(200)), "dave", about("AUTHORIZE", "authorization", applications))
	tr.none(t, worldAct(dave, "AUTHORIZE", "shop", in(200)))
	tr.none(t, worldAct(dave, "AUTHORIZE", "shop", in(199)))
	tr.one(t, worldAct(alice, "AUTHORIZE", "shop", in(201)), "alice", about("AUTHORIZE", "authorization"))
	tr.one(t, worldAct(bob, "RENEW", "shop", in(300)), "bob", about("RENEW", "authorization", applications))
	tr.none(t, worldAct(dave, "API_CANCEL_AUTHORIZE", "shop", in(40)))
	tr.one(t, worldAct(dave, "API_CANCEL_AUTHORIZE", "shop", in(80)), "dave", about("API_CANCEL_AUTHORIZE", "authorization", messages))
	tr.one(t, worldAct(bob, "APP_CANCEL_AUTHORIZE", "shop", ""), "bob", about("APP_CANCEL_AUTHORIZE", "authorization", messages))
	tr.none(t, worldAct(bob, "APP_CANCEL_AUTHORIZE", "shop", ""))

	// What time does is nobody's event.
	tr.ok(t, worldAct(bob, "APPLY", "shop", in(100)))
	tr.ok(t, setClock("home", in(101)))
	tr.news(t)
	tr.none(t, operate("ListApplications", "home"))
	tr.none(t, worldAct(bob, "APP_CANCEL_AUTHORIZE", "shop", ""))
	tr.checkWhole(t)
}

// dropped is an object without some members.
func dropped(v any, names ...string) object {
	o := with(v.(object), nil)
	for _, name := range names {
		delete(o, name)
	}
	return o
}

// checkWhole compares the trail with what its pages have, whatever their length, and
// looks for secrets in it.
func (tr *trail) checkWhole(t *testing.T) {
	t.Helper()
	for _, limit := range []int{1, 2, 7, 500} {
		var got []any
		cursor := ""
		for range 1000 {
			r := tr.ok(t, operate("ListEvents", tr.project).withQuery(fmt.Sprintf("limit=%d%s", limit, cursor)))
			page := r.member(t, "events").(array)
			cursor = "&cursor=" + r.text(t, "next_cursor")
			if len(page) == 0 { // and this cursor goes on from here
				break
			}
			got = append(got, page...)
			for _, secret := range []string{"secret-token-of", "appcode-", adminToken, accessToken} {
				if strings.Contains(string(r.raw), secret) {
					t.Errorf("%q in %s", secret, r.raw)
				}
			}
		}
		if diff := cmp.Diff(tr.all, got); diff != "" {
			t.Errorf("%d at a time (-want +got):\n%s", limit, diff)
		}
		tr.ok(t, operate("AdvanceClock", tr.project).withJSON(object{"seconds": 1}))
		r := tr.ok(t, operate("ListEvents", tr.project).withQuery("limit=1"+cursor))
		if diff := cmp.Diff([]string{"AdvanceClock"}, column(t, r, "events", "operation")); diff != "" {
			t.Errorf("later, with the last cursor (-want +got):\n%s", diff)
		}
		tr.news(t)
	}
}

// And so is each call of the operator.
func TestEventsOfTheOperator(t *testing.T) {
	t.Parallel()
	tr := startAdmin(t).trail(t, "home")
	away := tr.trail(t, "away")
	const operator = "(operator)"
	about := func(env, api, app string, more object) func() object {
		return func() object {
			return with(object{"service": "dataarts", "realm_id": "0", "env_id": env, "api_ids": array{api}, "app_ids": array{app}}, more)
		}
	}
	tr.one(t, setClock("home", newYear), operator, nil)
	tr.one(t, advance("home", 1), operator, nil)
	tr.none(t, setClock("home", "1960-01-01T00:00:00Z"))
	tr.none(t, advance("home", -1))
	tr.one(t, addFault("home", object{"operation": "DeleteAppCodeV2", "status": 500, "times": 2}), operator, nil)
	tr.none(t, addFault("home", object{"operation": "DeleteAppCodeV2"}))
	tr.none(t, worldDeleteCode("shop", "code"))
	tr.one(t, operate("ClearFaults", "home"), operator, nil)
	tr.one(t, upsertProject("home", object{"modelarts": object{"apps": array{object{"id": "new"}}}}), operator, nil)
	tr.none(t, upsertProject("home", object{"apig": object{"instances": array{object{"id": "gw", "apis": array{object{"id": "x", "owner": "none"}}}}}}))
	tr.none(t, upsertProject("home", object{"apig": object{}}).as(accessToken))

	// Applications and messages, by the operator and on behalf of a user.
	tr.ok(t, worldAct(bob, "APPLY", "shop", march))
	tr.news(t)
	id := tr.application(t, pending)["id"].(string)
	tr.none(t, review("ApproveApplication", "home", id, object{"as": "bob"}))
	tr.one(t, review("RejectApplication", "home", id, object{"comment": "no"}), operator, about("APIG", "sales", "shop", object{"application_id": id}))
	tr.none(t, review("RejectApplication", "home", id, object{}))
	tr.ok(t, worldAct(bob, "APPLY", "shop", march))
	tr.news(t)
	id = tr.application(t, pending)["id"].(string)
	tr.one(t, review("ApproveApplication", "home", id, object{"as": "dave"}), "dave", func() object {
		return about("APIG", "sales", "shop", object{"application_id": id, "authorization_ids": tr.ids(t, "ListAuthorizations", "service=dataarts&app_id=shop")})()
	})
	tr.ok(t, worldAct(dave, "API_CANCEL_AUTHORIZE", "shop", deadline))
	tr.news(t)
	id = tr.message(t, toCheck)["id"].(string)
	tr.none(t, review("ExecuteMessage", "home", id, object{"as": "dave"}))
	tr.one(t, review("ExecuteMessage", "home", id, object{"as": "bob"}), "bob", func() object {
		return about("APIG", "sales", "shop", object{"application_id": id, "authorization_ids": tr.ids(t, "ListAuthorizations", "service=dataarts&app_id=shop")})()
	})

	// To look is no event.
	for name, c := range adminCalls() {
		if strings.HasPrefix(name, "List") || strings.HasPrefix(name, "Read") || name == "DecideAccess" || name == "ForwardAuth" {
			tr.none(t, c)
		}
	}
	tr.one(t, operate("ResetClock", "home"), operator, nil)
	if news := away.news(t); len(news) > 0 {
		t.Errorf("away has the events %v", news)
	}

	// One call about two projects is an event of each.
	r := tr.ok(t, upsert(object{"projects": array{object{"id": "home"}, object{"id": "away"}}}))
	for _, project := range []*trail{tr, away} {
		news := project.news(t)
		want := object{"actor": operator, "operation": "UpsertCatalog", "request_id": r.header.Get("X-Request-Id")}
		if len(news) != 1 || !cmp.Equal(want, dropped(news[0], "id", "at")) {
			t.Errorf("%s: %v instead of %v", project.project, news, want)
		}
	}
	tr.checkWhole(t)
	tr.one(t, operate("DeleteProject", "home"), operator, nil)
	tr.none(t, operate("DeleteProject", "home"))
	expect(t, tr.do(t, operate("ListEvents", "none")), http.StatusOK, object{"events": array{}, "next_cursor": "MA"})
}

// What the operator does is an event, whether or not anything is another for it.
func TestEventsOfNothing(t *testing.T) {
	t.Parallel()
	tr := startAdmin(t).trail(t, "home")
	c := upsertProject("home", object{"modelarts": object{"apps": array{object{"id": "new"}}}})
	tr.one(t, c, "(operator)", nil)
	for _, again := range []call{c, operate("ResetClock", "home"), operate("ClearFaults", "home")} {
		tr.one(t, again, "(operator)", nil)
	}
	tr.one(t, setClock("home", newYear), "(operator)", nil)
	tr.one(t, setClock("home", newYear), "(operator)", nil)
	tr.one(t, advance("home", 0), "(operator)", nil)
}

// What becomes of a user is in the trail of each project the user belongs to, also if
// the catalog says nothing else of it, and in no other.
func TestEventsOfMemberships(t *testing.T) {
	t.Parallel()
	tr := startAdmin(t).trail(t, "home")
	tr.one(t, upsertUsers(object{"name": "carol", "member_of": array{member("home", "DeleteAppCodeV2")}}), "(operator)", nil)
	tr.one(t, upsertUsers(object{"name": "carol", "token": "another-token-of-carol"}), "(operator)", nil)
	tr.none(t, upsertUsers(object{"name": "eve", "token": tokenOf("eve"), "member_of": array{member("away", "DeleteAppCodeV2")}}))
}
