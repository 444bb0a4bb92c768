package server_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server"
)

// A body of the admin contract is read as strictly as any other.
func TestAdminBodies(t *testing.T) {
	t.Parallel()
	f := startAdmin(t, func(c *server.Config) { c.MaxBody = 4096 })
	before := f.all(t, "home")
	t.Run("bodies", func(t *testing.T) { f.refuseBodies(t) })
	if diff := cmp.Diff(before, f.all(t, "home")); diff != "" { // all of them are done
		t.Errorf("it changed (-before +after):\n%s", diff)
	}
}

func (f *fixture) refuseBodies(t *testing.T) {
	t.Helper()
	type target struct {
		member string // the body has it
		call   call
	}
	for _, target := range []target{
		{"users", upsertUsers(object{"name": "new", "token": "x"})},
		{"time", setClock("home", "2027-01-01T00:00:00Z")},
		{"seconds", advance("home", 1)},
		{"operation", addFault("home", object{"operation": "DeleteAppCodeV2", "status": 500})},
		{"comment", review("ApproveApplication", "home", nothing, object{"comment": "c"})},
		{"comment", review("RejectApplication", "home", nothing, object{"comment": "c"})},
		{"comment", review("ExecuteMessage", "home", nothing, object{"comment": "c"})},
	} {
		good, mediaType := target.call.body, failure{400, "ADMIN.0400", "the body is not application/json"}
		quoted := `"` + target.member + `"`
		for _, test := range []struct {
			name, contentType, body string
			want                    failure
		}{
			{"text", "text/plain", good, mediaType},
			{"YAML", "application/yaml", good, mediaType},
			{"no content type", "", good, mediaType},
			{"empty", "application/json", "", adminRefusals.malformed("unexpected end of JSON input", "")},
			{"list", "application/json", "[]", adminRefusals.malformed("the body is not an object", "")},
			{"null", "application/json", "null", adminRefusals.malformed("the body is not an object", "")},
			{"cut off", "application/json", good[:len(good)-1], adminRefusals.malformed("unexpected end of JSON input", "")},
			{"no JSON", "application/json", "{users}", adminRefusals.malformed("invalid JSON", "")},
			{"second document", "application/json", good + good, adminRefusals.malformed("bytes after the document", "")},
			{"duplicate", "application/json", good[:len(good)-1] + "," + quoted + ":1}", adminRefusals.malformed("duplicate member", target.member)},
			{"duplicate of an unknown one", "application/json", good[:len(good)-1] + `,"x":1,"x":1}`, adminRefusals.malformed("duplicate member", "")},
			{"wrong case", "application/json", strings.Replace(good, quoted, strings.ToUpper(quoted), 1), adminRefusals.badValue(target.member)},
			{"wrong case besides", "application/json", good[:len(good)-1] + "," + strings.ToUpper(quoted) + ":1}", adminRefusals.badValue(target.member)},
			{"wrong kind", "application/json", `{` + quoted + `:{"x":[]}}`, adminRefusals.badValue(target.member)},
			{"too large", "application/json", good + strings.Repeat(" ", 4096), adminRefusals.tooLarge},
		} {
			t.Run(target.call.op+"/"+test.name, func(t *testing.T) {
				t.Parallel()
				c := target.call.withBody(test.body)
				c.contentType = test.contentType
				test.want.expect(t, f.do(t, c))
			})
		}
	}
}

// What a catalog may say is checked value by value, nested ones too.
func TestAdminBodyValues(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	gatewayOf := func(contents object) call {
		contents["id"] = "gw"
		return upsertProject("home", object{"apig": object{"instances": array{contents}}})
	}
	users, projects := adminRefusals.badValue("users"), adminRefusals.badValue("projects")
	badPermission := object{"name": "new", "token": "x", "member_of": array{object{"project": "home", "permissions": array{"All"}}}}
	for _, test := range []struct {
		name string
		call call
		want failure
	}{
		{"user without a name", upsertUsers(object{"token": "x"}), adminRefusals.missing("users/0/name")},
		{"user with a bad name", upsertUsers(object{"name": "(operator)", "token": "x"}), adminRefusals.badValue("users/0/name")},
		{"empty token", upsertUsers(object{"name": "new", "token": ""}), adminRefusals.badValue("users/0/token")},
		{"token with a space", upsertUsers(object{"name": "new", "token": "a b"}), adminRefusals.badValue("users/0/token")},
		{"short hash", upsertUsers(object{"name": "new", "token_sha256": "abc"}), adminRefusals.badValue("users/0/token_sha256")},
		{"bad end", upsertUsers(object{"name": "new", "token": "x", "expires_at": "tomorrow"}), adminRefusals.badValue("users/0/expires_at")},
		{"unknown permission", upsertUsers(badPermission), adminRefusals.badValue("users/0/member_of/0/permissions/0")},
		{"name in another case", upsertUsers(object{"Name": "new", "token": "x"}), users},
		{"bad project", upsertProject("a b", object{}), adminRefusals.badValue("projects/0/id")},
		{"API without an owner", gatewayOf(object{"apis": array{object{"id": "new"}}}), adminRefusals.missing("projects/0/apig/instances/0/apis/0/owner")},
		{"bad API", gatewayOf(object{"apis": array{object{"id": "a.b", "owner": "alice"}}}), adminRefusals.badValue("projects/0/apig/instances/0/apis/0/id")},
		{"long name", gatewayOf(object{"apps": array{object{"id": "new", "name": strings.Repeat("n", 256)}}}), adminRefusals.badValue("projects/0/apig/instances/0/apps/0/name")},
		{"short AppCode", gatewayOf(object{"apps": array{object{"id": "new", "app_codes": array{object{"id": "c", "value": "short"}}}}}), adminRefusals.badValue("projects/0/apig/instances/0/apps/0/app_codes/0/value")},
		{"null", upsert(object{"projects": nil}), projects},
		{"clock without a time", operate("SetClock", "home").withJSON(object{}), adminRefusals.missing("time")},
		{"day that is none", setClock("home", "2027-02-30T00:00:00Z"), adminRefusals.badValue("time")},
		{"time without a zone", setClock("home", "2027-01-01T00:00:00"), adminRefusals.badValue("time")},
		{"before 1970", setClock("home", "1969-12-31T23:59:59Z"), adminRefusals.badValue("time")},
		{"back", advance("home", -1), adminRefusals.badValue("seconds")},
		{"too far", advance("home", 3155760001), adminRefusals.badValue("seconds")},
		{"fraction", operate("AdvanceClock", "home").withJSON(object{"seconds": 1.5}), adminRefusals.badValue("seconds")},
		{"long comment", review("ApproveApplication", "home", nothing, object{"comment": strings.Repeat("c", 1025)}), adminRefusals.badValue("comment")},
		{"on behalf of a bad name", review("ExecuteMessage", "home", nothing, object{"as": "(operator)"}), adminRefusals.badValue("as")},
		{"on behalf of an empty name", review("ExecuteMessage", "home", nothing, object{"as": ""}), adminRefusals.badValue("as")},
		{"bad id in the path", review("ApproveApplication", "home", "a.b", object{}), adminRefusals.badPath("application_id")},
		{"bad project in the path", operate("ReadProject", "a.b"), adminRefusals.badPath("project_id")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.want.expect(t, f.do(t, test.call))
		})
	}
}

// What a schema lets pass and a catalog file would be refused for is refused too,
// without repeating a secret.
func TestCatalogRefusals(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	hash := strings.Repeat("0", 64)
	code := func(id, value string) object { return object{"id": id, "value": value} }
	roma := func(apps ...any) call {
		return upsertProject("home", object{"roma": object{"instances": array{object{"id": "gw", "apps": apps}}}})
	}
	for _, test := range []struct {
		name string
		call call
		why  string
	}{
		{"two tokens", upsertUsers(object{"name": "new", "token": "x", "token_sha256": hash}), `user "new" needs a token or a token_sha256, one of them`},
		{"user twice", upsertUsers(object{"name": "new", "token": "x"}, object{"name": "new"}), `duplicate user "new"`},
		{"token twice", upsertUsers(object{"name": "new", "token": "x"}, object{"name": "newer", "token": "x"}), `user "newer" has the token of user "new"`},
		{"day that is none", upsertUsers(object{"name": "new", "token": "x", "expires_at": "2027-02-30T00:00:00Z"}), `"2027-02-30T00:00:00Z" is not a time like 2030-01-31T08:00:00Z`},
		{"project twice", upsert(object{"projects": array{object{"id": "p"}, object{"id": "p"}}}), `duplicate project "p"`},
		{"app twice", roma(object{"id": "new"}, object{"id": "new"}), `duplicate app "new"`},
		{"AppCode twice", roma(object{"id": "new", "app_codes": array{code("c", appCode("1")), code("c", appCode("2"))}}), `duplicate AppCode "c"`},
		{"value twice", roma(object{"id": "new", "app_codes": array{code("c", appCode("1")), code("d", appCode("1"))}}), `AppCode "d" has the value of another one`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			adminRefusals.refused("the catalog", test.why).expect(t, f.do(t, test.call))
		})
	}
}

// appCode is a good value of an AppCode.
func appCode(name string) string { return strings.Repeat("appcode-", 10) + name }
