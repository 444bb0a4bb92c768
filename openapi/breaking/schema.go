package breaking

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker/metaschema"
)

// schemas compares what two schemas say, in either edition of OpenAPI. A schema that
// is part of itself is compared once on each way.
func (d *differ) schemas(at place, a, b *openapi3.Schema) {
	pair := [2]*openapi3.Schema{a, b}
	if d.pairs[pair] || d.same[pair] || a == nil || b == nil {
		return
	}
	found, outermost := len(d.found), len(d.pairs) == 0
	d.pairs[pair] = true
	defer func() {
		delete(d.pairs, pair)
		if outermost && len(d.found) == found && d.err == nil {
			d.same[pair] = true
		}
	}()

	at.schema = at.schema.enter(at, d.names[a])
	at.location = at.schema.outermost // deeper ones count as that
	d.leaf(at.field("type"), reflect.ValueOf(a.Always), reflect.ValueOf(b.Always))
	d.fields(at, reflect.ValueOf(*plainly(a)), reflect.ValueOf(*plainly(b)))
}

// schemaPlace is where in a schema the walk is.
type schemaPlace struct {
	outermost string // the location of the whole; empty outside of schemas
	node      string // the innermost one, in oasdiff's words: auths/items/id
	start     int    // how many names lead to it
	component string // the innermost one that has a name
	named     int    // how many names lead to that
}

func (s schemaPlace) enter(at place, component string) schemaPlace {
	if s.outermost == "" {
		s.outermost = at.location
	} else {
		step := at.where[s.start]
		switch names := at.where[s.start+1:]; {
		case step == "properties":
			step = names[0]
		case len(names) > 0:
			step += "[" + names[0] + "]"
		}
		s.node = join(s.node, step)
	}
	s.start = len(at.where)
	if component != "" {
		s.component, s.named = component, s.start
	}
	return s
}

func join(node, name string) string { return strings.TrimPrefix(node+"/"+name, "/") }

// plainly says a schema the same way for both editions of OpenAPI, and leaves out what
// says nothing: null is told apart from the types, as in 3.0, and limits are exclusive
// by themselves, as in 3.1.
func plainly(s *openapi3.Schema) *openapi3.Schema {
	c := *s
	if s.Type != nil && len(*s.Type) > 1 {
		types := slices.DeleteFunc(slices.Clone(*s.Type), func(t string) bool { return t == openapi3.TypeNull })
		c.Nullable = s.Nullable || len(types) < len(*s.Type)
		c.Type = &types
	}
	c.Min, c.ExclusiveMin = bounds(s.Min, s.ExclusiveMin)
	c.Max, c.ExclusiveMax = bounds(s.Max, s.ExclusiveMax)
	for _, schema := range []*openapi3.BoolSchema{&c.AdditionalProperties, &c.UnevaluatedItems, &c.UnevaluatedProperties} {
		if schema.Has != nil && *schema.Has {
			*schema = openapi3.BoolSchema{}
		}
	}
	return &c
}

// bounds are a limit that may be reached and one that may not.
func bounds(limit *float64, exclusive openapi3.ExclusiveBound) (*float64, openapi3.ExclusiveBound) {
	if exclusive.IsTrue() {
		return nil, openapi3.ExclusiveBound{Value: limit}
	}
	return limit, openapi3.ExclusiveBound{Value: exclusive.Value}
}

// boolSchemas compares what is a schema, or says that everything or nothing will do.
func (d *differ) boolSchemas(at place, a, b openapi3.BoolSchema) {
	if a.Schema != nil && b.Schema != nil {
		d.schemas(at, a.Schema.Value, b.Schema.Value)
		return
	}
	said := func(s openapi3.BoolSchema) any {
		switch {
		case s.Schema != nil:
			return "a schema"
		case s.Has != nil:
			return *s.Has
		default:
			return nil
		}
	}
	from, to := said(a), said(b)
	d.leaf(at, reflect.ValueOf(&from).Elem(), reflect.ValueOf(&to).Elem())
}

// alternatives compares lists of schemas. Those that are the same in both are a pair,
// and the others in their order.
func (d *differ) alternatives(at place, a, b openapi3.SchemaRefs) {
	a, b = slices.Clone(a), slices.Clone(b)
	for i := 0; i < len(a); i++ {
		if j := slices.IndexFunc(b, func(s *openapi3.SchemaRef) bool { return d.equal(a[i], s) }); j >= 0 {
			a, b = slices.Delete(a, i, i+1), slices.Delete(b, j, j+1)
			i--
		}
	}
	for i := range max(len(a), len(b)) {
		switch entry := at.entry(strconv.Itoa(i)); {
		case i >= len(a):
			d.emit(entry, metaschema.ActionAdd, nil, nil)
		case i >= len(b):
			d.emit(entry, metaschema.ActionRemove, nil, nil)
		default:
			d.schemas(entry, a[i].Value, b[i].Value)
		}
	}
}

// equal reports whether two schemas differ in nothing.
func (d *differ) equal(a, b *openapi3.SchemaRef) bool {
	inner := differ{names: d.names, pairs: d.pairs, same: d.same, steps: d.steps}
	inner.schemas(place{}, a.Value, b.Value)
	d.steps, d.err = inner.steps, inner.err
	return inner.err == nil && len(inner.found) == 0
}
