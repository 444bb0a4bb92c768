package contract

import "strconv"

// schema states what a schema says of its subject, and of what is below it.
func (f *flattener) schema(subject string, n node) {
	if _, isBool := n.value.(bool); isBool {
		f.say(subject, "schema", n)
		return
	}
	f.visit(subject, n, f.modern, func(key string, member node) bool {
		switch key {
		case "type":
			f.types(subject, member)
		case "properties":
			f.each(subject, member, func(name string, property node) {
				of := field(subject, name)
				f.add(of, present, yes, property)
				f.schema(of, property)
			})
		case "required":
			f.required(subject, member)
		case "items":
			f.schema(subject+"[]", member)
		case "allOf":
			f.items(subject, member, func(part node) { f.schema(subject, part) })
		case "enum":
			f.enum(subject, member)
		case "const":
			f.add(subject, "enum", canonical(member.value), member)
		case example, "examples":
			f.examples(subject, key, member)
		case "oneOf", "anyOf", "prefixItems":
			f.alternatives(subject, key, member)
		case "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames":
			return f.below(subject, key, member)
		default:
			return false
		}
		return true
	})
}

// types states a type. In OpenAPI 3.1 null is one among several.
func (f *flattener) types(subject string, n node) {
	list, isList := n.value.([]any)
	if !isList {
		f.say(subject, "type", n)
		return
	}
	var others []any
	for _, name := range list {
		if name == any("null") {
			f.add(subject, "nullable", yes, n)
		} else {
			others = append(others, name)
		}
	}
	f.add(subject, "type", set(others), n)
}

func (f *flattener) required(subject string, n node) {
	if _, isBool := n.value.(bool); isBool { // a parameter's; in a schema it means nothing
		f.broken(subject, "required is not a list", n)
		return
	}
	f.items(subject, n, func(item node) {
		name, ok := item.value.(string)
		if !ok {
			f.broken(subject, "required names no member", item)
			return
		}
		f.add(field(subject, name), "required", yes, item)
	})
}

func (f *flattener) enum(subject string, n node) {
	list, ok := n.value.([]any)
	if !ok {
		f.broken(subject, "enum is not a list", n)
		return
	}
	f.add(subject, "enum", set(list), n)
}

func (f *flattener) alternatives(subject, key string, n node) {
	i := 0
	f.items(subject, n, func(part node) {
		f.add(subject, key, strconv.Itoa(i), part)
		f.schema(subject+" "+key+" "+strconv.Itoa(i), part)
		i++
	})
}

// below states a schema that is not its subject's own.
func (f *flattener) below(subject, key string, n node) bool {
	object, isObject := n.value.(map[string]any)
	if !isObject || len(object) == 0 && key == "additionalProperties" {
		return isObject
	}
	f.add(subject, key, "a schema", n)
	f.schema(subject+" "+key, n)
	return true
}
