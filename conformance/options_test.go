package conformance_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance"
	"github.com/appgrant/appgrant/conformance/report"
)

func TestRunPattern(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]bool{
		"apig/authorize/one-pair": true, "apig/authorize": true, "apig/": true, "apig": true, "apig/*/one-pair": true,
		"**/one-pair": true, "**": true, "apig/**": true, "*/authorize/one-*": true,
		"apig/*": true, // whatever is below
		"api":    false, "one-pair": false, "*/one-pair": false, "apig/authorize/one": false, "apig/authorise/one-pair": false, "a.ig": false,
	} {
		all, err := conformance.List(conformance.Options{Run: pattern})
		got := err == nil
		if got {
			got = false
			for _, c := range all {
				got = got || c.ID == "apig/authorize/one-pair"
			}
		}
		if got != want {
			t.Errorf("%s: %t, %v", pattern, got, err)
		}
	}
}

// What can't be judged is said at once, as a problem and with a status of its own.
func TestProblems(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	h := good(t)
	until := time.Now().AddDate(1, 0, 0)
	for name, test := range map[string]struct {
		target conformance.Target
		opts   conformance.Options
		want   string
	}{
		"unreachable":                {conformance.Target{Endpoint: gone.URL, AdminToken: "x"}, conformance.Options{}, "nobody answers"},
		"unreachable, read-only":     {conformance.Target{Endpoint: gone.URL, Profile: conformance.ReadOnly}, conformance.Options{}, "nobody answers"},
		"a wrong admin token":        {conformance.Target{Endpoint: h.URL, AdminToken: "wrong"}, conformance.Options{}, "admin token"},
		"no endpoint":                {conformance.Target{AdminToken: "x"}, conformance.Options{}, "no http or https URL"},
		"no such case":               {target(h), conformance.Options{Run: "apig/authorise/**"}, "no case is called apig/authorise/**"},
		"an expectation of nothing":  {target(h), conformance.Options{Expected: []conformance.Expected{{"apig/nope", "r", until}}}, "matches no case"},
		"an expectation of the past": {target(h), conformance.Options{Expected: []conformance.Expected{{"apig/**", "r", time.Now().AddDate(0, 0, -2)}}}, "was put up with until"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := conformance.Server(t.Context(), test.target, test.opts)
			if r.Exit() != report.ExitUnjudged || !strings.Contains(r.Problem, test.want) || len(r.Cases) > 0 {
				t.Errorf("exit %d, %d cases, problem %q", r.Exit(), len(r.Cases), r.Problem)
			}
		})
	}
}

// What is put up with is told, and so is what is no more to be put up with.
func TestExpectedFailures(t *testing.T) {
	t.Parallel()
	h := good(t)
	deaf := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete && strings.Contains(r.URL.Path, "/app-auths/") {
			w.Header().Set("X-Request-Id", "not one")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		h.Config.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(deaf.Close)
	until := time.Now().AddDate(1, 0, 0)
	opts := conformance.Options{Run: "apig/cancel/**", Expected: []conformance.Expected{{"apig/cancel/**", "nobody listens", until}}}
	r := conformance.Server(t.Context(), target(deaf), opts)
	counts := r.Counts()
	if r.Exit() != report.ExitConformant || counts[report.ExpectedFail] == 0 || counts[report.Fail] > 0 {
		t.Errorf("exit %d: %v %s", r.Exit(), counts, r.Problem)
	}
	r = conformance.Server(t.Context(), target(h), opts)
	if counts := r.Counts(); r.Exit() != report.ExitNonconformant || counts[report.UnexpectedPass] == 0 || counts[report.Pass] > 0 {
		t.Errorf("exit %d: %v %s", r.Exit(), counts, r.Problem)
	}
	planned := 0
	opts = conformance.Options{Run: "apig/**", FailFast: true, Planned: func(cases int) { planned = cases }}
	r = conformance.Server(t.Context(), target(deaf), opts)
	if counts := r.Counts(); r.Exit() != report.ExitNonconformant || counts[report.Fail] == 0 || len(r.Cases) >= planned {
		t.Errorf("exit %d: %v %s", r.Exit(), counts, r.Problem)
	}
}

func TestStoppedRun(t *testing.T) {
	t.Parallel()
	h := good(t)
	_, before := send(t, "GET", h.URL+"/admin/v1/projects", adminToken, "")
	ctx, stop := context.WithCancel(t.Context())
	seen := 0
	r := conformance.Server(ctx, target(h), conformance.Options{Done: func(report.Case) {
		if seen++; seen == 100 {
			stop()
		}
	}})
	_, after := send(t, "GET", h.URL+"/admin/v1/projects", adminToken, "")
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("projects were left (-before +after):\n%s", diff)
	}
	if r.Exit() != report.ExitUnjudged || !strings.HasPrefix(r.Problem, "stopped after") {
		t.Errorf("exit %d: %s", r.Exit(), r.Problem)
	}
}

// A target that goes away during a run is not asked a thousand times more.
func TestTargetGoesAway(t *testing.T) {
	t.Parallel()
	h := good(t)
	var mu sync.Mutex
	left := 100
	fickle := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		left--
		gone := left < 0
		mu.Unlock()
		if gone {
			panic(http.ErrAbortHandler)
		}
		h.Config.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(fickle.Close)
	r := conformance.Server(t.Context(), target(fickle), conformance.Options{})
	if r.Exit() != report.ExitUnjudged || !strings.HasPrefix(r.Problem, "20 cases in a row got no answer") || len(r.Cases) > 400 {
		t.Errorf("exit %d after %d cases: %s", r.Exit(), len(r.Cases), r.Problem)
	}
}

// Runs do not disturb each other, one after another or at once, and leave nothing.
func TestAgainAndTogether(t *testing.T) {
	t.Parallel()
	h := good(t)
	_, before := send(t, "GET", h.URL+"/admin/v1/projects", adminToken, "")
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for range 2 {
				if r := conformance.Server(t.Context(), target(h), conformance.Options{Run: scope()}); r.Exit() != report.ExitConformant {
					t.Errorf("%s: %v %s", r.Verdict(), r.Counts(), r.Problem)
				}
			}
		})
	}
	all.Wait()
	_, after := send(t, "GET", h.URL+"/admin/v1/projects", adminToken, "")
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("the projects changed (-before +after):\n%s", diff)
	}
}

// A target that must not be changed is not, although much is asked of it.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	h := good(t)
	state := func() []string {
		var all []string
		for _, list := range []string{"", "/authorizations", "/app-codes", "/events", "/applications", "/messages"} {
			_, body := send(t, "GET", h.URL+"/admin/v1/projects/"+demoProject+list, adminToken, "")
			all = append(all, body)
		}
		_, body := send(t, "GET", h.URL+"/admin/v1/projects", adminToken, "")
		return append(all, body)
	}
	before := state()
	described := regionTarget(t, h.URL)
	described.Profile = conformance.ReadOnly
	for name, test := range map[string]struct {
		target conformance.Target
		least  int
	}{
		"nothing given": {conformance.Target{Endpoint: h.URL, Profile: conformance.ReadOnly}, 10},
		"a token":       {conformance.Target{Endpoint: h.URL, Profile: conformance.ReadOnly, Tokens: map[string]string{"owner": "demo-token"}, Values: map[string]string{"project": demoProject}}, 90},
		"described":     {described, 50},
	} {
		r := conformance.Server(t.Context(), test.target, conformance.Options{Run: scope()})
		if counts := r.Counts(); r.Exit() != report.ExitConformant || counts[report.Pass] < test.least && !testing.Short() {
			t.Errorf("%s: %s, %v %s", name, r.Verdict(), counts, r.Problem)
			printFailures(t, r)
		}
	}
	if diff := cmp.Diff(before, state()); diff != "" {
		t.Errorf("it was changed (-before +after):\n%s", diff)
	}
}

// A real region, here the demo described like one, is judged by what it was said to
// have, and cleaned up.
func TestRegion(t *testing.T) {
	t.Parallel()
	h := good(t)
	target := regionTarget(t, h.URL)
	for range 2 {
		r := conformance.Server(t.Context(), target, conformance.Options{Run: scope()})
		if counts := r.Counts(); r.Exit() != report.ExitConformant || counts[report.Pass] < 40 && !testing.Short() || counts[report.Skipped] == 0 {
			t.Errorf("%s, %v %s", r.Verdict(), counts, r.Problem)
			printFailures(t, r)
		}
		if !slices.ContainsFunc(r.Cases, func(c report.Case) bool { return c.ID == "apig/cancel/granted" && c.Outcome == report.Pass }) {
			t.Error("nothing was authorized and cancelled")
		}
		target.Once = nil // used up
	}
	_, live := send(t, "GET", h.URL+"/admin/v1/projects/"+demoProject+"/authorizations?service=apig&state=live", adminToken, "")
	if diff := cmp.Diff(`{"authorizations":[]}`, strings.TrimSpace(live)); diff != "" {
		t.Errorf("authorizations were left (-want +got):\n%s", diff)
	}
}

// A region that is described wrongly, or goes away, is not blamed.
func TestRegionProblems(t *testing.T) {
	t.Parallel()
	h := good(t)
	wrong := regionTarget(t, h.URL)
	wrong.Tokens["reader"] = "nobodys-token"
	if r := conformance.Server(t.Context(), wrong, conformance.Options{}); r.Exit() != report.ExitUnjudged || !strings.Contains(r.Problem, "does not take the token of reader") {
		t.Errorf("exit %d: %s", r.Exit(), r.Problem)
	}
	var left atomic.Int32
	left.Store(100)
	fickle := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if left.Add(-1) < 0 {
			panic(http.ErrAbortHandler)
		}
		h.Config.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(fickle.Close)
	r := conformance.Server(t.Context(), regionTarget(t, fickle.URL), conformance.Options{})
	if r.Exit() != report.ExitUnjudged || !strings.HasPrefix(r.Problem, "20 cases in a row got no answer") {
		t.Errorf("exit %d after %d cases: %s", r.Exit(), len(r.Cases), r.Problem)
	}
	if r := conformance.Server(t.Context(), conformance.Target{Endpoint: h.URL, Profile: conformance.Region}, conformance.Options{Run: "apig/authorize/one-pair"}); r.Exit() != report.ExitUnjudged {
		t.Errorf("nothing was judged, and the exit is %d", r.Exit())
	}
}

func regionTarget(t *testing.T, endpoint string) conformance.Target {
	t.Helper()
	target, err := conformance.ParseTarget([]byte(strings.ReplaceAll(region, "ENDPOINT", endpoint)), environment)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

const region = `
profile: region
endpoint: ENDPOINT
services: [apig, roma]
tokens: {owner: demo-token, reader: demo-reader, expired: demo-expired}
values:
  project: 0a1b2c3d4e5f60718293a4b5c6d7e8f9
  apig.instance: f0fa1789-3b76-433b-a787-9892951c620e
  apig.env: DEFAULT_ENVIRONMENT_RELEASE_ID
  apig.api: 5f918d104dc84480a75166ba99efff21
  apig.api2: 7c2d9a6be1f04c3b9d0e8f7a6b5c4d3e
  apig.app: 356de8eb7a8742168586e5daf5339965
  apig.app2: 9ed8b7fe84224de681e7d7a5587e76dd
  roma.instance: a1b2c3d4-0000-4000-8000-00000000000a
  roma.app: cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d
once:
  roma.app_code: [c0de0000000000000000000000000001, c0de0000000000000000000000000002]
`

// printFailures shows what went wrong.
func printFailures(t *testing.T, r *report.Report) {
	t.Helper()
	for _, c := range r.Cases {
		if c.Outcome == report.Pass || c.Outcome == report.Skipped {
			continue
		}
		t.Errorf("%s: %s %s %v", c.ID, c.Outcome, c.Reason, c.Findings)
		for _, x := range c.Exchanges {
			t.Logf("  %s -> %d %s", x.Curl, x.Status, x.ResponseBody)
		}
	}
}
