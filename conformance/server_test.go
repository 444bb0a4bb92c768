package conformance_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/appgrant/appgrant/conformance"
	"github.com/appgrant/appgrant/conformance/report"
	"github.com/appgrant/appgrant/server"
)

const adminToken = "conformance-admin-token"

// good starts a server that does what the contract says.
func good(t *testing.T) *httptest.Server {
	t.Helper()
	s, err := server.New(t.Context(), server.Config{
		Store: filepath.Join(t.TempDir(), "appgrant.db"), AdminToken: adminToken, TestControls: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewUnstartedServer(s.Handler())
	h.Config.MaxHeaderBytes = 128 << 10
	h.Config.Protocols = new(http.Protocols)
	h.Config.Protocols.SetHTTP1(true)
	h.Start()
	t.Cleanup(func() {
		h.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// scope is which cases to run where any will do: all, or those about cancelling when
// tests are to be short, as under the race detector.
func scope() string {
	if testing.Short() {
		return "*/cancel*"
	}
	return ""
}

func target(h *httptest.Server) conformance.Target {
	return conformance.Target{Endpoint: h.URL, AdminToken: adminToken}
}

func TestGoodServer(t *testing.T) {
	t.Parallel()
	r := conformance.Server(t.Context(), target(good(t)), conformance.Options{Run: scope(), Strict: true})
	if r.Exit() != report.ExitConformant || r.Verdict() != "conformant" && !testing.Short() {
		t.Errorf("%s: %s", r.Verdict(), r.Problem)
	}
	for _, c := range r.Cases {
		if c.Outcome != report.Pass {
			t.Errorf("%s is %s", c.ID, c.Outcome)
		}
	}
	printFailures(t, r)
	t.Logf("%d cases in %s", len(r.Cases), r.Duration)
}
