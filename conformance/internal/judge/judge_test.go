package judge_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/internal/exchange"
	"github.com/appgrant/appgrant/conformance/internal/judge"
	"github.com/appgrant/appgrant/conformance/report"
	"github.com/appgrant/appgrant/openapi"
)

func newJudge(t *testing.T, opts judge.Options) *judge.Judge {
	t.Helper()
	doc, err := openapi.Load()
	if err != nil {
		t.Fatal(err)
	}
	j, err := judge.New(doc, opts)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

const (
	authorize = "http://host/base/v2/p/apigw/instances/i/app-auths"
	cancel    = authorize + "/r"
	modelArts = "http://host/base/v1/p/services/s/app-auth-apis/logic-api/app-auth-api"
	dataArts  = "http://host/base/v1/p/service/apis/authorize/action"
	trace     = "2f6c1d0e9b8a47538c6d5e4f3a2b1c0d"
	token     = "a-token-nobody-must-see"
)

// exchanged is an exchange as it should be; tests change what they are about.
func exchanged(t *testing.T, method, to, sent string, status int, answer string) *exchange.Exchange {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	x := &exchange.Exchange{Method: method, URL: u, Status: status, Body: []byte(answer)}
	x.RequestHeader = http.Header{exchange.TokenHeader: {token}}
	x.Header = http.Header{"X-Request-Id": {trace}}
	if sent != "" {
		x.RequestBody = []byte(sent)
		x.RequestHeader.Set("Content-Type", "application/json")
	}
	if answer != "" {
		x.Header.Set("Content-Type", "application/json")
	}
	return x
}

const (
	pairs   = `{"env_id": "e", "app_ids": ["a"], "api_ids": ["b"]}`
	granted = `{"auths": [{"api_id": "b", "app_id": "a", "auth_result": {"status": "SUCCESS"}, "id": "r", "auth_time": "2026-01-02T03:04:05Z", "auth_role": "PROVIDER", "auth_tunnel": "NORMAL"}]}`
	apps    = `{"apps": [{"app_id": "a"}, {"app_id": "b"}, {"app_id": "a"}]}`
	undone  = `{"unauth_result": [{"api_id": "logic-api", "app_id": "a", "auth_id": "r", "success": true}, {"api_id": "logic-api", "app_id": "b", "reason": "no", "success": false}]}`
	action  = `{"api_id": "b", "instance_id": "c", "app_id": "a", "apply_type": "APPLY_TYPE_APPLY", "time": "2030-01-01T00:00:00Z"}`
)

func failed(code, text string) string {
	return `{"error_code": "` + code + `", "error_msg": "` + text + `"}`
}

// good are exchanges nobody finds fault with.
func good(t *testing.T) map[string]*exchange.Exchange {
	t.Helper()
	return map[string]*exchange.Exchange{
		"authorized":               exchanged(t, "POST", authorize, pairs, 201, granted),
		"cancelled":                exchanged(t, "DELETE", cancel, "", 204, ""),
		"a body that nobody reads": exchanged(t, "DELETE", cancel, "{", 204, ""),
		"unauthorized":             exchanged(t, "DELETE", modelArts, apps, 200, undone),
		"applied":                  exchanged(t, "POST", dataArts, action, 204, ""),
		"refused":                  exchanged(t, "POST", authorize, `{"env_id": "e", "api_ids": ["b"]}`, 400, failed("APIG.2001", "The request parameters must be specified,parameterName:app_ids. Please refer to the support documentation")),
		"unknown":                  exchanged(t, "DELETE", cancel, "", 404, failed("APIG.3009", "The app authorization record does not exist,id:r")),
		"another path": exchanged(t, "GET", "http://host/base/healthz", "", 404, failed("APIGW.0101", "The API does not exist or has not been published in the environment.")[:1]+
			`"request_id": "`+trace+`", `+failed("APIGW.0101", "The API does not exist or has not been published in the environment.")[1:]),
		"of another server": exchanged(t, "GET", "http://host/other", "", 200, "hello"),
	}
}

func TestGood(t *testing.T) {
	t.Parallel()
	for name, x := range good(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, opts := range []judge.Options{{}, {Rulings: true}, {Strict: true, Rulings: true}} {
				if found := newJudge(t, opts).Judge(x, "/base"); len(found) > 0 {
					t.Errorf("%+v: %v", opts, found)
				}
			}
		})
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	type change = func(*exchange.Exchange)
	answer := func(status int, body string) change {
		return func(x *exchange.Exchange) { x.Status, x.Body = status, []byte(body) }
	}
	replace := func(part, by string) change {
		return func(x *exchange.Exchange) { x.Body = []byte(strings.Replace(string(x.Body), part, by, 1)) }
	}
	header := func(name string, values ...string) change {
		return func(x *exchange.Exchange) {
			x.Header.Del(name)
			for _, v := range values {
				x.Header.Add(name, v)
			}
		}
	}
	send := func(body string) change { return func(x *exchange.Exchange) { x.RequestBody = []byte(body) } }
	tests := []struct {
		name, of string
		change   change
		want     string // "layer where"
	}{
		{"a status that is not documented", "authorized", answer(409, failed("APIG.3316", "x")), "contract "},
		{"a field missing", "authorized", replace(`"api_id": "b", `, ""), "contract /auths/0/api_id"},
		{"a value off its enumeration", "authorized", replace("PROVIDER", "provider"), "contract /auths/0/auth_role"},
		{"a year cut short", "authorized", replace("2026-", "26-"), "contract /auths/0/auth_time"},
		{"a type", "unauthorized", replace("true", `"true"`), "contract /unauth_result/0/success"},
		{"no trace id", "authorized", header("X-Request-Id"), "contract X-Request-Id"},
		{"a trace id that is none", "authorized", header("X-Request-Id", "abc"), "contract X-Request-Id"},
		{"two trace ids", "authorized", header("X-Request-Id", trace, trace), "wire X-Request-Id"},
		{"a body where none belongs", "cancelled", answer(204, "{}"), "wire "},
		{"null", "authorized", answer(201, "null"), "contract "},
		{"null for an error", "unknown", answer(404, "null"), "contract "},
		{"no body", "authorized", answer(201, ""), "wire "},
		{"HTML", "authorized", header("Content-Type", "text/html"), "wire Content-Type"},
		{"another charset", "authorized", header("Content-Type", "application/json; charset=latin1"), "wire Content-Type"},
		{"two documents", "authorized", replace(`}]}`, `}]}{}`), "wire "},
		{"a member twice", "authorized", replace(`"id": "r"`, `"id": "r", "id": "r"`), "wire "},
		{"an answer that ended early", "authorized", func(x *exchange.Exchange) { x.Err = errors.New("cut") }, "wire "},
		{"a token told", "refused", replace("app_ids", token), "wire "},
		{"a token told in a header", "cancelled", header("X-Debug", "caller="+token), "wire X-Debug"},
		{"a member nobody knows", "authorized", replace(`"id": "r"`, `"id": "r", "extra": 1`), "wire /auths/0/extra"},
		{"a code of another status", "unknown", answer(404, failed("APIG.1005", "No permissions to request this method")), "meaning /error_msg"},
		{"an id nobody asked for", "unknown", replace("id:r", "id:s"), "meaning /error_msg"},
		{"a field that is not missing", "refused", replace("app_ids", "env_id"), "meaning /error_msg"},
		{"a trace id where none belongs", "unknown", replace(`"error_code"`, `"request_id": "`+trace+`", "error_code"`), "meaning /request_id"},
		{"no trace id in a gateway's error", "another path", replace(`"request_id": "`+trace+`", `, ""), "meaning /request_id"},
		{"done without a token", "cancelled", func(x *exchange.Exchange) { x.RequestHeader = http.Header{} }, "meaning "},
		{"done though a field is missing", "authorized", send(`{"env_id": "e", "app_ids": ["a"]}`), "meaning "},
		{"done though a member is misspelt", "authorized", send(strings.Replace(pairs, "}", `, "ENV_ID": "e"}`, 1)), "meaning "},
		{"done though a member is there twice", "authorized", send(strings.Replace(pairs, "}", `, "env_id": "e"}`, 1)), "meaning "},
		{"done though the type is another", "authorized", func(x *exchange.Exchange) { x.RequestHeader.Set("Content-Type", "text/plain") }, "meaning "},
		{"done though an id is malformed", "cancelled", func(x *exchange.Exchange) { x.URL.Path += ".." }, "meaning "},
		{"a pair nobody asked for", "authorized", replace(`"app_id": "a"`, `"app_id": "z"`), "meaning /auths/0"},
		{"a pair left out", "authorized", send(strings.Replace(pairs, `["a"]`, `["a", "c"]`, 1)), "meaning /auths"},
		{"no record", "authorized", replace(`"id": "r", `, ""), "meaning /auths/0/id"},
		{"an error with a success", "authorized", replace(`"SUCCESS"`, `"SUCCESS", "error_code": "APIG.3500"`), "meaning /auths/0/auth_result/error_code"},
		{"results in another order", "unauthorized", send(`{"apps": [{"app_id": "b"}, {"app_id": "a"}]}`), "meaning /unauth_result/0/app_id"},
		{"a result too few", "unauthorized", send(`{"apps": [{"app_id": "a"}, {"app_id": "b"}, {"app_id": "c"}]}`), "meaning /unauth_result"},
		{"a result for another API", "unauthorized", replace("logic-api", "other-api"), "meaning /unauth_result/0/api_id"},
		{"a success with a reason", "unauthorized", replace(`"auth_id": "r"`, `"auth_id": "r", "reason": "x"`), "meaning /unauth_result/0/reason"},
		{"a failure without one", "unauthorized", replace(`"reason": "no", `, ""), "meaning /unauth_result/1/reason"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := good(t)[tt.of]
			tt.change(x)
			var got []string
			for _, f := range newJudge(t, judge.Options{Strict: true, Rulings: true}).Judge(x, "/base") {
				got = append(got, string(f.Layer)+" "+f.Where)
			}
			if len(got) == 0 || got[0] != tt.want {
				t.Errorf("found %q, not first %q", got, tt.want)
			}
		})
	}
}

// Two exchanges do not share a trace id, even if they came at the same time.
func TestTraceIDs(t *testing.T) {
	t.Parallel()
	j := newJudge(t, judge.Options{})
	if found := j.Judge(good(t)["cancelled"], "/base"); len(found) > 0 {
		t.Fatal(found)
	}
	want := []report.Finding{{Layer: report.Wire, Where: "X-Request-Id", Message: trace + " was another exchange's already"}}
	if diff := cmp.Diff(want, j.Judge(good(t)["authorized"], "/base")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCoverage(t *testing.T) {
	t.Parallel()
	j := newJudge(t, judge.Options{})
	for _, x := range good(t) {
		j.Judge(x, "/base")
	}
	times := map[string]int{}
	for _, g := range j.Coverage().Groups {
		for _, item := range g.Items {
			times[g.Name+": "+item.Name] = item.Times
		}
	}
	for name, want := range map[string]int{
		"operations: CreateAuthorizingAppsV2":                                                 2,
		"operations: DeleteAppCodeV2":                                                         0,
		"statuses: CancelingAuthorizationV2 204":                                              2,
		"statuses: CancelingAuthorizationV2 404":                                              1,
		"parameters: CancelingAuthorizationV2 path app_auth_id":                               3,
		"parameters: AuthorizeActionApiToInstance header workspace":                           0,
		"request fields: CreateAuthorizingAppsV2 request /env_id":                             1,
		"request values: AuthorizeActionApiToInstance request /apply_type = APPLY_TYPE_APPLY": 1,
		"request values: AuthorizeActionApiToInstance request /apply_type = APPLY_TYPE_RENEW": 0,
		"response fields: DeleteApiAppAuth 200 /unauth_result/*/reason":                       1,
		"response values: CreateAuthorizingAppsV2 201 /auths/*/auth_role = PROVIDER":          1,
		"response values: CreateAuthorizingAppsV2 201 /auths/*/auth_role = CONSUMER":          0,
	} {
		if got, known := times[name]; !known || got != want {
			t.Errorf("%s: %d (known: %t), not %d", name, got, known, want)
		}
	}
}
