package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/gin-gonic/gin"
	"pgregory.net/rapid"
)

// everyParameter are the parameters of both contracts, and some whose texts may be
// anything, in a fixed order.
func everyParameter(tb testing.TB) []parameter {
	tb.Helper()
	ops, err := loadOperations()
	if err != nil {
		tb.Fatal(err)
	}
	var all []parameter
	for _, in := range []string{"path", "query", "header"} {
		for _, required := range []bool{true, in == "path"} {
			spec := &openapi3.Parameter{In: in, Name: "free", Required: required, Schema: openapi3.NewStringSchema().WithMaxLength(8).NewRef()}
			all = append(all, newParameter(spec))
		}
	}
	for _, op := range ops {
		for _, p := range op.parameters {
			known := func(other parameter) bool { return other.Parameter == p.Parameter }
			if !slices.ContainsFunc(all, known) {
				all = append(all, p)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b parameter) int { return strings.Compare(a.In+a.Name, b.In+b.Name) })
	return all
}

var values = []string{
	"", "a", "apig", "APIG", "0", "1", "-1", "SHARED", "live", "true", "DEFAULT_ENVIRONMENT_RELEASE_ID", "f0fa1789-3b76-433b-a787-9892951c620e", "a,b", "a b", "a.b", "é", "\xff", "\t",
	"2027-01-01T00:00:00Z", strings.Repeat("a", 64), strings.Repeat("a", 65), strings.Repeat("a", 128), strings.Repeat("a", 129), strings.Repeat("a", 1024), strings.Repeat("a", 1025),
}

// with the parameter in it however often, and in whatever way.
func drawRequest(t *rapid.T, p parameter) *gin.Context {
	value := rapid.OneOf(rapid.SampledFrom(values), rapid.SampledFrom([]string{"a", "apig", "%41", "1+1", "a;b"}), rapid.StringMatching(`[ -~]{0,8}`), rapid.String())
	r := &http.Request{URL: &url.URL{}, Header: http.Header{}}
	c := &gin.Context{Request: r}
	switch p.In {
	case openapi3.ParameterInPath:
		c.Params = gin.Params{{Key: "other", Value: "a"}}
		if rapid.IntRange(0, 9).Draw(t, "there") > 0 {
			c.Params = append(c.Params, gin.Param{Key: p.Name, Value: value.Draw(t, "value")})
		}
	case openapi3.ParameterInHeader:
		if rapid.IntRange(0, 9).Draw(t, "there") > 0 {
			r.Header[http.CanonicalHeaderKey(p.Name)] = rapid.SliceOfN(value, 0, 2).Draw(t, "values")
		}
	case openapi3.ParameterInQuery:
		for range rapid.IntRange(0, 3).Draw(t, "pieces") {
			name := rapid.SampledFrom([]string{p.Name, p.Name, p.Name, strings.ToUpper(p.Name), "other", "", "%" + p.Name}).Draw(t, "name")
			between := rapid.SampledFrom([]string{"=", "=", "=", "", "==", "%3D"}).Draw(t, "between")
			after := rapid.SampledFrom([]string{"&", "&", "", "&&", ";", "#", "+", "%"}).Draw(t, "after")
			r.URL.RawQuery += name + between + value.Draw(t, "value") + after
		}
	}
	return c
}

// What is accepted at sight, openapi3filter accepts, and the query has it once.
func TestParametersAcceptedAtSight(t *testing.T) {
	t.Parallel()
	all := everyParameter(t)
	for _, p := range all {
		t.Run(p.In+" "+p.Name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { checkParameter(t, p, drawRequest(t, p)) })
		})
	}
}

func checkParameter(t *rapid.T, p parameter, c *gin.Context) {
	if !p.accepts(c) {
		return
	}
	if err := openapi3filter.ValidateParameter(c, filterInput(c), p.Parameter); err != nil {
		t.Fatalf("accepted: %v", err)
	}
	if p.In == openapi3.ParameterInQuery && garbled(c.Request.URL.RawQuery, p.Name) {
		t.Fatalf("garbled in %q", c.Request.URL.RawQuery)
	}
	given := slices.Concat(c.Request.URL.Query()[p.Name], c.Request.Header[p.key])
	if len(given) > 1 {
		t.Fatalf("more than once: %q", given)
	}
	for _, text := range given {
		if !p.text.accepts(text) {
			t.Fatalf("the binder finds %q", text)
		}
	}
}

// A rule accepts no text that its schema refuses, and no ASCII text is left to the
// schema that it allows.
func TestTextRule(t *testing.T) {
	t.Parallel()
	schemas := map[string]*openapi3.Schema{
		"short":  {Type: &openapi3.Types{"string"}, MinLength: 2, MaxLength: openapi3.Ptr[uint64](3)},
		"both":   {Type: &openapi3.Types{"string"}, Pattern: "^[a-c]+$", MinLength: 2, MaxLength: openapi3.Ptr[uint64](3)},
		"not":    {Type: &openapi3.Types{"string"}, Pattern: "^[^a]{1,3}$"},
		"one":    {Type: &openapi3.Types{"string"}, Pattern: "^[ab]$"},
		"folded": {Type: &openapi3.Types{"string"}, Pattern: "^(?i)[a-k]{1,3}$"},
		"loose":  {Type: &openapi3.Types{"string"}, Pattern: "[a-c]{2,3}"},
		"before": {Type: &openapi3.Types{"string"}, Pattern: "a[a-c]{2,3}$"},
		"behind": {Type: &openapi3.Types{"string"}, Pattern: "^[a-c]{2,3}a"},
		"lines":  {Type: &openapi3.Types{"string"}, Pattern: "(?m)^[a-c]{2,3}$"},
		"listed": {Type: &openapi3.Types{"string"}, Enum: []any{"a", "b c"}},
	}
	for _, p := range everyParameter(t) {
		if p.text != nil {
			schemas[p.In+" "+p.Name] = p.Schema.Value
		}
	}
	for name, schema := range schemas {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule := newTextRule(schema)
			if rule == nil {
				t.Fatal("there is no rule")
			}
			texts := []*rapid.Generator[string]{rapid.SampledFrom(values), rapid.StringMatching(`[a-d\n -]{0,5}`), rapid.String(), rapid.SampledFrom([]string{"ab", "b c", "\u017f", "\u212a", "a\n"})}
			if schema.Pattern != "" && !strings.HasPrefix(schema.Pattern, "(?m)") {
				texts = append(texts, rapid.StringMatching(schema.Pattern))
			}
			rapid.Check(t, func(t *rapid.T) {
				text := rapid.OneOf(texts...).Draw(t, "text")
				err := schema.VisitJSON(text)
				isASCII := !strings.ContainsFunc(text, func(r rune) bool { return r > '\x7f' })
				if got := rule.accepts(text); got && err != nil || !got && err == nil && isASCII {
					t.Fatalf("%q: %t, by the schema %v", text, got, err)
				}
			})
		})
	}
}

// What a rule does not know, it is not made for.
func TestNoTextRule(t *testing.T) {
	t.Parallel()
	text := func(edit func(*openapi3.Schema)) *openapi3.Schema {
		s := &openapi3.Schema{Type: &openapi3.Types{"string"}}
		edit(s)
		return s
	}
	for name, schema := range map[string]*openapi3.Schema{
		"no type":       {},
		"number":        {Type: &openapi3.Types{"number"}},
		"two types":     {Type: &openapi3.Types{"string", "null"}},
		"format":        text(func(s *openapi3.Schema) { s.Format = "uuid" }),
		"nullable":      text(func(s *openapi3.Schema) { s.Nullable = true }),
		"not":           text(func(s *openapi3.Schema) { s.Not = openapi3.NewStringSchema().NewRef() }),
		"all of":        text(func(s *openapi3.Schema) { s.AllOf = openapi3.SchemaRefs{openapi3.NewStringSchema().NewRef()} }),
		"read-only":     text(func(s *openapi3.Schema) { s.ReadOnly = true }),
		"number listed": text(func(s *openapi3.Schema) { s.Enum = []any{1.0} }),
		"bad pattern":   text(func(s *openapi3.Schema) { s.Pattern = `^\u0041$` }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if newTextRule(schema) != nil {
				t.Error("there is a rule")
			}
		})
	}
}
