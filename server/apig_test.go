package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// row is an item of an authorizing answer, without what differs from run to run.
type row struct{ App, API, Status, Role string }

func rows(t *testing.T, r reply) []row {
	t.Helper()
	auths, ok := r.member(t, "auths").([]any)
	if r.status != http.StatusCreated || !ok {
		t.Fatalf("%d %s", r.status, r.raw)
	}
	list := make([]row, len(auths))
	for i := range auths {
		list[i] = row{
			r.text(t, "auths", i, "app_id"), r.text(t, "auths", i, "api_id"),
			r.text(t, "auths", i, "auth_result", "status"), r.text(t, "auths", i, "auth_role"),
		}
	}
	return list
}

func TestAuthorizeProduct(t *testing.T) {
	t.Parallel()
	f := start(t)
	// apiTwo is not published, which makes no difference here; a repeated id counts once.
	r := f.do(t, authorize([]string{appTwo, appOne, appTwo}, []string{apiTwo, apiOne, apiTwo}))
	want := []row{
		{appTwo, apiTwo, "SUCCESS", "PROVIDER"}, {appTwo, apiOne, "SUCCESS", "PROVIDER"},
		{appOne, apiTwo, "SUCCESS", "PROVIDER"}, {appOne, apiOne, "SUCCESS", "PROVIDER"},
	}
	if diff := cmp.Diff(want, rows(t, r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	ids := map[string]bool{}
	for i := range want {
		ids[r.text(t, "auths", i, "id")] = true
	}
	if len(ids) != len(want) {
		t.Errorf("%d records have %d ids", len(want), len(ids))
	}
}

// A pair that is authorized already repeats its record, whoever asks again.
func TestAuthorizeAgain(t *testing.T) {
	t.Parallel()
	f := start(t)
	first := f.do(t, authorize([]string{appOne}, []string{apiOne}))
	want := first.member(t, "auths", 0).(map[string]any)
	want["auth_result"] = map[string]any{"status": "SKIPPED"}
	again := f.do(t, authorize([]string{appOne, appTwo}, []string{apiOne}).as(ownerToken))
	if diff := cmp.Diff(any(want), again.member(t, "auths", 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(row{appTwo, apiOne, "SUCCESS", "CONSUMER"}, rows(t, again)[1]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Once cancelled it is a new record.
	expect(t, f.do(t, cancel(first.text(t, "auths", 0, "id"))), http.StatusNoContent, nil)
	fresh := f.do(t, authorize([]string{appOne}, []string{apiOne}))
	if rows(t, fresh)[0].Status != "SUCCESS" || fresh.text(t, "auths", 0, "id") == first.text(t, "auths", 0, "id") {
		t.Errorf("%s follows the cancelled %s", fresh.raw, first.raw)
	}
}

func TestAuthorizeRoles(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, token string
		apps, apis  []string
		want        []row // nil: refused
	}{
		{"the API's owner", alice, []string{"shop"}, []string{"alices"}, []row{{"shop", "alices", "SUCCESS", "PROVIDER"}}},
		{"the app's owner", bob, []string{"shop"}, []string{"alices"}, []row{{"shop", "alices", "SUCCESS", "CONSUMER"}}},
		{"owner of both", bob, []string{"shop"}, []string{"bobs"}, []row{{"shop", "bobs", "SUCCESS", "PROVIDER"}}},
		{
			"each pair has its own role", bob, []string{"shop"}, []string{"alices", "bobs"},
			[]row{{"shop", "alices", "SUCCESS", "CONSUMER"}, {"shop", "bobs", "SUCCESS", "PROVIDER"}},
		},
		{"from the catalog", alice, []string{"depot"}, []string{"alices"}, []row{{"depot", "alices", "SKIPPED", "PROVIDER"}}},
		{"neither", carol, []string{"shop"}, []string{"alices"}, nil},
		{"neither of one pair", alice, []string{"shop"}, []string{"alices", "bobs"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, inWorld).do(t, worldAuthorize("dev", test.apps, test.apis).as(test.token))
			if test.want == nil {
				failure{403, "APIG.1005", "No permissions to request this method"}.expect(t, r)
				return
			}
			if diff := cmp.Diff(test.want, rows(t, r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A request that is refused has authorized nothing.
func TestAuthorizeAllOrNothing(t *testing.T) {
	t.Parallel()
	f := start(t, inWorld)
	noApp := failure{404, "APIG.3004", "App nobody does not exist"}
	noApp.expect(t, f.do(t, worldAuthorize("dev", []string{"shop", "nobody"}, []string{"alices"})))
	families.gateway.noPermission.expect(t, f.do(t, worldAuthorize("dev", []string{"shop"}, []string{"alices", "bobs"})))
	// Existence comes before role.
	noApp.expect(t, f.do(t, worldAuthorize("dev", []string{"nobody"}, []string{"alices"}).as(carol)))
	want := []row{{"shop", "alices", "SUCCESS", "PROVIDER"}}
	if diff := cmp.Diff(want, rows(t, f.do(t, worldAuthorize("dev", []string{"shop"}, []string{"alices"})))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Environments, instances and projects have nothing to do with each other.
func TestRecordsAreApart(t *testing.T) {
	t.Parallel()
	f := start(t, inWorld)
	c := worldAuthorize("dev", []string{"shop"}, []string{"alices"})
	calls := []call{c, c.withBody(set(t, c.body, "env_id", "prod")), c.withParam("project_id", "away")}
	var ids []string
	for _, c := range calls {
		r := f.do(t, c)
		if diff := cmp.Diff([]row{{"shop", "alices", "SUCCESS", "PROVIDER"}}, rows(t, r)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		ids = append(ids, r.text(t, "auths", 0, "id"))
	}
	notFound := failure{404, "APIG.3009", "The app authorization record does not exist,id:" + ids[0]}
	notFound.expect(t, f.do(t, worldCancel(ids[0]).withParam("project_id", "away")))
	notFound.expect(t, f.do(t, worldCancel(ids[0]).withParam("instance_id", "empty")))
	expect(t, f.do(t, worldCancel(ids[0])), http.StatusNoContent, nil)
	for _, c := range calls[1:] {
		if got := rows(t, f.do(t, c))[0].Status; got != "SKIPPED" {
			t.Errorf("%s after another record was cancelled", got)
		}
	}
}

func TestCancelRoles(t *testing.T) {
	t.Parallel()
	f := start(t, inWorld)
	notOwner := failure{403, "APIG.1109", "No permissions to perform operations on this app authorization record."}
	for _, test := range []struct {
		name, token string
		want        func(*testing.T, reply)
	}{
		{"the API's owner", alice, func(t *testing.T, r reply) { expect(t, r, http.StatusNoContent, nil) }},
		{"the app's owner", bob, func(t *testing.T, r reply) { expect(t, r, http.StatusNoContent, nil) }},
		{"neither", carol, notOwner.expect},
	} {
		t.Run(test.name, func(t *testing.T) {
			id := f.do(t, worldAuthorize("prod", []string{"shop"}, []string{"alices"})).text(t, "auths", 0, "id")
			test.want(t, f.do(t, worldCancel(id).as(test.token)))
		})
	}
	t.Run("a refused cancel changes nothing", func(t *testing.T) {
		if got := rows(t, f.do(t, worldAuthorize("prod", []string{"shop"}, []string{"alices"})))[0].Status; got != "SKIPPED" {
			t.Error(got)
		}
	})
	t.Run("existence before role", func(t *testing.T) {
		failure{404, "APIG.3009", "The app authorization record does not exist,id:none"}.expect(t, f.do(t, worldCancel("none").as(carol)))
	})
}

// Ten thousand pairs pass the gate, and then it is the unknown app that counts.
func TestMostPairs(t *testing.T) {
	t.Parallel()
	f := start(t)
	ids := func(prefix string, n int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprint(prefix, i)
		}
		return list
	}
	unknown := failure{404, "APIG.3004", "App app0 does not exist"}
	tooMany := families.gateway.badValue("api_ids")
	for _, test := range []struct {
		name       string
		apps, apis []string
		want       failure
	}{
		{"10 × 1000", ids("app", 10), ids("api", 1000), unknown},
		{"50 × 200", ids("app", 50), ids("api", 200), unknown},
		{"11 × 1000", ids("app", 11), ids("api", 1000), tooMany},
		{"50 × 201", ids("app", 50), ids("api", 201), tooMany},
		{"repeated ids count once", slices.Repeat([]string{"app0"}, 50), ids("api", 1000), unknown},
		{"51 repeated are too many items", slices.Repeat([]string{"app0"}, 51), ids("api", 1), families.gateway.badValue("app_ids")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.want.expect(t, f.do(t, authorize(test.apps, test.apis)))
		})
	}
	t.Run("before permission", func(t *testing.T) {
		t.Parallel()
		tooMany.expect(t, f.do(t, authorize(ids("app", 50), ids("api", 201)).as(readerToken)))
	})
}
