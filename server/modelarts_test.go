package server_test

import (
	"net/http"
	"testing"
)

// result is an item of an unauthorizing answer without its auth_id; no reason means
// success.
func result(api, app, reason string) map[string]any {
	item := map[string]any{"api_id": api, "app_id": app, "success": reason == ""}
	if reason != "" {
		item["reason"] = reason
	}
	return item
}

// expectResults compares all but auth_id, which successes have, each another one,
// and failures don't.
func expectResults(t *testing.T, r reply, want ...any) {
	t.Helper()
	ids := map[string]bool{}
	list, _ := r.member(t, "unauth_result").([]any)
	for i := range list {
		item, _ := list[i].(map[string]any)
		if item["success"] != true {
			continue
		}
		id := r.text(t, "unauth_result", i, "auth_id")
		if ids[id] || !recordIDSyntax.MatchString(id) {
			t.Errorf("auth_id is %q", id)
		}
		ids[id] = true
		delete(item, "auth_id")
	}
	expect(t, r, http.StatusOK, any(map[string]any{"unauth_result": want}))
}

func unbound(app string) string {
	return "Failed to unbind the app-auth API from the application because " + app + " is not authorized to access it."
}

func TestUnauthorizeResults(t *testing.T) {
	t.Parallel()
	for _, alias := range []bool{false, true} {
		f := start(t, inWorld)
		do := func(api string, apps ...string) reply {
			c := worldUnauthorize("cats", api, apps...)
			if alias {
				c.op = "DeleteApiAppAuthAlias"
			}
			return f.do(t, c)
		}
		expectResults(t, do("meow", "c", "b", "nobody", "a", "b", "c"),
			result("meow", "c", unbound("c")), result("meow", "b", ""),
			result("meow", "nobody", "Application nobody does not exist."), result("meow", "a", ""))
		expectResults(t, do("meow", "a"), result("meow", "a", unbound("a")))
		expectResults(t, do("purr", "a"), result("purr", "a", "")) // the other API's record stayed
	}
}

// Both paths are one operation.
func TestAliasHasTheSameEffect(t *testing.T) {
	t.Parallel()
	f := start(t)
	expectResults(t, f.do(t, unauthorizeByAlias(modelApp)), result(modelAPI, modelApp, ""))
	expectResults(t, f.do(t, unauthorize(modelApp)), result(modelAPI, modelApp, unbound(modelApp)))
	const other = "logic-app-9b9acb40-6df6-4623-9f87-e0dae781d867"
	expectResults(t, f.do(t, unauthorize(other)), result(modelAPI, other, ""))
	expectResults(t, f.do(t, unauthorizeByAlias(other)), result(modelAPI, other, unbound(other)))
}

func TestModelAPIElsewhere(t *testing.T) {
	t.Parallel()
	f := start(t, inWorld)
	elsewhere := failure{403, "ModelArts.3936", "The app-auth API bark does not belong to service cats."}
	elsewhere.expect(t, f.do(t, worldUnauthorize("cats", "bark", "a")))
	failure{404, "ModelArts.3935", "The app-auth API moo does not exist."}.expect(t, f.do(t, worldUnauthorize("cats", "moo", "a")))
	failure{404, "ModelArts.3502", "Service cats does not exist."}.
		expect(t, f.do(t, worldUnauthorize("cats", "meow", "a").withParam("project_id", "away")))
}

func TestModelWorkspace(t *testing.T) {
	t.Parallel()
	done := failure{}
	disagree := failure{400, "ModelArts.0101", "Invalid Argument. workspace_id"}
	unknown := failure{400, "ModelArts.0102", "workspace:nowhere not existed."}
	noCats := failure{404, "ModelArts.3502", "Service cats does not exist."}
	noDogs := failure{404, "ModelArts.3502", "Service dogs does not exist."}
	for _, test := range []struct {
		name, service, query string
		body                 any // nil leaves it out
		want                 failure
	}{
		{"none", "cats", "", nil, done},
		{"default in the query", "cats", "workspace_id=0", nil, done},
		{"default in the body", "cats", "", "0", done},
		{"default in both", "cats", "workspace_id=0", "0", done},
		{"own in the query", "dogs", "workspace_id=kennel", nil, done},
		{"own in the body", "dogs", "", "kennel", done},
		{"own in both", "dogs", "workspace_id=kennel", "kennel", done},
		{"own, left out", "dogs", "", nil, noDogs},
		{"other workspace", "cats", "workspace_id=kennel", nil, noCats},
		{"disagree", "cats", "workspace_id=0", "kennel", disagree},
		{"disagree on unknown ones", "cats", "workspace_id=nowhere", "0", disagree},
		{"disagree by case", "dogs", "workspace_id=kennel", "Kennel", disagree},
		{"unknown in the query", "cats", "workspace_id=nowhere", nil, unknown},
		{"unknown in the body", "cats", "", "nowhere", unknown},
		{"unknown in both", "cats", "workspace_id=nowhere", "nowhere", unknown},
		{"unknown with an unknown service", "cows", "workspace_id=nowhere", nil, unknown},
		{"bad in the query", "cats", "workspace_id=a%20b", nil, disagree},
		{"empty in the query", "cats", "workspace_id=", nil, disagree},
		{"no value in the query", "cats", "workspace_id", nil, disagree},
		{"twice in the query", "cats", "workspace_id=0&workspace_id=kennel", nil, disagree},
		{"bad in the body", "cats", "", "a b", disagree},
		{"empty in the body", "cats", "", "", disagree},
		{"a number in the body", "cats", "", 0, disagree},
	} {
		for _, op := range []string{"DeleteApiAppAuth", "DeleteApiAppAuthAlias"} {
			t.Run(test.name+"/"+op, func(t *testing.T) {
				t.Parallel()
				api := map[string]string{"cats": "meow", "dogs": "bark", "cows": "moo"}[test.service]
				c := worldUnauthorize(test.service, api, "a").withQuery(test.query)
				c.op = op
				if test.body != nil {
					c.body = set(t, c.body, "workspace_id", test.body)
				}
				r := start(t, inWorld).do(t, c)
				if test.want == done {
					expectResults(t, r, result(api, "a", ""))
					return
				}
				test.want.expect(t, r)
			})
		}
	}
}

// A piece of the query that can't be parsed is ignored like any unknown one, but
// not where it would have named the workspace: another one would be changed.
func TestGarbledWorkspace(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, query := range []string{
		"workspace_id=other;", "workspace_id=%zz", "x=1&workspace_id=0;y=2", "workspace_id=0&workspace_id=1", "workspace_id=", "workspace_id",
		"workspace%5Fid=%zz",
	} {
		families.modelArts.badValue("workspace_id").expect(t, f.do(t, unauthorize(modelApp).withQuery(query)))
	}
	if r := f.do(t, unauthorize(modelApp).withQuery("my_workspace_id=%zz&a;b&workspace_id=0")); r.member(t, "unauth_result", 0, "success") != true {
		t.Errorf("%d %s", r.status, r.raw)
	}
}
