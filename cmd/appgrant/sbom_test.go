package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/swaggest/swgui/v5/static"
)

// buildInfo has a module of each sort: as asked for, replaced by another version, twice
// by the same fork, by a folder, and from a workspace; and the one that brings Swagger UI
// into appgrant, and who knows what into others.
const buildInfo = `path	example.com/Shop/cmd/till
mod	example.com/Shop	v1.2.4-0.20261122163000-0123456789ab+dirty	
dep	example.com/cart	v1.0.0	h1:cart=
dep	example.com/old	v1.0.0
=>	example.com/old	v1.9.0	h1:old=
dep	example.com/one	v1.0.0
=>	example.com/fork	v2.0.0+incompatible	h1:fork=
dep	example.com/two	v1.1.0
=>	example.com/fork	v2.0.0+incompatible	h1:fork=
dep	example.com/local	v1.0.0
=>	./local	(devel)	
dep	example.com/beside	(devel)	
dep	github.com/swaggest/swgui	v1.8.5	h1:swgui=
build	-trimpath=true
build	CGO_ENABLED=0
build	GOARCH=arm64
build	GOOS=darwin
build	vcs=git
build	vcs.revision=0123456789abcdef
build	vcs.time=2026-11-22T16:30:00Z
build	vcs.modified=true
`

func TestSBOM(t *testing.T) {
	t.Parallel()
	info, err := debug.ParseBuildInfo(buildInfo)
	if err != nil {
		t.Fatal(err)
	}
	info.GoVersion = "go1.26.8 X:greenteagc"
	library := func(ref, name, version, purl string, properties ...cyclonedx.Property) cyclonedx.Component {
		c := cyclonedx.Component{Type: cyclonedx.ComponentTypeLibrary, BOMRef: ref, Name: name, Version: version, PackageURL: purl}
		if len(properties) > 0 {
			c.Properties = &properties
		}
		return c
	}
	want := cyclonedx.NewBOM()
	want.Metadata = &cyclonedx.Metadata{
		Timestamp: "2026-11-22T16:30:00Z",
		Component: &cyclonedx.Component{
			Type:       cyclonedx.ComponentTypeApplication,
			BOMRef:     "example.com/Shop@v1.2.4-0.20261122163000-0123456789ab+dirty",
			Name:       "example.com/Shop",
			Version:    "v1.2.4-0.20261122163000-0123456789ab+dirty",
			PackageURL: "pkg:golang/example.com/shop@v1.2.4-0.20261122163000-0123456789ab%2Bdirty",
			Properties: &[]cyclonedx.Property{
				{Name: "appgrant:go:package", Value: "example.com/Shop/cmd/till"},
				{Name: "appgrant:go:build:-trimpath", Value: "true"},
				{Name: "cdx:gomod:build:env:CGO_ENABLED", Value: "0"},
				{Name: "cdx:gomod:build:env:GOARCH", Value: "arm64"},
				{Name: "cdx:gomod:build:env:GOOS", Value: "darwin"},
				{Name: "appgrant:go:build:vcs", Value: "git"},
				{Name: "appgrant:go:build:vcs.revision", Value: "0123456789abcdef"},
				{Name: "appgrant:go:build:vcs.time", Value: "2026-11-22T16:30:00Z"},
				{Name: "appgrant:go:build:vcs.modified", Value: "true"},
			},
		},
	}
	fork := cyclonedx.Property{Name: "appgrant:go:sum", Value: "h1:fork="}
	want.Components = &[]cyclonedx.Component{
		library("std@1.26.8", "std", "1.26.8", "pkg:golang/std@1.26.8",
			cyclonedx.Property{Name: "cdx:gomod:build:env:GOVERSION", Value: "go1.26.8 X:greenteagc"}),
		library("example.com/cart@v1.0.0", "example.com/cart", "v1.0.0", "pkg:golang/example.com/cart@v1.0.0",
			cyclonedx.Property{Name: "appgrant:go:sum", Value: "h1:cart="}),
		library("example.com/old@v1.0.0", "example.com/old", "v1.9.0", "pkg:golang/example.com/old@v1.9.0",
			cyclonedx.Property{Name: "appgrant:go:replaces", Value: "example.com/old@v1.0.0"},
			cyclonedx.Property{Name: "appgrant:go:sum", Value: "h1:old="}),
		library("example.com/one@v1.0.0", "example.com/fork", "v2.0.0+incompatible", "pkg:golang/example.com/fork@v2.0.0%2Bincompatible",
			cyclonedx.Property{Name: "appgrant:go:replaces", Value: "example.com/one@v1.0.0"}, fork),
		library("example.com/two@v1.1.0", "example.com/fork", "v2.0.0+incompatible", "pkg:golang/example.com/fork@v2.0.0%2Bincompatible",
			cyclonedx.Property{Name: "appgrant:go:replaces", Value: "example.com/two@v1.1.0"}, fork),
		library("example.com/local@v1.0.0", "example.com/local", "", "",
			cyclonedx.Property{Name: "appgrant:go:replaced-by", Value: "./local"}),
		library("example.com/beside@(devel)", "example.com/beside", "", "pkg:golang/example.com/beside"),
		library("github.com/swaggest/swgui@v1.8.5", "github.com/swaggest/swgui", "v1.8.5", "pkg:golang/github.com/swaggest/swgui@v1.8.5",
			cyclonedx.Property{Name: "appgrant:go:sum", Value: "h1:swgui="}),
	}
	want.Dependencies = &[]cyclonedx.Dependency{{
		Ref: "example.com/Shop@v1.2.4-0.20261122163000-0123456789ab+dirty",
		Dependencies: &[]string{
			"std@1.26.8", "example.com/cart@v1.0.0", "example.com/old@v1.0.0", "example.com/one@v1.0.0",
			"example.com/two@v1.1.0", "example.com/local@v1.0.0", "example.com/beside@(devel)",
			"github.com/swaggest/swgui@v1.8.5",
		},
	}}
	got := sbom(info)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the bill (-want +got):\n%s", diff)
	}
	var text bytes.Buffer
	if err := writeSBOM(&text, got); err != nil {
		t.Fatal(err)
	}
	checkSBOM(t, text.Bytes())
}

// TestSBOMOfPrograms reads the bills of this program and of one that is built here, with
// a module in a folder.
func TestSBOMOfPrograms(t *testing.T) {
	t.Parallel()
	var own, stderr bytes.Buffer
	if status := run(t.Context(), []string{"sbom"}, nil, &own, &stderr); status != exitDone {
		t.Fatalf("exit status %d: %s", status, &stderr)
	}
	bom := checkSBOM(t, own.Bytes())
	if name := bom.Metadata.Component.Name; name != "github.com/appgrant/appgrant" {
		t.Errorf("this program is called %q", name)
	}
	if !slices.ContainsFunc(*bom.Components, func(c cyclonedx.Component) bool { return c.PackageURL == "pkg:npm/swagger-ui-dist@5.29.1" }) {
		t.Error("Swagger UI is not listed: is it in another version of swgui now?")
	}

	folder := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":           "module example.com/till\ngo 1.26\nrequire example.com/cart v1.0.0\nreplace example.com/cart => ./cart\n",
		"main.go":          "package main\nimport \"example.com/cart\"\nfunc main() { cart.Fill() }\n",
		"cart/go.mod":      "module example.com/cart\ngo 1.26\n",
		"cart/cart.go":     "package cart\nfunc Fill() { println() }\n",
		"no/module.go":     "//go:build ignore\n\npackage main\nfunc main() {}\n",
		"not-a-program.go": "//go:build ignore\n",
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := func(args ...string) {
		cmd := exec.Command("go", append([]string{"build"}, args...)...)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	build("-o", "till")
	build("-o", "moduleless", "no/module.go")

	var first, second bytes.Buffer
	for _, to := range []*bytes.Buffer{&first, &second} {
		if status := run(t.Context(), []string{"sbom", filepath.Join(folder, "till")}, nil, to, &stderr); status != exitDone {
			t.Fatalf("exit status %d: %s", status, &stderr)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same program has two bills")
	}
	bom = checkSBOM(t, first.Bytes())
	refs := []string{bom.Metadata.Component.BOMRef}
	for _, c := range *bom.Components {
		refs = append(refs, c.Name)
	}
	if diff := cmp.Diff([]string{"example.com/till@(devel)", "std", "example.com/cart"}, refs); diff != "" {
		t.Errorf("the parts (-want +got):\n%s", diff)
	}
	cgo := cyclonedx.Property{Name: "cdx:gomod:build:env:CGO_ENABLED", Value: "0"}
	if !slices.Contains(*bom.Metadata.Component.Properties, cgo) {
		t.Errorf("how it was built: %v", *bom.Metadata.Component.Properties)
	}

	for file, want := range map[string]string{
		"absent":           "no such file or directory",
		".":                " is not a Go program: unrecognized file format",
		"not-a-program.go": "not-a-program.go is not a Go program: unrecognized file format",
		"moduleless":       "moduleless was not built from a module",
	} {
		var stdout, stderr bytes.Buffer
		status := run(t.Context(), []string{"sbom", filepath.Join(folder, file)}, nil, &stdout, &stderr)
		if status != exitUsage || stdout.Len() > 0 || !strings.HasSuffix(stderr.String(), want+"\n") {
			t.Errorf("%s: exit status %d, %q, %q, want 2 and ... %q", file, status, &stdout, &stderr, want)
		}
	}
}

// TestSwaggerUI holds the files that are embedded against those of swagger-ui-dist 5.29.1
// in npm. The version in them is that of the release before, as npm's has it, too. If they
// change, so must the version, these sums, and the texts in .ci/licenses.
func TestSwaggerUI(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	names, err := fs.Glob(static.FS, "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		file, err := static.FS.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		var text io.Reader = file
		if base, zipped := strings.CutSuffix(name, ".gz"); zipped {
			name = base
			if text, err = gzip.NewReader(file); err != nil {
				t.Fatal(err)
			}
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, text); err != nil {
			t.Fatal(err)
		}
		got[name] = hex.EncodeToString(sum.Sum(nil))
	}
	want := map[string]string{
		"favicon-16x16.png":               "af24ad604dd7b3bcda8f975ab973075f4a2f70a4087944a12f8ef8b63a3e07c2",
		"favicon-32x32.png":               "3ed612f41e050ca5e7000cad6f1cbe7e7da39f65fca99c02e99e6591056e5837",
		"oauth2-redirect.html":            "908d551f2e451989cbaec730f425c54ea1d9535bb7fb7e00f8dd411d68e6a2c3",
		"swagger-ui-bundle.js":            "a600ebf8f885c92373e2210b1fd7422b24a4ff9cad93d3d7d6481f40b7704564",
		"swagger-ui-standalone-preset.js": "607f3740ec142bc9aeff9fc0058f46d2abcca0fd9101de0a6d168cd4a24eaa16",
		"swagger-ui.css":                  "bc5e8d5c013477cf1f35e2fb8ba1dff66be0f72f24e669a509635657145e1acb",
		"swagger-ui.js":                   "89026cf9665cfec48bf34100f4b470ae5c910125419d391361ba3261689cd474",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the files (-npm +embedded):\n%s", diff)
	}
}

// checkSBOM holds a bill against the specification: its schema, and what that can't say.
func checkSBOM(t *testing.T, text []byte) *cyclonedx.BOM {
	t.Helper()
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := sbomSchema(t).Validate(instance); err != nil {
		t.Error(err)
	}
	bom := new(cyclonedx.BOM)
	if err := json.Unmarshal(text, bom); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{bom.Metadata.Component.BOMRef: true}
	for _, c := range *bom.Components {
		if known[c.BOMRef] {
			t.Errorf("%q is there twice", c.BOMRef)
		}
		known[c.BOMRef] = true
	}
	for _, d := range *bom.Dependencies {
		for _, ref := range append([]string{d.Ref}, *d.Dependencies...) {
			if !known[ref] {
				t.Errorf("%q is not there", ref)
			}
		}
	}
	return bom
}

// sbomSchema is the schema of CycloneDX 1.6, which is among the library's files.
func sbomSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	const at = "http://cyclonedx.org/schema/"
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	for name, file := range map[string]string{
		"bom-1.6.schema.json":  "bom-1.6.schema.json",
		"spdx.schema.json":     "spdx.schema.json",
		"jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	} {
		text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(folder)), "schema", file))
		if err != nil {
			t.Fatal(err)
		}
		schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource(at+name, schema); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := compiler.Compile(at + "bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}
