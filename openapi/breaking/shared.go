package breaking

import (
	"slices"
	"strings"

	"github.com/oasdiff/oasdiff/checker/rules"
)

// shared makes one of the findings that break and are about the same change of a schema
// that has a name, wherever that is referred to.
func share(found []finding) {
	groups := map[string][]int{}
	for i, f := range found {
		if key := f.component(); f.need == Major && key != "" {
			groups[key] = append(groups[key], i)
		}
	}
	for _, group := range groups {
		alike := func(i int) bool {
			f, g := found[i], found[group[0]]
			return f.id == g.id && f.change == g.change && f.consequence == g.consequence
		}
		if !slices.ContainsFunc(group, func(i int) bool { return !alike(i) }) {
			continue
		}
		one := found[group[0]].inComponent()
		consequence := together(found, group)
		for _, i := range group {
			found[i].id, found[i].change, found[i].consequence = one.id, one.change, consequence
		}
	}
}

// component tells what changed in which schema, if it is in one that has a name.
func (f finding) component() string {
	var changes []string
	for _, d := range f.about {
		if d.schema.component == "" || len(d.where) == d.schema.named || slices.Contains(annotations, d.where[d.schema.named]) { // a reference may have its own
			return ""
		}
		changes = append(changes, d.inComponent().sentence())
	}
	slices.Sort(changes)
	return strings.Join(slices.Compact(changes), ", ")
}

// inComponent is the finding without the way to the schema.
func (f finding) inComponent() finding {
	one := f.about[0].judge()
	one.change = f.component()
	return one
}

func (d difference) inComponent() difference {
	d.where = append([]string{"components", "schemas", d.schema.component}, d.where[d.schema.named:]...)
	return d
}

// together is what clients will see of all of them: one sentence for requests, one for
// answers.
func together(found []finding, group []int) string {
	byDirection := map[rules.Direction][]string{}
	for _, i := range group {
		direction := found[i].about[0].direction()
		byDirection[direction] = append(byDirection[direction], found[i].consequence)
	}
	var sentences []string
	for _, direction := range []rules.Direction{rules.DirectionNone, rules.DirectionRequest, rules.DirectionResponse} {
		said := byDirection[direction]
		slices.Sort(said)
		switch said = slices.Compact(said); len(said) {
		case 0:
		case 1:
			sentences = append(sentences, said[0])
		default:
			sentences = append(sentences, categories[direction][rules.KindConstraints])
		}
	}
	return strings.Join(slices.Compact(sentences), "; ")
}
