package breaking

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker/metaschema"
)

// walk compares two values of one type of kin-openapi's.
func (d *differ) walk(at place, a, b reflect.Value) {
	if d.steps++; d.steps > maxSteps {
		d.err = errTooLarge
		return
	}
	switch a.Kind() {
	case reflect.Pointer:
		d.pointers(at, a, b)
	case reflect.Map:
		d.entries(at, mapOf(a), mapOf(b))
	case reflect.Slice:
		d.slices(at, a, b)
	case reflect.Struct:
		d.structs(at, a, b)
	default:
		d.leaf(at, a, b)
	}
}

func (d *differ) pointers(at place, a, b reflect.Value) {
	switch {
	case a.IsNil() && b.IsNil():
	case isScalar(a.Type().Elem().Kind()):
		d.leaf(at, a, b)
	case a.IsNil():
		d.emit(at, metaschema.ActionSet, nil, nil)
	case b.IsNil():
		d.emit(at, metaschema.ActionUnset, nil, nil)
	default:
		if entriesA, ok := entriesOf(a); ok {
			entriesB, _ := entriesOf(b)
			d.entries(at, mapOf(entriesA), mapOf(entriesB))
			return
		}
		d.walk(at, a.Elem(), b.Elem())
	}
}

func isScalar(k reflect.Kind) bool {
	return k == reflect.String || k == reflect.Bool || k >= reflect.Int && k <= reflect.Float64
}

// structs compares what an object of OpenAPI may have.
func (d *differ) structs(at place, a, b reflect.Value) {
	switch valueA := a.Interface().(type) {
	case openapi3.SchemaRef:
		d.schemas(at, valueA.Value, b.Interface().(openapi3.SchemaRef).Value)
		return
	case openapi3.MappingRef:
		d.leaf(at, reflect.ValueOf(valueA.Ref), reflect.ValueOf(b.Interface().(openapi3.MappingRef).Ref))
		return
	case openapi3.BoolSchema:
		d.boolSchemas(at, valueA, b.Interface().(openapi3.BoolSchema))
		return
	case openapi3.ExclusiveBound:
		d.leaf(at, reflect.ValueOf(valueA.Value), reflect.ValueOf(b.Interface().(openapi3.ExclusiveBound).Value))
		return
	case openapi3.SecurityScheme:
		a, b = reflect.ValueOf(valueA), reflect.ValueOf(moved(valueA, b.Interface().(openapi3.SecurityScheme)))
	case openapi3.Parameter:
		a, b = reflect.ValueOf(spelledOut(valueA)), reflect.ValueOf(spelledOut(b.Interface().(openapi3.Parameter)))
	}
	if _, isRef := a.Type().FieldByName("Ref"); isRef {
		if value := a.FieldByName("Value"); value.IsValid() {
			d.pointers(at, value, b.FieldByName("Value"))
			return
		}
	}
	d.fields(at, a, b)
}

func (d *differ) fields(at place, a, b reflect.Value) {
	for i, field := range slices.Collect(a.Type().Fields()) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous:
			d.walk(at, a.Field(i), b.Field(i))
		case !slices.Contains([]string{"", "-", "$ref", "$defs"}, name): // references are followed
			next := at.field(name)
			next.inverted = at.inverted || name == "not" || name == "if"
			d.walk(next, a.Field(i), b.Field(i))
		}
	}
}

// moved is scheme b with the name of a, if it is the same but for its case, which does
// not count in headers and does elsewhere.
func moved(a, b openapi3.SecurityScheme) openapi3.SecurityScheme {
	if a.In != b.In && strings.EqualFold(a.Name, b.Name) {
		b.Name = a.Name
	}
	return b
}

// spelledOut is a parameter with the defaults that OpenAPI gives it.
func spelledOut(p openapi3.Parameter) openapi3.Parameter {
	if len(p.Content) > 0 {
		return p
	}
	if p.Style == "" {
		p.Style = "simple"
		if p.In == openapi3.ParameterInQuery || p.In == openapi3.ParameterInCookie {
			p.Style = "form"
		}
	}
	if p.Explode == nil {
		explode := p.Style == "form"
		p.Explode = &explode
	}
	p.Name, p.In = "", "" // it was found by them
	return p
}

// entries compares maps, and lists as maps of what they are found by.
func (d *differ) entries(at place, a, b map[string]reflect.Value) {
	for _, key := range sortedKeys(a, b, strings.Compare) {
		valueA, inA := a[key]
		valueB, inB := b[key]
		switch {
		case !inA:
			d.emit(at.entry(key), metaschema.ActionAdd, nil, nil)
		case !inB:
			d.emit(at.entry(key), metaschema.ActionRemove, nil, nil)
		default:
			d.walk(at.entry(key), valueA, valueB)
		}
	}
}

func mapOf(v reflect.Value) map[string]reflect.Value {
	m := map[string]reflect.Value{}
	for key, value := range v.Seq2() {
		m[key.String()] = value
	}
	return m
}

func (d *differ) slices(at place, a, b reflect.Value) {
	switch listA := a.Interface().(type) {
	case openapi3.SchemaRefs:
		d.alternatives(at, listA, b.Interface().(openapi3.SchemaRefs))
	case openapi3.Parameters:
		unchanged := func(name string) string { return name }
		renamed := func(name string) string { return cmp.Or(d.renamed[name], name) }
		d.entries(at, parameters(listA, unchanged), parameters(b.Interface().(openapi3.Parameters), renamed))
	case openapi3.Servers:
		url := func(s *openapi3.Server) string { return s.URL }
		d.entries(at, by(url, listA), by(url, b.Interface().(openapi3.Servers)))
	case openapi3.Tags:
		name := func(t *openapi3.Tag) string { return t.Name }
		d.entries(at, by(name, listA), by(name, b.Interface().(openapi3.Tags)))
	case openapi3.SecurityRequirements:
		d.entries(at, requirements(listA), requirements(b.Interface().(openapi3.SecurityRequirements)))
	default:
		d.members(at, a, b)
	}
}

func by[T any](key func(T) string, list []T) map[string]reflect.Value {
	m := map[string]reflect.Value{}
	for _, item := range list {
		m[key(item)] = reflect.ValueOf(item)
	}
	return m
}

func parameters(list openapi3.Parameters, rename func(string) string) map[string]reflect.Value {
	return by(func(p *openapi3.ParameterRef) string {
		if p.Value.In == openapi3.ParameterInPath {
			return p.Value.In + " " + rename(p.Value.Name)
		}
		return p.Value.In + " " + p.Value.Name
	}, list)
}

// requirements are the ways to authenticate, by their schemes. That none is asked for
// can be written as an empty list, or as an empty way.
func requirements(list openapi3.SecurityRequirements) map[string]reflect.Value {
	if len(list) == 0 {
		list = openapi3.SecurityRequirements{{}}
	}
	return by(func(r openapi3.SecurityRequirement) string {
		return cmp.Or(strings.Join(slices.Sorted(maps.Keys(r)), " and "), "no credentials")
	}, list)
}

// members compares lists whose order says nothing.
func (d *differ) members(at place, a, b reflect.Value) {
	setA, setB := setOf(a), setOf(b)
	isRequired := strings.HasSuffix(at.location, ".required") // of which an empty list says as much as none
	switch {
	case len(setA) == 0 && len(setB) == 0:
	case len(setA) == 0 && !isRequired:
		d.emit(at, metaschema.ActionSet, nil, b.Interface())
	case len(setB) == 0 && !isRequired:
		d.emit(at, metaschema.ActionUnset, a.Interface(), nil)
	default:
		for _, member := range sortedKeys(setA, setB, strings.Compare) {
			switch {
			case !setA[member]:
				d.emit(at, metaschema.ActionAdd, nil, json.RawMessage(member))
			case !setB[member]:
				d.emit(at, metaschema.ActionRemove, json.RawMessage(member), nil)
			}
		}
	}
}

func setOf(v reflect.Value) map[string]bool {
	set := map[string]bool{}
	for _, item := range v.Seq2() {
		set[jsonOf(item.Interface())] = true
	}
	return set
}

// leaf compares values that have no parts of their own.
func (d *differ) leaf(at place, a, b reflect.Value) {
	from, to := scalar(a), scalar(b)
	switch {
	case jsonOf(from) == jsonOf(to):
	case from == nil:
		d.emit(at, metaschema.ActionSet, nil, to)
	case to == nil:
		d.emit(at, metaschema.ActionUnset, from, nil)
	default:
		action := metaschema.ActionChange
		if x, y, ok := numbers(from, to); ok {
			action = metaschema.ActionIncrease
			if y < x {
				action = metaschema.ActionDecrease
			}
		}
		d.emit(at, action, from, to)
	}
}

// scalar is nil for what is not there. Only behind a pointer, or where anything may
// be, are false, 0 and the empty text values of their own.
func scalar(v reflect.Value) any {
	switch {
	case v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return v.Elem().Interface()
	case v.IsZero():
		return nil
	default:
		return v.Interface()
	}
}

func numbers(a, b any) (x, y float64, ok bool) {
	x, errA := strconv.ParseFloat(jsonOf(a), 64)
	y, errB := strconv.ParseFloat(jsonOf(b), 64)
	return x, y, errA == nil && errB == nil
}

func jsonOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
