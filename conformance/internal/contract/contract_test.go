package contract_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/appgrant/appgrant/conformance/internal/contract"
	"github.com/appgrant/appgrant/conformance/report"
	"github.com/appgrant/appgrant/openapi"
)

func judge(t *testing.T, spec []byte, opts contract.Options) *report.Trace {
	t.Helper()
	trace, err := contract.Judge(t.Context(), spec, opts)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

// tree is the contract as a tree, to be changed at will.
func tree(t *testing.T) map[string]any {
	t.Helper()
	var root map[string]any
	if err := yaml.Load(openapi.YAML, &root); err != nil {
		t.Fatal(err)
	}
	return root
}

func marshal(t *testing.T, root any) []byte {
	t.Helper()
	spec, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// edit is the contract with texts replaced, each at its first place: old, new, old, ...
func edit(t *testing.T, oldnew ...string) []byte {
	t.Helper()
	spec := string(openapi.YAML)
	for i := 0; i < len(oldnew); i += 2 {
		changed := strings.Replace(spec, oldnew[i], oldnew[i+1], 1)
		if changed == spec {
			t.Fatalf("%q is not in the contract", oldnew[i])
		}
		spec = changed
	}
	return []byte(spec)
}

// wrong are the facts that don't hold, and what is untraced.
func wrong(trace *report.Trace) []string {
	var list []string
	for _, f := range trace.Facts {
		if !f.OK() {
			list = append(list, fmt.Sprintf("%s, %s: %s at %s: %s", f.Document, f.Row, f.Verdict, f.Pointer, f.Detail))
		}
	}
	for _, u := range trace.Untraced {
		list = append(list, fmt.Sprintf("untraced at %s: %s", u.Pointer, u.Says))
	}
	return list
}

// verdicts are the verdicts by document and row.
func verdicts(trace *report.Trace) map[string]report.Verdict {
	all := map[string]report.Verdict{}
	for _, f := range trace.Facts {
		all[f.Document+", "+f.Row] = f.Verdict
	}
	return all
}

// The contract says what the documents say and what is on record, and nothing else,
// however it is written.
func TestContract(t *testing.T) {
	t.Parallel()
	want := judge(t, openapi.YAML, contract.Options{Rulings: true})
	if list := wrong(want); len(list) > 0 {
		t.Errorf("the contract:\n%s", strings.Join(list, "\n"))
	}
	documented, decided := 0, 0
	for _, f := range want.Facts {
		if f.Decision {
			decided++
		} else {
			documented++
		}
	}
	if documented != 165 || decided != 272 {
		t.Errorf("%d documented facts and %d decisions; if that is as it should be, say so here", documented, decided)
	}

	tests := []struct {
		name string
		spec []byte
		opts contract.Options
	}{
		{"as JSON", marshal(t, tree(t)), contract.Options{Rulings: true}},
		{"with a time without quotes", edit(t, `"2021-01-01T10:00:00.000Z"`, `2021-01-01T10:00:00.000Z`), contract.Options{Rulings: true}},
		{"in the style of others", marshal(t, foreign(t)), contract.Options{Rulings: true}},
		{"in OpenAPI 3.1", marshal(t, modern(t, tree(t))), contract.Options{Rulings: true}},
		{"in the style of others, in OpenAPI 3.1", marshal(t, modern(t, foreign(t))), contract.Options{Rulings: true}},
		{"with no regard to decisions", openapi.YAML, contract.Options{}},
		{"in the style of others, with no regard to decisions", marshal(t, foreign(t)), contract.Options{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			trace := judge(t, tt.spec, tt.opts)
			if list := wrong(trace); len(list) > 0 {
				t.Errorf("not as it should be:\n%s", strings.Join(list, "\n"))
			}
			if diff := cmp.Diff(verdicts(want), verdicts(trace)); diff != "" {
				t.Errorf("verdicts (-contract +this):\n%s", diff)
			}
		})
	}
}

// foreign is the contract as somebody else may have written it: nothing shared, the
// token a header among others, each path's parameters at the path.
func foreign(t *testing.T) map[string]any {
	t.Helper()
	root := tree(t)
	inlined, _ := inline(root, root).(map[string]any)
	delete(inlined, "components")
	delete(inlined, "security")
	delete(inlined, "x-ruling")
	for path, item := range inlined["paths"].(map[string]any) {
		for key, value := range item.(map[string]any) {
			operation, ok := value.(map[string]any)
			if !ok || key == "x-ruling" {
				continue
			}
			token := map[string]any{
				"name": "x-auth-token", "in": "header", "required": true, "schema": map[string]any{"type": "string"},
			}
			if strings.HasSuffix(path, "/authorize/action") {
				token["x-ruling"] = "The document lists no headers."
			}
			item.(map[string]any)["parameters"] = append(operation["parameters"].([]any), token)
			delete(operation, "parameters")
		}
	}
	return inlined
}

// inline puts what references lead to in their place, and a lone part in the place
// of an allOf.
func inline(root map[string]any, at any) any {
	switch v := at.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			var target any = root
			for key := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
				target = target.(map[string]any)[key]
			}
			return inline(root, target)
		}
		object := map[string]any{}
		for key, value := range v {
			object[key] = inline(root, value)
		}
		if parts, ok := object["allOf"].([]any); ok {
			delete(object, "allOf")
			part := parts[0].(map[string]any)
			for key, value := range part {
				object[key] = value
			}
			if reason, ok := v["x-ruling"]; ok {
				object["x-ruling"] = reason
			}
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = inline(root, item)
		}
		return list
	default:
		return at
	}
}

// modern is a contract in the words of OpenAPI 3.1.
func modern(t *testing.T, root map[string]any) map[string]any {
	t.Helper()
	var visit func(at any)
	visit = func(at any) {
		switch v := at.(type) {
		case map[string]any:
			for key, value := range v {
				if name, ok := value.(string); ok && key == "type" && name != "apiKey" {
					v[key] = []any{name}
				}
				visit(value)
			}
		case []any:
			for _, item := range v {
				visit(item)
			}
		}
	}
	visit(root)
	root["openapi"] = "3.1.0"
	root["jsonSchemaDialect"] = "https://spec.openapis.org/oas/3.1/dialect/base"
	for _, item := range root["paths"].(map[string]any) {
		post, _ := item.(map[string]any)["post"].(map[string]any)
		if post == nil {
			continue
		}
		media := post["requestBody"].(map[string]any)["content"].(map[string]any)["application/json"].(map[string]any)
		for _, e := range media["examples"].(map[string]any) {
			media["schema"] = map[string]any{
				"allOf": []any{media["schema"]}, "examples": []any{e.(map[string]any)["value"]},
			}
		}
		delete(media, "examples")
	}
	return root
}

// Damage of any kind is noticed, or says the same by a rule.
func TestMutations(t *testing.T) {
	t.Parallel()
	for _, rulings := range []bool{true, false} {
		t.Run(fmt.Sprintf("rulings=%t", rulings), func(t *testing.T) {
			t.Parallel()
			opts := contract.Options{Rulings: rulings, Mutations: true}
			if testing.Short() {
				opts.OneIn = oneIn
			}
			trace := judge(t, openapi.YAML, opts)
			total := map[string]int{}
			for _, s := range trace.Mutations {
				total[s.Of] += s.Total
				for _, survivor := range s.Survivors {
					if survivor.Equivalent == "" {
						t.Errorf("%s, %s: nobody notices %s", s.Of, s.Operator, survivor.Mutant)
					}
					// In this file each survivor is one by a rule that knows nothing of the judge.
					if strings.Contains(survivor.Equivalent, "its statements are the original's") {
						t.Errorf("%s, %s: the judge itself excuses %s", s.Of, s.Operator, survivor.Mutant)
					}
				}
				if s.Killed > s.Total {
					t.Errorf("%s, %s: %d of %d", s.Of, s.Operator, s.Killed, s.Total)
				}
			}
			if !testing.Short() && (total["contract"] < 7000 || total["examples"] < 2000) {
				t.Errorf("%v mutants; where are the others?", total)
			}
		})
	}
}

// A file that has faults is not damaged further.
func TestMutationsNeedAContract(t *testing.T) {
	t.Parallel()
	trace := judge(t, edit(t, "required: [env_id, app_ids, api_ids]", "required: [env_id]"), contract.Options{Mutations: true})
	if trace.OK() || trace.Mutations != nil {
		t.Errorf("OK is %t, with %d scores", trace.OK(), len(trace.Mutations))
	}
}

// The same file gives the same trace.
func TestOrder(t *testing.T) {
	t.Parallel()
	spec := edit(t, "required: [env_id, app_ids, api_ids]", "required: [env_id]", "enum: [PROVIDER, CONSUMER]", "enum: [PROVIDER]",
		"  schemas:\n    Id:\n", "  schemas:\n    Surplus: {type: string}\n    Id:\n      format: surplus\n")
	want := judge(t, spec, contract.Options{})
	if len(want.Untraced) < 2 {
		t.Fatalf("untraced: %v", want.Untraced)
	}
	for range 10 {
		if diff := cmp.Diff(want, judge(t, spec, contract.Options{})); diff != "" {
			t.Fatalf("another trace (-before +now):\n%s", diff)
		}
	}
	if !slices.IsSortedFunc(want.Untraced, func(a, b report.Untraced) int { return strings.Compare(a.Pointer, b.Pointer) }) {
		t.Errorf("not in order: %v", want.Untraced)
	}
}
