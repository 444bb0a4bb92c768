package generate_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/generate"
	"github.com/appgrant/appgrant/conformance/report"
)

func casesOf(all []generate.Sequence) []cases.Case {
	made := make([]cases.Case, len(all))
	for i, s := range all {
		made[i] = s.Case()
	}
	return made
}

func TestSequencesAreSound(t *testing.T) {
	t.Parallel()
	all := casesOf(generate.Sequences(1, 500, 20))
	sound(t, all)
	if want := "generated/sequences/dataarts-0007"; all[7].ID != want {
		t.Errorf("the seventh is %s, not %s", all[7].ID, want)
	}
}

func TestSequencesDependOnTheSeed(t *testing.T) {
	t.Parallel()
	first, again, other := generate.Sequences(1, 20, 15), generate.Sequences(1, 40, 15)[:20], generate.Sequences(2, 20, 15)
	if diff := cmp.Diff(casesOf(first), casesOf(again)); diff != "" {
		t.Error(diff)
	}
	for i := range first {
		if cmp.Equal(first[i].Actions, other[i].Actions) {
			t.Errorf("two seeds make the same of number %d", i)
		}
	}
}

func TestSequencesPass(t *testing.T) {
	t.Parallel()
	open(t, nil).Run(t.Context(), casesOf(generate.Sequences(1, 60, 15)), func(c report.Case) { tell(t, c) })
}

// What is wrong with a server is found, and what is found gets as small as it can.
func TestSequencesFind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		service cases.Feature
		damage  func(http.Handler) http.Handler
		verbs   []generate.Verb // of the smallest sequence
	}{
		{"a second cancel is a success, too", "apig", cancelTwice, []generate.Verb{generate.Authorize, generate.Cancel, generate.Cancel}},
		{"a cancel without effect", "apig", keep, []generate.Verb{generate.Authorize, generate.Cancel}},
		{"an AppCode that stays", "roma", instead(http.MethodDelete, "/app-codes/c0de0000000000000000000000000001"), []generate.Verb{generate.Delete}},
		{
			"a renewal that shortens", "dataarts",
			passOver("not shortened"), []generate.Verb{generate.Grant, generate.Grant},
		},
		{
			"an application without effect", "dataarts",
			rewrite("APPLY_TYPE_APPLY", "APPLY_TYPE_APPLY", "APPLY_TYPE_AUTHORIZE"), []generate.Verb{generate.Apply},
		},
		{"an authorization that ends too early", "dataarts", rewrite("APPLY_TYPE_AUTHORIZE", "-08T08:00", "-08T07:00"), []generate.Verb{generate.Grant}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := open(t, test.damage)
			fails := func(c cases.Case) bool { return e.Case(t.Context(), c).Outcome != report.Pass }
			for _, s := range generate.Sequences(3, 200, 15) {
				for i := range s.Actions {
					s.Actions[i].Together = 0 // which would make it shorter still
				}
				if s.Service != test.service || !fails(s.Case()) {
					continue
				}
				var verbs []generate.Verb
				small := s.Shrink(fails)
				for _, a := range small.Actions {
					verbs = append(verbs, a.Do)
				}
				if diff := cmp.Diff(test.verbs, verbs); diff != "" {
					t.Errorf("%v\n%s", small.Actions, diff)
				}
				if !fails(small.Case()) || small.Case().ID != s.Case().ID {
					t.Error("the smallest sequence does not fail, or under another name")
				}
				return
			}
			t.Error("nothing found it")
		})
	}
}

// Races are found as well.
func TestSequencesFindRaces(t *testing.T) {
	t.Parallel()
	e := open(t, cancelTwice)
	s := generate.Sequence{Service: "apig", Actions: []generate.Action{{Do: generate.Authorize}, {Do: generate.Cancel, Together: 4}}}
	if c := e.Case(t.Context(), s.Case()); c.Outcome != report.Fail {
		t.Errorf("it is a %s", c.Outcome)
	}
}

// cancelTwice has a gateway answer a second cancel like the first.
func cancelTwice(good http.Handler) http.Handler {
	var mu sync.Mutex
	cancelled := map[string]bool{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodDelete || !strings.Contains(r.URL.Path, "/app-auths/") {
			good.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		good.ServeHTTP(answer, r)
		mu.Lock()
		defer mu.Unlock()
		if answer.Code == 404 && cancelled[r.URL.Path] {
			respond(w, 204, "")
			return
		}
		cancelled[r.URL.Path] = cancelled[r.URL.Path] || answer.Code == 204
		relay(w, answer)
	})
}

// keep has a gateway cancel nothing, and say it has.
func keep(good http.Handler) http.Handler {
	var mu sync.Mutex
	var made bytes.Buffer
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method == http.MethodDelete && bytes.Contains(made.Bytes(), []byte(path.Base(r.URL.Path))) {
			respond(w, 204, "")
			return
		}
		answer := httptest.NewRecorder()
		good.ServeHTTP(answer, r)
		if strings.HasSuffix(r.URL.Path, "/app-auths") {
			made.Write(answer.Body.Bytes())
		}
		relay(w, answer)
	})
}

// instead answers the requests for a path in the place of the server.
func instead(method, path string) func(http.Handler) http.Handler {
	return func(good http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == method && strings.HasSuffix(r.URL.Path, path) {
				respond(w, 204, "")
				return
			}
			good.ServeHTTP(w, r)
		})
	}
}

// passOver answers that all went well where the server's answer has a text.
func passOver(text string) func(http.Handler) http.Handler {
	return func(good http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := httptest.NewRecorder()
			good.ServeHTTP(answer, r)
			if strings.Contains(answer.Body.String(), text) {
				respond(w, 204, "")
				return
			}
			relay(w, answer)
		})
	}
}

// rewrite changes a text in the bodies of requests that have another text.
func rewrite(where, from, to string) func(http.Handler) http.Handler {
	return func(good http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if body := read(r); bytes.Contains(body, []byte(where)) {
				body = bytes.ReplaceAll(body, []byte(from), []byte(to))
				r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			}
			good.ServeHTTP(w, r)
		})
	}
}

// Shrinking asks a bounded number of times, and leaves nothing that is not needed.
func TestShrink(t *testing.T) {
	t.Parallel()
	big := generate.Sequences(1, 2, 200)[1]
	tries := 0
	small := big.Shrink(func(c cases.Case) bool {
		tries++
		return slices.ContainsFunc(c.Steps, func(s cases.Step) bool {
			return s.Call == "CancelingAuthorizationV2" && s.Together == 0 && s.Expect.Status == 204
		})
	})
	want := []generate.Action{{Do: generate.Authorize}, {Do: generate.Cancel}}
	if diff := cmp.Diff(want, small.Actions); diff != "" {
		t.Error(diff)
	}
	if tries > 500 {
		t.Errorf("it took %d tries", tries)
	}
	if same := big.Shrink(func(cases.Case) bool { return false }); !cmp.Equal(same, big) {
		t.Error("what does not fail got smaller")
	}
	tries = 0
	all := big.Shrink(func(cases.Case) bool { tries++; return tries == 1 })
	if !cmp.Equal(all, big) || tries > 500 {
		t.Errorf("what fails only once got smaller, in %d tries", tries)
	}
}
