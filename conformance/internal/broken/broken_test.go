package broken_test

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/appgrant/appgrant/conformance"
	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/broken"
	"github.com/appgrant/appgrant/conformance/internal/engine"
	"github.com/appgrant/appgrant/conformance/internal/judge"
	"github.com/appgrant/appgrant/conformance/report"
	"github.com/appgrant/appgrant/openapi"
	"github.com/appgrant/appgrant/server"
)

const adminToken = "broken-admin-token"

// good makes a server that does what the contract says.
func good(t *testing.T) http.Handler {
	t.Helper()
	s, err := server.New(context.WithoutCancel(t.Context()), server.Config{
		Store: filepath.Join(t.TempDir(), "appgrant.db"), AdminToken: adminToken, TestControls: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s.Handler()
}

// suite is the cases that people wrote, and what they are judged by.
type suite struct {
	cases           []cases.Case
	services, admin *openapi3.T
}

func load(t *testing.T) suite {
	t.Helper()
	var s suite
	var err error
	if s.cases, err = cases.Load(); err != nil {
		t.Fatal(err)
	}
	if s.services, err = openapi.Load(); err != nil {
		t.Fatal(err)
	}
	if s.admin, err = openapi.LoadAdmin(); err != nil {
		t.Fatal(err)
	}
	return s
}

// only is the suite with some of its cases.
func (s suite) only(ids []string) suite {
	s.cases = slices.DeleteFunc(slices.Clone(s.cases), func(c cases.Case) bool { return !slices.Contains(ids, c.ID) })
	return s
}

// brief is the suite, or the cases of one service if tests are to be short.
func (s suite) brief() suite {
	if testing.Short() {
		s.cases = slices.DeleteFunc(slices.Clone(s.cases), func(c cases.Case) bool { return !strings.HasPrefix(c.ID, "apig/") })
	}
	return s
}

// run runs the cases against a handler and returns those that did not pass, in order.
// It does what conformance.Server does with all cases but the generated ones, and
// reads the contracts once instead of for each of some hundred servers.
func (s suite) run(t *testing.T, handler http.Handler) []report.Case {
	t.Helper()
	judges := make([]*judge.Judge, 2)
	for i, contract := range []*openapi3.T{s.services, s.admin} {
		var err error
		if judges[i], err = judge.New(contract, judge.Options{Strict: true, Rulings: true}); err != nil {
			t.Fatal(err)
		}
	}
	e := engine.New(&engine.Target{
		Endpoint: &url.URL{Scheme: "http", Host: "in.process"}, Transport: inProcess{handler}, AdminToken: adminToken,
		Features: []cases.Feature{"apig", "roma", "modelarts", "dataarts", cases.Admin, cases.Rulings, cases.Changes},
	}, judges[0], judges[1])
	if err := e.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	var red []report.Case
	e.Run(t.Context(), s.cases, func(c report.Case) {
		if c.Outcome != report.Pass {
			red = append(red, c)
		}
	})
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
	slices.SortFunc(red, func(a, b report.Case) int { return strings.Compare(a.ID, b.ID) })
	return red
}

// failed are those cases that failed, rather than could not be judged.
func failed(red []report.Case) []report.Case {
	return slices.DeleteFunc(slices.Clone(red), func(c report.Case) bool { return c.Outcome != report.Fail })
}

func ids(all []report.Case) []string {
	var ids []string
	for _, c := range all {
		ids = append(ids, c.ID)
	}
	return ids
}

// A fault that no case notices would go unnoticed elsewhere, too. Without -update,
// only the cases that the table names are run again. All faults are then wrapped around
// one server, on which each case has a project of its own.
func TestFaultsAreNoticed(t *testing.T) {
	t.Parallel()
	s, one := load(t), good(t)
	table := readTable(t)
	for i, f := range broken.Faults() {
		if testing.Short() && i%10 > 0 {
			continue // one in ten, as under the race detector
		}
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			wrapped := f.Wrap(one)
			if *update {
				wrapped = f.Wrap(good(t))
				red := failed(s.run(t, wrapped))
				table.set(t, f, red, failed(s.only(ids(red)).run(t, wrapped)))
				return
			}
			row := table.row(f)
			if len(row.cases) == 0 {
				t.Fatalf("no case notices it: %s", f.About)
			}
			red := failed(s.only(row.cases).run(t, wrapped))
			for _, id := range row.cases {
				if !slices.ContainsFunc(red, func(c report.Case) bool { return c.ID == id }) {
					t.Errorf("%s does not notice it any more; run the test with -update", id)
				}
			}
		})
	}
	t.Cleanup(func() { table.write(t) })
}

// What the cases notice must be the fault and nothing else.
func TestGoodServer(t *testing.T) {
	t.Parallel()
	for _, c := range load(t).brief().run(t, good(t)) {
		t.Errorf("%s: %s %s %v", c.ID, c.Outcome, c.Reason, c.Findings)
	}
}

// The wrapping itself is no fault.
func TestWrappedGoodServer(t *testing.T) {
	t.Parallel()
	s := load(t).brief()
	same := broken.Same(good(t))
	for _, c := range s.run(t, same) {
		t.Errorf("%s: %s %s %v", c.ID, c.Outcome, c.Reason, c.Findings)
	}
}

// Whoever runs the suite gets to know it.
func TestServerReport(t *testing.T) {
	t.Parallel()
	f := broken.Faults()[0]
	r := conformance.Server(t.Context(), conformance.Target{
		Endpoint: "http://in.process", AdminToken: adminToken, Transport: inProcess{f.Wrap(good(t))},
	}, conformance.Options{Run: "apig/authorize/one-pair"})
	if r.Exit() != report.ExitNonconformant {
		t.Errorf("%s: %s %s", f.Name, r.Verdict(), r.Problem)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	syntax := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen, said := map[string]bool{}, map[string]bool{}
	for _, f := range broken.Faults() {
		if !syntax.MatchString(f.Name) || f.About == "" || strings.ContainsAny(f.About, "|\n") {
			t.Errorf("%q: %q", f.Name, f.About)
		}
		if seen[f.Name] || said[f.About] {
			t.Errorf("%s is there twice", f.Name)
		}
		seen[f.Name], said[f.About] = true, true
	}
}
