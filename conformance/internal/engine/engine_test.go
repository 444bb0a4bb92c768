package engine_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/engine"
	"github.com/appgrant/appgrant/conformance/internal/judge"
	"github.com/appgrant/appgrant/conformance/report"
	"github.com/appgrant/appgrant/openapi"
)

type object = map[string]any

// start makes an engine for a target that answers by a function. What it serves of the
// admin contract, beyond the function, is that everything can be made and thrown away.
func start(t *testing.T, target engine.Target, answer http.HandlerFunc) *engine.Engine {
	t.Helper()
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch || r.Method == http.MethodDelete && strings.HasPrefix(r.URL.Path, "/admin/") {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(w, r)
	}))
	t.Cleanup(h.Close)
	var err error
	if target.Endpoint, err = url.Parse(h.URL); err != nil {
		t.Fatal(err)
	}
	contract, err := openapi.Load()
	if err != nil {
		t.Fatal(err)
	}
	admin, err := openapi.LoadAdmin()
	if err != nil {
		t.Fatal(err)
	}
	services, err := judge.New(contract, judge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	adminJudge, err := judge.New(admin, judge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(&target, services, adminJudge)
	if err := e.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e
}

// unmet are the expectations of a case that the target did not meet.
func unmet(c report.Case) []string {
	var all []string
	for _, f := range c.Findings {
		if f.Layer == report.Expectation {
			all = append(all, f.Where)
		}
	}
	return all
}

var withAdmin = engine.Target{AdminToken: "admin-token", Features: []cases.Feature{cases.Admin, cases.Changes}}

func TestExpectations(t *testing.T) {
	t.Parallel()
	e := start(t, withAdmin, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"allowed": true, "reason": "authorized", "list": [{"a": 1, "b": 2}, {"a": 2}]}`))
	})
	items := func(all ...any) cases.Expect {
		return cases.Expect{Contains: map[string][]any{"/list": all}}
	}
	for _, tt := range []struct {
		name string
		step cases.Step
		want []string
	}{
		{"a decision", cases.Step{Decision: &cases.Decision{Service: "apig", API: "a", App: "b", Reason: "authorized"}}, nil},
		{"another decision", cases.Step{Decision: &cases.Decision{Service: "apig", API: "a", App: "b", Reason: "expired"}}, []string{"/allowed", "/reason"}},
		{"the status", cases.Step{Expect: cases.Expect{Status: 201}}, []string{""}},
		{"one of some", cases.Step{Expect: cases.Expect{Statuses: []int{200, 201}}}, nil},
		{"none of some", cases.Step{Expect: cases.Expect{Statuses: []int{400, 201}}}, []string{""}},
		{"items in any order", cases.Step{Expect: items(object{"a": 2}, object{"b": 2})}, nil},
		{"an item that isn't there", cases.Step{Expect: items(object{"a": 1}, object{"a": 2, "b": 2})}, []string{"/list"}},
		{"no list", cases.Step{Expect: cases.Expect{Contains: map[string][]any{"/reason": {"authorized"}}}}, []string{"/reason"}},
		{"an error", cases.Step{Expect: cases.Expect{Error: "APIG.1000"}}, []string{"/error_code"}},
		{"a header", cases.Step{Expect: cases.Expect{Header: map[string]string{"Allow": "GET"}}}, []string{"Allow"}},
		{"answers together", cases.Step{Together: 3, Expect: cases.Expect{Among: []cases.Share{{Count: 3, Status: 200}}}}, nil},
		{"too few answers", cases.Step{Together: 3, Expect: cases.Expect{Among: []cases.Share{{Count: 4, Status: 200}}}}, []string{""}},
		{"answers left over", cases.Step{Together: 2, Expect: cases.Expect{Among: []cases.Share{{Count: 0, Status: 400}}}}, []string{"", ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := tt.step
			if s.Decision == nil {
				s.Method, s.URL = http.MethodGet, "/anything"
			}
			c := e.Case(t.Context(), cases.Case{ID: tt.name, Steps: []cases.Step{s}})
			if diff := cmp.Diff(tt.want, unmet(c)); diff != "" || c.Outcome == report.Errored {
				t.Errorf("%s %s %s", c.Outcome, c.Reason, diff)
			}
		})
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	e := start(t, withAdmin, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		var sent any
		_ = json.NewDecoder(r.Body).Decode(&sent)
		_ = json.NewEncoder(w).Encode(object{"sent": sent, "length": r.ContentLength})
	})
	empty := ""
	for _, tt := range []struct {
		name    string
		request cases.Request
		want    any
		length  int
	}{
		{"as it stands", cases.Request{Body: object{"a": 1}}, object{"a": 1}, 7},
		{"set", cases.Request{Body: object{"a": object{"b": 1}, "l": []any{1}}, Set: object{"/a/b": nil, "/c": true, "/l/0": 2}}, object{"a": object{"b": nil}, "c": true, "l": []any{2}}, 33},
		{"dropped", cases.Request{Body: object{"a": 1, "b": 2}, Drop: []string{"/a"}}, object{"b": 2}, 7},
		{"repeated", cases.Request{Body: object{"l": []any{"x-#", "y"}}, Repeat: map[string]int{"/l": 3}}, object{"l": []any{"x-0", "x-1", "x-2"}}, 25},
		{"objects repeated", cases.Request{Body: object{"l": []any{object{"id": "#"}}}, Repeat: map[string]int{"/l": 2}}, object{"l": []any{object{"id": "0"}, object{"id": "1"}}}, 29},
		{"padded", cases.Request{Body: object{"a": 1}, Pad: 10}, object{"a": 1}, 17},
		{"empty", cases.Request{Raw: &empty}, nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := cases.Step{Request: tt.request, Method: http.MethodPost, URL: "/anything", Expect: cases.Expect{Body: object{"sent": tt.want, "length": tt.length}}}
			c := e.Case(t.Context(), cases.Case{ID: tt.name, Steps: []cases.Step{s}})
			if got := unmet(c); got != nil || c.Outcome == report.Errored {
				t.Errorf("%s %s %v", c.Outcome, c.Reason, c.Findings)
			}
		})
	}
}

// TestAlone: where cases share what exists, those that change it don't run at once.
func TestAlone(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	under, most := 0, map[string]int{}
	var barrier sync.WaitGroup
	barrier.Add(4)
	target := engine.Target{Features: []cases.Feature{cases.Changes}, Tokens: map[string]string{"owner": "owners-token"}, Values: map[string]string{"project": "p"}}
	e := start(t, target, func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		under++
		most[r.URL.Path] = max(most[r.URL.Path], under)
		mu.Unlock()
		switch r.URL.Path {
		case "/harmless": // four that wait for each other
			barrier.Done()
			barrier.Wait()
		case "/changing": // long enough to be met by another
			time.Sleep(10 * time.Millisecond)
		}
		mu.Lock()
		under--
		mu.Unlock()
	})
	run := func(path string, harmless bool) {
		var all []cases.Case
		for range 4 {
			all = append(all, cases.Case{Harmless: harmless, Steps: []cases.Step{{Method: http.MethodGet, URL: path, Expect: cases.Expect{Status: 200}}}})
		}
		e.Run(t.Context(), all, func(c report.Case) {
			if got := unmet(c); got != nil || c.Outcome == report.Errored {
				t.Errorf("%s %s %v", c.Outcome, c.Reason, c.Findings)
			}
		})
	}
	run("/changing", false)
	run("/harmless", true)
	delete(most, "") // the engine has looked whether anybody answers
	delete(most, "/")
	if diff := cmp.Diff(map[string]int{"/changing": 1, "/harmless": 4}, most); diff != "" {
		t.Error(diff)
	}
}
