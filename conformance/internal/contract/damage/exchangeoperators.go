package damage

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// text is a schema of texts.
func text() map[string]any { return map[string]any{"type": "string"} }

// exchangeOperators damage what goes to and fro: parameters, headers, bodies,
// statuses, credentials.
var exchangeOperators = []operator{
	{"drop a status", responses, func(s spot) []variant { return drop(s, sortedKeys(object(s))...) }},
	{"change a status", responses, func(s spot) []variant {
		return rename(s, sortedKeys(object(s)), "200", "202", "400", "404", "409", "4XX", "default")
	}},
	{"add a status", responses, func(s spot) []variant {
		answer := map[string]any{"description": "Surplus."}
		return slices.Concat(add(s, "409", answer), add(s, "default", answer), add(s, "5XX", answer))
	}},
	{"drop a header", response, func(s spot) []variant {
		return slices.Concat(drop(s, "headers"), in(s, "headers", func(s spot) []variant { return drop(s, sortedKeys(object(s))...) }))
	}},
	{"rename a header", response, func(s spot) []variant {
		return in(s, "headers", func(s spot) []variant { return rename(s, sortedKeys(object(s)), "X-*", "*s") })
	}},
	{"add a header", response, func(s spot) []variant {
		surplus := map[string]any{"schema": text()}
		return slices.Concat(
			add(s, "headers", map[string]any{"X-Surplus": surplus}),
			in(s, "headers", func(s spot) []variant { return add(s, "X-Surplus", surplus) }),
		)
	}},
	{"make a mandatory header optional, or the reverse", header, toggleRequired},
	{"drop a body", response, func(s spot) []variant { return drop(s, "content") }},
	{"add a body where there is none", response, func(s spot) []variant {
		if _, refers := object(s)["$ref"]; refers { // what stands beside that does not count
			return nil
		}
		return slices.Concat(
			add(s, "content", map[string]any{"application/json": map[string]any{"schema": map[string]any{"type": "object"}}}),
			add(s, "content", map[string]any{"text/plain": map[string]any{"schema": text()}}),
		)
	}},
	{"change a media type", content, func(s spot) []variant {
		return rename(s, sortedKeys(object(s)), "text/plain", "application/xml", "application/*", "*/*", "*;charset=latin1")
	}},
	{"add a media type", content, func(s spot) []variant {
		return add(s, "application/xml", map[string]any{"schema": map[string]any{"type": "object"}})
	}},
	{"drop a body's schema", mediaType, func(s spot) []variant { return drop(s, "schema") }},
	{"make a body optional, or the reverse", requestBody, toggleRequired},
	{"drop a request's body", operation, func(s spot) []variant { return drop(s, "requestBody") }},
	{"add a request's body where there is none", operation, func(s spot) []variant {
		return add(s, "requestBody", map[string]any{"content": map[string]any{
			"application/json": map[string]any{"schema": map[string]any{"type": "object"}},
		}})
	}},
	{"drop a parameter", parameters, func(s spot) []variant {
		var all []variant
		for i := range list(s.node) {
			all = append(all, variant{what: fmt.Sprintf("without the item %d", i), node: withoutItem(list(s.node), i), member: strconv.Itoa(i)})
		}
		return all
	}},
	{"add a parameter", operation, func(s spot) []variant {
		var all []variant
		for _, place := range []string{"query", "header", "cookie"} {
			surplus := map[string]any{"name": "surplus", "in": place, "schema": text()}
			all = append(all, put(s, "parameters", append(slices.Clone(list(object(s)["parameters"])), surplus))...)
		}
		return all
	}},
	{"rename a parameter", parameter, func(s spot) []variant {
		if name, ok := object(s)["name"].(string); ok {
			return alter(s, "name", name+"s", "x_"+name)
		}
		return nil
	}},
	{"move a parameter", parameter, func(s spot) []variant { return alter(s, "in", "path", "query", "header", "cookie") }},
	{"make a mandatory parameter optional, or the reverse", parameter, toggleRequired},
	{"write a parameter otherwise", parameter, func(s spot) []variant {
		if object(s)["in"] == nil {
			return nil
		}
		return slices.Concat(put(s, "style", "label", "spaceDelimited"), put(s, "explode", object(s)["in"] != "query"),
			put(s, "allowEmptyValue", true), put(s, "allowReserved", true))
	}},
	{"drop security", file, func(s spot) []variant { return slices.Concat(drop(s, "security"), alter(s, "security", []any{})) }},
	{"drop security", operation, func(s spot) []variant { return put(s, "security", []any{}) }},
	{"drop security", components, func(s spot) []variant { return drop(s, "securitySchemes") }},
	{"weaken security", security, func(s spot) []variant {
		return []variant{
			{what: "or none", node: append(slices.Clone(list(s.node)), map[string]any{})},
			{what: "none, or", node: append([]any{map[string]any{}}, list(s.node)...)},
			{what: "the same or none, for want of a name", node: []any{map[string]any{}}},
		}
	}},
	{"weaken security", operation, func(s spot) []variant {
		return put(s, "security", append(slices.Clone(list(s.root["security"])), map[string]any{}))
	}},
	{"change a credential", scheme, func(s spot) []variant {
		return slices.Concat(alter(s, "in", "query", "cookie"), alter(s, "name", "X-Token", "Authorization"), alter(s, "type", "http", "oauth2"))
	}},
}

func toggleRequired(s spot) []variant {
	if _, ok := object(s)["$ref"]; ok {
		return nil
	}
	if object(s)["required"] == true {
		return slices.Concat(drop(s, "required"), alter(s, "required", false))
	}
	return put(s, "required", true)
}

// pathOperators damage paths and operations.
var pathOperators = []operator{
	{"drop a path", paths, func(s spot) []variant { return drop(s, sortedKeys(object(s))...) }},
	{"change a path", paths, func(s spot) []variant {
		var all []variant
		for _, path := range sortedKeys(object(s)) {
			changed := []string{path + "/", path + "/x", strings.ToUpper(path)}
			segments := strings.Split(path, "/")
			for i, segment := range segments {
				if i == 0 {
					continue
				}
				other := segment + "x"
				if name, ok := strings.CutSuffix(segment, "}"); ok {
					other = name + "x}"
				}
				for _, by := range [][]string{{other}, {}} {
					changed = append(changed, strings.Join(slices.Concat(segments[:i], by, segments[i+1:]), "/"))
				}
			}
			all = append(all, rename(s, []string{path}, changed...)...)
		}
		return all
	}},
	{"add a path", paths, func(s spot) []variant {
		return add(s, "/surplus", map[string]any{})
	}},
	{"rename a path's parameter throughout", paths, renameParameters},
	{"change a method", pathItem, func(s spot) []variant {
		return rename(s, methodsOf(s), "get", "put", "post", "delete", "options", "head", "patch", "trace")
	}},
	{"drop an operation", pathItem, func(s spot) []variant { return drop(s, methodsOf(s)...) }},
	{"add an operation", pathItem, func(s spot) []variant {
		surplus := map[string]any{"responses": map[string]any{"204": map[string]any{"description": "No Content."}}}
		return slices.Concat(add(s, "get", surplus), add(s, "head", surplus))
	}},
	{"rename an operationId", operation, func(s spot) []variant { return alter(s, "operationId", "Surplus", "") }},
	{"drop an operationId", operation, func(s spot) []variant { return drop(s, "operationId") }},
	{"deprecate an operation", operation, func(s spot) []variant { return put(s, "deprecated", true) }},
}

func methodsOf(s spot) []string {
	return slices.DeleteFunc(sortedKeys(object(s)), func(key string) bool { return inside(s.kind, key) != operation })
}

// renameParameters renames a parameter in the path and where it is declared.
func renameParameters(s spot) []variant {
	var all []variant
	for _, path := range sortedKeys(object(s)) {
		for segment := range strings.SplitSeq(path, "/") {
			name, ok := strings.CutPrefix(segment, "{")
			if !ok {
				continue
			}
			name = strings.TrimSuffix(name, "}")
			item := object(s)[path]
			for _, inner := range survey(s.root) {
				at := inner.path[min(len(inner.path), len(s.path)+1):]
				if inner.kind != parameter || len(at) == 0 || inner.path[len(s.path)] != path {
					continue
				}
				if equal(object(inner)["name"], name) && equal(object(inner)["in"], "path") {
					item = replace(item, at, with(object(inner), "name", name+"s"))
				}
			}
			changed := without(object(s), path)
			changed[strings.Replace(path, "{"+name+"}", "{"+name+"s}", 1)] = item
			all = append(all, variant{what: path + ": " + name + " becomes " + name + "s", node: changed, member: path})
		}
	}
	return all
}
