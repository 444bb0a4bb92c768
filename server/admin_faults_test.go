package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server"
)

// faultyAnswer is what a fault of most statuses answers.
func faultyAnswer(status int) failure { return failure{status, "APIGW.9999", "a test asked for this"} }

var throttledAnswer = failure{429, "APIGW.0308", "The throttling threshold has been reached."}

// Every operation fails as it was asked to, with the body that belongs to the
// status, and nothing comes of it.
func TestFaultStatuses(t *testing.T) {
	t.Parallel()
	own := map[string]failure{
		"apig": {500, "APIG.9999", "System error"}, "roma": {500, "APIG.9999", "System error"},
		"modelarts": {500, "ModelArts.0010", "Internal error."}, "dataarts": {500, "DLS.1000", "process failed"},
	}
	for _, target := range targets {
		service, _, _ := strings.Cut(target.name, " ")
		for _, want := range []failure{own[service], throttledAnswer, faultyAnswer(400), faultyAnswer(404), faultyAnswer(418), faultyAnswer(502), faultyAnswer(503), faultyAnswer(599)} {
			t.Run(fmt.Sprint(target.name, want.status), func(t *testing.T) {
				t.Parallel()
				f := start(t, withAdmin)
				before := f.all(t, project)[:5]
				f.ok(t, addFault(project, object{"operation": target.call.op, "status": want.status, "retry_after": 7}))
				r := f.do(t, target.call.outside(t))
				want.expect(t, r)
				if diff := cmp.Diff([]string{"7"}, r.header.Values("Retry-After")); diff != "" {
					t.Errorf("Retry-After (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(before, f.all(t, project)[:5]); diff != "" {
					t.Errorf("it changed (-before +after):\n%s", diff)
				}
				if diff := cmp.Diff([]string{"ApplyCatalog", "AddFault"}, column(t, f.ok(t, operate("ListEvents", project)), "events", "operation")); diff != "" {
					t.Errorf("events (-want +got):\n%s", diff)
				}
				expect(t, f.do(t, operate("ListFaults", project)), http.StatusOK, object{"faults": array{}})
				if again := f.do(t, target.call); again.status >= 500 || again.header.Get("Retry-After") != "" {
					t.Errorf("afterwards: %d %s", again.status, again.raw)
				}
			})
		}
	}
}

// Faults happen in the order they were added, each as often as it says, and only to
// the operation and in the project they were added for.
func TestFaultOrder(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	op := func(operation string, status int, more object) object {
		return with(object{"operation": operation, "status": status}, more)
	}
	expect(t, f.do(t, operate("ListFaults", "home")), http.StatusOK, object{"faults": array{}})
	for _, fault := range []object{
		op("DeleteApiAppAuth", 503, object{"times": 2, "retry_after": 86400}), op("DeleteAppCodeV2", 502, nil), op("DeleteApiAppAuth", 429, nil),
		op("DeleteApiAppAuthAlias", 504, nil), op("DeleteApiAppAuth", 400, object{"times": 1}),
	} {
		expect(t, f.do(t, addFault("home", fault)), http.StatusNoContent, nil)
	}
	f.ok(t, addFault("away", op("DeleteApiAppAuth", 501, nil)))
	left := func(want ...object) {
		t.Helper()
		list := array{}
		for _, fault := range want {
			list = append(list, fault)
		}
		expect(t, f.do(t, operate("ListFaults", "home")), http.StatusOK, object{"faults": list})
	}
	number := func(v object) object { return decode(t, []byte(encode(v))).(object) }
	once := func(operation string, status int) object { return number(op(operation, status, object{"times": 1})) }
	code, last, alias := once("DeleteAppCodeV2", 502), once("DeleteApiAppAuth", 400), once("DeleteApiAppAuthAlias", 504)
	left(number(op("DeleteApiAppAuth", 503, object{"times": 2, "retry_after": 86400})), code, once("DeleteApiAppAuth", 429), alias, last)

	c := worldUnauthorize("cats", "meow", "none")
	faultyAnswer(503).expect(t, f.do(t, c.outside(t)))
	left(number(op("DeleteApiAppAuth", 503, object{"times": 1, "retry_after": 86400})), code, once("DeleteApiAppAuth", 429), alias, last)
	faultyAnswer(503).expect(t, f.do(t, c.outside(t)))
	throttled := f.do(t, c.outside(t))
	throttledAnswer.expect(t, throttled)
	if got := throttled.header.Values("Retry-After"); len(got) > 0 {
		t.Errorf("Retry-After is %v", got)
	}
	left(code, alias, last)
	faultyAnswer(400).expect(t, f.do(t, c.outside(t)))
	expect(t, f.do(t, c), http.StatusOK, object{"unauth_result": array{result("meow", "none", "Application none does not exist.")}})
	byAlias := c
	byAlias.op = "DeleteApiAppAuthAlias"
	faultyAnswer(504).expect(t, f.do(t, byAlias.outside(t)))
	left(code)
	faultyAnswer(501).expect(t, f.do(t, c.withParam("project_id", "away").outside(t)))

	expect(t, f.do(t, operate("ClearFaults", "home")), http.StatusNoContent, nil)
	left()
	expect(t, f.do(t, worldDeleteCode("shop", "code")), http.StatusNoContent, nil)
	expect(t, f.do(t, operate("ClearFaults", "home")), http.StatusNoContent, nil)
}

// A call that never gets that far uses no fault up, whoever makes it.
func TestFaultsWaitForGoodCalls(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	f.ok(t, addFault("home", object{"operation": "CreateAuthorizingAppsV2", "status": 503}))
	c := worldAuthorize("dev", []string{"shop"}, []string{"alices"})
	families.gateway.unknownToken.expect(t, f.do(t, c.as(unknownToken)))
	families.gateway.noToken.expect(t, f.do(t, c.as("")))
	families.gateway.badValue("app_ids").expect(t, f.do(t, worldAuthorize("dev", []string{"a b"}, []string{"alices"})))
	families.gateway.malformed("unexpected end of JSON input", "").expect(t, f.do(t, c.withBody("{")))
	faultyAnswer(503).expect(t, f.do(t, c.outside(t)))
	if got := rows(t, f.do(t, c))[0].Status; got != "SUCCESS" {
		t.Error(got)
	}
}

// Pairs come out FAILED, the others of the call don't, and asking again succeeds.
func TestFailedPairs(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	pair := func(api, app string) object { return object{"api_id": api, "app_id": app} }
	f.ok(t, addFault("home", object{"operation": "CreateAuthorizingAppsV2", "times": 2, "pairs": array{pair("alices", "shop"), pair("bobs", "depot")}}))
	f.ok(t, worldAuthorize("dev", []string{"shop"}, []string{"bobs"}).as(bob)) // not asked for, so it does not count
	expect(t, f.do(t, operate("ListFaults", "home")), http.StatusOK, object{"faults": array{object{
		"operation": "CreateAuthorizingAppsV2", "times": 2.0, "pairs": array{pair("alices", "shop"), pair("bobs", "depot")},
	}}})
	c := worldAuthorize("dev", []string{"depot", "shop"}, []string{"alices"})
	for range 2 {
		r := f.do(t, c)
		if r.status != http.StatusCreated {
			t.Fatalf("%d %s", r.status, r.raw)
		}
		got := r.member(t, "auths").(array)
		if s := r.text(t, "auths", 0, "auth_result", "status"); s != "SKIPPED" {
			t.Errorf("depot is %s", s)
		}
		failed := got[1].(object)
		want := object{
			"status": "FAILED", "error_code": "APIG.3500", "error_msg": "Failed to synchronize data to etcd", "api_name": "alices", "app_name": "shop",
		}
		if diff := cmp.Diff(any(want), failed["auth_result"]); diff != "" || failed["id"] != nil {
			t.Errorf("%v (-want +got):\n%s", failed, diff)
		}
		if got := f.ask(t, question{"home", "apig", "gw", "dev", "alices", "shop", ""}).text(t, "reason"); got != "not_authorized" {
			t.Errorf("decided %s", got)
		}
	}
	expect(t, f.do(t, operate("ListFaults", "home")), http.StatusOK, object{"faults": array{}})
	want := []row{{"depot", "alices", "SKIPPED", "PROVIDER"}, {"shop", "alices", "SUCCESS", "PROVIDER"}}
	if diff := cmp.Diff(want, rows(t, f.do(t, c))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A delay comes before whatever the call answers.
func TestFaultDelays(t *testing.T) {
	t.Parallel()
	f := startAdmin(t, func(c *server.Config) { c.Timeout = 2 * time.Second })
	const delay = 300
	c := worldAuthorize("dev", []string{"shop"}, []string{"alices"})
	took := func(c call) (reply, time.Duration) {
		start := time.Now()
		r := f.do(t, c)
		return r, time.Since(start)
	}
	f.ok(t, addFault("home", object{"operation": c.op, "delay_ms": delay}))
	f.ok(t, addFault("home", object{"operation": c.op, "delay_ms": delay, "status": 503}))
	f.ok(t, addFault("home", object{"operation": c.op, "delay_ms": 15000}))
	r, d := took(c)
	if diff := cmp.Diff([]row{{"shop", "alices", "SUCCESS", "PROVIDER"}}, rows(t, r)); diff != "" || d < delay*time.Millisecond {
		t.Errorf("after %s (-want +got):\n%s", d, diff)
	}
	r, d = took(c.outside(t))
	faultyAnswer(503).expect(t, r)
	if d < delay*time.Millisecond {
		t.Errorf("failed after %s", d)
	}
	r, d = took(c) // the server's time for a request is over before
	if r.status != http.StatusInternalServerError || d < 2*time.Second || d > 30*time.Second {
		t.Errorf("%d after %s: %s", r.status, d, r.raw)
	}
	if r, _ := took(c); rows(t, r)[0].Status != "SKIPPED" {
		t.Errorf("%s", r.raw)
	}
}

func TestFaultRefusals(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	const op = "CreateAuthorizingAppsV2"
	pairs := array{object{"api_id": "alices", "app_id": "shop"}}
	neither := adminRefusals.refused("pairs", "a fault has a status, a delay or both, or else pairs")
	for _, test := range []struct {
		name  string
		fault object
		want  failure
	}{
		{"nothing", object{"operation": op}, neither},
		{"only times", object{"operation": op, "times": 3}, neither},
		{"only Retry-After", object{"operation": op, "retry_after": 3}, neither},
		{"status and pairs", object{"operation": op, "status": 500, "pairs": pairs}, neither},
		{"delay and pairs", object{"operation": op, "delay_ms": 5, "pairs": pairs}, neither},
		{"pairs of another operation", object{"operation": "DeleteApiAppAuth", "pairs": pairs}, adminRefusals.refused("pairs", "this operation has none")},
		{"no operation", object{"status": 500}, adminRefusals.missing("operation")},
		{"unknown operation", object{"operation": "ReadClock", "status": 500}, adminRefusals.badValue("operation")},
		{"operation in another case", object{"operation": strings.ToLower(op), "status": 500}, adminRefusals.badValue("operation")},
		{"success", object{"operation": op, "status": 201}, adminRefusals.badValue("status")},
		{"no such status", object{"operation": op, "status": 600}, adminRefusals.badValue("status")},
		{"never", object{"operation": op, "status": 500, "times": 0}, adminRefusals.badValue("times")},
		{"too often", object{"operation": op, "status": 500, "times": 1000001}, adminRefusals.badValue("times")},
		{"too slow", object{"operation": op, "delay_ms": 15001}, adminRefusals.badValue("delay_ms")},
		{"no delay", object{"operation": op, "delay_ms": 0}, adminRefusals.badValue("delay_ms")},
		{"Retry-After of nothing", object{"operation": op, "status": 500, "retry_after": 0}, adminRefusals.badValue("retry_after")},
		{"Retry-After that is a date", object{"operation": op, "status": 500, "retry_after": "tomorrow"}, adminRefusals.badValue("retry_after")},
		{"no pairs", object{"operation": op, "pairs": array{}}, adminRefusals.missing("pairs")},
		{"half a pair", object{"operation": op, "pairs": array{object{"api_id": "alices"}}}, adminRefusals.missing("pairs/0/app_id")},
		{"bad pair", object{"operation": op, "pairs": array{object{"api_id": "a b", "app_id": "shop"}}}, adminRefusals.badValue("pairs/0/api_id")},
	} {
		t.Run(test.name, func(t *testing.T) { test.want.expect(t, f.do(t, addFault("home", test.fault))) })
	}
	expect(t, f.do(t, operate("ListFaults", "home")), http.StatusOK, object{"faults": array{}})
	adminRefusals.notFound("project", "none").expect(t, f.do(t, addFault("none", object{"operation": op, "status": 500})))

	// A hundred are enough, in each project.
	fault := object{"operation": op, "status": 500}
	for range 100 {
		f.ok(t, addFault("home", fault))
	}
	adminRefusals.conflict("the project has too many faults").expect(t, f.do(t, addFault("home", fault)))
	if n := len(f.ok(t, operate("ListFaults", "home")).member(t, "faults").(array)); n != 100 {
		t.Errorf("%d faults", n)
	}
	f.ok(t, addFault("away", fault))
	f.do(t, worldAuthorize("dev", []string{"shop"}, []string{"alices"})) // uses one up
	f.ok(t, addFault("home", fault))
	f.ok(t, operate("ClearFaults", "home"))
	f.ok(t, addFault("home", fault))
}
