package server_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tried is what carol's call of ModelArts comes to with a token.
func (f *fixture) tried(t *testing.T, project, token string) int {
	t.Helper()
	return f.do(t, worldUnauthorize("cats", "meow", "none").withParam("project_id", project).as(token)).status
}

func member(project string, permissions ...any) object {
	return object{"project": project, "permissions": append(array{}, permissions...)}
}

func TestUpsertUsers(t *testing.T) {
	t.Parallel()
	const (
		fresh  = "a-fresh-token"
		may    = "DeleteApiAppAuth"
		past   = "2021-01-01T00:00:00Z"
		denied = http.StatusForbidden
		unmet  = http.StatusUnauthorized
	)
	sum := sha256.Sum256([]byte(fresh))
	// What carol's and the fresh token come to at home and away, after users were
	// put there one by one.
	type outcome struct{ HomeOld, AwayOld, HomeFresh, AwayFresh int }
	const absent = http.StatusNotFound // away has no ModelArts: allowed, and not found
	for _, test := range []struct {
		name  string
		users []object
		want  outcome
	}{
		{"mentioned alone", []object{{"name": "carol"}}, outcome{200, absent, unmet, unmet}},
		{"new token", []object{{"name": "carol", "token": fresh}}, outcome{unmet, unmet, 200, absent}},
		{"new token as a hash", []object{{"name": "carol", "token_sha256": hex.EncodeToString(sum[:])}}, outcome{unmet, unmet, 200, absent}},
		{"same token again", []object{{"name": "carol", "token": carol}}, outcome{200, absent, unmet, unmet}},
		{"expired", []object{{"name": "carol", "expires_at": past}}, outcome{unmet, unmet, unmet, unmet}},
		{"the end stays", []object{{"name": "carol", "expires_at": past}, {"name": "carol", "token": fresh}}, outcome{unmet, unmet, unmet, unmet}},
		{"another end", []object{{"name": "carol", "expires_at": past}, {"name": "carol", "expires_at": future}}, outcome{200, absent, unmet, unmet}},
		{"permissions replaced", []object{{"name": "carol", "member_of": array{member("home", "DeleteAppCodeV2")}}}, outcome{denied, absent, unmet, unmet}},
		{"permissions left out", []object{{"name": "carol", "member_of": array{object{"project": "away"}}}}, outcome{200, denied, unmet, unmet}},
		{
			"permissions given back", []object{{"name": "carol", "member_of": array{member("home")}}, {"name": "carol", "member_of": array{member("home", may)}}},
			outcome{200, absent, unmet, unmet},
		},
		{"no memberships stay all", []object{{"name": "carol", "member_of": array{}}}, outcome{200, absent, unmet, unmet}},
		{"new user", []object{{"name": "new", "token": fresh, "member_of": array{member("home", may)}}}, outcome{200, absent, 200, denied}},
		{
			"new user, second membership", []object{{"name": "new", "token": fresh, "member_of": array{member("home", may)}}, {"name": "new", "member_of": array{member("away", may)}}},
			outcome{200, absent, 200, absent},
		},
		{"new user that belongs nowhere", []object{{"name": "new", "token": fresh}}, outcome{200, absent, denied, denied}},
		{"name in another case", []object{{"name": "Carol", "token": fresh}}, outcome{200, absent, denied, denied}},
		{"token given up and taken", []object{{"name": "carol", "token": "another"}, {"name": "dave", "token": carol}}, outcome{200, absent, unmet, unmet}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := startAdmin(t)
			for _, user := range test.users {
				expect(t, f.do(t, upsertUsers(user)), http.StatusNoContent, nil)
			}
			got := outcome{f.tried(t, "home", carol), f.tried(t, "away", carol), f.tried(t, "home", fresh), f.tried(t, "away", fresh)}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A user and the project it belongs to may come in one catalog, with APIs that name
// the user.
func TestUpsertTogether(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	f.ok(t, upsert(object{
		"users": array{object{"name": "eve", "token": tokenOf("eve"), "member_of": array{member("new", "CreateAuthorizingAppsV2")}}},
		"projects": array{object{"id": "new", "apig": object{"instances": array{object{
			"id": "gw", "environments": array{"dev"}, "apis": array{object{"id": "alices", "owner": "eve"}}, "apps": array{object{"id": "shop"}},
		}}}}},
	}))
	r := f.do(t, worldAuthorize("dev", []string{"shop"}, []string{"alices"}).withParam("project_id", "new").as(tokenOf("eve")))
	if diff := cmp.Diff([]row{{"shop", "alices", "SUCCESS", "PROVIDER"}}, rows(t, r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Nobody else got in.
	families.gateway.wrongProject.expect(t, f.do(t, worldAuthorize("dev", []string{"shop"}, []string{"alices"}).withParam("project_id", "new")))
}

// Authorizations are made once, AppCodes get the value named.
func TestUpsertRecords(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	authorizations := func() []string {
		return column(t, f.ok(t, operate("ListAuthorizations", "home").withQuery("service=apig")), "authorizations", "env_id", "api_id", "app_id", "role", "state")
	}
	c := upsertProject("home", object{
		"apig": object{"instances": array{object{"id": "gw", "authorizations": array{
			object{"environment": "dev", "api": "alices", "app": "depot"}, object{"environment": "prod", "api": "alices", "app": "depot"},
		}}}},
		"roma": object{"instances": array{object{"id": "gw", "apps": array{
			object{"id": "shop", "owners": array{"bob"}, "app_codes": array{object{"id": "code", "value": appCode("1")}, object{"id": "more", "value": appCode("2")}}},
		}}}},
	})
	want := []string{"dev alices depot PROVIDER live", "prod alices depot PROVIDER live"}
	for range 2 { // the second time there is nothing to make
		f.ok(t, c)
		if diff := cmp.Diff(want, authorizations()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		codes := column(t, f.ok(t, operate("ListAppCodes", "home")), "app_codes", "app_id", "id")
		if diff := cmp.Diff([]string{"shop code", "shop more", "depot other"}, codes); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	// The old value is worth nothing any more, the new ones are shop's.
	const old = "appcode-of-shop-for-the-tests-of-this-package-and-for-nothing-else-at-all"
	f.ok(t, upsertProject("home", object{"roma": object{"instances": array{object{
		"id": "gw", "apis": array{object{"id": "telemetry", "owner": "alice"}},
	}}}}))
	for value, want := range map[string]string{old: "unknown_app_code", appCode("1"): "not_authorized", appCode("2"): "not_authorized"} {
		r := f.ok(t, operate("DecideAccess", "home").withQuery("service=roma&realm_id=gw&env_id=dev&api_id=telemetry").withHeader("X-Apig-AppCode", value))
		if got := r.text(t, "reason"); got != want {
			t.Errorf("%s: %s instead of %s", value, got, want)
		}
	}
	// One that was cancelled is made anew.
	id := f.ok(t, operate("ListAuthorizations", "home").withQuery("service=apig")).text(t, "authorizations", 0, "id")
	f.ok(t, worldCancel(id))
	f.ok(t, c)
	if diff := cmp.Diff([]string{"dev alices depot PROVIDER cancelled", want[1], want[0]}, authorizations()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
