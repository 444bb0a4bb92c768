package openapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/appgrant/appgrant/openapi"
)

var update = flag.Bool("update", false, "rewrite openapi/requests")

// TestRequestsUpToDate holds what is kept of the contracts to them.
func TestRequestsUpToDate(t *testing.T) {
	t.Parallel()
	for name, contract := range map[string][]byte{"app-authorization": openapi.YAML, "admin": openapi.AdminYAML} {
		var tree map[string]any
		if err := yaml.Load(contract, &tree); err != nil {
			t.Fatal(err)
		}
		reduce(tree, false)
		components, _ := tree["components"].(map[string]any)
		for _, answers := range []string{"responses", "headers"} {
			delete(components, answers)
		}
		want, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, '\n')
		file := "requests/" + name + ".json"
		if *update {
			if err := os.WriteFile(file, want, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale; make generate renews it", file)
		}
	}
}

// reduce takes out of a node what says nothing about requests. names is true if its members are
// named by the contract's author.
func reduce(node any, names bool) {
	switch n := node.(type) {
	case map[string]any:
		for key, member := range n {
			if !names && (slices.Contains([]string{"responses", "example", "examples", "summary", "description", "externalDocs"}, key) ||
				strings.HasPrefix(key, "x-")) {
				delete(n, key)
				continue
			}
			reduce(member, !names && slices.Contains([]string{"paths", "properties", "parameters", "requestBodies", "schemas", "securitySchemes", "content"}, key))
		}
	case []any:
		for _, item := range n {
			reduce(item, false)
		}
	}
}

// TestRequestsSaySame compares what is loaded, in the whole contracts and in what is kept of them.
func TestRequestsSaySame(t *testing.T) {
	t.Parallel()
	docs, err := openapi.LoadRequests()
	if err != nil {
		t.Fatal(err)
	}
	kept, whole := map[string]any{}, map[string]any{}
	for _, doc := range docs {
		collect(t, doc, kept)
	}
	for _, doc := range contracts(t) {
		collect(t, doc, whole)
	}
	if len(whole) == 0 {
		t.Fatal("there are no operations")
	}
	if diff := cmp.Diff(whole, kept); diff != "" {
		t.Errorf("-contracts +requests\n%s", diff)
	}
}

// collect notes all that a document says about the requests of its operations, with references followed.
func collect(t *testing.T, doc *openapi3.T, into map[string]any) {
	t.Helper()
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			said := []any{op.OperationID, op.Tags, op.Security, doc.Security}
			for _, p := range slices.Concat(item.Parameters, op.Parameters) {
				said = append(said, p.Value.Name, p.Value.In, p.Value.Required, p.Value.Style, p.Value.Explode, follow(t, p.Value.Schema))
			}
			if op.RequestBody != nil {
				said = append(said, op.RequestBody.Value.Required)
				for _, medium := range slices.Sorted(maps.Keys(op.RequestBody.Value.Content)) {
					said = append(said, medium, follow(t, op.RequestBody.Value.Content[medium].Schema))
				}
			}
			into[method+" "+path] = said
		}
	}
}

// follow is a schema without what says nothing about requests, and with what it refers to in place.
func follow(t *testing.T, schema *openapi3.SchemaRef) any {
	t.Helper()
	if schema == nil {
		return nil
	}
	whole := *schema.Value
	plain := whole
	plain.Properties, plain.Items, plain.AllOf, plain.AnyOf, plain.OneOf, plain.Not = nil, nil, nil, nil, nil, nil
	plain.AdditionalProperties.Schema = nil
	text, err := plain.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var own map[string]any
	if err := json.Unmarshal(text, &own); err != nil {
		t.Fatal(err)
	}
	reduce(own, false)
	parts := []any{own, follow(t, whole.Items), follow(t, whole.Not), follow(t, whole.AdditionalProperties.Schema)}
	for _, list := range []openapi3.SchemaRefs{whole.AllOf, whole.AnyOf, whole.OneOf} {
		var all []any
		for _, s := range list {
			all = append(all, follow(t, s))
		}
		parts = append(parts, all)
	}
	properties := map[string]any{}
	for name, s := range whole.Properties {
		properties[name] = follow(t, s)
	}
	return append(parts, properties)
}
