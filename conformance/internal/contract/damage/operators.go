package damage

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// operators are all of them, in the order of reports. Those of one name are one.
var operators = slices.Concat(schemaOperators, exchangeOperators, pathOperators, referenceOperators, exampleOperators, generalOperators)

func object(s spot) map[string]any { o, _ := s.node.(map[string]any); return o }

func list(node any) []any { l, _ := node.([]any); return l }

func equal(a, b any) bool { return reflect.DeepEqual(a, b) }

// put gives an object other values of a member.
func put(s spot, key string, values ...any) []variant {
	var all []variant
	for _, value := range values {
		if before, ok := object(s)[key]; !ok || !equal(before, value) {
			all = append(all, variant{what: fmt.Sprintf("%s is %v", key, value), node: with(object(s), key, value), member: key})
		}
	}
	return all
}

// alter is put for members that are there.
func alter(s spot, key string, values ...any) []variant {
	if _, ok := object(s)[key]; !ok {
		return nil
	}
	return put(s, key, values...)
}

// add is put for members that are not.
func add(s spot, key string, values ...any) []variant {
	if _, ok := object(s)[key]; ok {
		return nil
	}
	return put(s, key, values...)
}

// drop takes members away.
func drop(s spot, keys ...string) []variant {
	var all []variant
	for _, key := range keys {
		if _, ok := object(s)[key]; ok {
			all = append(all, variant{what: "without " + key, node: without(object(s), key), member: key})
		}
	}
	return all
}

// rename gives members other names.
func rename(s spot, keys []string, names ...string) []variant {
	var all []variant
	for _, key := range keys {
		for _, name := range names {
			name = strings.ReplaceAll(name, "*", key)
			if _, taken := object(s)[name]; !taken {
				all = append(all, variant{
					what: key + " becomes " + name, node: renamed(object(s), key, name), member: key, renamed: true,
				})
			}
		}
	}
	return all
}

// dropItems takes each item out of a list that is a member.
func dropItems(s spot, key string) []variant {
	var all []variant
	items := list(object(s)[key])
	for i, item := range items {
		v := variant{what: fmt.Sprintf("%s without %v", key, item), node: with(object(s), key, withoutItem(items, i)), member: key}
		if len(items) == 1 {
			v.node = without(object(s), key)
		}
		all = append(all, v)
	}
	return all
}

// in is an operator's work on the members of one member, if that is an object.
func in(s spot, key string, damage func(spot) []variant) []variant {
	inner, ok := object(s)[key].(map[string]any)
	if !ok {
		return nil
	}
	var all []variant
	for _, v := range damage(spot{append(slices.Clone(s.path), key), inside(s.kind, key), inner, s.root}) {
		v.what, v.node, v.member = key+": "+v.what, with(object(s), key, v.node), key
		all = append(all, v)
	}
	return all
}

// generalOperators do to every node of a file, whatever it is, what can be done to
// any.
var generalOperators = []operator{
	{"drop any node", any1, func(s spot) []variant {
		if items, ok := s.node.([]any); ok {
			all := make([]variant, len(items))
			for i, item := range items {
				all[i] = variant{what: "without " + brief(item), node: withoutItem(items, i), member: strconv.Itoa(i)}
			}
			return all
		}
		return drop(s, sortedKeys(object(s))...)
	}},
	{"alter any value", any1, func(s spot) []variant {
		switch v := s.node.(type) {
		case string:
			return []variant{{what: "another text", node: v + "x"}}
		case float64:
			return []variant{{what: "a greater number", node: v + 1}, {what: "a smaller number", node: v - 1}}
		case bool:
			return []variant{{what: "the opposite", node: !v}}
		case nil:
			return []variant{{what: "a text", node: "x"}}
		default:
			return nil
		}
	}},
	{"empty any object or list", any1, func(s spot) []variant {
		switch v := s.node.(type) {
		case map[string]any:
			if len(v) > 0 && len(s.path) > 0 {
				return []variant{{what: "empty", node: map[string]any{}}}
			}
		case []any:
			if len(v) > 0 {
				return []variant{{what: "empty", node: []any{}}}
			}
		}
		return nil
	}},
	{"turn any node into null", any1, func(s spot) []variant {
		if len(s.path) == 0 || s.node == nil {
			return nil
		}
		return []variant{{what: "null", node: nil}}
	}},
	{"rename any member", any1, func(s spot) []variant { return rename(s, sortedKeys(object(s)), "*X") }},
	{"add an unknown member to any object", any1, func(s spot) []variant {
		if _, ok := s.node.(map[string]any); !ok {
			return nil
		}
		return add(s, "surplus", true)
	}},
	{"repeat an item of any list", any1, func(s spot) []variant {
		items, _ := s.node.([]any)
		if len(items) == 0 {
			return nil
		}
		return []variant{{what: "its first item twice", node: append(slices.Clone(items), items[0]), repeated: true}}
	}},
	{"reorder any list", any1, func(s spot) []variant {
		items, _ := s.node.([]any)
		if len(items) < 2 {
			return nil
		}
		turned := slices.Clone(items)
		slices.Reverse(turned)
		return []variant{{what: "in the reverse order", node: turned, reordered: true}}
	}},
	{"drop an x-ruling", rulings, func(s spot) []variant { return drop(s, sortedKeys(object(s))...) }},
	{"drop an x-ruling", any1, func(s spot) []variant {
		if slices.Contains(named, s.kind) {
			return nil
		}
		return drop(s, ruling)
	}},
	{"mark everything as a decision", any1, func(s spot) []variant {
		if slices.Contains(named, s.kind) || s.kind == exampleKind && s.ruled(s.path) {
			return nil
		}
		if _, ok := s.node.(map[string]any); !ok {
			return nil
		}
		return put(s, ruling, "because")
	}},
}

func brief(node any) string {
	switch node.(type) {
	case map[string]any, []any:
		return "an item"
	default:
		return fmt.Sprint(node)
	}
}

// referenceOperators damage what leads from one place to another.
var referenceOperators = []operator{
	{"retarget a $ref", any1, func(s spot) []variant {
		section, name := s.reference(object(s))
		all, _ := s.root["components"].(map[string]any)
		others, _ := all[section].(map[string]any)
		var variants []variant
		for _, other := range sortedKeys(others) {
			if other != name {
				variants = append(variants, variant{
					what: "refers to " + other, node: with(object(s), "$ref", "#/components/"+section+"/"+other), member: "$ref",
				})
			}
		}
		return variants
	}},
	{"break a $ref", any1, func(s spot) []variant {
		if section, _ := s.reference(object(s)); section == "" {
			return nil
		}
		return put(s, "$ref", "#/components/schemas/Nowhere", "elsewhere.yaml#/A")
	}},
	{"add an unused component", components, func(s spot) []variant {
		return in(s, "schemas", func(s spot) []variant { return add(s, "Surplus", map[string]any{"type": "string"}) })
	}},
}

// reference is where a $ref in an object leads, as section and name.
func (s spot) reference(object map[string]any) (section, name string) {
	ref, _ := object["$ref"].(string)
	path, ok := strings.CutPrefix(ref, "#/components/")
	if !ok {
		return "", ""
	}
	section, name, _ = strings.Cut(path, "/")
	return section, name
}

// exampleOperators damage examples.
var exampleOperators = []operator{
	{"drop an example", examples, func(s spot) []variant { return drop(s, sortedKeys(object(s))...) }},
	{"add an example", examples, func(s spot) []variant {
		return add(s, "surplus", map[string]any{"value": map[string]any{"error_code": "APIG.4711", "error_msg": "no such code"}})
	}},
	{"alter an example", exampleKind, func(s spot) []variant { return alterLeaves(s, "value") }},
	{"move an example to another status", responses, moveExamples},
	{"put an example in another's place", responses, exchangeExamples},
	{"give an example as a schema's", schema, func(s spot) []variant {
		return put(s, "example", "surplus")
	}},
}

// alterLeaves changes each value within a member.
func alterLeaves(s spot, key string) []variant {
	var all []variant
	for _, inner := range survey(s.root) {
		if len(inner.path) <= len(s.path) || !slices.Equal(inner.path[:len(s.path)], s.path) || inner.path[len(s.path)] != key {
			continue
		}
		if text, ok := inner.node.(string); ok {
			changed := replace(s.node, inner.path[len(s.path):], strings.ToUpper(text)+" ")
			all = append(all, variant{what: strings.Join(inner.path[len(s.path):], "/") + " has another text", node: changed, member: key})
		}
	}
	return all
}

// examplesOf are the examples of an answer, which stands at the spot.
func examplesOf(answer any) map[string]any {
	at, _ := answer.(map[string]any)
	for _, key := range []string{"content", "application/json", "examples"} {
		at, _ = at[key].(map[string]any)
	}
	return at
}

func withExamples(answer any, all map[string]any) any {
	return replace(answer, []string{"content", "application/json", "examples"}, all)
}

func moveExamples(s spot) []variant {
	return pairs(s, func(from, to map[string]any, a, b string) any {
		if len(from) == 0 || len(to) == 0 {
			return nil
		}
		moved := maps.Clone(to)
		for name, e := range from {
			moved[name+" moved"] = e
		}
		changed := with(object(s), a, withExamples(object(s)[a], map[string]any{}))
		return with(changed, b, withExamples(object(s)[b], moved))
	}, "%s's example moves to %s")
}

func exchangeExamples(s spot) []variant {
	return pairs(s, func(from, to map[string]any, _, b string) any {
		if len(from) == 0 || len(to) == 0 || equal(from, to) {
			return nil
		}
		return with(object(s), b, withExamples(object(s)[b], from))
	}, "%[2]s gets the example of %[1]s")
}

// pairs damages each answer by the help of each other.
func pairs(s spot, damage func(from, to map[string]any, a, b string) any, what string) []variant {
	var all []variant
	for _, a := range sortedKeys(object(s)) {
		for _, b := range sortedKeys(object(s)) {
			if a == b {
				continue
			}
			if node := damage(examplesOf(object(s)[a]), examplesOf(object(s)[b]), a, b); node != nil {
				all = append(all, variant{what: fmt.Sprintf(what, a, b), node: node, member: b})
			}
		}
	}
	return all
}
