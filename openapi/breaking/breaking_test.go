package breaking_test

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/openapi"
	"github.com/appgrant/appgrant/openapi/breaking"
)

// versioned is the contract, edited, with a version.
func versioned(t *testing.T, version string, e edit) *breaking.Contract {
	t.Helper()
	d := parsed(t, openapi.YAML)
	e(d)
	set("info version", version)(d)
	return mustParse(t, d.text())
}

var (
	nothing  edit = func(document) {}
	word          = set("info title", "Else")
	widening      = set("components schemas AppsToAuthorize properties note", object{"type": "string"})
	removal       = remove("authorize responses 404")
)

// What breaks has to be announced by the major version, and by nothing less. For the
// rest there is at most a remark.
func TestVersions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		base, version string
		edit          edit
		verdict       breaking.Verdict
		next          string
		remark        bool
	}{
		{"nothing", "1.0.0", "1.0.0", nothing, breaking.Unchanged, "1.0.0", false},
		{"nothing, risen all the same", "1.0.0", "2.0.0", nothing, breaking.Unchanged, "1.0.0", false},
		{"a break", "1.2.3", "1.2.3", removal, breaking.Breaking, "2.0.0", false},
		{"a break in a patch", "1.2.3", "1.2.4", removal, breaking.Breaking, "2.0.0", false},
		{"a break in a minor version", "1.2.3", "1.3.0", removal, breaking.Breaking, "2.0.0", false},
		{"a break before 1.0.0", "0.2.3", "0.3.0", removal, breaking.Breaking, "1.0.0", false},
		{"a break, announced", "1.2.3", "2.0.0", removal, breaking.Announced, "2.0.0", false},
		{"a break, announced by more", "1.2.3", "4.5.6", removal, breaking.Announced, "2.0.0", false},
		{"a break, announced by a candidate", "1.2.3", "2.0.0-rc.1", removal, breaking.Announced, "2.0.0", false},
		{"a break and more, announced", "1.2.3", "2.0.0", both(removal, widening, word), breaking.Announced, "2.0.0", false},
		{"something new", "1.2.3", "1.2.3", widening, breaking.Compatible, "1.3.0", true},
		{"something new in a patch", "1.2.3", "1.2.4", widening, breaking.Compatible, "1.3.0", true},
		{"something new, announced", "1.2.3", "1.3.0", widening, breaking.Compatible, "1.3.0", false},
		{"something new, announced by a major version", "1.2.3", "2.0.0", widening, breaking.Compatible, "1.3.0", false},
		{"a word", "1.2.3", "1.2.3", word, breaking.Compatible, "1.2.4", true},
		{"a word, announced", "1.2.3", "1.2.4", word, breaking.Compatible, "1.2.4", false},
		{"a word, between candidates", "1.2.3-rc.1", "1.2.3-rc.2", word, breaking.Compatible, "1.2.4", false},
		{"what was built", "1.2.3+a", "1.2.3+b", word, breaking.Compatible, "1.2.4", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := compare(t, versioned(t, tt.base, nothing), versioned(t, tt.version, tt.edit))
			if r.Verdict != tt.verdict || r.Next != tt.next || (r.Remark != "") != tt.remark {
				t.Errorf("%s, next %s, remark %q; want %s, next %s, remark %t", r.Verdict, r.Next, r.Remark, tt.verdict, tt.next, tt.remark)
			}
			if r.Base != tt.base || r.Version != tt.version {
				t.Errorf("compared %s with %s", r.Base, r.Version)
			}
		})
	}
}

func TestVersionsDoNotFall(t *testing.T) {
	t.Parallel()
	for _, versions := range [][2]string{{"1.0.0", "0.9.9"}, {"1.0.0", "1.0.0-rc.1"}, {"1.10.0", "1.9.0"}} {
		base, revision := versioned(t, versions[0], nothing), versioned(t, versions[1], nothing)
		if _, err := breaking.Compare(base, revision); err == nil {
			t.Errorf("%v is accepted", versions)
		}
	}
}

// Other contracts are compared by mistake. A contract may have another title, or other
// operations.
func TestOtherContracts(t *testing.T) {
	t.Parallel()
	services, admin := mustParse(t, openapi.YAML), mustParse(t, openapi.AdminYAML)
	if _, err := breaking.Compare(services, admin); err == nil {
		t.Error("two contracts without a common operation are compared")
	}
	r := compare(t, services, versioned(t, "1.0.0", func(d document) {
		d["paths"] = parsed(t, openapi.AdminYAML)["paths"]
		d["components"] = parsed(t, openapi.AdminYAML)["components"]
		remove("security")(d)
	}))
	if r.Verdict != breaking.Breaking {
		t.Errorf("%s, with the same title and other operations", r.Verdict)
	}
}

// The order of https://semver.org, section 11.
func TestVersionOrder(t *testing.T) {
	t.Parallel()
	ordered := []string{
		"0.0.0", "0.0.1", "0.2.0", "0.10.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
		"1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "2.0.0",
	}
	for i, a := range ordered {
		for j, b := range ordered {
			if got, want := breaking.CompareVersions(a, b), cmp.Compare(i, j); got != want {
				t.Errorf("%s and %s: %d, want %d", a, b, got, want)
			}
		}
	}
	for _, text := range []string{"", "1", "1.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0 ", "1.0.0+", "a.b.c", "-1.0.0", "1.0.0.0"} {
		if _, err := breaking.ParseVersion(text); err == nil {
			t.Errorf("%q is a version", text)
		}
	}
}

// That something was deprecated, or its end announced by an extension, does not make its
// removal less of a break.
func TestDeprecatedRemoval(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name               string
		deprecate, removal edit
		id                 string
	}{
		{"operation", both(set("act deprecated", true), set("act x-sunset", "2000-01-01")), remove("act"), "api-removed-without-deprecation"},
		{"draft", set("act x-stability-level", "draft"), remove("act"), "api-removed-without-deprecation"},
		{"path", set("act deprecated", true), remove("paths /v1/{project_id}/service/apis/authorize/action"), "api-path-removed-without-deprecation"},
		{"parameter", both(set("act parameters 2 deprecated", true), set("act parameters 2 x-sunset", "2000-01-01")), without("act parameters", 2), "request-parameter-removed"},
		{"member of a request", set("components schemas AuthorizationAction properties time deprecated", true), remove("components schemas AuthorizationAction properties time"), "request-property-removed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := compare(t, versioned(t, "1.0.0", tt.deprecate), versioned(t, "1.0.0", both(tt.deprecate, tt.removal)))
			if r.Verdict != breaking.Breaking {
				t.Errorf("%s: %v", r.Verdict, r.Findings)
			}
			has(t, r, tt.id, "AuthorizeActionApiToInstance")
		})
	}
}

// schema is a contract that has one schema on both sides of the wire.
func schema(edition, text string) []byte {
	return []byte(`
openapi: ` + edition + `
info: {title: t, version: 1.0.0}
paths:
  /a:
    post:
      operationId: A
      requestBody: {content: {application/json: {schema: &body {$ref: '#/components/schemas/S'}}}}
      responses:
        '200': {description: d, content: {application/json: {schema: *body}}}
components:
  schemas:
    S: ` + text + "\n")
}

// Both editions of OpenAPI are read, and YAML with anchors. What says the same is the
// same, and members of answers and requests are told apart.
func TestSchemas(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, edition, base, revision string
		want                          []string // ids, with what they ask for
	}{
		{"null in both ways", "3.1.0", `{type: [string, 'null']}`, `{type: ['null', string]}`, []string{"patch form-changed"}},
		{"one type in both ways", "3.1.0", `{type: [string]}`, `{type: string}`, nil},
		{"a schema that is part of itself", "3.0.3", `{type: object, properties: {s: {$ref: '#/components/schemas/S'}, a: {type: string}}}`,
			`{type: object, properties: {a: {type: string}, s: {$ref: '#/components/schemas/S'}}}`, nil},
		{"a part of itself changed", "3.0.3", `{type: object, properties: {s: {$ref: '#/components/schemas/S'}, a: {type: string}}}`,
			`{type: object, properties: {s: {$ref: '#/components/schemas/S'}, a: {type: integer}}}`,
			[]string{"major schema-type-added"}},
		{"null allowed", "3.1.0", `{type: string}`, `{type: [string, 'null']}`, []string{"major response-body-became-nullable", "minor request-body-became-nullable"}},
		{"a constant changed", "3.1.0", `{const: a}`, `{const: b}`, []string{"major schema-const-changed"}},
		{"a definition nobody uses", "3.1.0", `{type: string}`, `{type: string, $defs: {a: {type: string}}}`, []string{"patch form-changed"}},
		{"a condition turned round", "3.0.3", `{not: {maxLength: 3}}`, `{not: {maxLength: 4}}`,
			[]string{"major schema-maxLength-increased", "minor request-property-max-length-increased"}},
		{"alternatives in another order", "3.0.3", `{oneOf: [{type: string}, {type: integer}]}`, `{oneOf: [{type: integer}, {type: string}]}`, []string{"patch form-changed"}},
		{"an alternative added", "3.0.3", `{oneOf: [{type: string}, {type: integer}]}`, `{oneOf: [{type: boolean}, {type: string}, {type: integer}]}`,
			[]string{"major response-body-list-of-types-widened", "minor request-body-list-of-types-widened"}},
		{"additional members of another type", "3.0.3", `{type: object, additionalProperties: {type: string}}`, `{type: object, additionalProperties: {type: integer}}`,
			[]string{"major schema-type-added"}},
		{"unnamed members ruled out", "3.1.0", `{type: object}`, `{type: object, unevaluatedProperties: false}`,
			[]string{"major schema-unevaluatedProperties-added", "minor schema-unevaluatedProperties-added"}},
		{"a member named like an extension", "3.0.3", `{type: object, properties: {x-a: {type: string}}}`, `{type: object}`,
			[]string{"major property-removed"}},
		{"a read-only member", "3.0.3", `{type: object, properties: {a: {type: string, readOnly: true}}}`, `{type: object, properties: {a: {type: string, readOnly: true, maxLength: 9}}}`,
			[]string{"minor request-property-max-length-set", "minor response-property-max-length-set"}},
		{"an example in a schema", "3.0.3", `{type: string, example: a}`, `{type: string, example: b}`,
			[]string{"major example-changed", "major example-changed"}},
		{"the default of items", "3.0.3", `{type: array, items: {type: string, default: a}}`, `{type: array, items: {type: string, default: b}}`,
			[]string{"major schema-default-changed"}},
		{"a wider type", "3.0.3", `{type: integer}`, `{type: number}`,
			[]string{"major response-body-type-generalized", "minor request-body-type-generalized"}},
		{"XML written otherwise", "3.0.3", `{type: string}`, `{type: string, xml: {name: a}}`, []string{"major unknown-added"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := compare(t, mustParse(t, schema(tt.edition, tt.base)), mustParse(t, schema(tt.edition, tt.revision)))
			var got []string
			for _, f := range r.Findings {
				got = append(got, f.Asks.String()+" "+f.ID)
			}
			if diff := gocmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s\n%v", diff, r.Findings)
			}
		})
	}
}

// The editions say the same limits in different ways.
func TestEditions(t *testing.T) {
	t.Parallel()
	old := mustParse(t, schema("3.0.3", `{type: integer, nullable: true, minimum: 0, exclusiveMinimum: true}`))
	current := mustParse(t, schema("3.1.0", `{type: [integer, 'null'], exclusiveMinimum: 0}`))
	for _, r := range []*breaking.Report{compare(t, old, current), compare(t, current, old)} {
		if len(r.Findings) != 1 || r.Findings[0].ID != "openapi-edition-changed" {
			t.Errorf("%s: %v", r.Verdict, r.Findings)
		}
	}
}

// A webhook's request is what clients get, so nothing of it changes without a break.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	calls := func(hooks string) *breaking.Contract {
		return mustParse(t, []byte("openapi: 3.1.0\ninfo: {title: t, version: 1.0.0}\npaths: {}\nwebhooks: "+hooks+"\n"))
	}
	hook := func(schema string) string {
		return "{done: {post: {requestBody: {content: {application/json: {schema: " + schema + "}}}, responses: {'200': {description: d}}}}}"
	}
	none, one := calls("{}"), calls(hook("{type: object, required: [a], properties: {a: {type: string}}}"))
	optional, described := calls(hook("{type: object, properties: {a: {type: string}}}")), calls(hook("{type: object, required: [a], description: d, properties: {a: {type: string}}}"))
	tests := []struct {
		name           string
		base, revision *breaking.Contract
		asks           breaking.Need
		id             string
	}{
		{"none", one, one, breaking.None, ""},
		{"added", none, one, breaking.Minor, "webhook-added"},
		{"removed", one, none, breaking.Major, "webhook-removed"},
		{"a member made optional", one, optional, breaking.Major, "webhook-part-removed"},
		{"a member made mandatory", optional, one, breaking.Major, "webhook-part-added"},
		{"words", one, described, breaking.Patch, "text-added"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := compare(t, tt.base, tt.revision)
			if r.Asks != tt.asks {
				t.Errorf("asks for %v, want %v: %v", r.Asks, tt.asks, r.Findings)
			}
			if tt.id != "" && (len(r.Findings) != 1 || r.Findings[0].ID != tt.id) {
				t.Errorf("not %s but %v", tt.id, r.Findings)
			}
		})
	}
}

// One change of a shared component is one finding, in the same order each time, wherever
// the contract has its parts.
func TestFindings(t *testing.T) {
	t.Parallel()
	longer := set("components schemas Error properties error_code maxLength", 256)
	base, revision := versioned(t, "1.0.0", nothing), versioned(t, "1.0.0", longer)
	r := compare(t, base, revision)
	if len(r.Findings) != 1 || len(r.Findings[0].Places) != 6 {
		t.Errorf("%d findings: %v", len(r.Findings), r.Findings)
	}
	if n := r.Breaks(); n != 1 {
		t.Errorf("%d breaks", n)
	}
	many := both(longer, removal, widening, word, remove("security"), set("components schemas Id pattern", "^.*$"))
	first := compare(t, base, versioned(t, "1.0.0", many))
	for range 3 {
		if diff := gocmp.Diff(first, compare(t, base, versioned(t, "1.0.0", many))); diff != "" {
			t.Fatalf("another time (-first +then):\n%s", diff)
		}
	}
	if !slices.IsSortedFunc(first.Findings, func(a, b breaking.Finding) int { return int(b.Asks) - int(a.Asks) }) {
		t.Error("what breaks is not first")
	}
	seen := map[string]bool{}
	for _, f := range first.Findings {
		if key := f.ID + f.Change; seen[key] {
			t.Errorf("told twice: %s", key)
		} else {
			seen[key] = true
		}
		if strings.Contains(f.Change, "\x00") {
			t.Errorf("%q", f.Change)
		}
	}
}

// Whatever a file has, reading and comparing it comes to an end.
func FuzzParse(f *testing.F) {
	f.Add([]byte("openapi: 3.0.3\ninfo: {title: t, version: 1.0.0}\npaths: {}\n"))
	f.Add(schema("3.0.3", `{allOf: [{type: string}, {$ref: '#/components/schemas/S'}]}`))
	f.Add(schema("3.1.0", `{type: [string, 'null'], if: true, $defs: {a: {}}}`))
	f.Add(bytes.Repeat([]byte("["), 100))
	other, err := breaking.Parse(schema("3.0.3", `{type: object, properties: {a: {type: string}}}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := breaking.Parse(text)
		if err != nil {
			return
		}
		if r, err := breaking.Compare(c, c); err == nil && r.Verdict != breaking.Unchanged {
			t.Errorf("differs from itself: %v", r.Findings)
		}
		_, _ = breaking.Compare(c, other)
		_, _ = breaking.Compare(other, c)
	})
}
