package bundle_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/appgrant/appgrant/openapi"
	"github.com/appgrant/appgrant/openapi/bundle"
)

func TestFiles(t *testing.T) {
	t.Parallel()
	files, err := bundle.Files()
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string][]byte{}
	for _, file := range files {
		texts[file.Name] = file.Text
	}
	want := []string{
		"SHA256SUMS", "VERSION", "admin/VERSION",
		"admin/admin-3.1.json", "admin/admin-3.1.yaml", "admin/admin.json", "admin/admin.yaml",
		"app-authorization-3.1.json", "app-authorization-3.1.yaml", "app-authorization.json", "app-authorization.yaml",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(texts))); diff != "" {
		t.Fatalf("names (-want +got):\n%s", diff)
	}
	if !bytes.Equal(texts["app-authorization.yaml"], openapi.YAML) || !bytes.Equal(texts["admin/admin.yaml"], openapi.AdminYAML) {
		t.Error("the YAML is not as it is written")
	}
	doc, err := openapi.Load()
	if err != nil {
		t.Fatal(err)
	}
	if got := string(texts["VERSION"]); got != doc.Info.Version+"\n" {
		t.Errorf("VERSION is %q, the contract's version %s", got, doc.Info.Version)
	}
	sums := map[string]string{}
	for line := range strings.Lines(string(texts["SHA256SUMS"])) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		sums[name] = sum
	}
	delete(texts, "SHA256SUMS")
	actual := map[string]string{}
	for name, text := range texts {
		actual[name] = fmt.Sprintf("%x", sha256.Sum256(text))
	}
	if diff := cmp.Diff(actual, sums); diff != "" {
		t.Errorf("SHA256SUMS (-want +got):\n%s", diff)
	}
}

// All editions of a contract say the same, and in the same order.
func TestEditionsAgree(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]func() (bundle.Bundle, error){"contract": bundle.Contract, "admin": bundle.Admin} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := of()
			if err != nil {
				t.Fatal(err)
			}
			want := values(t, b.YAML)
			for edition, text := range map[string][]byte{"JSON": b.JSON, "YAML 3.1": b.YAML31, "JSON 3.1": b.JSON31} {
				got := values(t, text)
				if strings.HasSuffix(edition, "3.1") {
					if got["openapi"] != "3.1.0" {
						t.Errorf("%s: openapi is %v", edition, got["openapi"])
					}
					got["openapi"] = want["openapi"]
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-as written +got):\n%s", edition, diff)
				}
				if diff := cmp.Diff(names(t, b.YAML), names(t, text)); diff != "" {
					t.Errorf("%s: order of members (-as written +got):\n%s", edition, diff)
				}
				if _, err := openapi.Parse(text); err != nil {
					t.Errorf("%s: %v", edition, err)
				}
			}
			if err := json.Unmarshal(b.JSON, new(any)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	files := []bundle.File{{Name: "x", Text: []byte("1")}, {Name: "y/z", Text: []byte("2")}}
	for _, list := range [][]bundle.File{{{Name: "x", Text: []byte("before")}}, files} {
		if err := bundle.Write(dir, list); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range files {
		got, err := os.ReadFile(filepath.Join(dir, file.Name))
		if err != nil || !bytes.Equal(got, file.Text) {
			t.Errorf("%s: %q, %v", file.Name, got, err)
		}
	}
	if err := bundle.Write(filepath.Join(dir, "x"), files); err == nil {
		t.Error("it wrote into a file as into a directory")
	}
}

// Texts stay texts and long lists get a line for each item.
func TestWritten(t *testing.T) {
	t.Parallel()
	b, err := bundle.Of("it", []byte("openapi: 3.0.3\ninfo: {title: a<b, version: 1.0.0}\nx-day: 2020-01-02\n"+
		"x-long: {a: "+strings.Repeat("a", 60)+", b: "+strings.Repeat("b", 60)+"}\n"+
		"paths: {/a: {$ref: '#/x', summary: of a path it has effect in both}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b.JSON, &got); err != nil || got["x-day"] != "2020-01-02" {
		t.Errorf("x-day is %v, %v", got["x-day"], err)
	}
	if !bytes.Contains(b.JSON, []byte(`"title": "a<b"`)) {
		t.Errorf("the title reads otherwise:\n%s", b.JSON)
	}
	if want := "x-long:\n  a: aaa"; !bytes.Contains(b.YAML31, []byte(want)) {
		t.Errorf("want %q in:\n%s", want, b.YAML31)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	const head = "openapi: 3.0.3\ninfo: {title: t, version: 1.0.0}\n"
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "no documents"},
		{"no YAML", "a: [", "while parsing"},
		{"no version", "openapi: 3.0.3\ninfo: {title: t}\n", "no info.version"},
		{"no map", "[1]", "no info.version"},
		{"another edition", strings.Replace(head, "3.0.3", "3.1.0", 1), "no OpenAPI 3.0 document"},
		{"an alias", head + "x-a: &a {b: 1}\nx-c: *a\n", "line 4: an alias"},
		{"a merged map", head + "x-a: &a {b: 1}\nx-c:\n  <<: *a\n", "line 5: a key that JSON can't have"},
		{"a map as a key", head + "x-a: {{b: 1}: 2}\n", "line 3: a key that JSON can't have"},
		{"no number of JSON", head + "x-a: .inf\n", "line 3: "},
		{
			"beside a reference",
			head + "components: {schemas: {A: {type: string}, B: {$ref: '#/components/schemas/A', nullable: true}}}\n",
			"line 3: what stands beside a $ref",
		},
		{
			"beside a reference to an answer",
			head + "components: {responses: {A: {description: a}}}\npaths:\n  /a: {get: {responses: {'200': {$ref: '#/components/responses/A', description: b}}}}\n",
			"line 5: what stands beside a $ref",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := bundle.Of("it", []byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// values decodes YAML or JSON.
func values(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var tree map[string]any
	if err := yaml.Load(text, &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

// names are all names of members in YAML or JSON, in order.
func names(t *testing.T, text []byte) []string {
	t.Helper()
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	var list []string
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		for i, child := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 0 {
				list = append(list, child.Value)
			}
			walk(child)
		}
	}
	walk(&document)
	return list
}
