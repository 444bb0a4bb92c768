package breaking_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/appgrant/appgrant/openapi"
	"github.com/appgrant/appgrant/openapi/breaking"
)

// document is a contract as a tree, for edits. A path into it is names with spaces in
// between; the first may be short for an operation. References are followed.
type document map[string]any

var operations = map[string]string{
	"authorize":   "paths /v2/{project_id}/apigw/instances/{instance_id}/app-auths post",
	"cancel":      "paths /v2/{project_id}/apigw/instances/{instance_id}/app-auths/{app_auth_id} delete",
	"delete-code": "paths /v2/{project_id}/apic/instances/{instance_id}/apps/{app_id}/app-codes/{app_code_id} delete",
	"unauthorize": "paths /v1/{project_id}/services/{service_id}/app-auth-apis/{api_id}/app-auth-api delete",
	"act":         "paths /v1/{project_id}/service/apis/authorize/action post",
}

func parsed(t *testing.T, text []byte) document {
	t.Helper()
	var d map[string]any
	if err := yaml.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// text is the document as JSON, which is YAML, too.
func (d document) text() []byte {
	text, err := json.Marshal(map[string]any(d))
	if err != nil {
		panic(err)
	}
	return text
}

func steps(path string) []string {
	first, rest, _ := strings.Cut(path, " ")
	if long := operations[first]; long != "" {
		path = long + " " + rest
	}
	return strings.Fields(path)
}

// find panics where the path leads nowhere: an edit that edits nothing tests nothing.
func (d document) find(names []string) any {
	node := any(map[string]any(d))
	for _, name := range names {
		switch n := d.resolved(node).(type) {
		case map[string]any:
			child, ok := n[name]
			if !ok {
				panic("there is no " + name + " in " + strings.Join(names, " "))
			}
			node = child
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil {
				panic(err)
			}
			node = n[i]
		default:
			panic(name + " is in nothing, in " + strings.Join(names, " "))
		}
	}
	return d.resolved(node)
}

func (d document) resolved(node any) any {
	if m, ok := node.(map[string]any); ok {
		if ref, ok := m["$ref"].(string); ok {
			return d.find(strings.Split(strings.TrimPrefix(ref, "#/"), "/"))
		}
	}
	return node
}

type edit func(document)

// change replaces what is at the path by what becomes of it.
func change(path string, f func(any) any) edit {
	return func(d document) {
		names := steps(path)
		last := names[len(names)-1]
		switch parent := d.find(names[:len(names)-1]).(type) {
		case map[string]any:
			if became := f(parent[last]); became == nil {
				delete(parent, last)
			} else {
				parent[last] = became
			}
		case []any:
			i, err := strconv.Atoi(last)
			if err != nil {
				panic(err)
			}
			parent[i] = f(parent[i])
		}
	}
}

func set(path string, value any) edit {
	return change(path, func(any) any { return fresh(value) })
}

// fresh is a copy, for edits that edit what others put in.
func fresh(value any) any {
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, &value)
	}
	if err != nil {
		panic(err)
	}
	return value
}

func remove(path string) edit {
	return func(d document) {
		d.find(steps(path))
		set(path, nil)(d)
	}
}

// rename gives a member another name.
func rename(path, name string) edit {
	return func(d document) {
		names := steps(path)
		parent := d.find(names[:len(names)-1]).(map[string]any)
		parent[name] = d.find(names)
		delete(parent, names[len(names)-1])
	}
}

func add(path string, member any) edit {
	return change(path, func(list any) any { return append(slices.Clone(list.([]any)), fresh(member)) })
}

func without(path string, i int) edit {
	return change(path, func(list any) any { return slices.Delete(slices.Clone(list.([]any)), i, i+1) })
}

func both(edits ...edit) edit {
	return func(d document) {
		for _, e := range edits {
			e(d)
		}
	}
}

// renameSchema gives a shared schema another name, in all references, too.
func renameSchema(from, to string) edit {
	return func(d document) {
		rename("components schemas "+from, to)(d)
		text := strings.ReplaceAll(string(d.text()), `"#/components/schemas/`+from+`"`, `"#/components/schemas/`+to+`"`)
		clear(d)
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			panic(err)
		}
	}
}

// inline puts what is referred to in the place of every reference.
func inline(d document) {
	var walk func(node any) any
	walk = func(node any) any {
		switch n := d.resolved(node).(type) {
		case map[string]any:
			whole := map[string]any{}
			for key, value := range n {
				whole[key] = walk(value)
			}
			return whole
		case []any:
			whole := make([]any, len(n))
			for i, value := range n {
				whole[i] = walk(value)
			}
			return whole
		default:
			return n
		}
	}
	whole := walk(map[string]any(d)).(map[string]any)
	components := whole["components"].(map[string]any)
	whole["components"] = map[string]any{"securitySchemes": components["securitySchemes"]}
	clear(d)
	maps.Copy(d, whole)
}

func mustParse(t *testing.T, text []byte) *breaking.Contract {
	t.Helper()
	c, err := breaking.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func compare(t *testing.T, base, revision *breaking.Contract) *breaking.Report {
	t.Helper()
	r, err := breaking.Compare(base, revision)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Each contract is itself, in whatever form it is written.
func TestUnchanged(t *testing.T) {
	t.Parallel()
	for name, text := range map[string][]byte{"services": openapi.YAML, "admin": openapi.AdminYAML} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			forms := map[string][]byte{"itself": text, "JSON": parsed(t, text).text()}
			base := mustParse(t, text)
			for form, text := range forms {
				revision := mustParse(t, text)
				for _, r := range []*breaking.Report{compare(t, base, revision), compare(t, revision, base)} {
					if r.Verdict != breaking.Unchanged || len(r.Findings) != 0 {
						t.Errorf("%s: %s, %v", form, r.Verdict, r.Findings)
					}
				}
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	with := func(e edit) []byte {
		d := parsed(t, openapi.YAML)
		e(d)
		return d.text()
	}
	for name, text := range map[string][]byte{
		"nothing":                  nil,
		"no YAML":                  []byte("\x00{"),
		"no OpenAPI":               []byte("a: b\n"),
		"Swagger 2":                []byte("swagger: '2.0'\ninfo: {title: t, version: 1.0.0}\npaths: {}\n"),
		"too long":                 append(bytes.Repeat([]byte("#"), breaking.MaxSize), append([]byte("\n"), openapi.YAML...)...),
		"a reference to a file":    with(set("authorize requestBody content application/json schema", map[string]any{"$ref": "other.yaml#/A"})),
		"a reference to an URL":    with(set("authorize requestBody content application/json schema", map[string]any{"$ref": "http://127.0.0.1:1/a.yaml"})),
		"a reference to nothing":   with(set("authorize requestBody content application/json schema", map[string]any{"$ref": "#/components/schemas/None"})),
		"a short version":          with(set("info version", "1.0")),
		"a version with a v":       with(set("info version", "v1.0.0")),
		"a date as version":        with(set("info version", "2026-01-31")),
		"a version too large":      with(set("info version", "99999999999999999999.0.0")),
		"an example off its shape": with(set("authorize requestBody content application/json examples oneAppOneApi value", 1)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := breaking.Parse(text); err == nil {
				t.Error("accepted")
			}
		})
	}
}

// Short as it is, it is endless when its references are followed.
func TestCompareRefusesTheEndless(t *testing.T) {
	t.Parallel()
	endless := func(last string) *breaking.Contract {
		schemas := map[string]any{"A0": map[string]any{"type": last}}
		for i := range 40 {
			below := map[string]any{"$ref": "#/components/schemas/A" + strconv.Itoa(i)}
			schemas["A"+strconv.Itoa(i+1)] = map[string]any{"properties": map[string]any{"a": below, "b": below}}
		}
		d := document{
			"openapi": "3.0.3", "info": map[string]any{"title": "t", "version": "1.0.0"},
			"paths": map[string]any{"/": map[string]any{"get": map[string]any{"responses": map[string]any{"200": map[string]any{
				"description": "d", "content": map[string]any{"application/json": map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/A40"}}},
			}}}}},
			"components": map[string]any{"schemas": schemas},
		}
		return mustParse(t, d.text())
	}
	if _, err := breaking.Compare(endless("string"), endless("integer")); err == nil {
		t.Error("compared")
	}
}
