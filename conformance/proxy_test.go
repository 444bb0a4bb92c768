package conformance_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance"
	"github.com/appgrant/appgrant/conformance/report"
)

const demoProject = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

// proxied starts a proxy in front of a target.
func proxied(t *testing.T, target conformance.Target, opts conformance.Options) (*conformance.Proxy, string) {
	t.Helper()
	p, err := conformance.NewProxy(target, opts)
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(p)
	t.Cleanup(h.Close)
	return p, h.URL
}

// send sends a request and returns status and body of the answer.
func send(t *testing.T, method, url, token, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("X-Auth-Token", token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp.StatusCode, err.Error()
	}
	return resp.StatusCode, string(data)
}

// outcomes are the cases of a report, in a line each.
func outcomes(r *report.Report) []string {
	var lines []string
	for _, c := range r.Cases {
		lines = append(lines, string(c.Outcome)+" "+c.ID+" "+c.About)
	}
	return lines
}

const documented = `{"env_id": "DEFAULT_ENVIRONMENT_RELEASE_ID", "app_ids": ["356de8eb7a8742168586e5daf5339965"], "api_ids": ["5f918d104dc84480a75166ba99efff21"]}`

func TestProxyPassesOn(t *testing.T) {
	t.Parallel()
	p, url := proxied(t, conformance.Target{Endpoint: good(t).URL}, conformance.Options{Strict: true})
	auths := url + "/v2/" + demoProject + "/apigw/instances/f0fa1789-3b76-433b-a787-9892951c620e/app-auths"
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if status, body := send(t, "POST", auths, "demo-token", documented); status != 201 {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	all.Wait()
	if status, body := send(t, "DELETE", auths+"/none", "demo-token", ""); status != 404 {
		t.Errorf("%d %s", status, body)
	}
	if status, body := send(t, "GET", url+"/healthz", "", ""); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	r := p.Report()
	want := []string{
		"pass proxy/CancelingAuthorizationV2/404 exchanges observed: 1",
		"pass proxy/CreateAuthorizingAppsV2/201 exchanges observed: 8",
	}
	if diff := cmp.Diff(want, outcomes(r)); diff != "" || r.Exit() != report.ExitConformant {
		t.Errorf("%s: %s (-want +got):\n%s", r.Verdict(), r.Problem, diff)
	}
	if seen, _ := r.Coverage.Groups[0].Seen(); seen != 2 {
		t.Errorf("%d operations were seen", seen)
	}
}

// A liar is passed on, too, and found out.
func TestProxyJudges(t *testing.T) {
	t.Parallel()
	lies := map[string]string{
		"/v2/p/apigw/instances/i/app-auths/half": "cut off",
		"/v2/p/apigw/instances/i/app-auths/html": "<html>",
	}
	liar := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("X-Request-Id", strings.Repeat("0", 32))
		if strings.HasSuffix(r.URL.Path, "half") {
			w.Header().Set("Content-Length", "100")
		}
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, lies[r.URL.Path])
	}))
	t.Cleanup(liar.Close)
	var mu sync.Mutex
	told := 0
	opts := conformance.Options{Done: func(report.Case) { mu.Lock(); told++; mu.Unlock() }}
	p, url := proxied(t, conformance.Target{Endpoint: liar.URL}, opts)
	for path := range lies {
		status, body := send(t, "DELETE", url+path, "a-secret-token", "")
		if whole := strings.HasSuffix(path, "html"); whole && (status != 404 || body != "<html>") || !whole && status != 502 {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
	for range 30 { // more than are kept
		send(t, "DELETE", url+"/v2/p/apigw/instances/i/app-auths/html", "a-secret-token", "")
	}
	r := p.Report()
	if diff := cmp.Diff([]string{"fail proxy/CancelingAuthorizationV2/404 exchanges observed: 32"}, outcomes(r)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if r.Exit() != report.ExitNonconformant || told != 32 || len(r.Cases[0].Exchanges) != 20 {
		t.Errorf("exit %d, %d exchanges told, %d kept", r.Exit(), told, len(r.Cases[0].Exchanges))
	}
	var text strings.Builder
	if err := r.WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), "a-secret-token") {
		t.Error("the report has the token in it")
	}
}

func TestProxyProblems(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	p, url := proxied(t, conformance.Target{Endpoint: gone.URL}, conformance.Options{})
	if r := p.Report(); r.Exit() != report.ExitUnjudged || !strings.HasPrefix(r.Problem, "nothing of the contract") {
		t.Errorf("exit %d: %s", r.Exit(), r.Problem)
	}
	if status, _ := send(t, "DELETE", url+"/v2/p/apigw/instances/i/app-auths/a", "", ""); status != 502 {
		t.Errorf("status %d", status)
	}
	if r := p.Report(); r.Exit() != report.ExitUnjudged || !strings.Contains(r.Problem, "does not answer") {
		t.Errorf("exit %d: %s", r.Exit(), r.Problem)
	}
	if _, err := conformance.NewProxy(conformance.Target{Endpoint: "nowhere"}, conformance.Options{}); err == nil {
		t.Error("a proxy of nowhere")
	}
}

// What the target tells of secrets is told nobody, not even as a finding.
func TestProxyTellsNoSecrets(t *testing.T) {
	t.Parallel()
	gossip := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"error_code": "APIG.3009", "error_msg": "The app authorization record does not exist,id:`+r.Header.Get("X-Auth-Token")+`"}`)
	}))
	t.Cleanup(gossip.Close)
	p, url := proxied(t, conformance.Target{Endpoint: gossip.URL}, conformance.Options{})
	send(t, "DELETE", url+"/v2/p/apigw/instances/i/app-auths/a", "a-secret-token", "")
	r := p.Report()
	dir := t.TempDir()
	if err := r.WriteDir(dir); err != nil || r.Exit() != report.ExitNonconformant {
		t.Fatalf("exit %d, %v", r.Exit(), err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 4 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		if text, err := os.ReadFile(name); err != nil || strings.Contains(string(text), "a-secret-token") {
			t.Errorf("%s has the token in it (%v)", name, err)
		}
	}
}

// Signed requests have no token, and queries may be garbled: neither is the proxy's
// business.
func TestProxyPassesOnAnything(t *testing.T) {
	t.Parallel()
	var query atomic.Value
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query.Store(r.URL.RawQuery)
		w.Header().Set("X-Request-Id", strings.Repeat("a", 32))
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(h.Close)
	p, url := proxied(t, conformance.Target{Endpoint: h.URL}, conformance.Options{})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, url+"/v2/p/apigw/instances/i/app-auths/a?x=%zz;y", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "SDK-HMAC-SHA256 Access=a, SignedHeaders=b, Signature=c")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if r := p.Report(); r.Exit() != report.ExitConformant || query.Load() != "x=%zz;y" {
		t.Errorf("%v, query %v", outcomes(r), query.Load())
	}
}

// Bodies that are too long to be judged are passed on whole.
func TestProxyLongBodies(t *testing.T) {
	t.Parallel()
	const long = 17 << 20
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }))
	t.Cleanup(echo.Close)
	p, url := proxied(t, conformance.Target{Endpoint: echo.URL}, conformance.Options{})
	status, body := send(t, "POST", url+"/v1/p/service/apis/authorize/action", "t", strings.Repeat("x", long))
	if status != 200 || len(body) != long {
		t.Errorf("%d, %d bytes", status, len(body))
	}
	if r := p.Report(); r.Exit() != report.ExitUnjudged || r.Cases[0].Outcome != report.Errored {
		t.Errorf("exit %d: %v", r.Exit(), outcomes(r))
	}
}

// A client that leaves is not the target's fault.
func TestProxyImpatientClient(t *testing.T) {
	t.Parallel()
	for _, begun := range []bool{false, true} {
		testImpatientClient(t, begun)
	}
}

// testImpatientClient has a client leave before the answer, or in the middle of it.
func testImpatientClient(t *testing.T, begun bool) {
	t.Helper()
	asked := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if begun {
			_, _ = io.WriteString(w, "{")
			_ = http.NewResponseController(w).Flush()
		}
		close(asked)
		<-r.Context().Done()
	}))
	t.Cleanup(slow.Close)
	p, url := proxied(t, conformance.Target{Endpoint: slow.URL}, conformance.Options{})
	ctx, leave := context.WithTimeout(t.Context(), 10*time.Second)
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, url+"/v2/p/apigw/instances/i/app-auths/a", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() { <-asked; leave() }()
	if resp, err := http.DefaultClient.Do(req); err == nil {
		_ = resp.Body.Close()
		t.Fatal("answered")
	}
	slow.Close() // when the target has seen it, so has the proxy
	if r := p.Report(); strings.Contains(r.Problem, "does not answer") || len(r.Cases) > 0 {
		t.Errorf("%v: %s", outcomes(r), r.Problem)
	}
}
