package damage

import (
	"slices"
	"strconv"
	"strings"
)

// kind is what a node of a file is, by where it stands.
type kind string

// The kinds. What no rule of the layout names is data: a value, such as that of an
// example, a default or an unknown keyword.
const (
	any1        kind = "" // every kind, for operators
	file        kind = "file"
	paths       kind = "paths"
	pathItem    kind = "path item"
	operation   kind = "operation"
	parameters  kind = "parameters"
	parameter   kind = "parameter"
	requestBody kind = "request body"
	responses   kind = "responses"
	response    kind = "response"
	headers     kind = "headers"
	header      kind = "header"
	content     kind = "content"
	mediaType   kind = "media type"
	examples    kind = "examples"
	exampleKind kind = "example"
	components  kind = "components"
	schemas     kind = "schemas"
	schema      kind = "schema"
	bodies      kind = "request bodies"
	schemes     kind = "security schemes"
	scheme      kind = "security scheme"
	security    kind = "security"
	rulings     kind = "rulings"
	names       kind = "names"  // a list of names in no order
	origin      kind = "origin" // the name of an operation's document
	prose       kind = "prose"
	data        kind = "data"
)

// each is the rule for all members, or items, that have none of their own.
const each = "*"

// layout is where what stands, as the specification has it.
var layout = map[kind]map[string]kind{
	file: {
		"paths": paths, "components": components, "security": security,
		"info": prose, "servers": prose, "tags": prose,
	},
	paths: {each: pathItem},
	pathItem: {
		"parameters": parameters,
		"get":        operation, "put": operation, "post": operation, "delete": operation,
		"options": operation, "head": operation, "patch": operation, "trace": operation,
	},
	operation: {
		"parameters": parameters, "requestBody": requestBody, "responses": responses, "security": security,
		"tags": prose, documentKey: origin,
	},
	parameters:  {each: parameter},
	parameter:   {"schema": schema, "content": content, "examples": examples},
	requestBody: {"content": content},
	responses:   {each: response},
	response:    {"headers": headers, "content": content},
	headers:     {each: header},
	header:      {"schema": schema, "content": content, "examples": examples},
	content:     {each: mediaType},
	mediaType:   {"schema": schema, "examples": examples},
	examples:    {each: exampleKind},
	components: {
		"schemas": schemas, "responses": responses, "parameters": parameters, "headers": headers,
		"requestBodies": bodies, "securitySchemes": schemes, "examples": examples,
	},
	bodies:  {each: requestBody},
	schemes: {each: scheme},
	schemas: {each: schema},
	schema: {
		"properties": schemas, "items": schema, "additionalProperties": schema, "not": schema,
		"allOf": schemas, "oneOf": schemas, "anyOf": schemas, "required": names, "enum": names,
	},
	security: {}, names: {}, scheme: {}, exampleKind: {},
}

// named are the kinds whose members have names of their own, so that x-ruling or
// description is a name there like others.
var named = []kind{schemas, headers, content, examples, parameters, bodies, schemes, prose, data, rulings, names}

// proseMembers say nothing to a program, in any object with keywords.
var proseMembers = []string{"title", "summary", "description", "externalDocs", "$comment"}

const (
	ruling      = "x-ruling"
	documentKey = "x-document"
)

// spot is a node where it stands.
type spot struct {
	path []string
	kind kind
	node any
	root map[string]any
}

// survey lists all nodes of a tree, each before what is in it.
func survey(root map[string]any) []spot {
	var all []spot
	var visit func(path []string, k kind, node any)
	visit = func(path []string, k kind, node any) {
		all = append(all, spot{slices.Clone(path), k, node, root})
		switch v := node.(type) {
		case map[string]any:
			for _, key := range sortedKeys(v) {
				visit(append(path, key), inside(k, key), v[key])
			}
		case []any:
			for i, item := range v {
				key := strconv.Itoa(i)
				visit(append(path, key), inside(k, key), item)
			}
		}
	}
	visit(nil, file, root)
	return all
}

// inside is the kind of a member of a node.
func inside(k kind, key string) kind {
	if k == prose || k == rulings {
		return k
	}
	if !slices.Contains(named, k) {
		if key == ruling {
			return rulings
		}
		if slices.Contains(proseMembers, key) {
			return prose
		}
	}
	if found, ok := layout[k][key]; ok {
		return found
	}
	if !slices.Contains(named, k) && strings.HasPrefix(key, "x-") {
		return prose
	}
	if found, ok := layout[k][each]; ok {
		return found
	}
	return data
}

// ruled is the path of the object whose x-ruling covers a node from outside of it,
// and whether there is one. A reason covers a whole object, a map of reasons the
// members that it names.
func (s spot) ruled(path []string) bool {
	var at any = s.root
	for _, key := range path {
		switch v := at.(type) {
		case map[string]any:
			switch r := v[ruling].(type) {
			case string:
				if isText(r) {
					return true
				}
			case map[string]any:
				if _, ok := r[key]; ok && key != ruling {
					return true
				}
			}
			at = v[key]
		case []any:
			i, _ := strconv.Atoi(key)
			at = v[i]
		}
	}
	return false
}

// component is what a reference in an object leads to, nil if that is nowhere.
func (s spot) component(object map[string]any) any {
	section, name := s.reference(object)
	all, _ := s.root["components"].(map[string]any)
	of, _ := all[section].(map[string]any)
	return of[name]
}
