package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// everything is a catalog with one thing in every list, as ReadProject gives it.
func everything(t *testing.T) object {
	gateways := object{"instances": array{object{
		"id": "gw", "environments": array{"dev"},
		"apis": array{object{"id": "one", "name": "One", "owner": "ann", "published": array{"dev"}}},
		"apps": array{object{"id": "shop", "name": "Shop", "owners": array{"ann", "bea"}}},
	}}}
	member := func(name string) object {
		return object{"name": name, "member_of": array{object{"project": "p", "permissions": array{"DeleteAppCodeV2", "DeleteApiAppAuth"}}}}
	}
	c := object{
		"users": array{member("ann"), member("bea")},
		"projects": array{object{
			"id": "p", "apig": gateways, "roma": gateways,
			"modelarts": object{
				"apps":     array{object{"id": "m", "name": "Model"}},
				"services": array{object{"id": "cats", "workspace": "zoo", "apis": array{object{"id": "meow", "name": "Meow"}}}},
			},
			"dataarts": object{"workspaces": array{object{
				"id": "0", "clusters": array{"APIG"},
				"apis": array{object{"id": "sales", "name": "Sales", "owner": "ann", "reviewers": array{"bea"}}},
				"apps": array{object{"id": "shop", "name": "Shop", "owners": array{"bea"}}},
			}}},
		}},
	}
	return decode(t, []byte(encode(c))).(object) // a copy in which nothing is shared
}

// withTokens gives each user of a catalog a token, which new ones need.
func withTokens(t *testing.T, catalog object) object {
	t.Helper()
	c := decode(t, []byte(encode(catalog))).(object)
	for _, user := range c["users"].(array) {
		user.(object)["token"] = tokenOf(user.(object)["name"].(string))
	}
	return c
}

// put replaces what stands somewhere in a document; a list may grow by one.
func put(v any, value any, path ...any) any {
	if len(path) == 0 {
		return value
	}
	switch key := path[0].(type) {
	case string:
		v.(object)[key] = put(v.(object)[key], value, path[1:]...)
	case int:
		list := v.(array)
		if key == len(list) {
			return append(list, value)
		}
		list[key] = put(list[key], value, path[1:]...)
	}
	return v
}

// What is mentioned is replaced or added, what is not stays.
func TestUpsertMerges(t *testing.T) {
	t.Parallel()
	type test struct {
		name  string
		delta object // of the project
		path  []any  // in the project
		want  any    // there; the rest is as it was
	}
	var tests []test
	for _, service := range []string{"apig", "roma"} {
		in := func(id string, contents object) object {
			contents["id"] = id
			return object{service: object{"instances": array{contents}}}
		}
		at := func(path ...any) []any { return append([]any{service, "instances"}, path...) }
		same := object{"id": "one", "name": "One", "owner": "ann", "published": array{"dev"}}
		tests = append(tests, []test{
			{service + " nothing", in("gw", object{}), at(0, "environments"), array{"dev"}},
			{service + " environment", in("gw", object{"environments": array{"prod"}}), at(0, "environments"), array{"dev", "prod"}},
			{service + " known environment", in("gw", object{"environments": array{"dev", "prod"}}), at(0, "environments"), array{"dev", "prod"}},
			{service + " same API", in("gw", object{"apis": array{same}}), at(0, "apis", 0), same},
			{
				service + " replaced API", in("gw", object{"apis": array{object{"id": "one", "owner": "bea"}}}),
				at(0, "apis", 0), object{"id": "one", "name": "one", "owner": "bea"},
			},
			{
				service + " new API", in("gw", object{"apis": array{object{"id": "ONE", "owner": "bea", "published": array{"dev"}}}}),
				at(0, "apis", 1), object{"id": "ONE", "name": "ONE", "owner": "bea", "published": array{"dev"}},
			},
			{service + " replaced app", in("gw", object{"apps": array{object{"id": "shop"}}}), at(0, "apps", 0), object{"id": "shop", "name": "shop"}},
			{
				service + " new app", in("gw", object{"apps": array{object{"id": "depot", "name": "Depot", "owners": array{"bea"}}}}),
				at(0, "apps", 1), object{"id": "depot", "name": "Depot", "owners": array{"bea"}},
			},
			{service + " new instance", in("other", object{"environments": array{"dev"}}), at(1), object{"id": "other", "environments": array{"dev"}}},
			{service + " empty instance", in("GW", object{}), at(1), object{"id": "GW"}},
		}...)
	}
	models := func(contents object) object { return object{"modelarts": contents} }
	services := func(service object) object { return models(object{"services": array{service}}) }
	workspace := func(id string, contents object) object {
		contents["id"] = id
		return object{"dataarts": object{"workspaces": array{contents}}}
	}
	tests = append(tests, []test{
		{"replaced model app", models(object{"apps": array{object{"id": "m"}}}), []any{"modelarts", "apps", 0}, object{"id": "m", "name": "m"}},
		{"new model app", models(object{"apps": array{object{"id": "n"}}}), []any{"modelarts", "apps", 1}, object{"id": "n", "name": "n"}},
		{"known service", services(object{"id": "cats"}), []any{"modelarts", "services", 0, "workspace"}, "zoo"},
		{"moved service", services(object{"id": "cats", "workspace": "home"}), []any{"modelarts", "services", 0, "workspace"}, "home"},
		{"new service", services(object{"id": "dogs"}), []any{"modelarts", "services", 1}, object{"id": "dogs", "workspace": "0"}},
		{
			"replaced model API", services(object{"id": "cats", "apis": array{object{"id": "meow"}}}),
			[]any{"modelarts", "services", 0, "apis", 0}, object{"id": "meow", "name": "meow"},
		},
		{
			"new model API", services(object{"id": "cats", "apis": array{object{"id": "purr"}}}),
			[]any{"modelarts", "services", 0, "apis", 1}, object{"id": "purr", "name": "purr"},
		},
		{"cluster", workspace("0", object{"clusters": array{"own"}}), []any{"dataarts", "workspaces", 0, "clusters"}, array{"APIG", "own"}},
		{
			"replaced data API", workspace("0", object{"apis": array{object{"id": "sales", "owner": "bea"}}}),
			[]any{"dataarts", "workspaces", 0, "apis", 0}, object{"id": "sales", "name": "sales", "owner": "bea"},
		},
		{
			"new data API", workspace("0", object{"apis": array{object{"id": "stock", "owner": "bea", "reviewers": array{"ann"}}}}),
			[]any{"dataarts", "workspaces", 0, "apis", 1}, object{"id": "stock", "name": "stock", "owner": "bea", "reviewers": array{"ann"}},
		},
		{
			"replaced data app", workspace("0", object{"apps": array{object{"id": "shop", "owners": array{"ann"}}}}),
			[]any{"dataarts", "workspaces", 0, "apps", 0}, object{"id": "shop", "name": "shop", "owners": array{"ann"}},
		},
		{"new data app", workspace("0", object{"apps": array{object{"id": "new"}}}), []any{"dataarts", "workspaces", 0, "apps", 1}, object{"id": "new", "name": "new"}},
		{"new workspace", workspace("lab", object{"clusters": array{"APIG"}}), []any{"dataarts", "workspaces", 1}, object{"id": "lab", "clusters": array{"APIG"}}},
	}...)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := start(t, onNothing, withAdmin)
			f.ok(t, upsert(withTokens(t, everything(t))))
			expect(t, f.do(t, upsertProject("p", test.delta)), http.StatusNoContent, nil)
			want := put(everything(t), test.want, append([]any{"projects", 0}, test.path...)...)
			expect(t, f.do(t, operate("ReadProject", "p")), http.StatusOK, want)
		})
	}
}

// all is everything there is in a project.
func (f *fixture) all(t *testing.T, project string) []any {
	t.Helper()
	var all []any
	for _, op := range []string{"ReadProject", "ListAuthorizations", "ListAppCodes", "ListApplications", "ListMessages", "ListEvents"} {
		all = append(all, f.ok(t, operate(op, project)).body)
	}
	return all
}

// wholly is everything there is in the world.
func (f *fixture) wholly(t *testing.T) []any {
	t.Helper()
	projects := f.ok(t, call{op: "ListProjects", token: adminToken}).body
	return append(append(f.all(t, "home"), f.all(t, "away")...), projects)
}

// What refers to nothing, or takes what is somebody else's, is refused, and nothing
// of the catalog is done.
func TestUpsertAllOrNothing(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	refused, conflict := adminRefusals.refused, adminRefusals.conflict
	gw := func(service string, contents object) call {
		contents["id"] = "gw"
		return upsertProject("home", object{service: object{"instances": array{contents}}})
	}
	user := func(u object) object { u["token"] = "token-of-the-new-one"; return u }
	codes := func(app string, ids ...string) call {
		var list array
		for _, id := range ids {
			list = append(list, object{"id": id, "value": appCode(id)})
		}
		return gw("roma", object{"apps": array{object{"id": app, "owners": array{"bob"}, "app_codes": list}}})
	}
	f.ok(t, codes("depot", "1", "2", "3", "4"))
	for _, test := range []struct {
		name string
		call call
		want failure
	}{
		{"new user without a token", upsertUsers(object{"name": "new"}), refused("users", `user "new" needs a token or a token_sha256`)},
		{"token of another user", upsertUsers(object{"name": "new", "token": alice}), conflict(`user "new" has the token of another user`)},
		{"token of another user for a known one", upsertUsers(object{"name": "bob", "token": alice}), conflict(`user "bob" has the token of another user`)},
		{
			"project that isn't", upsertUsers(user(object{"name": "new", "member_of": array{object{"project": "none"}}})),
			refused("users", `there is no project "none"`),
		},
		{"owner that isn't", gw("apig", object{"apis": array{object{"id": "new", "owner": "none"}}}), refused("projects", `there is no user "none"`)},
		{"app's owner that isn't", gw("roma", object{"apps": array{object{"id": "new", "owners": array{"none"}}}}), refused("projects", `there is no user "none"`)},
		{
			"owner in another case", gw("apig", object{"apis": array{object{"id": "new", "owner": "Alice"}}}),
			refused("projects", `there is no user "Alice"`),
		},
		{
			"reviewer that isn't", upsertProject("home", object{"dataarts": object{"workspaces": array{object{
				"id": "0", "apis": array{object{"id": "sales", "owner": "alice", "reviewers": array{"dave", "none"}}},
			}}}}), refused("projects", `there is no user "none"`),
		},
		{
			"environment that isn't", gw("apig", object{"apis": array{object{"id": "new", "owner": "alice", "published": array{"dev", "none"}}}}),
			refused("projects", `there is no environment "none"`),
		},
		{
			"authorization in no environment", gw("apig", object{"authorizations": array{object{"environment": "none", "api": "alices", "app": "shop"}}}),
			refused("projects", `an authorization refers to environment "none", API "alices" and app "shop", not all of which exist`),
		},
		{
			"authorization of no app", gw("apig", object{"authorizations": array{object{"environment": "dev", "api": "alices", "app": "none"}}}),
			refused("projects", `an authorization refers to environment "dev", API "alices" and app "none", not all of which exist`),
		},
		{
			"authorization for no API", upsertProject("home", object{"modelarts": object{"services": array{object{
				"id": "cats", "authorizations": array{object{"api": "bark", "app": "a"}},
			}}}}), refused("projects", `an authorization refers to environment "", API "bark" and app "a", not all of which exist`),
		},
		{
			"value of another app's AppCode", gw("roma", object{"apps": array{object{
				"id": "shop", "owners": array{"bob"}, "app_codes": array{object{"id": "mine", "value": appCode("1")}},
			}}}), conflict(`AppCode "mine" has the value of another one`),
		},
		{"a sixth AppCode", codes("depot", "5"), refused("projects", `app "depot" has more than 5 AppCodes`)},
		{"six at once", codes("shop", "a", "b", "c", "d", "e", "f"), adminRefusals.badValue("projects/1/roma/instances/0/apps/0/app_codes")},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := f.wholly(t)
			// Something good comes along, which would be done first.
			c := decode(t, []byte(test.call.body)).(object)
			projects, _ := c["projects"].(array)
			c["projects"] = append(array{object{"id": "along", "apig": object{"instances": array{object{"id": "gw"}}}}}, projects...)
			users, _ := c["users"].(array)
			c["users"] = append(array{object{"name": "carol", "token": "another-token-of-carol"}}, users...)

			test.want.expect(t, f.do(t, upsert(c)))

			if diff := cmp.Diff(before, f.wholly(t)); diff != "" {
				t.Errorf("it changed (-before +after):\n%s", diff)
			}
			if r := f.do(t, worldUnauthorize("cats", "meow", strings.Repeat("x", 20))); r.status != http.StatusOK {
				t.Errorf("carol's token: %d %s", r.status, r.raw)
			}
		})
	}
}
