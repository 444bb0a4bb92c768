package httpapi_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/catalog"
	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/httpapi"
	"github.com/appgrant/appgrant/server/internal/instant"
	"github.com/appgrant/appgrant/server/internal/metrics"
)

// handler is the whole stack over a store that answers at once, with the demo in it
// and with a gateway of many apps and APIs.
func handler(tb testing.TB) http.Handler {
	tb.Helper()
	exists, err := catalog.Parse("demo", catalog.Demo)
	if err != nil {
		tb.Fatal(err)
	}
	for i := range exists.Projects {
		if p := &exists.Projects[i]; p.ID == "0a1b2c3d4e5f60718293a4b5c6d7e8f9" {
			p.Realms = append(p.Realms, manyRealm())
		}
	}
	nowhere := io.Discard // but the lines are made
	h, err := httpapi.New(httpapi.Config{
		Authority:  grant.New(instant.New(exists), time.Now),
		Logger:     slog.New(slog.NewTextHandler(nowhere, nil)),
		Metrics:    metrics.New(),
		MaxBody:    1 << 20,
		Timeout:    20 * time.Second,
		AdminToken: "demo-admin",
	})
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// How many apps and APIs the gateway "many" has.
const manyApps, manyAPIs = 30, 100

func manyRealm() grant.RealmContents {
	realm := grant.RealmContents{Realm: grant.Realm{Service: grant.APIG, ID: "many"}, Envs: []grant.EnvID{"env"}}
	for i := range manyApps {
		realm.Apps = append(realm.Apps, grant.App{ID: grant.AppID(manyID("a", i)), Owners: []grant.UserName{"owner"}})
	}
	for i := range manyAPIs {
		realm.APIs = append(realm.APIs, grant.API{ID: grant.APIID(manyID("b", i)), Owner: "owner"})
	}
	return realm
}

func manyID(prefix string, i int) string { return fmt.Sprintf("%s%031d", prefix, i) }

func manyIDs(prefix string, n int) string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = `"` + manyID(prefix, i) + `"`
	}
	return "[" + strings.Join(ids, ",") + "]"
}

// call is a request and the status of its answer.
type call struct {
	name, method, path, body string
	header                   [][2]string
	status                   int
}

// calls are those whose cost counts, as the documents have them where they do.
var calls = []call{
	{
		name: "Authorize", method: http.MethodPost, status: http.StatusCreated,
		path:   "/v2/0a1b2c3d4e5f60718293a4b5c6d7e8f9/apigw/instances/f0fa1789-3b76-433b-a787-9892951c620e/app-auths",
		body:   `{"env_id": "DEFAULT_ENVIRONMENT_RELEASE_ID", "app_ids": ["356de8eb7a8742168586e5daf5339965"], "api_ids": ["5f918d104dc84480a75166ba99efff21"]}`,
		header: [][2]string{{"X-Auth-Token", "demo-token"}, {"Content-Type", "application/json"}},
	},
	{
		name: "AuthorizeMany", method: http.MethodPost, status: http.StatusCreated,
		path:   "/v2/0a1b2c3d4e5f60718293a4b5c6d7e8f9/apigw/instances/many/app-auths",
		body:   `{"env_id": "env", "app_ids": ` + manyIDs("a", manyApps) + `, "api_ids": ` + manyIDs("b", manyAPIs) + `}`,
		header: [][2]string{{"X-Auth-Token", "demo-token"}, {"Content-Type", "application/json"}},
	},
	{
		name: "Cancel", method: http.MethodDelete, status: http.StatusNoContent,
		path:   "/v2/0a1b2c3d4e5f60718293a4b5c6d7e8f9/apigw/instances/f0fa1789-3b76-433b-a787-9892951c620e/app-auths/dd29b33ae4394e3b924b582c6b40880b",
		header: [][2]string{{"X-Auth-Token", "demo-token"}},
	},
	{
		name: "ForwardAuth", method: http.MethodGet, status: http.StatusOK,
		path: "/admin/v1/forward-auth",
		header: [][2]string{
			{"X-Auth-Token", "demo-admin"},
			{"X-Appgrant-Project", "0a1b2c3d4e5f60718293a4b5c6d7e8f9"}, {"X-Appgrant-Service", "apig"},
			{"X-Appgrant-Realm", "f0fa1789-3b76-433b-a787-9892951c620e"}, {"X-Appgrant-Env", "DEFAULT_ENVIRONMENT_RELEASE_ID"},
			{"X-Appgrant-Api", "5f918d104dc84480a75166ba99efff21"}, {"X-Appgrant-App", "356de8eb7a8742168586e5daf5339965"},
		},
	},
	{
		name: "DecideAccess", method: http.MethodGet, status: http.StatusOK,
		path:   "/admin/v1/projects/0a1b2c3d4e5f60718293a4b5c6d7e8f9/access?service=apig&realm_id=f0fa1789-3b76-433b-a787-9892951c620e&env_id=DEFAULT_ENVIRONMENT_RELEASE_ID&api_id=5f918d104dc84480a75166ba99efff21&app_id=356de8eb7a8742168586e5daf5339965",
		header: [][2]string{{"X-Auth-Token", "demo-admin"}},
	},
}

// request is what the call sends.
func (c call) request() *http.Request {
	r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
	for _, field := range c.header {
		r.Header.Set(field[0], field[1])
	}
	return r
}

// serve is one call, from the parsed headers to the written answer.
func (c call) serve(tb testing.TB, h http.Handler) {
	tb.Helper()
	r := c.request()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != c.status {
		tb.Fatal(w.Code, w.Body)
	}
}

// The benchmarks have some 2.5 µs for making the request and recording the answer
// in each call.
func benchmark(b *testing.B, name string) {
	h := handler(b)
	for _, call := range calls {
		if call.name == name {
			b.ReportAllocs()
			for b.Loop() {
				call.serve(b, h)
			}
		}
	}
}

func BenchmarkAuthorize(b *testing.B)     { benchmark(b, "Authorize") }
func BenchmarkAuthorizeMany(b *testing.B) { benchmark(b, "AuthorizeMany") }
func BenchmarkCancel(b *testing.B)        { benchmark(b, "Cancel") }
func BenchmarkForwardAuth(b *testing.B)   { benchmark(b, "ForwardAuth") }
func BenchmarkDecideAccess(b *testing.B)  { benchmark(b, "DecideAccess") }
