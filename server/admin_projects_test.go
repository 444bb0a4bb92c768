package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server"
)

// What was read can be given back, and then nothing is other than before.
func TestReadAndGiveBack(t *testing.T) {
	t.Parallel()
	for _, project := range []string{"home", "away"} {
		f := startAdmin(t)
		before := f.wholly(t)
		read := f.ok(t, operate("ReadProject", project))
		expect(t, f.do(t, upsert(read.body.(object))), http.StatusNoContent, nil)
		after := f.wholly(t)
		for i, project := range []string{"home", "away"} { // that it was given back is an event
			events := after[i*6+5].(object)["events"].(array)
			for _, event := range events {
				if op := event.(object)["operation"]; op != "UpsertCatalog" && op != "ApplyCatalog" {
					t.Errorf("%s has the event %v", project, event)
				}
			}
			before[i*6+5], after[i*6+5] = nil, nil
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("(-before +after):\n%s", diff)
		}
		if got := f.tried(t, "home", carol); got != http.StatusOK {
			t.Errorf("carol's token gets %d", got)
		}
	}
}

// And given to another server, with tokens, it makes the same things exist.
func TestReadAndMove(t *testing.T) {
	t.Parallel()
	f, g := startAdmin(t), start(t, onNothing, withAdmin)
	f.ok(t, upsertUsers(object{"name": "dave", "expires_at": "2031-01-01T00:00:00.5Z"}))
	read := f.ok(t, operate("ReadProject", "home"))
	if users := read.member(t, "users").(array); len(users) != 4+len(permissions) {
		t.Fatalf("%d users", len(users))
	}
	adminRefusals.refused("users", `user "alice" needs a token or a token_sha256`).expect(t, g.do(t, upsert(read.body.(object))))
	g.ok(t, upsert(withTokens(t, read.body.(object))))
	expect(t, g.do(t, operate("ReadProject", "home")), http.StatusOK, read.body)
	// It works there, and has no records.
	r := g.do(t, worldAuthorize("dev", []string{"shop", "depot"}, []string{"alices"}))
	if diff := cmp.Diff([]row{{"shop", "alices", "SUCCESS", "PROVIDER"}, {"depot", "alices", "SUCCESS", "PROVIDER"}}, rows(t, r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	families.gateway.wrongProject.expect(t, g.do(t, worldAuthorize("dev", []string{"shop"}, []string{"alices"}).withParam("project_id", "away")))
}

// Names are kept as they are.
func TestNamesAreKept(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text string }{
		{"spaces", "  two  words "},
		{"quotes", `"it's"\n`},
		{"markup", "<b>&amp;</b>"},
		{"YAML", "- {a: *b, !!int c: ~} # no"},
		{"a word of YAML", "null"},
		{"a number", "0x1F"},
		{"a time", "2027-01-01"},
		{"a merge key", "<<"},
		{"lines", "one\ntwo\r\n\tthree"},
		{"accents", "Größe 寸法 📏"},
		{"as long as can be", strings.Repeat("ü", 255)},
		{"separators", "a\u2028b\u2029c"},
		{"next line", "a\u0085b"},
		{"delete", "a\u007fb"},
		{"null character", "a\x00b"},
		{"byte order mark", "\ufeffa"},
		{"no character", "a\uffffb"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := start(t, onNothing, withAdmin)
			project := object{"id": "p", "modelarts": object{"apps": array{object{"id": "a", "name": test.text}}}}
			expect(t, f.do(t, upsert(object{"projects": array{project}})), http.StatusNoContent, nil)
			expect(t, f.do(t, operate("ReadProject", "p")), http.StatusOK, object{"projects": array{project}})
		})
	}
}

// No answer has a token, its hash or the value of an AppCode in it.
func TestAdminAnswersHaveNoSecret(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	id := f.ok(t, worldAuthorize("dev", []string{"shop"}, []string{"alices"})).text(t, "auths", 0, "id")
	f.ok(t, worldCancel(id))
	f.ok(t, worldDeleteCode("shop", "code"))
	f.ok(t, worldAct(bob, "APPLY", "shop", in(50)))
	calls := adminCalls()
	secrets := []string{"secret-token-of", "appcode-of-shop", "appcode-of-depot", adminToken, accessToken, "sha256"}
	if !strings.HasPrefix(alice, secrets[0]) {
		t.Fatal("this test looks for the wrong thing")
	}
	for name, c := range calls {
		if name == "DeleteProject" {
			continue
		}
		r := f.do(t, c)
		for _, secret := range secrets {
			if strings.Contains(string(r.raw), secret) {
				t.Errorf("%s: %q in %s", name, secret, r.raw)
			}
		}
	}
}

func TestListProjects(t *testing.T) {
	t.Parallel()
	f := start(t, onNothing, withAdmin)
	list := call{op: "ListProjects", token: adminToken}
	expect(t, f.do(t, list), http.StatusOK, object{"projects": array{}})
	want := []string{"-", "0", "10", "9", "A", "B", "_", "a", "aa", "b"} // by bytes, whatever the language
	for _, id := range []string{"b", "9", "A", "aa", "_", "10", "B", "-", "a", "0", "a"} {
		f.ok(t, upsertProject(id, object{}))
	}
	for _, limit := range []int{1, 2, 3, 5, 9, 10, 11, 500} {
		var pages [][]string
		query := "limit=" + encode(limit)
		for cursor := ""; len(pages) <= len(want); {
			r := f.ok(t, list.withQuery(query+cursor))
			var page []string
			for _, id := range r.member(t, "projects").(array) {
				page = append(page, id.(string))
			}
			pages = append(pages, page)
			next, more := r.member(t, "next_cursor").(string)
			if !more {
				break
			}
			cursor = "&cursor=" + next
		}
		if diff := cmp.Diff(want, flat(t, pages, limit)); diff != "" {
			t.Errorf("limit %d (-want +got):\n%s", limit, diff)
		}
	}
	adminRefusals.badValue("cursor").expect(t, f.do(t, list.withQuery("cursor=A")))
	adminRefusals.badValue("limit").expect(t, f.do(t, list.withQuery("limit=0")))
}

// What hangs on a project goes with it, but not its events; what is another's stays.
func TestDeleteProject(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	read := f.ok(t, operate("ReadProject", "home")).body.(object)
	f.ok(t, upsertUsers(object{"name": "eve", "token": tokenOf("eve"), "member_of": array{member("home", "DeleteApiAppAuth")}}))
	f.ok(t, worldAuthorize("dev", []string{"shop"}, []string{"alices"}))
	f.ok(t, worldAuthorize("dev", []string{"shop"}, []string{"alices"}).withParam("project_id", "away"))
	f.ok(t, worldAct(bob, "APPLY", "shop", in(50)))
	f.ok(t, setClock("home", "2031-01-01T00:00:00Z"))
	f.ok(t, addFault("home", object{"operation": "CreateAuthorizingAppsV2", "status": 500, "times": 9}))
	f.ok(t, addFault("away", object{"operation": "DeleteAppCodeV2", "status": 500}))
	away := f.all(t, "away")
	events := f.ok(t, operate("ListEvents", "home")).member(t, "events").(array)

	deleted := f.do(t, operate("DeleteProject", "home"))
	expect(t, deleted, http.StatusNoContent, nil)

	gone := adminRefusals.notFound("project", "home")
	for name, c := range adminCalls() {
		switch name {
		case "UpsertCatalog", "ListProjects", "ListEvents", "ForwardAuth", "DecideAccess":
		default:
			gone.expect(t, f.do(t, c))
		}
	}
	if got := f.ok(t, adminCalls()["DecideAccess"]).text(t, "reason"); got != "unknown_project" {
		t.Error(got)
	}
	expect(t, f.do(t, call{op: "ListProjects", token: adminToken}), http.StatusOK, object{"projects": array{"away"}})
	if diff := cmp.Diff(away, f.all(t, "away")); diff != "" {
		t.Errorf("away changed (-before +after):\n%s", diff)
	}
	if got := f.ok(t, operate("ListFaults", "away")).member(t, "faults").(array); len(got) != 1 {
		t.Errorf("away has the faults %v", got)
	}
	families.gateway.wrongProject.expect(t, f.do(t, worldAuthorize("dev", []string{"shop"}, []string{"alices"})))
	families.modelArts.unknownToken.expect(t, f.do(t, worldUnauthorize("cats", "meow", "a").as(tokenOf("eve")))) // belonged nowhere else

	trail := f.ok(t, operate("ListEvents", "home")).member(t, "events").(array)
	if diff := cmp.Diff(events, trail[:len(trail)-1]); diff != "" {
		t.Errorf("the trail (-before +after):\n%s", diff)
	}
	last := trail[len(trail)-1].(object)
	if last["operation"] != "DeleteProject" || last["request_id"] != deleted.header.Get("X-Request-Id") || last["actor"] != "(operator)" {
		t.Errorf("the last event is %v", last)
	}

	// It can come again, and then is empty.
	f.ok(t, upsertProject("home", object{}))
	expect(t, f.do(t, operate("ReadProject", "home")), http.StatusOK, object{"projects": array{object{"id": "home"}}})
	f.ok(t, upsert(withTokens(t, read)))
	for list, op := range map[string]string{
		"authorizations": "ListAuthorizations", "app_codes": "ListAppCodes", "applications": "ListApplications",
		"messages": "ListMessages", "faults": "ListFaults",
	} {
		expect(t, f.do(t, operate(op, "home")), http.StatusOK, object{list: array{}})
	}
	if running := f.ok(t, operate("ReadClock", "home")).member(t, "running"); running != true {
		t.Error("the clock stands still")
	}
	r := f.do(t, worldAuthorize("dev", []string{"shop"}, []string{"alices"}))
	if diff := cmp.Diff([]row{{"shop", "alices", "SUCCESS", "PROVIDER"}}, rows(t, r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	operations := column(t, f.ok(t, operate("ListEvents", "home")), "events", "operation")
	if n := len(trail); len(operations) != n+3 || !slices.Equal(operations[n:], []string{"UpsertCatalog", "UpsertCatalog", "CreateAuthorizingAppsV2"}) {
		t.Errorf("the trail goes on with %v", operations[n:])
	}
}

// A project that was deleted is not brought back by the same catalog file.
func TestDeletedProjectStaysDeleted(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	f.ok(t, operate("DeleteProject", "away"))
	if err := f.server.Close(); err != nil {
		t.Fatal(err)
	}
	g := startAdmin(t, func(c *server.Config) { c.Store = f.store })
	expect(t, g.do(t, call{op: "ListProjects", token: adminToken}), http.StatusOK, object{"projects": array{"home"}})
}

// An owner who is gone with another project keeps nobody from changing this one.
func TestUpsertAfterTheOwnerIsGone(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	gw := func(contents object) call {
		contents["id"] = "gw"
		return upsertProject("away", object{"apig": object{"instances": array{contents}}})
	}
	f.ok(t, upsert(object{
		"users":    array{object{"name": "eve", "token": tokenOf("eve"), "member_of": array{member("brief")}}},
		"projects": array{object{"id": "brief"}},
	}))
	f.ok(t, gw(object{"apis": array{object{"id": "eves", "owner": "eve"}}}))
	f.ok(t, operate("DeleteProject", "brief"))
	expect(t, f.do(t, gw(object{"environments": array{"test"}})), http.StatusNoContent, nil)
}
