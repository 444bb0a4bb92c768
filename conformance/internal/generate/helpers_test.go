package generate_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/engine"
	"github.com/appgrant/appgrant/conformance/internal/judge"
	"github.com/appgrant/appgrant/conformance/report"
	"github.com/appgrant/appgrant/openapi"
	"github.com/appgrant/appgrant/server"
)

const adminToken = "conformance-admin-token"

// A project in which there is nothing, and a member of it.
const (
	project    = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
	ownerToken = "conformance-owner-token"
)

// member makes that project and its member.
func member(t *testing.T, s http.Handler) {
	t.Helper()
	catalog := `{"projects": [{"id": "` + project + `"}], "users": [{"name": "owner", "token": "` + ownerToken + `", "member_of": [{"project": "` + project + `",
		"permissions": ["CreateAuthorizingAppsV2", "CancelingAuthorizationV2", "DeleteAppCodeV2", "DeleteApiAppAuth", "AuthorizeActionApiToInstance"]}]}]}`
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPatch, "/admin/v1/catalog", strings.NewReader(catalog))
	r.Header.Set("X-Auth-Token", adminToken)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	if s.ServeHTTP(w, r); w.Code != http.StatusNoContent {
		t.Fatal(w.Code, w.Body)
	}
}

// open starts a server that does what the contract says, except for what damage does,
// and an engine that runs cases against it, as a target with the features given or with
// all.
func open(t *testing.T, damage func(http.Handler) http.Handler, features ...cases.Feature) *engine.Engine {
	t.Helper()
	s, err := server.New(t.Context(), server.Config{
		Store: filepath.Join(t.TempDir(), "appgrant.db"), AdminToken: adminToken, TestControls: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	handler := s.Handler()
	if damage != nil {
		handler = damage(handler)
	}
	h := httptest.NewServer(handler)
	endpoint, err := url.Parse(h.URL)
	if err != nil {
		t.Fatal(err)
	}
	if features == nil {
		features = []cases.Feature{cases.Admin, cases.Rulings, cases.Changes, "apig", "roma", "modelarts", "dataarts"}
	}
	services, admin := judges(t, slices.Contains(features, cases.Rulings))
	target := &engine.Target{Endpoint: endpoint, AdminToken: adminToken, Features: features}
	if !slices.Contains(features, cases.Admin) {
		target.Values, target.Tokens = map[string]string{"project": project}, map[string]string{"owner": ownerToken}
		member(t, s.Handler())
	}
	e := engine.New(target, services, admin)
	if err := e.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func judges(t *testing.T, rulings bool) (services, admin *judge.Judge) {
	t.Helper()
	opts := judge.Options{Rulings: rulings, Strict: true}
	contract, err := openapi.Load()
	if err != nil {
		t.Fatal(err)
	}
	if services, err = judge.New(contract, opts); err != nil {
		t.Fatal(err)
	}
	adminContract, err := openapi.LoadAdmin()
	if err != nil {
		t.Fatal(err)
	}
	if admin, err = judge.New(adminContract, opts); err != nil {
		t.Fatal(err)
	}
	return services, admin
}

// tell reports what is wrong with the outcome of a case.
func tell(t *testing.T, c report.Case) {
	t.Helper()
	if c.Outcome == report.Pass {
		return
	}
	t.Errorf("%s: %s %s", c.ID, c.Outcome, c.Reason)
	for _, f := range c.Findings {
		t.Logf("  step %d, %s %s: %s", f.Step, f.Layer, f.Where, f.Message)
		if f.Step > 0 && f.Step <= len(c.Exchanges) {
			x := c.Exchanges[f.Step-1]
			t.Logf("    %.600s -> %d %.300s", x.Curl, x.Status, x.ResponseBody)
		}
	}
}

// read reads the body of a request, and leaves it there to be read again.
func read(r *http.Request) []byte {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body
}

// respond answers in the place of a server.
func respond(w http.ResponseWriter, status int, body string) {
	var id [16]byte
	_, _ = rand.Read(id[:])
	w.Header().Set("X-Request-Id", hex.EncodeToString(id[:]))
	if body != "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// relay passes on what was recorded.
func relay(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}
