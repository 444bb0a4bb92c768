package contract

import (
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// maxVisits bounds the work on a file whose references multiply.
const maxVisits = 1 << 20

var versions = regexp.MustCompile(`^3\.[01]\.[0-9]+$`)

// outline is what a file says, path by path.
type outline struct {
	root     map[string]any
	sections map[string]*section
	rest     []statement // what belongs to no path
	whole    bool        // false if the file is beyond measure
}

// section is what a file says about one path, and what that was read from.
type section struct {
	statements []statement
	item       any
	components map[string]any // by section and name; nil if not found
	elsewhere  bool           // some reference leads to no component
}

// flattener turns a tree into the statements that it makes. Nothing is left out but
// prose and what holds anyway; what it does not know is a statement like others.
type flattener struct {
	root    node
	list    []statement
	open    []string        // the references that are being followed
	leads   map[string]lead // where references lead
	section *section        // that of the path it is at
	modern  bool            // OpenAPI 3.1, where a schema may say more beside a $ref
	visits  int
}

// flatten gives what a file says, in no particular order. Sections of an earlier
// outline are taken over if they were read from the very same nodes; it may be nil.
func flatten(root map[string]any, earlier *outline) *outline {
	f := &flattener{root: node{value: root, ruled: ruledWhole(root)}, leads: map[string]lead{}}
	version, _ := root["openapi"].(string)
	f.modern = strings.HasPrefix(version, "3.1.")
	o := &outline{root: root, sections: map[string]*section{}}
	if earlier != nil && !sameFrame(earlier.root, root) {
		earlier = nil
	}
	f.object("file", f.root, func(key string, member node) bool {
		switch key {
		case "openapi":
			if !versions.MatchString(version) {
				f.broken("file", "the version is not 3.0 or 3.1", member)
			}
		case "info", "servers", "tags", "components", "security":
		case "paths":
			f.paths(member, o, earlier)
		default:
			return false
		}
		return true
	})
	f.unused(o)
	o.rest, o.whole = f.list, f.visits <= maxVisits
	return o
}

// statements are those of all paths and of none.
func (o *outline) statements() [][]statement {
	lists := [][]statement{o.rest}
	for _, s := range o.sections {
		lists = append(lists, s.statements)
	}
	return lists
}

// sameFrame reports whether nothing differs, between two files, in what all paths
// share besides components.
func sameFrame(a, b map[string]any) bool {
	for _, key := range []string{"openapi", "security", ruling} {
		if !identical(a[key], b[key]) {
			return false
		}
	}
	for _, key := range []string{"paths", "components"} {
		left, _ := a[key].(map[string]any)
		right, _ := b[key].(map[string]any)
		if !identical(left[ruling], right[ruling]) {
			return false
		}
		for name, value := range left {
			section, _ := value.(map[string]any)
			other, _ := right[name].(map[string]any)
			if key == "components" && !identical(section[ruling], other[ruling]) {
				return false
			}
		}
	}
	return true
}

// stillHolds reports whether a section would be the same if it were read from the
// item and the file given.
func (s *section) stillHolds(item any, root map[string]any) bool {
	if s.elsewhere || !identical(s.item, item) {
		return false
	}
	components, _ := root["components"].(map[string]any)
	for key, value := range s.components {
		section, name, _ := strings.Cut(key, "/")
		of, _ := components[section].(map[string]any)
		if !identical(of[name], value) {
			return false
		}
	}
	return true
}

// identical reports whether two nodes are one and the same, or equal scalars.
func identical(a, b any) bool {
	switch v := a.(type) {
	case map[string]any:
		w, ok := b.(map[string]any)
		return ok && reflect.ValueOf(v).Pointer() == reflect.ValueOf(w).Pointer()
	case []any:
		w, ok := b.([]any)
		return ok && len(v) == len(w) && reflect.ValueOf(v).Pointer() == reflect.ValueOf(w).Pointer()
	default:
		return a == b
	}
}

func (f *flattener) add(subject, predicate, value string, n node) {
	f.list = append(f.list, statement{about: about{subject, predicate}, value: value, at: n.at, ruled: n.ruled})
}

// say states a member as it is.
func (f *flattener) say(subject, key string, n node) {
	if value := canonical(n.value); silent[key] != value {
		f.add(subject, key, value, n)
	}
}

func (f *flattener) broken(subject, why string, n node) {
	f.add(subject, broken, why, node{at: n.at})
}

// object visits the members of an object and of those it refers to, each with the
// mark of all on the way. Members that handle does not know are stated as they are,
// but for extensions. What stands beside a $ref has no effect, which is a defect.
func (f *flattener) object(subject string, n node, handle func(key string, member node) bool) {
	f.visit(subject, n, false, handle)
}

// visit is object. beside says that what stands beside a $ref has an effect.
func (f *flattener) visit(subject string, n node, beside bool, handle func(key string, member node) bool) {
	if f.visits++; f.visits > maxVisits {
		return
	}
	object, ok := n.value.(map[string]any)
	if !ok {
		f.broken(subject, "is not an object", n)
		return
	}
	f.rulings(subject, n, object)
	ref, refers := object["$ref"].(string)
	if refers {
		f.follow(subject, n, ref, beside, handle)
	}
	for key := range object {
		if key == "$ref" && refers || prose[key] {
			continue
		}
		member := n.member(key)
		switch {
		case refers && !beside && !extension(key):
			f.broken(subject, key+" has no effect beside $ref", member)
		case !handle(key, member) && !extension(key):
			f.say(subject, key, member)
		}
	}
}

// rulings states the rulings on what is not there.
func (f *flattener) rulings(subject string, n node, object map[string]any) {
	switch r := object[ruling].(type) {
	case nil:
	case string:
		if blank(r) {
			f.broken(subject, "an x-ruling without a reason", n)
		}
	case map[string]any:
		for key, reason := range r {
			if _, ok := object[key]; !ok {
				f.broken(subject, "an x-ruling on "+key+", which is not there", n)
			}
			if text, _ := reason.(string); blank(text) {
				f.broken(subject, "an x-ruling on "+key+" without a reason", n)
			}
		}
	default:
		f.broken(subject, "an x-ruling that is neither a reason nor a map of reasons", n)
	}
}

func (f *flattener) follow(subject string, n node, ref string, beside bool, handle func(string, node) bool) {
	if slices.Contains(f.open, ref) {
		f.broken(subject, ref+" contains itself", n)
		return
	}
	target, ok := f.target(n, ref)
	if !ok {
		f.broken(subject, ref+" leads nowhere", n)
		return
	}
	f.open = append(f.open, ref)
	f.visit(subject, target, beside, handle)
	f.open = f.open[:len(f.open)-1]
}

// target is what a reference in n leads to. The path it is at depends on that.
func (f *flattener) target(n node, ref string) (node, bool) {
	l, known := f.leads[ref]
	if !known {
		l = f.lead(ref)
		f.leads[ref] = l
	}
	switch {
	case f.section == nil:
	case l.component == "":
		f.section.elsewhere = true
	default:
		f.section.components[l.component] = l.value
	}
	l.target.ruled = l.target.ruled || n.ruled
	return l.target, l.target.value != nil
}

// lead is where a reference leads.
type lead struct {
	target    node   // without value if there is nothing
	component string // the section and name of the component it is in; empty if in none
	value     any    // that component
}

func (f *flattener) lead(ref string) lead {
	keys := pointerKeys(ref)
	if keys == nil {
		return lead{}
	}
	l := lead{target: f.root}
	inComponent := len(keys) > 2 && keys[0] == "components"
	if inComponent {
		l.component = keys[1] + "/" + keys[2]
	}
	for i, key := range keys {
		var ok bool
		if l.target, ok = l.target.child(key); !ok {
			break
		}
		if i == 2 && inComponent {
			l.value = l.target.value
		}
	}
	return l
}

var pointerUnescapes = strings.NewReplacer("~1", "/", "~0", "~")

// pointerKeys takes a reference within the file apart; nil if it is none.
func pointerKeys(ref string) []string {
	pointer, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return nil
	}
	keys := strings.Split(pointer, "/")
	for i, key := range keys {
		if unescaped, err := url.PathUnescape(key); err == nil {
			key = unescaped
		}
		keys[i] = pointerUnescapes.Replace(key)
	}
	return keys
}

// resolve is the object at the end of a chain of references, with the mark of all
// on the way.
func (f *flattener) resolve(n node) node {
	for range 64 {
		ref := n.text("$ref")
		if ref == "" {
			break
		}
		target, ok := f.target(n, ref)
		if !ok {
			break
		}
		n = target
	}
	return n
}

// each visits the members of an object whose names are not keywords.
func (f *flattener) each(subject string, n node, visit func(name string, member node)) {
	object, ok := n.value.(map[string]any)
	if !ok {
		f.broken(subject, "is not an object", n)
		return
	}
	for name := range object {
		visit(name, n.member(name))
	}
}

// items visits the items of a list.
func (f *flattener) items(subject string, n node, visit func(item node)) {
	list, ok := n.value.([]any)
	if !ok {
		f.broken(subject, "is not a list", n)
		return
	}
	for i := range list {
		visit(n.item(i))
	}
}

// unused states the components that no path leads to.
func (f *flattener) unused(o *outline) {
	object, _ := f.root.value.(map[string]any)
	if _, ok := object["components"]; !ok {
		return
	}
	f.object("components", f.root.member("components"), func(section string, n node) bool {
		if extension(section) {
			return false
		}
		f.each("components "+section, n, func(name string, member node) {
			for _, s := range o.sections {
				if _, used := s.components[section+"/"+name]; used {
					return
				}
			}
			f.add("components "+section+" "+name, unused, canonical(member.value), member)
		})
		return true
	})
}
