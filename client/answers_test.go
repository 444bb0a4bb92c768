package client_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
)

// An answer of another status below 400 breaks the contract. It may have been carried
// out, so that nothing is repeated.
func TestAnswerHasAnotherStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 201, 202, 204, 299, 300, 301, 302, 303, 304, 307, 308} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			forEachOperation(t, func(t *testing.T, op operation) {
				if status == op.status {
					t.Skip("that is the right one")
				}
				s, c := newStage(t, []act{done(says(status, authorized, "X-Request-Id", trace))})
				err := op.call(t.Context(), c)
				wantAnswerError(t, err, client.AnswerError{
					Op: op.name, Status: status, RequestID: trace, Where: "status", Problem: fmt.Sprintf("is not %d", op.status),
				})
				wantClasses(t, err)
				if got := s.carriedOut(); got != 1 {
					t.Errorf("carried out %d times, want once", got)
				}
			})
		})
	}
}

// After 101 anything may come or nothing, for ever, and net/http does not end it.
func TestAnswerSwitchesProtocol(t *testing.T) {
	t.Parallel()
	forEachOperation(t, func(t *testing.T, op operation) {
		synctest.Test(t, func(t *testing.T) {
			s, c := newPipedStage(t, []act{func(s *stage, w http.ResponseWriter, _ *http.Request) {
				conn := s.hijack(w)
				_ = conn.SetDeadline(time.Now().Add(time.Hour)) // or this test would never end
				_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n")
				_, _ = io.Copy(io.Discard, conn) // until the other side gives up
				_ = conn.Close()
			}})
			begin := time.Now()
			wantAnswerError(t, op.call(t.Context(), c), client.AnswerError{
				Op: op.name, Status: 101, Where: "status", Problem: fmt.Sprintf("is not %d", op.status),
			})
			if took := time.Since(begin); took > client.DefaultTimeout {
				t.Errorf("it took %v", took)
			}
			if got := len(s.arrived()); got != 1 {
				t.Errorf("%d requests, want 1", got)
			}
		})
	})
}

// item is an answer's item for a pair of the apps to authorize.
func item(api, members string) string {
	return `{"app_id": "shop", "api_id": "` + api + `", ` + members + `}`
}

const fine = `"auth_result": {"status": "SUCCESS"}`

func TestAnswerToAuthorizingBreaksContract(t *testing.T) {
	t.Parallel()
	auths := func(items ...string) string { return `{"auths": [` + strings.Join(items, ", ") + `]}` }
	orders, invoices := item("orders", fine), item("invoices", fine)
	const stranger = "is for a pair that was not asked for, or a second one for the same"
	const noStatus = "is missing or none of SUCCESS, SKIPPED and FAILED"
	tests := []struct {
		name, body     string
		where, problem string
		done           int // pairs that were read before
	}{
		{name: "nothing", body: "", where: "body", problem: "is not JSON"},
		{name: "cut off", body: `{"auths": [` + orders, where: "body", problem: "is not JSON"},
		{name: "more after it", body: authorized + "{}", where: "body", problem: "is not JSON"},
		{name: "a list", body: "[]", where: "body", problem: "is of another type"},
		{name: "a text", body: `"auths"`, where: "body", problem: "is of another type"},
		{name: "null", body: "null", where: "/auths", problem: "has 0 items for 2 pairs"},
		{name: "no list", body: "{}", where: "/auths", problem: "has 0 items for 2 pairs"},
		{name: "a list that is null", body: `{"auths": null}`, where: "/auths", problem: "has 0 items for 2 pairs"},
		{name: "an object for the list", body: `{"total": 1, "auths": {"a": 1}}`, where: "/auths", problem: "is of another type"},
		{name: "an empty object for the list", body: `{"auths":{}}`, where: "/auths", problem: "is of another type"},
		{name: "a number for an item", body: auths(orders, "7"), where: "/auths/1", problem: "is of another type"},
		{name: "null for an item", body: auths(orders, "null"), where: "/auths/1", problem: stranger, done: 1},
		{name: "no pair", body: auths(), where: "/auths", problem: "has 0 items for 2 pairs"},
		{name: "one pair", body: auths(invoices), where: "/auths", problem: "has 1 items for 2 pairs", done: 1},
		{name: "a pair too many", body: auths(orders, invoices, item("others", fine)), where: "/auths/2", problem: stranger, done: 2},
		{name: "a pair twice", body: auths(orders, orders), where: "/auths/1", problem: stranger, done: 1},
		{name: "another API", body: auths(orders, item("others", fine)), where: "/auths/1", problem: stranger, done: 1},
		{name: "another app", body: auths(strings.Replace(orders, "shop", "stall", 1), invoices), where: "/auths/0", problem: stranger},
		{name: "an API in another case", body: auths(item("Orders", fine)), where: "/auths/0", problem: stranger},
		{name: "no app", body: auths(orders, `{"api_id": "invoices", `+fine+`}`), where: "/auths/1", problem: stranger, done: 1},
		{name: "an app that is a number", body: auths(orders, `{"app_id": 7}`), where: "/auths/1/app_id", problem: "is of another type"},
		{name: "no result", body: auths(orders, item("invoices", `"id": "1"`)), where: "/auths/1/auth_result/status", problem: noStatus, done: 1},
		{
			name: "an empty result", body: auths(item("orders", `"auth_result": {}`)),
			where: "/auths/0/auth_result/status", problem: noStatus,
		},
		{
			name: "a result that is a list", body: auths(orders, item("invoices", `"auth_result": ["SUCCESS"]`)),
			where: "/auths/1/auth_result", problem: "is of another type",
		},
		{
			name: "a status that is none", body: auths(item("orders", `"auth_result": {"status": "DONE"}`)),
			where: "/auths/0/auth_result/status", problem: noStatus,
		},
		{
			name: "a status in lower case", body: auths(orders, item("invoices", `"auth_result": {"status": "success"}`)),
			where: "/auths/1/auth_result/status", problem: noStatus, done: 1,
		},
		{
			name: "a status that is a number", body: auths(orders, item("invoices", `"auth_result": {"error_msg": "", "status": 1}`)),
			where: "/auths/1/auth_result/status", problem: "is of another type",
		},
		{
			name: "a role that is none", body: auths(item("orders", fine+`, "auth_role": "OWNER"`)),
			where: "/auths/0/auth_role", problem: "is neither PROVIDER nor CONSUMER",
		},
		{
			name: "a channel that is none", body: auths(item("orders", fine+`, "auth_tunnel": "BLUE"`)),
			where: "/auths/0/auth_tunnel", problem: "is neither NORMAL nor GREEN",
		},
		{
			name: "a number in a list", body: auths(item("orders", fine+`, "auth_whitelist": ["a", "b", 7]`)),
			where: "/auths/0/auth_whitelist/2", problem: "is of another type",
		},
		{
			name: "no time", body: auths(orders, item("invoices", fine+`, "auth_time": "yesterday"`)),
			where: "/auths/1/auth_time", problem: "is no time in UTC", done: 1,
		},
		{
			name: "a number beyond all bounds before it", body: `{"total": 1e999, "auths": 7}`,
			where: "/auths", problem: "is of another type",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, c := newStage(t, []act{done(says(201, test.body, "X-Request-Id", trace))})
			result, err := c.APIG.AuthorizeApps(t.Context(), apps)
			wantAnswerError(t, err, client.AnswerError{
				Op: "APIG.AuthorizeApps", Status: 201, RequestID: trace, Where: test.where, Problem: test.problem,
			})
			wantClasses(t, err)
			if partly := errors.Is(err, client.ErrPartial); partly != (test.done == 1) {
				t.Errorf("%v is partial: %t", err, partly)
			}
			var partial *client.PartialError
			if errors.As(err, &partial) != (test.done == 1) { // also if all is done
				t.Errorf("got %T %v", err, err)
			}
			if got := len(result.Auths); got != test.done {
				t.Errorf("%d pairs are told, want %d", got, test.done)
			}
			if got := s.carriedOut(); got != 1 {
				t.Errorf("carried out %d times, want once", got)
			}
		})
	}
}

func TestAnswerToCancellingBreaksContract(t *testing.T) {
	t.Parallel()
	results := func(items ...string) string { return `{"unauth_result": [` + strings.Join(items, ", ") + `]}` }
	app := func(id, members string) string {
		return `{"app_id": "` + id + `", "api_id": "predict", ` + members + `}`
	}
	dashboard, classifier := app("dashboard", `"success": true`), app("classifier", `"success": true`)
	const stranger = "is an app that was not asked for, or the second time the same"
	tests := []struct {
		name, body     string
		where, problem string
		done           int
	}{
		{name: "nothing", body: "", where: "body", problem: "is not JSON"},
		{name: "no list", body: "{}", where: "/unauth_result", problem: "has 0 items for 2 apps"},
		{name: "an app is missing", body: results(classifier), where: "/unauth_result", problem: "has 1 items for 2 apps", done: 1},
		{name: "an app too many", body: results(dashboard, classifier, app("x", `"success": true`)), where: "/unauth_result/2/app_id", problem: stranger, done: 2},
		{name: "an app twice", body: results(dashboard, dashboard), where: "/unauth_result/1/app_id", problem: stranger, done: 1},
		{name: "another app", body: results(app("x", `"success": true`)), where: "/unauth_result/0/app_id", problem: stranger},
		{
			name: "another API", body: results(dashboard, strings.Replace(classifier, "predict", "train", 1)),
			where: "/unauth_result/1/api_id", problem: "is another API than was asked for", done: 1,
		},
		{
			name: "no API", body: results(`{"app_id": "dashboard", "success": true}`),
			where: "/unauth_result/0/api_id", problem: "is another API than was asked for",
		},
		{
			name: "no success", body: results(dashboard, app("classifier", `"reason": "busy"`)),
			where: "/unauth_result/1/success", problem: "is missing", done: 1,
		},
		{
			name: "null for success", body: results(app("dashboard", `"success": null`), classifier),
			where: "/unauth_result/0/success", problem: "is missing",
		},
		{name: "a text for success", body: results(app("dashboard", `"success": "yes"`)), where: "/unauth_result/0/success", problem: "is of another type"},
		{name: "a list for a reason", body: results(dashboard, app("classifier", `"reason": []`)), where: "/unauth_result/1/reason", problem: "is of another type"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, c := newStage(t, []act{done(says(200, test.body))})
			result, err := c.ModelArts.CancelAPIAuthorization(t.Context(), models)
			wantAnswerError(t, err, client.AnswerError{
				Op: "ModelArts.CancelAPIAuthorization", Status: 200, Where: test.where, Problem: test.problem,
			})
			if got := len(result.UnauthResult); got != test.done {
				t.Errorf("%d apps are told, want %d", got, test.done)
			}
			if got := s.carriedOut(); got != 1 {
				t.Errorf("carried out %d times, want once", got)
			}
		})
	}
}

// What is read of a right answer, whatever else is in it.
func TestAnswerHasMore(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{"application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"} {
		_, c := newStage(t, []act{answers(201, contentType, `{"total": 1e999, "auths": [{
			"api_id": "invoices", "app_id": "shop", "auth_result": {"status": "FAILED", "error_code": "APIG.3500", "error_msg": "no",
			"api_name": "Invoices", "app_name": "Shop", "why": null}, "id": "2", "auth_role": "CONSUMER", "auth_tunnel": "GREEN",
			"auth_whitelist": ["a"], "auth_blacklist": ["b", "c"], "visit_params": "v", "auth_time": "2020-08-04T04:02:22.5Z", "new": {}
			}, {"api_id": "orders", "app_id": "shop", "auth_result": {"status": "SUCCESS"}, "auth_role": "", "auth_tunnel": ""}]}`)})
		got, err := c.APIG.AuthorizeApps(t.Context(), apps)
		want := client.Authorizations{Auths: []client.Authorization{
			{APIID: "orders", AppID: "shop", AuthResult: client.AuthResult{Status: client.StatusSuccess}},
			{
				ID: "2", APIID: "invoices", AppID: "shop",
				AuthResult: client.AuthResult{Status: client.StatusFailed, ErrorCode: "APIG.3500", ErrorMsg: "no", APIName: "Invoices", AppName: "Shop"},
				AuthRole:   client.RoleConsumer, AuthTunnel: client.TunnelGreen, AuthWhitelist: []string{"a"}, AuthBlacklist: []string{"b", "c"},
				VisitParams: "v", AuthTime: time.Date(2020, 8, 4, 4, 2, 22, 5e8, time.UTC), AuthTimeText: "2020-08-04T04:02:22.5Z",
			},
		}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: result (-want +got):\n%s", contentType, diff)
		}
		wantPartial(t, err, client.PartialError{Op: "APIG.AuthorizeApps", Done: 1, Total: 2, Errs: []error{
			&client.ItemError{AppID: "shop", APIID: "invoices", Code: "APIG.3500", Message: "no"},
		}})
	}
}

func TestAnswerIsNotJSON(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{"text/html", "text/plain; charset=utf-8", "application/problem+json", "application/json; charset", ";"} {
		_, c := newStage(t, []act{answers(201, contentType, authorized)})
		result, err := c.APIG.AuthorizeApps(t.Context(), apps)
		wantAnswerError(t, err, client.AnswerError{
			Op: "APIG.AuthorizeApps", Status: 201, Where: "header Content-Type", Problem: "is not application/json",
		})
		if diff := cmp.Diff(client.Authorizations{Auths: []client.Authorization{}}, result); diff != "" {
			t.Errorf("%s: result (-want +got):\n%s", contentType, diff)
		}
	}
}

// An answer without an end is read up to the limit and no further, also if few bytes
// are a long answer.
func TestAnswerIsTooLarge(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("reads 100 MiB")
	}
	const limit = 32 << 20
	spaces := strings.Repeat(" ", 1<<20)
	endless := func(status int) act {
		return func(_ *stage, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			w.WriteHeader(status)
			zipped := gzip.NewWriter(w)
			for err := error(nil); err == nil; {
				_, err = io.WriteString(zipped, spaces)
			}
		}
	}
	tooLong := fmt.Sprintf("is longer than %d bytes", limit)

	s, c := newStage(t, []act{endless(201)})
	_, err := c.APIG.AuthorizeApps(t.Context(), apps)
	wantAnswerError(t, err, client.AnswerError{Op: "APIG.AuthorizeApps", Status: 201, Where: "body", Problem: tooLong})
	if got := len(s.arrived()); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}

	_, c = newStage(t, []act{endless(400)})
	err = c.ROMA.DeleteAppCode(t.Context(), appCode)
	wantError(t, err, client.Error{Op: "ROMA.DeleteAppCode", Status: 400, Attempts: 1})
	wantAnswerError(t, err, client.AnswerError{Op: "ROMA.DeleteAppCode", Status: 400, Where: "body", Problem: tooLong})

	_, c = newStage(t, []act{says(201, authorized+strings.Repeat(" ", limit-len(authorized)))})
	_, err = c.APIG.AuthorizeApps(t.Context(), apps)
	wantNoError(t, err)
}

// A pair of the list that another request asks for is a stranger, too.
func TestAnswerIsToAnotherRequest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		apps, apis int
		app, api   int // the pair that comes
	}{
		{name: "app", apps: 51, apis: 1, app: 50},
		{name: "API", apps: 1, apis: 1001, api: 1000},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			in := client.AppsToAuthorize{ProjectID: "p", InstanceID: "i", AppIDs: ids("app", test.apps), APIIDs: ids("api", test.apis)}
			body := fmt.Sprintf(`{"auths": [{"app_id": %q, "api_id": %q, %s}]}`, in.AppIDs[test.app], in.APIIDs[test.api], fine)
			s, c := newStage(t, []act{done(says(201, body))}, client.WithConcurrency(1))
			_, err := c.APIG.AuthorizeApps(t.Context(), in)
			wantAnswerError(t, err, client.AnswerError{
				Op: "APIG.AuthorizeApps", Status: 201, Where: "/auths/0",
				Problem: "is for a pair that was not asked for, or a second one for the same",
			})
			if got := len(s.arrived()); got != 1 {
				t.Errorf("%d requests, want 1", got)
			}
		})
	}
}
