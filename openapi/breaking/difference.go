package breaking

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker/metaschema"
)

// difference is one place in which two contracts differ.
type difference struct {
	operation operationKey // of the operation it is in, if any
	where     []string     // the names that lead there, from the operation or the document
	location  string       // the same in general: paths.*.*.responses.*.headers.*.schema.pattern
	action    metaschema.Action
	from, to  string      // as JSON, shortened; empty if there is none
	inverted  bool        // behind a "not": what narrows there, widens
	schema    schemaPlace // where in a schema, if it is in one
}

// maxSteps is how many pairs of values are looked at. References make a short
// document long: each that refers to two others doubles it.
const maxSteps = 1_000_000

var errTooLarge = errors.New("with its references followed it is too large")

// differences lists where revision differs from base, in a fixed order. Extensions
// and the version are left out. A reference is what it refers to; of the components
// that are referred to, only the names are compared.
func differences(base, revision *Contract) ([]difference, error) {
	d := &differ{names: base.names, pairs: map[[2]*openapi3.Schema]bool{}, same: map[[2]*openapi3.Schema]bool{}}
	a, b := base.operations(), revision.operations()
	for _, key := range sortedKeys(a, b, func(a, b operationKey) int {
		return strings.Compare(a.path+" "+a.method, b.path+" "+b.method)
	}) {
		d.operation = key
		d.operations(a[key], b[key])
		if a[key].Operation != nil && b[key].Operation != nil {
			d.components(base.reached, revision.reached)
		}
	}
	d.operation = operationKey{}
	d.document(base.doc, revision.doc)
	return d.found, d.err
}

func sortedKeys[K comparable, V any](a, b map[K]V, compare func(a, b K) int) []K {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.SortFunc(keys, compare)
	return slices.Compact(keys)
}

// differ walks two documents side by side.
type differ struct {
	operation operationKey
	renamed   map[string]string // path parameters, from the revision's name to the base's
	names     map[*openapi3.Schema]string
	found     []difference
	pairs     map[[2]*openapi3.Schema]bool // on the way to here, for schemas that refer to themselves
	same      map[[2]*openapi3.Schema]bool // compared before, as a whole, without a difference
	steps     int
	err       error
}

// place is where the walk is.
type place struct {
	where    []string
	location string
	inverted bool
	schema   schemaPlace // where in a schema, if it is in one
}

func (p place) field(name string) place { return p.step(name, name) }
func (p place) entry(key string) place  { return p.step(key, "*") }

func (p place) step(name, general string) place {
	p.where = append(slices.Clip(p.where), name)
	p.location = strings.TrimPrefix(p.location+"."+general, ".")
	return p
}

func (d *differ) emit(at place, action metaschema.Action, from, to any) {
	d.found = append(d.found, difference{
		operation: d.operation, where: at.where, location: at.location, action: action,
		from: short(from), to: short(to), inverted: at.inverted, schema: at.schema,
	})
}

// cut is where a long value was shortened.
const cut = "…"

func short(v any) string {
	if v == nil {
		return ""
	}
	const most = 100
	text := []rune(jsonOf(v))
	if len(text) > most {
		return string(text[:most]) + cut
	}
	return string(text)
}

func (d *differ) operations(a, b operation) {
	at := place{location: "paths.*.*"}
	switch {
	case a.Operation == nil:
		d.emit(at, metaschema.ActionAdd, nil, nil)
		return
	case b.Operation == nil:
		d.emit(at, metaschema.ActionRemove, nil, nil)
		return
	}
	d.renamed = map[string]string{}
	old, current := pathParameter.FindAllStringSubmatch(a.path, -1), pathParameter.FindAllStringSubmatch(b.path, -1)
	for i := range old {
		d.renamed[current[i][1]] = old[i][1]
		if old[i][1] != current[i][1] {
			renamed := place{location: "paths.*", where: []string{"parameters", "path " + old[i][1], "name"}}
			d.emit(renamed, metaschema.ActionChange, old[i][1], current[i][1])
		}
	}
	if from, to := firstTag(a), firstTag(b); from != to {
		d.emit(at.field("tags"), metaschema.ActionChange, from, to)
	}
	d.structs(at, reflect.ValueOf(*a.Operation), reflect.ValueOf(*b.Operation))
}

// firstTag is the one that generated clients name a class by.
func firstTag(o operation) string {
	if len(o.Tags) == 0 {
		return ""
	}
	return o.Tags[0]
}

// components compares the names of the schemas that the operation reaches with those
// that any does in the other contract.
func (d *differ) components(a, b reach) {
	at := place{location: "components.schemas", where: []string{"components", "schemas"}}
	for _, name := range slices.Sorted(maps.Keys(a[d.operation])) {
		if !b.any(name) {
			d.emit(at.entry(name), metaschema.ActionRemove, nil, nil)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b[d.operation])) {
		if !a.any(name) {
			d.emit(at.entry(name), metaschema.ActionAdd, nil, nil)
		}
	}
}

func (d *differ) document(a, b *openapi3.T) {
	root := place{}
	infoA, infoB := *a.Info, *b.Info
	infoA.Version, infoB.Version = "", ""
	d.walk(root.field("info"), reflect.ValueOf(infoA), reflect.ValueOf(infoB))
	d.walk(root.field("openapi"), reflect.ValueOf(a.OpenAPI), reflect.ValueOf(b.OpenAPI))
	d.walk(root.field("jsonSchemaDialect"), reflect.ValueOf(a.JSONSchemaDialect), reflect.ValueOf(b.JSONSchemaDialect))
	d.walk(root.field("tags"), reflect.ValueOf(a.Tags), reflect.ValueOf(b.Tags))
	d.walk(root.field("externalDocs"), reflect.ValueOf(a.ExternalDocs), reflect.ValueOf(b.ExternalDocs))
	d.walk(root.field("webhooks"), reflect.ValueOf(a.Webhooks), reflect.ValueOf(b.Webhooks))
	schemes := func(c *openapi3.Components) reflect.Value {
		if c == nil {
			c = &openapi3.Components{}
		}
		return reflect.ValueOf(c.SecuritySchemes)
	}
	d.walk(root.field("components").field("securitySchemes"), schemes(a.Components), schemes(b.Components))
	items, others := a.Paths.Map(), b.Paths.Map()
	for _, path := range sortedKeys(items, others, strings.Compare) {
		if a, b := items[path], others[path]; a != nil && b != nil {
			at := place{location: "paths.*", where: []string{"paths", path}}
			d.walk(at.field("summary"), reflect.ValueOf(a.Summary), reflect.ValueOf(b.Summary))
			d.walk(at.field("description"), reflect.ValueOf(a.Description), reflect.ValueOf(b.Description))
		}
	}
}
