// Package nginx_test runs the example: a real nginx with the configuration beside
// this file, of which only the addresses are replaced, in front of a real server.
package nginx_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the demo catalog and api-keys.conf have.
const (
	project = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

	sensors      = "cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d"
	sensorsCode1 = "demo-appcode-1-for-trying-things-out-on-this-machine-and-nowhere-else"
	sensorsCode2 = "demo-appcode-2-for-trying-things-out-on-this-machine-and-nowhere-else"

	shop         = "356de8eb7a8742168586e5daf5339965"
	shopKey      = "5eaf00d5eaf00d5eaf00d5eaf00d0001"
	warehouseKey = "5eaf00d5eaf00d5eaf00d5eaf00d0002"
)

// answer is what a client of the gateway gets, and what its upstream saw if the
// request passed.
type answer struct {
	status int
	reason string
	saw    *sight
}

// sight is a request as the upstream saw it.
type sight struct {
	Target string // the path and query
	App    string
	Rest   http.Header // the other headers that begin with X
	Body   int         // length
}

func passes(target, app string) answer {
	return answer{http.StatusOK, "authorized", &sight{Target: target, App: app, Rest: http.Header{}}}
}

func refused(reason string) answer { return answer{status: http.StatusForbidden, reason: reason} }

// upstream tells its client what it saw.
func upstream(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("the upstream got half a body: %v", err)
		}
		saw := sight{Target: r.RequestURI, App: strings.Join(r.Header.Values("X-Appgrant-App"), ","), Rest: http.Header{}, Body: len(body)}
		for name, values := range r.Header {
			if strings.HasPrefix(name, "X") && name != "X-Appgrant-App" {
				saw.Rest[name] = values
			}
		}
		w.Header().Set("X-Upstream", "reached")
		if err := json.NewEncoder(w).Encode(saw); err != nil {
			t.Errorf("the upstream could not answer: %v", err)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// ask calls the gateway. Headers are names and values in turn.
func (g *gateway) ask(t *testing.T, method, target, body string, headers ...string) answer {
	t.Helper()
	response, text := g.do(t, method, g.url+target, body, headers...)
	got := answer{status: response.StatusCode, reason: response.Header.Get("X-Appgrant-Reason")}
	if response.Header.Get("X-Upstream") != "" {
		got.saw = new(sight)
		if err := json.Unmarshal(text, got.saw); err != nil {
			t.Errorf("%s %s: %v in %s", method, target, err, text)
		}
	}
	return got
}

func (g *gateway) get(t *testing.T, target string, headers ...string) answer {
	t.Helper()
	return g.ask(t, http.MethodGet, target, "", headers...)
}

// call calls appgrant as the demo's owner.
func (g *gateway) call(t *testing.T, method, path, body string, want int) []byte {
	t.Helper()
	response, text := g.do(t, method, g.appgrant.URL+"/v2/"+project+path, body, "X-Auth-Token", "demo-token", "Content-Type", "application/json")
	if response.StatusCode != want {
		t.Fatalf("%s %s: %d %s", method, path, response.StatusCode, text)
	}
	return text
}

func (g *gateway) deleteAppCode1(t *testing.T) {
	t.Helper()
	g.call(t, http.MethodDelete, "/apic/instances/a1b2c3d4-0000-4000-8000-00000000000a/apps/"+sensors+"/app-codes/c0de0000000000000000000000000001", "", http.StatusNoContent)
}

const auths = "/apigw/instances/f0fa1789-3b76-433b-a787-9892951c620e/app-auths"

// authorize lets shop call orders, and returns the id of the record.
func (g *gateway) authorize(t *testing.T) string {
	t.Helper()
	var got struct{ Auths []struct{ ID string } }
	text := g.call(t, http.MethodPost, auths, `{"env_id": "DEFAULT_ENVIRONMENT_RELEASE_ID", "app_ids": ["`+shop+`"], "api_ids": ["5f918d104dc84480a75166ba99efff21"]}`, http.StatusCreated)
	if err := json.Unmarshal(text, &got); err != nil || len(got.Auths) != 1 {
		t.Fatalf("%v in %s", err, text)
	}
	return got.Auths[0].ID
}

func (g *gateway) do(t *testing.T, method, url, body string, headers ...string) (*http.Response, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header[headers[i]] = append(request.Header[headers[i]], headers[i+1])
	}
	response, err := g.client.Do(request)
	if err != nil {
		t.Error(err)
		return new(http.Response), nil
	}
	text, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		t.Error(err)
	}
	return response, text
}

func expect(t *testing.T, got, want answer) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(answer{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A deleted AppCode is good for nothing from the next call on; its app's other one
// still is.
func TestAppCode(t *testing.T) {
	t.Parallel()
	g := start(t, upstream(t).URL)
	expect(t, g.get(t, "/telemetry/7?x=1", "X-Apig-Appcode", sensorsCode1), passes("/telemetry/7?x=1", sensors))
	g.deleteAppCode1(t)
	expect(t, g.get(t, "/telemetry/7", "X-Apig-Appcode", sensorsCode1), refused("unknown_app_code"))
	expect(t, g.get(t, "/telemetry/7", "X-Apig-Appcode", sensorsCode2), passes("/telemetry/7", sensors))
}

// An authorization counts from the next call on, and so does its end.
func TestAuthorization(t *testing.T) {
	t.Parallel()
	g := start(t, upstream(t).URL)
	want := refused("not_authorized")
	for range 3 {
		expect(t, g.get(t, "/orders/7", "X-Api-Key", shopKey), want)
		id := g.authorize(t)
		expect(t, g.get(t, "/orders/7", "X-Api-Key", shopKey), passes("/orders/7", shop))
		expect(t, g.get(t, "/orders/7", "X-Api-Key", warehouseKey), refused("not_authorized"))
		g.call(t, http.MethodDelete, auths+"/"+id, "", http.StatusNoContent)
		want = refused("cancelled")
	}
	expect(t, g.get(t, "/orders/7", "X-Api-Key", shopKey), want)
}

// Whatever a client says about itself, only an AppCode or an API key counts, each
// for its own API; and nothing but the app's id gets through to the upstream.
func TestSpoofing(t *testing.T) {
	t.Parallel()
	g := start(t, upstream(t).URL)
	g.authorize(t)
	spoofed := func(project, service, realm, api, app string) []string {
		return []string{
			"X-Appgrant-Project", project, "X-Appgrant-Service", service, "X-Appgrant-Realm", realm,
			"X-Appgrant-Env", "DEFAULT_ENVIRONMENT_RELEASE_ID", "X-Appgrant-Api", api, "X-Appgrant-App", app,
			"X-Appgrant-App", app, "X_Appgrant_App", app, "X-Appgrant-Reason", "authorized", "X-Auth-Token", "demo-admin",
		}
	}
	asSensors := spoofed(project, "roma", "a1b2c3d4-0000-4000-8000-00000000000a", "b7e0c9d8a6f54e3c8b1a2d3c4e5f6071", sensors)
	asShop := spoofed(project, "apig", "f0fa1789-3b76-433b-a787-9892951c620e", "5f918d104dc84480a75166ba99efff21", shop)
	for _, test := range []struct {
		name, target string
		headers      []string
		want         answer
	}{
		{"nothing, ROMA Connect", "/telemetry/7", nil, refused("unknown_app")},
		{"nothing, API Gateway", "/orders/7", nil, refused("unknown_app")},
		{"unknown AppCode", "/telemetry/7", []string{"X-Apig-Appcode", "unknown"}, refused("unknown_app_code")},
		{"longest AppCode", "/telemetry/7", []string{"X-Apig-Appcode", strings.Repeat("x", 1024)}, refused("unknown_app_code")},
		{"too long an AppCode", "/telemetry/7", []string{"X-Apig-Appcode", strings.Repeat("x", 1025)}, refused("unknown_app")},
		{"AppCode not in ASCII", "/telemetry/7", []string{"X-Apig-Appcode", "é"}, refused("unknown_app")},
		{"AppCode's case", "/telemetry/7", []string{"X-Apig-Appcode", strings.ToUpper(sensorsCode1)}, refused("unknown_app_code")},
		{"unknown API key", "/orders/7", []string{"X-Api-Key", "unknown"}, refused("unknown_app")},
		{"the app's id for its key", "/orders/7", []string{"X-Api-Key", shop}, refused("unknown_app")},
		{"AppCode for the other API", "/orders/7", []string{"X-Apig-Appcode", sensorsCode1}, refused("unknown_app")},
		{"API key for the other API", "/telemetry/7", []string{"X-Api-Key", shopKey}, refused("unknown_app")},
		{"spoofed, ROMA Connect", "/telemetry/7", asSensors, refused("unknown_app")},
		{"spoofed, API Gateway", "/orders/7", asShop, refused("unknown_app")},
		{"spoofed with another's key", "/orders/7", append(asShop, "X-Api-Key", warehouseKey), refused("not_authorized")},
		{"spoofed besides an AppCode", "/telemetry/7", append(asShop, "X-Apig-Appcode", sensorsCode1), passes("/telemetry/7", sensors)},
		{"spoofed besides an API key", "/orders/7", append(asSensors, "X-Api-Key", shopKey, "X-Apig-Appcode", sensorsCode1), passes("/orders/7", shop)},
		{"the question itself", "/appgrant", asShop, answer{status: http.StatusNotFound}},
		{"another path", "/", asShop, answer{status: http.StatusNotFound}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			expect(t, g.get(t, test.target, test.headers...), test.want)
		})
	}
}

// Of the client's request appgrant gets the AppCode, and nothing else.
func TestQuestion(t *testing.T) {
	t.Parallel()
	asked := make(chan *http.Request, 1)
	g := start(t, upstream(t).URL, inPlaceOfAppgrant(func(w http.ResponseWriter, r *http.Request) {
		asked <- r
		w.WriteHeader(http.StatusForbidden)
	}))
	g.ask(t, http.MethodPost, "/telemetry/7?x=1", "body", "X-Apig-Appcode", sensorsCode1, "X-Api-Key", shopKey,
		"X-Auth-Token", "demo-admin", "X-Appgrant-Api", "another", "Cookie", "secret=1", "Authorization", "secret", "X-Anything", "else")
	r := <-asked
	if got, want := r.Method+" "+r.RequestURI, "HEAD /admin/v1/forward-auth"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	want := http.Header{
		"X-Auth-Token":       {g.token},
		"X-Appgrant-Project": {project},
		"X-Appgrant-Service": {"roma"},
		"X-Appgrant-Realm":   {"a1b2c3d4-0000-4000-8000-00000000000a"},
		"X-Appgrant-Env":     {"DEFAULT_ENVIRONMENT_RELEASE_ID"},
		"X-Appgrant-Api":     {"b7e0c9d8a6f54e3c8b1a2d3c4e5f6071"},
		"X-Apig-Appcode":     {sensorsCode1},
	}
	if diff := cmp.Diff(want, r.Header); diff != "" || r.ContentLength != 0 {
		t.Errorf("a body of %d bytes and (-want +got):\n%s", r.ContentLength, diff)
	}
}

// The upstream gets the path that was decided about, however it was written.
func TestPaths(t *testing.T) {
	t.Parallel()
	g := start(t, upstream(t).URL)
	for _, target := range []string{"/orders/..%2ftelemetry/7", "/orders/%2e%2e/telemetry/7", "//telemetry/./7", "/%74elemetry/7"} {
		expect(t, g.get(t, target, "X-Apig-Appcode", sensorsCode1), passes("/telemetry/7", sensors))
	}
	for _, target := range []string{"/telemetry/..%2forders/7", "/telemetry/%2e%2e/orders/7"} {
		expect(t, g.get(t, target, "X-Apig-Appcode", sensorsCode1), refused("unknown_app"))
	}
}

// Methods and bodies are the upstream's; appgrant gets neither.
func TestBodies(t *testing.T) {
	t.Parallel()
	g := start(t, upstream(t).URL)
	body := strings.Repeat("x", 200_000)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		want := passes("/telemetry/7", sensors)
		want.saw.Body = len(body)
		expect(t, g.ask(t, method, "/telemetry/7", body, "X-Apig-Appcode", sensorsCode1), want)
		expect(t, g.ask(t, method, "/telemetry/7", body), refused("unknown_app"))
	}
}

// Without a decision nothing passes.
func TestUndecided(t *testing.T) {
	t.Parallel()
	undecided := answer{status: http.StatusInternalServerError}

	t.Run("appgrant is gone", func(t *testing.T) {
		t.Parallel()
		g := start(t, upstream(t).URL)
		expect(t, g.get(t, "/telemetry/7", "X-Apig-Appcode", sensorsCode1), passes("/telemetry/7", sensors))
		g.appgrant.Close()
		for range 3 {
			expect(t, g.get(t, "/telemetry/7", "X-Apig-Appcode", sensorsCode1), undecided)
		}
	})
	t.Run("wrong access token", func(t *testing.T) {
		t.Parallel()
		expect(t, start(t, upstream(t).URL, withToken("another")).get(t, "/telemetry/7", "X-Apig-Appcode", sensorsCode1), undecided)
	})
	t.Run("no answer", func(t *testing.T) {
		t.Parallel()
		silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
		expect(t, start(t, upstream(t).URL, inPlaceOfAppgrant(silent)).get(t, "/telemetry/7", "X-Apig-Appcode", sensorsCode1), undecided)
	})
	t.Run("cut off", func(t *testing.T) {
		t.Parallel()
		broken := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
		expect(t, start(t, upstream(t).URL, inPlaceOfAppgrant(broken)).get(t, "/telemetry/7", "X-Apig-Appcode", sensorsCode1), undecided)
	})
	t.Run("another answer", func(t *testing.T) {
		t.Parallel()
		var status atomic.Int32
		g := start(t, upstream(t).URL, inPlaceOfAppgrant(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(status.Load())) }))
		for _, s := range []int32{301, 302, 304, 400, 401, 404, 405, 429, 500, 502, 503} {
			status.Store(s)
			expect(t, g.get(t, "/telemetry/7", "X-Apig-Appcode", sensorsCode1), undecided)
		}
	})
}

// Clients that call at the same time each get their own answer; the connections to
// appgrant are few, and kept.
func TestParallel(t *testing.T) {
	t.Parallel()
	g := start(t, upstream(t).URL)
	const clients, calls = 8, 50
	round := func(code1 answer) {
		var group sync.WaitGroup
		for range clients {
			group.Go(func() {
				for range calls {
					expect(t, g.get(t, "/telemetry/7", "X-Apig-Appcode", sensorsCode1), code1)
					expect(t, g.get(t, "/telemetry/8", "X-Apig-Appcode", sensorsCode2), passes("/telemetry/8", sensors))
					expect(t, g.get(t, "/orders/7", "X-Api-Key", shopKey), refused("not_authorized"))
				}
			})
		}
		group.Wait()
	}
	round(passes("/telemetry/7", sensors))
	g.deleteAppCode1(t)
	round(refused("unknown_app_code"))
	// A worker may open one for each request under way; besides, there is the DELETE's.
	if n := g.connections.Load(); n > 4*clients {
		t.Errorf("%d connections to appgrant for %d calls", n, 2*3*clients*calls)
	}
}
