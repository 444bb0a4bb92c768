package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A record of every service in every state, on clocks that stand still.
func recorded(t *testing.T) *fixture {
	t.Helper()
	f := startAdmin(t)
	f.ok(t, setClock("home", "2030-01-01T00:00:00Z"))
	f.ok(t, worldAuthorize("dev", []string{"shop"}, []string{"alices", "bobs"}).as(bob))
	f.ok(t, worldAuthorize("prod", []string{"shop"}, []string{"alices"}))
	id := f.ok(t, worldAuthorize("prod", []string{"depot"}, []string{"alices"})).text(t, "auths", 0, "id")
	f.ok(t, worldCancel(id))
	f.ok(t, worldUnauthorize("cats", "meow", "b"))
	f.ok(t, worldAct(alice, "AUTHORIZE", "shop", "2030-02-01T00:00:00Z"))
	f.ok(t, worldAct(alice, "AUTHORIZE", "depot", "2030-03-01T00:00:00Z"))
	f.ok(t, worldAct(dave, "API_CANCEL_AUTHORIZE", "depot", "2030-01-10T00:00:00Z"))
	return f
}

// as it stands on 2030-01-01. The catalog's own were made when the server started,
// app by app.
var records = []string{
	"apig gw dev alices depot PROVIDER live",
	"modelarts cats meow a live",
	"modelarts cats purr a live",
	"modelarts dogs bark a live",
	"modelarts cats meow b cancelled",
	"dataarts 0 APIG sales late PROVIDER expired",
	"apig gw dev alices shop CONSUMER live",
	"apig gw dev bobs shop PROVIDER live",
	"apig gw prod alices shop PROVIDER live",
	"apig gw prod alices depot PROVIDER cancelled",
	"dataarts 0 APIG sales shop PROVIDER live",
	"dataarts 0 APIG sales depot PROVIDER live",
}

var recordMembers = []string{"service", "realm_id", "env_id", "api_id", "app_id", "role", "state"}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// Every combination of filters lets pass what each of them lets pass.
func TestListAuthorizationsFilters(t *testing.T) {
	t.Parallel()
	f := recorded(t)
	all := column(t, f.ok(t, operate("ListAuthorizations", "home")), "authorizations", recordMembers...)
	if diff := cmp.Diff(sorted(records), sorted(all)); diff != "" {
		t.Fatalf("without a filter (-want +got):\n%s", diff)
	}
	// A filter is the query, and what a record has to have between spaces.
	type filter struct{ query, has string }
	filters := [][]filter{
		{{}, {"service=apig", " apig "}, {"service=roma", " roma "}, {"service=modelarts", " modelarts "}, {"service=dataarts", " dataarts "}},
		{{}, {"realm_id=gw", " gw "}, {"realm_id=cats", " cats "}, {"realm_id=0", " 0 "}, {"realm_id=none", " none "}},
		{{}, {"app_id=shop", " shop "}, {"app_id=a", " a "}, {"app_id=depot", " depot "}, {"app_id=Shop", " Shop "}},
		{{}, {"api_id=alices", " alices "}, {"api_id=meow", " meow "}, {"api_id=sales", " sales "}, {"api_id=none", " none "}},
		{{}, {"state=live", " live "}, {"state=cancelled", " cancelled "}, {"state=expired", " expired "}, {"state=forced", " forced "}},
	}
	combined := []filter{{}}
	for _, alternatives := range filters {
		var next []filter
		for _, c := range combined {
			for _, a := range alternatives {
				next = append(next, filter{c.query + "&" + a.query, c.has + "|" + a.has})
			}
		}
		combined = next
	}
	found := 0
	for _, c := range combined {
		var want []string
		for _, record := range all {
			if !slices.ContainsFunc(strings.Split(c.has, "|"), func(has string) bool { return !strings.Contains(" "+record+" ", has) }) {
				want = append(want, record)
			}
		}
		got := column(t, f.doHere(t, operate("ListAuthorizations", "home").withQuery(strings.Trim(c.query, "&"))), "authorizations", recordMembers...)
		if !slices.Equal(want, got) {
			t.Errorf("%s (-want +got):\n%s", c.query, cmp.Diff(want, got))
		}
		found += len(got)
	}
	if found < 200 {
		t.Errorf("%d records in %d lists", found, len(combined))
	}
}

// The list is of the project asked for, app by app, each app's as they were made.
func TestListAuthorizationsOrder(t *testing.T) {
	t.Parallel()
	f := recorded(t)
	got := column(t, f.ok(t, operate("ListAuthorizations", "home").withQuery("service=apig&app_id=shop")), "authorizations", "env_id", "api_id")
	if diff := cmp.Diff([]string{"dev alices", "dev bobs", "prod alices"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	apps := column(t, f.ok(t, operate("ListAuthorizations", "home")), "authorizations", "service", "app_id")
	for i, app := range apps {
		if i > 0 && apps[i-1] != app && slices.Contains(apps[:i], app) && !strings.HasPrefix(app, "modelarts") {
			t.Errorf("%s comes back in %v", app, apps)
		}
	}
	r := f.ok(t, operate("ListAuthorizations", "away"))
	if diff := cmp.Diff([]string{"apig gw dev alices depot PROVIDER live"}, column(t, r, "authorizations", recordMembers...)); diff != "" {
		t.Errorf("away (-want +got):\n%s", diff)
	}
}

// A record stands as the project's clock has it.
func TestAuthorizationStates(t *testing.T) {
	t.Parallel()
	f := recorded(t)
	for _, test := range []struct {
		now         string
		shop, depot string // state, and when it ended
	}{
		{"2030-01-01T00:00:00Z", "live", "live"},
		{"2030-01-09T23:59:59.999999Z", "live", "live"},
		{"2030-01-10T00:00:00Z", "live", "forced 2030-01-10T00:00:00.000000Z"},
		{"2030-01-31T23:59:59.999999Z", "live", "forced 2030-01-10T00:00:00.000000Z"},
		{"2030-02-01T00:00:00Z", "expired 2030-02-01T00:00:00.000000Z", "forced 2030-01-10T00:00:00.000000Z"},
		{"2040-01-01T00:00:00Z", "expired 2030-02-01T00:00:00.000000Z", "forced 2030-01-10T00:00:00.000000Z"},
		{"2030-01-05T00:00:00Z", "live", "live"}, // looking changed nothing
	} {
		f.ok(t, setClock("home", test.now))
		for app, want := range map[string]string{"shop": test.shop, "depot": test.depot} {
			state, _, _ := strings.Cut(want, " ")
			for query, want := range map[string][]string{"": {want}, "&state=" + state: {want}, "&state=cancelled": {}} {
				r := f.ok(t, operate("ListAuthorizations", "home").withQuery("service=dataarts&app_id="+app+query))
				if diff := cmp.Diff(want, column(t, r, "authorizations", "state", "ended_at")); diff != "" {
					t.Errorf("%s at %s%s (-want +got):\n%s", app, test.now, query, diff)
				}
			}
		}
	}
	r := f.ok(t, operate("ListAuthorizations", "home").withQuery("service=dataarts&app_id=depot"))
	record := r.member(t, "authorizations", 0).(object)
	id, _ := record["id"].(string)
	expect(t, r, http.StatusOK, object{"authorizations": array{object{
		"id": id, "service": "dataarts", "realm_id": "0", "env_id": "APIG", "api_id": "sales", "app_id": "depot", "role": "PROVIDER",
		"state": "live", "at": "2030-01-01T00:00:00.000000Z", "until": "2030-03-01T00:00:00.000000Z", "notice": "2030-01-10T00:00:00.000000Z",
	}}})
	if !recordIDSyntax.MatchString(id) {
		t.Errorf("the id is %q", id)
	}
}

func TestListAppCodes(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	codes := array{object{"id": "second", "value": appCode("2")}, object{"id": "a-third", "value": appCode("3")}}
	f.ok(t, upsertProject("home", object{
		"apig": object{"instances": array{object{"id": "gw", "apps": array{object{"id": "shop", "owners": array{"bob"}, "app_codes": codes}}}}},
		"roma": object{"instances": array{object{"id": "gw", "apps": array{object{"id": "shop", "owners": array{"bob"}, "app_codes": codes}}}}},
	}))
	f.ok(t, worldDeleteCode("depot", "other"))
	members := []string{"service", "realm_id", "app_id", "id"}
	roma := []string{"roma gw shop code", "roma gw shop second", "roma gw shop a-third"}
	apig := []string{"apig gw shop second", "apig gw shop a-third"}
	all := column(t, f.ok(t, operate("ListAppCodes", "home")), "app_codes", members...)
	if diff := cmp.Diff(sorted(append(slices.Clone(roma), apig...)), sorted(all)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for query, want := range map[string][]string{
		"service=roma": roma, "service=apig": apig, "service=dataarts": {}, "realm_id=none": {}, "app_id=depot": {},
		"service=roma&realm_id=gw&app_id=shop": roma, "service=apig&app_id=shop": apig, "service=apig&app_id=SHOP": {},
	} {
		got := column(t, f.ok(t, operate("ListAppCodes", "home").withQuery(query)), "app_codes", members...)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
		for limit := 1; limit <= 3; limit++ {
			pages := f.pages(t, operate("ListAppCodes", "home").withQuery(query), limit, "app_codes", members...)
			if got := flat(t, pages, limit); !slices.Equal(got, want) {
				t.Errorf("%s, %d at a time: %v", query, limit, got)
			}
		}
	}
	expect(t, f.do(t, operate("ListAppCodes", "away")), http.StatusOK, object{"app_codes": array{}})
}

// lists are the operations that page through a project.
var lists = map[string]string{
	"ListAuthorizations": "authorizations", "ListAppCodes": "app_codes", "ListApplications": "applications", "ListMessages": "messages",
	"ListEvents": "events",
}

func TestListRefusals(t *testing.T) {
	t.Parallel()
	f := recorded(t)
	f.ok(t, worldAct(bob, "RENEW", "shop", "2030-04-01T00:00:00Z"))
	foreign := map[string]string{} // a cursor of each
	for op := range lists {
		r := f.ok(t, operate(op, "home").withQuery("limit=1"))
		foreign[op], _ = r.member(t, "next_cursor").(string)
	}
	for op := range lists {
		for _, test := range []struct{ name, query, field string }{
			{"limit 0", "limit=0", "limit"},
			{"limit 501", "limit=501", "limit"},
			{"negative limit", "limit=-1", "limit"},
			{"limit that is no number", "limit=ten", "limit"},
			{"fraction", "limit=1.5", "limit"},
			{"empty limit", "limit=", "limit"},
			{"limit twice", "limit=1&limit=2", "limit"},
			{"huge limit", "limit=99999999999999999999", "limit"},
			{"empty cursor", "cursor=", "cursor"},
			{"odd signs", "cursor=a.b", "cursor"},
			{"no base 64", "cursor=A", "cursor"},
			{"no number", "cursor=YWJj", "cursor"},
			{"negative", "cursor=LTE", "cursor"},
			{"too many keys", "cursor=MS4xLjE", "cursor"},
			{"too large", "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "cursor"},
			{"cursor twice", "cursor=MQ&cursor=MQ", "cursor"},
		} {
			t.Run(op+"/"+test.name, func(t *testing.T) {
				adminRefusals.badValue(test.field).expect(t, f.do(t, operate(op, "home").withQuery(test.query)))
			})
		}
		t.Run(op+"/most", func(t *testing.T) {
			if r := f.do(t, operate(op, "home").withQuery("limit=500")); r.status != http.StatusOK {
				t.Errorf("%s", r.raw)
			}
		})
		if op != "ListEvents" { // the trail of a project outlives it
			t.Run(op+"/unknown project", func(t *testing.T) {
				adminRefusals.notFound("project", "none").expect(t, f.do(t, operate(op, "none")))
			})
		}
	}
	for query, field := range map[string]string{
		"service=APIG": "service", "service=": "service", "state=dead": "state", "realm_id=a%20b": "realm_id", "app_id=": "app_id",
		"api_id=a.b": "api_id", "state=live&state=expired": "state",
	} {
		adminRefusals.badValue(field).expect(t, f.do(t, operate("ListAuthorizations", "home").withQuery(query)))
	}
	for op, statuses := range map[string]string{"ListApplications": "STATUS_TYPE_PENDING_CHECK", "ListMessages": "STATUS_TYPE_PASSED"} {
		adminRefusals.badValue("status").expect(t, f.do(t, operate(op, "home").withQuery("status="+statuses)))
	}
	if foreign["ListAuthorizations"] == "" || foreign["ListEvents"] == "" {
		t.Fatalf("cursors %v", foreign)
	}
	adminRefusals.badValue("cursor").expect(t, f.do(t, operate("ListEvents", "home").withQuery("cursor="+foreign["ListAuthorizations"])))
	adminRefusals.badValue("cursor").expect(t, f.do(t, operate("ListAuthorizations", "home").withQuery("cursor="+foreign["ListEvents"])))
}

// While records come and go, one that is there all the time is listed exactly once
// and in order, whatever the pages' length.
func TestPagingWhileThingsChange(t *testing.T) {
	t.Parallel()
	const apps = 9
	ids := func(prefix string) (list []string, things array) {
		for i := range apps {
			id := fmt.Sprint(prefix, i)
			list, things = append(list, id), append(things, object{"id": id, "owner": "alice"})
		}
		return list, things
	}
	for limit := 1; limit <= apps*2+1; limit++ {
		t.Run(strconv.Itoa(limit), func(t *testing.T) {
			t.Parallel()
			f := start(t, onNothing, withAdmin)
			appIDs, appThings := ids("app")
			for _, app := range appThings {
				delete(app.(object), "owner")
			}
			apiIDs, apiThings := ids("api")
			f.ok(t, upsert(object{
				"users": array{object{"name": "alice", "token": alice, "member_of": array{member("home", "CreateAuthorizingAppsV2", "CancelingAuthorizationV2")}}},
				"projects": array{object{"id": "home", "apig": object{"instances": array{object{
					"id": "gw", "environments": array{"dev", "prod"}, "apis": apiThings, "apps": appThings,
				}}}}},
			}))
			r := f.ok(t, worldAuthorize("dev", appIDs, apiIDs[:2])) // two for each app
			id := map[string]string{}
			for i := range r.member(t, "auths").(array) {
				id[r.text(t, "auths", i, "app_id")+" "+r.text(t, "auths", i, "api_id")] = r.text(t, "auths", i, "id")
			}
			var want, got []string
			for _, app := range appIDs {
				want = append(want, app+" api0")
			}
			c, cursor := operate("ListAuthorizations", "home"), ""
			for step := 0; ; step++ {
				if step > 100 {
					t.Fatal("the list does not end")
				}
				page := f.ok(t, c.withQuery(fmt.Sprintf("limit=%d&state=live%s", limit, cursor)))
				items := column(t, page, "authorizations", "app_id", "api_id")
				got = append(got, items...)
				next, more := page.member(t, "next_cursor").(string)
				if !more {
					break
				}
				if len(items) != limit {
					t.Errorf("%d items with more to come", len(items))
				}
				cursor = "&cursor=" + next
				// One goes, which may be where the cursor is, and others come.
				app := appIDs[step%apps]
				if step < apps {
					f.ok(t, worldCancel(id[app+" api1"]))
					f.ok(t, worldAuthorize("dev", []string{app}, []string{apiIDs[2+step%7]}))
				}
			}
			seen := map[string]bool{}
			var stayed []string
			for _, item := range got {
				if seen[item] {
					t.Errorf("%s is listed twice", item)
				}
				seen[item] = true
				if strings.HasSuffix(item, " api0") {
					stayed = append(stayed, item)
				}
			}
			if diff := cmp.Diff(want, stayed); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
