package contract

import (
	"maps"
	"slices"
	"strings"
)

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// paths gives each path its section.
func (f *flattener) paths(n node, o, earlier *outline) {
	f.object("paths", n, func(path string, item node) bool {
		if extension(path) {
			return false
		}
		if earlier != nil {
			if s := earlier.sections[path]; s != nil && s.stillHolds(item.value, o.root) {
				o.sections[path] = s
				return true
			}
		}
		outer := f.list
		s := &section{item: item.value, components: map[string]any{}}
		f.list, f.section = make([]statement, 0, 1<<8), s
		f.pathItem(path, item)
		s.statements, f.list, f.section = f.list, outer, nil
		o.sections[path] = s
		return true
	})
}

// pathItem states a path and its operations. What marks the path as a whole marks
// no statement below as its own.
func (f *flattener) pathItem(path string, item node) {
	f.add("path "+path, present, yes, item)
	outer := item.ruled
	item.ruled = false
	var shared []node // lists of parameters, which are wanted before the operations
	var operations []func()
	f.object("path "+path, item, func(key string, member node) bool {
		switch {
		case slices.Contains(methods, key):
			operations = append(operations, func() { f.operation(strings.ToUpper(key)+" "+path, member, shared) })
		case key == "parameters":
			shared = append(shared, member)
		default:
			return false
		}
		return true
	})
	for _, operation := range operations {
		operation()
	}
	for i := range f.list {
		f.list[i].ruled = f.list[i].ruled || outer && f.list[i].predicate != broken
	}
}

// operation states an operation, with the parameters that its path has for all.
func (f *flattener) operation(op string, n node, shared []node) {
	f.add(op, present, yes, n)
	start, outer := len(f.list), n.ruled
	n.ruled = false
	var own, security []node
	f.object(op, n, func(key string, member node) bool {
		switch key {
		case "tags":
		case documentKey:
			f.say(op, key, member)
		case "parameters":
			own = append(own, member)
		case "security":
			security = append(security, member)
		case "requestBody":
			f.add(requestBody(op), present, yes, f.resolve(member))
			f.requestBody(requestBody(op), member)
		case "responses":
			f.responses(op, member)
		default:
			return false
		}
		return true
	})
	given := map[string]bool{}
	f.parameters(op, own, given)
	for _, member := range security {
		f.security(op, member, false)
	}
	if member, ok := f.root.child("security"); ok && security == nil {
		f.security(op, member, true)
	}
	middle := len(f.list)
	f.parameters(op, shared, given) // the mark of the operation is not on these
	for i := start; i < len(f.list); i++ {
		f.list[i].own = f.list[i].ruled
		f.list[i].ruled = f.list[i].ruled || outer && i < middle && f.list[i].predicate != broken
	}
}

// parameters are those of the operation or of its path, but for those that were
// given before. One that a list gives twice is stated twice.
func (f *flattener) parameters(op string, lists []node, given map[string]bool) {
	here := map[string]bool{}
	defer func() { maps.Copy(given, here) }()
	for _, list := range lists {
		f.items(op, list, func(p node) {
			at := f.resolve(p)
			subject := parameterSubject(op, at.text("in"), at.text("name"))
			if given[subject] {
				return
			}
			here[subject] = true
			f.add(subject, present, yes, at)
			f.parameter(subject, at.text("in"), p, at)
		})
	}
}

// parameter states a parameter, or a header of an answer. named has the name and
// place that the subject has, if the object itself is to repeat them.
func (f *flattener) parameter(subject, in string, n, named node) {
	style := map[string]string{"query": "form", "cookie": "form"}[in]
	if style == "" {
		style = "simple"
	}
	f.object(subject, n, func(key string, member node) bool {
		switch key {
		case "name", "in":
			return member.value == any(named.text(key))
		case "schema":
			f.schema(subject, member)
		case "content":
			f.content(subject, member)
		case example, "examples":
			f.examples(subject, key, member)
		case "style":
			return member.value == any(style)
		case "explode":
			return member.value == any(style == "form")
		default:
			return false
		}
		return true
	})
}

func (f *flattener) requestBody(subject string, n node) {
	f.object(subject, n, func(key string, member node) bool {
		if key == "content" {
			f.content(subject, member)
			return true
		}
		return false
	})
}

func (f *flattener) responses(op string, n node) {
	f.object(op+" responses", n, func(status string, answer node) bool {
		if extension(status) {
			return false
		}
		subject := response(op, status)
		f.add(subject, present, yes, f.resolve(answer))
		f.object(subject, answer, func(key string, member node) bool {
			switch key {
			case "headers":
				f.each(subject, member, func(name string, header node) {
					of := parameterSubject(subject, "header", name)
					f.add(of, present, yes, f.resolve(header))
					f.parameter(of, "header", header, node{})
				})
			case "content":
				f.content(responseBody(op, status), member)
			default:
				return false
			}
			return true
		})
		return true
	})
}

func (f *flattener) content(body string, n node) {
	f.each(body, n, func(medium string, member node) {
		medium = plainMedium(medium)
		f.add(body, mediaType, canonical(medium), member)
		subject := ofMedia(body, medium)
		f.object(subject, member, func(key string, member node) bool {
			switch key {
			case "schema":
				f.schema(subject, member)
			case example, "examples":
				f.examples(subject, key, member)
			default:
				return false
			}
			return true
		})
	})
}

// examples states the values of examples: of one, of a map of Example objects, or
// of a list as JSON Schema has it.
func (f *flattener) examples(subject, key string, n node) {
	if _, isList := n.value.([]any); isList && key != example {
		f.items(subject, n, func(item node) { f.add(subject, example, canonical(item.value), item) })
		return
	}
	if key == example {
		f.add(subject, example, canonical(n.value), n)
		return
	}
	f.each(subject, n, func(_ string, member node) {
		f.object(subject, member, func(key string, value node) bool {
			if key == "value" {
				f.add(subject, example, canonical(value.value), value)
				return true
			}
			return false
		})
	})
}

// security states what a credential in a header, a query or a cookie comes down
// to, which is a parameter. Of other credentials it states what there is. shared
// says that all operations have the requirement, if they have none of their own.
func (f *flattener) security(op string, n node, shared bool) {
	alternatives, _ := n.value.([]any)
	f.items(op, n, func(alternative node) {
		f.each(op, alternative, func(name string, scopes node) {
			if list, ok := scopes.value.([]any); !ok || len(list) > 0 {
				f.say(op+" security "+name, "scopes", scopes)
			}
			ref := "#/components/securitySchemes/" + pointerEscapes.Replace(name)
			scheme, ok := f.target(scopes, ref)
			if !ok {
				f.broken(op, "the security scheme "+name+" is not there", scopes)
				return
			}
			start := len(f.list)
			f.scheme(op, name, scheme, len(alternatives) == 1)
			own, _ := f.target(node{}, ref)
			for i := start; i < len(f.list); i++ {
				f.list[i].shared = shared && !own.ruled
			}
		})
	})
}

func (f *flattener) scheme(op, name string, n node, mandatory bool) {
	at := f.resolve(n)
	subject := op + " security " + name
	if at.text("type") == "apiKey" {
		subject = parameterSubject(op, at.text("in"), at.text("name"))
		f.add(subject, "type", canonical("string"), at)
	}
	f.add(subject, present, yes, at)
	if mandatory {
		f.add(subject, "required", yes, at)
	}
	f.object(subject, n, func(key string, _ node) bool {
		return at.text("type") == "apiKey" && (key == "type" || key == "in" || key == "name")
	})
}
