package cases_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/cases"
)

// good is a file that is right. Tests put one wrong thing into it.
const good = `
document: apig-authorize-apps
operation: CreateAuthorizingAppsV2
needs: [apig]
request:
  path: {project_id: $project, instance_id: $apig.instance}
  body: {env_id: $apig.env, app_ids: [$apig.app], api_ids: [$apig.api]}
cases:
  - name: one-pair
    about: It works.
    kind: works
    clock: "2030-01-01T00:30:00Z"
    needs: [clock]
    steps:
      - expect: {status: 201, has: {auths: [{id: <id>}]}}
      - {method: GET, url: /nothing, expect: {status: 404}}
      - {together: 2, expect: {among: [{count: 2, status: 201}]}}
      - decision: {service: apig, api: $apig.api, app: $apig.app, reason: authorized}
      - advance: 48h
    cleanup:
      - {call: CancelingAuthorizationV2, path: {app_auth_id: $auth}}
`

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	if _, err := cases.Parse("apig/authorize", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, old, now, want string }{
		{"no YAML", "cases:", "cases: [", "did not find expected"},
		{"an unknown key of the file", "needs: [apig]", "need: [apig]", "need"},
		{"an unknown key of a case", "kind: works", "kind: works\n    sort: works", "sort"},
		{"an unknown key of a step", "together: 2", "together: 2, times: 2", "times"},
		{"an unknown key of what is expected", "{status: 404}", "{state: 404}", "state"},
		{"a key twice", "kind: works", "kind: works\n    kind: works", "kind"},
		{"a name that is none", "one-pair", "One pair", "is no name"},
		{"a name with a hyphen at the end", "one-pair", "one-", "is no name"},
		{"no name", "name: one-pair", "name:", "is no name"},
		{"an unknown kind", "kind: works", "kind: fine", `"fine" is no kind`},
		{"no kind", "kind: works", "", "is no kind"},
		{"nothing said of it", "about: It works.", "about:", "what it is about"},
		{"an unknown feature of the file", "needs: [apig]", "needs: [apic]", `"apic" is no feature`},
		{"an unknown feature of a case", "needs: [clock]", "needs: [watch]", `"watch" is no feature`},
		{"an unknown feature of a step", "together: 2", "together: 2, when: [watch]", `"watch" is no feature`},
		{"an unknown feature a step must not find", "together: 2", "together: 2, unless: [watch]", `"watch" is no feature`},
		{"an unquoted time", "env_id: $apig.env", "env_id: 2030-01-01", "must be put in quotes"},
		{"a clock that shows no time", "2030-01-01T00:30:00Z", "midnight", "clock: "},
		{"a step that does two things", "- advance: 48h", "- {advance: 48h, url: /nothing, method: GET}", "exactly one thing"},
		{"a call and a decision", "- decision: {", "- call: DecideAccess\n        decision: {", "exactly one thing"},
		{"a URL without a method", "method: GET, ", "", "a url without a method"},
		{"requests together that expect nothing", "{together: 2, expect: {among: [{count: 2, status: 201}]}}", "{together: 2, expect: {status: 201}}", "expects nothing among"},
		{"one request that expects several answers", "together: 2, ", "", "expects several answers"},
		{"a step that expects nothing", ", expect: {status: 404}", "", "it expects nothing"},
		{"a decision for no reason", ", reason: authorized", "", "it expects nothing"},
		{"a duration that is none", "48h", "two days", "invalid duration"},
		{"an unknown matcher", "<id>", "<uuid>", "<uuid> can't be expected"},
		{"an unknown matcher of a whole body", "has: {auths", "body: {auths: [{id: <uuid>}]}, has: {auths", "<uuid> can't be expected"},
		{"an unknown matcher of a list", "has: {auths", "contains: {/auths: [{id: <uuid>}]}, has: {auths", "<uuid> can't be expected"},
		{"an unknown matcher among answers", "count: 2,", "count: 2, has: {id: <uuid>},", "<uuid> can't be expected"},
		{"a step of the cleanup that does nothing", "CancelingAuthorizationV2", "CancelingAuthorizationV2, url: /x, method: GET", "exactly one thing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(good, tt.old) {
				t.Fatalf("there is no %q to replace", tt.old)
			}
			_, err := cases.Parse("apig/authorize", []byte(strings.Replace(good, tt.old, tt.now, 1)))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, which does not say %q", err, tt.want)
			}
		})
	}
}

func TestParseRefusesWithoutSteps(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"operation: X\ncases: [{name: a, about: A, kind: works}]",
		"cases: [{name: a, about: A, kind: works, steps: [{expect: {status: 200}}]}]", // and no operation to call
	} {
		if all, err := cases.Parse("a/b", []byte(text)); err == nil {
			t.Errorf("%s is taken as %v", text, all)
		}
	}
}

func TestParseCompletesSteps(t *testing.T) {
	t.Parallel()
	all, err := cases.Parse("apig/authorize", []byte(`
document: d
operation: Op
needs: [apig]
request: {as: provider, path: {a: 1, b: 2}, query: {q: x}, header: {H: y}, content_type: text/plain, body: {m: 1}}
cases:
  - name: steps
    about: A
    kind: works
    needs: [rulings]
    steps:
      - {expect: {status: 200}}
      - {as: consumer, path: {b: 3}, query: {q: null}, raw: "{", expect: {status: 200}}
      - {method: GET, expect: {status: 405}}
      - {call: Other, expect: {status: 200}}
      - {method: GET, url: /nothing, expect: {status: 404}}
`))
	if err != nil {
		t.Fatal(err)
	}
	brace := "{"
	ok := cases.Expect{Status: 200}
	complete := cases.Request{
		As: "provider", Path: map[string]any{"a": 1, "b": 2}, Query: map[string]any{"q": "x"}, Header: map[string]any{"H": "y"},
		ContentType: "text/plain", Body: map[string]any{"m": 1},
	}
	different := complete
	different.As, different.Raw, different.Body = "consumer", &brace, nil
	different.Path, different.Query = map[string]any{"a": 1, "b": 3}, map[string]any{"q": nil}
	want := []cases.Case{{
		ID: "apig/authorize/steps", Name: "steps", About: "A", Kind: cases.Works, Operation: "Op", Document: "d",
		Needs: []cases.Feature{"apig", cases.Rulings}, Cleanup: []cases.Step{},
		Steps: []cases.Step{
			{Request: complete, Call: "Op", Expect: ok},
			{Request: different, Call: "Op", Expect: ok},
			{Request: complete, Call: "Op", Method: "GET", Expect: cases.Expect{Status: 405}},
			{Call: "Other", Expect: ok},
			{Method: "GET", URL: "/nothing", Expect: cases.Expect{Status: 404}},
		},
	}}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
}

func TestForKeepsTypes(t *testing.T) {
	t.Parallel()
	all, err := cases.Parse("a/b", []byte(`
operation: Op
cases:
  - name: field-is-$what
    about: It is $what, for $$5 and $unknown.
    kind: fields
    for:
      - {what: a-number, value: 5}
      - {what: "null", value: null}
      - {what: a-list, value: [1, $unknown]}
      - {what: a-text, value: "5"}
    steps:
      - {set: {/field: $value, "/$what": x$what}, expect: {status: 400}}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]any{
		"a/b/field-is-a-number": {"/field": 5, "/a-number": "xa-number"},
		"a/b/field-is-null":     {"/field": nil, "/null": "xnull"},
		"a/b/field-is-a-list":   {"/field": []any{1, "$unknown"}, "/a-list": "xa-list"},
		"a/b/field-is-a-text":   {"/field": "5", "/a-text": "xa-text"},
	}
	got := map[string]map[string]any{}
	for _, c := range all {
		got[c.ID] = c.Steps[0].Set
		if len(c.For) > 0 {
			t.Errorf("%s would be made again", c.ID)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// The other variables are for the target to fill, and so is the dollar.
	if want := "It is a-number, for $$5 and $unknown."; all[0].About != want {
		t.Errorf("about %q, not %q", all[0].About, want)
	}
}

func TestLoadFS(t *testing.T) {
	t.Parallel()
	file := func(names ...string) *fstest.MapFile {
		text := []byte("operation: Op\ncases:\n")
		for _, name := range names {
			text = append(text, "  - {name: "+name+", about: A, kind: works, steps: [{expect: {status: 200}}]}\n"...)
		}
		return &fstest.MapFile{Data: text}
	}
	all, err := cases.LoadFS(fstest.MapFS{"b/x.yaml": file("two", "one"), "a/y.yaml": file("one"), "a/README.md": file("no")})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range all {
		ids = append(ids, c.ID)
	}
	if diff := cmp.Diff([]string{"a/y/one", "b/x/one", "b/x/two"}, ids); diff != "" {
		t.Error(diff)
	}

	_, err = cases.LoadFS(fstest.MapFS{"a/x.yaml": file("one", "one")})
	if want := "cases a/x.yaml: a/x/one is there twice"; err == nil || err.Error() != want {
		t.Errorf("got %v, not %s", err, want)
	}
	_, err = cases.LoadFS(fstest.MapFS{"a/x.yaml": file("one", "Two")})
	if err == nil || !strings.HasPrefix(err.Error(), "cases a/x.yaml: Two: ") {
		t.Errorf("%v does not name file and case", err)
	}
}

// TestHarmless: a case that is said to be harmless names nothing that exists but the
// project.
func TestHarmless(t *testing.T) {
	t.Parallel()
	all, err := cases.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if !c.Harmless {
			continue
		}
		for _, name := range cases.Unfilled(c) {
			kind, _, _ := strings.Cut(name, ".")
			if !slices.Contains([]string{"project", "unknown", "unknown2", "token", "hour"}, kind) {
				t.Errorf("%s names $%s", c.ID, name)
			}
		}
	}
}
