package damage

import (
	"fmt"
	"slices"
)

// typed are the operators' restriction to schemas of a type.
func typed(name string, damage func(spot) []variant) func(spot) []variant {
	return func(s spot) []variant {
		if t := object(s)["type"]; equal(t, name) || slices.Contains(list(t), any(name)) {
			return damage(s)
		}
		return nil
	}
}

// bounds of lengths, counts and values.
var bounds = []string{
	"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minimum", "maximum",
}

// schemaOperators damage schemas.
var schemaOperators = []operator{
	{"drop a required member", schema, func(s spot) []variant { return dropItems(s, "required") }},
	{"require an optional member", schema, func(s spot) []variant {
		required := list(object(s)["required"])
		var all []variant
		properties, _ := object(s)["properties"].(map[string]any)
		for _, name := range sortedKeys(properties) {
			if !slices.Contains(required, any(name)) {
				all = append(all, put(s, "required", append(slices.Clone(required), name))...)
			}
		}
		return all
	}},
	{"drop a property", schema, func(s spot) []variant {
		return in(s, "properties", func(s spot) []variant { return drop(s, sortedKeys(object(s))...) })
	}},
	{"rename a property", schema, func(s spot) []variant {
		return in(s, "properties", func(s spot) []variant { return rename(s, sortedKeys(object(s)), "*s", "X*") })
	}},
	{"rename a property everywhere in its schema", schema, renameThroughout},
	{"add a property", schema, func(s spot) []variant {
		return in(s, "properties", func(s spot) []variant { return add(s, "surplus", map[string]any{"type": "string"}) })
	}},
	{"change a type", schema, func(s spot) []variant {
		return alter(s, "type", "string", "integer", "number", "boolean", "array", "object")
	}},
	{"drop a type", schema, func(s spot) []variant { return drop(s, "type") }},
	{"allow null", schema, func(s spot) []variant {
		return slices.Concat(add(s, "nullable", true), alter(s, "type", []any{object(s)["type"], "null"}))
	}},
	{"widen an enumeration", schema, func(s spot) []variant {
		return alter(s, "enum", append(slices.Clone(list(object(s)["enum"])), "OTHER"))
	}},
	{"narrow an enumeration", schema, func(s spot) []variant { return dropItems(s, "enum") }},
	{"drop an enumeration", schema, func(s spot) []variant { return drop(s, "enum") }},
	{"add an enumeration", schema, typed("string", func(s spot) []variant { return add(s, "enum", []any{"ONLY"}) })},
	{"add a constant", schema, typed("string", func(s spot) []variant { return add(s, "const", "ONLY") })},
	{"drop a default", schema, func(s spot) []variant { return drop(s, "default") }},
	{"change a default", schema, func(s spot) []variant { return alter(s, "default", "1", 0.0, "GREEN") }},
	{"add a default", schema, func(s spot) []variant { return add(s, "default", "7") }},
	{"drop a pattern", schema, func(s spot) []variant { return drop(s, "pattern") }},
	{"loosen a pattern", schema, func(s spot) []variant {
		return alter(s, "pattern", ".*", fmt.Sprintf("(?:%v)?", object(s)["pattern"]), fmt.Sprintf("%v|^$", object(s)["pattern"]))
	}},
	{"tighten a pattern", schema, func(s spot) []variant { return alter(s, "pattern", "^[a-z]$", "^$") }},
	{"add a pattern", schema, typed("string", func(s spot) []variant { return add(s, "pattern", "^[A-Za-z0-9_-]{1,64}$") })},
	{"drop a bound", schema, func(s spot) []variant { return drop(s, bounds...) }},
	{"move a bound", schema, func(s spot) []variant {
		var all []variant
		for _, key := range bounds {
			if bound, ok := object(s)[key].(float64); ok {
				all = append(all, alter(s, key, bound-1, bound+1, bound*2)...)
			}
		}
		return all
	}},
	{"add a bound", schema, typed("string", func(s spot) []variant {
		return slices.Concat(add(s, "minLength", 1.0), add(s, "maxLength", 64.0))
	})},
	{"add a bound", schema, typed("array", func(s spot) []variant {
		return slices.Concat(add(s, "minItems", 1.0), add(s, "maxItems", 10.0), add(s, "uniqueItems", true))
	})},
	{"add a bound", schema, typed("object", func(s spot) []variant {
		return slices.Concat(add(s, "minProperties", 1.0), add(s, "maxProperties", 3.0))
	})},
	{"add a format", schema, typed("string", func(s spot) []variant { return add(s, "format", "uuid", "date-time", "byte") })},
	{"close an object", schema, typed("object", func(s spot) []variant {
		return put(s, "additionalProperties", false, map[string]any{"type": "string"})
	})},
	{"make a schema read-only, write-only or deprecated", schema, func(s spot) []variant {
		return slices.Concat(put(s, "readOnly", true), put(s, "writeOnly", true), put(s, "deprecated", true))
	}},
	{"compose a schema", schema, func(s spot) []variant {
		return slices.Concat(
			add(s, "oneOf", []any{map[string]any{"maxLength": 3.0}}),
			add(s, "anyOf", []any{map[string]any{"maxLength": 3.0}}),
			add(s, "not", map[string]any{"maxLength": 3.0}),
			add(s, "allOf", []any{map[string]any{"maxLength": 3.0}}),
		)
	}},
	{"drop a list's items", schema, func(s spot) []variant {
		return slices.Concat(drop(s, "items"), alter(s, "items", map[string]any{}))
	}},
}

// renameThroughout renames a property where it is listed as required, too.
func renameThroughout(s spot) []variant {
	properties, _ := object(s)["properties"].(map[string]any)
	var all []variant
	for _, name := range sortedKeys(properties) {
		required := slices.Clone(list(object(s)["required"]))
		i := slices.Index(required, any(name))
		if i < 0 {
			continue
		}
		required[i] = name + "s"
		node := with(with(object(s), "properties", renamed(properties, name, name+"s")), "required", required)
		all = append(all, variant{what: name + " becomes " + name + "s", node: node, member: "properties"})
	}
	return all
}
