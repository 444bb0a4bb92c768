package contract_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/appgrant/appgrant/conformance/internal/contract"
	"github.com/appgrant/appgrant/conformance/internal/contract/damage"
	"github.com/appgrant/appgrant/conformance/report"
	"github.com/appgrant/appgrant/openapi"
)

// Where there is nothing to judge, Judge says so.
func TestJudgeRefuses(t *testing.T) {
	t.Parallel()
	// Each component refers to the next one ten times.
	components := &strings.Builder{}
	for i := range 12 {
		fmt.Fprintf(components, "    S%d: {allOf: [%s]}\n", i, strings.Repeat(fmt.Sprintf("{$ref: '#/components/schemas/S%d'}, ", i+1), 10))
	}
	multiplied := `openapi: 3.0.3
paths:
  /a:
    get:
      responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/S0'}}}}}
components:
  schemas:
` + components.String()
	tests := []struct{ name, spec string }{
		{"nothing", ""},
		{"no YAML", "a: ["},
		{"a text", "text"},
		{"a list", "[1, 2]"},
		{"no paths", "openapi: 3.0.3"},
		{"paths that are a list", "paths: []"},
		{"a member twice in YAML", "paths: {}\npaths: {}"},
		{"a member twice in JSON", `{"paths": {}, "paths": {}}`},
		{"two documents", "paths: {}\n---\npaths: {}"},
		{"a name that is a list", "paths: {}\n? [a]\n: b"},
		{"an alias of itself", "paths: &a {b: *a}"},
		{"references that multiply", multiplied},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if trace, err := contract.Judge(t.Context(), []byte(tt.spec), contract.Options{Mutations: true}); err == nil {
				t.Errorf("judged: %d facts, %d untraced", len(trace.Facts), len(trace.Untraced))
			}
		})
	}
}

// odd are files that can be judged, and are wrong throughout.
var odd = []string{
	"paths: {}",
	"paths: {/a: null}",
	"paths: {/a: {get: null, parameters: {}}}",
	"paths: {/a: {get: {parameters: [null, 1, {}], responses: [], security: {}, requestBody: 1}}}",
	"paths: {/a: {$ref: '#/paths/~1a'}}",
	"paths: {/a: {$ref: '#/paths/~1b'}, /b: {$ref: '#/paths/~1a'}}",
	"paths: {/a: {$ref: elsewhere.yaml}}",
	"paths: {/a: {get: {security: [{none: []}, 1]}}}",
	"paths: {200: {get: {responses: {200: {content: {a/b: {schema: true, examples: [1]}}}}}}}",
	"openapi: 3.0.3\npaths: {/a: {get: {responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}}}\n" +
		"components: {schemas: {A: {properties: {a: {$ref: '#/components/schemas/A'}}, allOf: [{$ref: '#/components/schemas/A'}], default: 1}}}",
	"openapi: 3.0.3\ninfo: {title: a, version: b}\npaths: {}\n" +
		"components: {schemas: {A: {allOf: [{$ref: '#/components/schemas/A'}], default: 1}}}",
	"paths: {}\nx-ruling: because\ncomponents: {x-ruling: [], schemas: {A: {x-ruling: {b: ''}}}}",
	"paths: {x-ruling: {/a: because}, /a: {get: {x-ruling: 1, responses: {x-ruling: {'200': because}, default: {}}}}}",
	"paths: {/a: {get: {responses: {'200': {content: {a: {schema: {oneOf: 1, anyOf: [1], not: {}, enum: 1, required: true, type: [], items: [], minimum: .inf}}}}}}}}",
}

// Odd files are judged, found wanting, and do no harm.
func TestOddFiles(t *testing.T) {
	t.Parallel()
	for _, spec := range odd {
		for _, opts := range []contract.Options{{}, {Rulings: true, Mutations: true}} {
			trace, err := contract.Judge(t.Context(), []byte(spec), opts)
			if err != nil {
				t.Errorf("%s: %v", spec, err)
			} else if trace.OK() {
				t.Errorf("%s is OK", spec)
			}
		}
	}
}

func FuzzJudge(f *testing.F) {
	f.Add(openapi.YAML)
	f.Add(openapi.AdminYAML)
	for _, spec := range odd {
		f.Add([]byte(spec))
	}
	f.Fuzz(func(t *testing.T, spec []byte) {
		trace, err := contract.Judge(t.Context(), spec, contract.Options{})
		if err == nil && len(trace.Facts) < 400 {
			t.Errorf("%d facts", len(trace.Facts))
		}
	})
}

// The contract of administration is another one.
func TestOtherContract(t *testing.T) {
	t.Parallel()
	trace := judge(t, openapi.AdminYAML, contract.Options{})
	if trace.OK() || len(trace.Untraced) < 100 {
		t.Errorf("OK is %t, %d untraced", trace.OK(), len(trace.Untraced))
	}
	if !slices.ContainsFunc(trace.Facts, func(f report.Fact) bool { return f.Row == "URI" && f.Verdict == report.Missing }) {
		t.Error("no URI is missing")
	}
}

// What damage says of itself is what Judge says of the damaged file, read anew.
func TestDamageIsJudged(t *testing.T) {
	t.Parallel()
	root := tree(t)
	spec := marshal(t, root)
	var plain map[string]any // with the number type of JSON
	if err := json.Unmarshal(spec, &plain); err != nil {
		t.Fatal(err)
	}
	harmless := 0
	seen := map[[2]string]bool{}
	for _, m := range damage.All(plain) {
		key := [2]string{m.Operator, m.Harmless}
		if seen[key] {
			continue // one of a kind is enough, reading all anew takes minutes
		}
		seen[key] = true
		trace, err := contract.Judge(t.Context(), marshal(t, m.Apply(plain)), contract.Options{Rulings: true})
		noticed := err != nil || !trace.OK()
		if m.Harmless == "" && !noticed {
			t.Errorf("%s, %s: not noticed", m.Operator, m.What)
		}
		if m.Harmless != "" && m.Sound {
			harmless++
			if noticed {
				t.Errorf("%s, %s: %s: %v", m.Operator, m.What, err, wrong(trace))
			}
		}
	}
	if harmless == 0 {
		t.Error("none of these is harmless")
	}
	if string(marshal(t, plain)) != string(spec) {
		t.Error("damage changes the tree it is given")
	}
}
