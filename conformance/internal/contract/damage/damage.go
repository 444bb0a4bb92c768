// Package damage alters OpenAPI files in every way it can think of, for a judge of
// such files to prove that it notices. It works on the raw tree of a file, from the
// layout that the specification gives to it, and knows nothing of the judge.
package damage

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Mutant is a way to damage a file.
type Mutant struct {
	Operator string
	What     string // the place, as a JSON pointer, and what is done there
	// Harmless is why the damaged file says the same as before, by a rule of this
	// package; empty if it does not.
	Harmless string
	// Sound says of a harmless mutant that it has a text for a text, a name for a
	// name or an order for an order, so that loading it can't fail either.
	Sound bool

	path []string
	node any
}

// Apply gives the damaged tree. It shares with the given one what is the same in
// both, and leaves that one as it is.
func (m Mutant) Apply(root map[string]any) map[string]any {
	damaged, _ := replace(root, m.path, m.node).(map[string]any)
	return damaged
}

func replace(node any, path []string, by any) any {
	if len(path) == 0 {
		return by
	}
	switch v := node.(type) {
	case map[string]any:
		return with(v, path[0], replace(v[path[0]], path[1:], by))
	case []any:
		i, _ := strconv.Atoi(path[0])
		list := slices.Clone(v)
		list[i] = replace(v[i], path[1:], by)
		return list
	default:
		return node
	}
}

// All are the mutants of a tree, operator by operator, in an order of their own
// that is always the same.
func All(root map[string]any) []Mutant {
	spots := survey(root)
	var all []Mutant
	for _, op := range operators {
		for _, s := range spots {
			if op.kind != any1 && op.kind != s.kind {
				continue
			}
			for _, v := range op.damage(s) {
				m := Mutant{Operator: op.name, What: s.pointer() + ": " + v.what, path: s.path, node: v.node}
				s.judge(&m, v)
				all = append(all, m)
			}
		}
	}
	return all
}

// Operators are the names of all operators, in order.
func Operators() []string {
	names := make([]string, len(operators))
	for i, op := range operators {
		names[i] = op.name
	}
	return slices.Compact(names)
}

// operator is one way to damage nodes of a kind.
type operator struct {
	name   string
	kind   kind
	damage func(s spot) []variant
}

// variant is what a node becomes.
type variant struct {
	what string
	node any
	// member is the member of the node that differs, if it is one; renamed is true
	// if its name alone does; reordered and repeated are for lists, in another order
	// and with an item twice.
	member                       string
	renamed, reordered, repeated bool
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

func (s spot) pointer() string {
	var b strings.Builder
	for _, key := range s.path {
		b.WriteString("/" + pointerEscapes.Replace(key))
	}
	return b.String()
}

// with, without, renamed and the like give changed copies.

func with(object map[string]any, key string, value any) map[string]any {
	changed := maps.Clone(object)
	if changed == nil {
		changed = map[string]any{}
	}
	changed[key] = value
	return changed
}

func without(object map[string]any, key string) map[string]any {
	changed := maps.Clone(object)
	delete(changed, key)
	return changed
}

func renamed(object map[string]any, from, to string) map[string]any {
	changed := without(object, from)
	changed[to] = object[from]
	return changed
}

func withoutItem(list []any, i int) []any { return slices.Delete(slices.Clone(list), i, i+1) }

func sortedKeys(object map[string]any) []string { return slices.Sorted(maps.Keys(object)) }
