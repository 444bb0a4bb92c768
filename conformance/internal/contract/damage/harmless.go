package damage

import (
	"slices"
	"strings"
)

// The rules by which damage says the same as before.
const (
	isProse     = "prose: a title, summary, description, tag, info, server of the file or extension says nothing to a program"
	isOrigin    = "an operation need not name its document"
	isName      = "the name of an example says nothing"
	isOrder     = "the order of a set says nothing"
	isRepeated  = "an item of a set that stands there twice says nothing more"
	isWording   = "the wording of an x-ruling: that it is there is what counts"
	isRedundant = "an x-ruling within what an outer x-ruling covers"
	isRepeating = "an x-ruling on what refers to a component that has one for all of it"
	isSameWord  = "within what an x-ruling covers, a component that differs only in prose and in its own x-ruling"
)

// judge applies the rules to a mutant of the spot.
func (s spot) judge(m *Mutant, v variant) {
	path, k, before, after := s.path, s.kind, s.node, v.node
	if v.member != "" {
		path, k = append(slices.Clone(path), v.member), inside(k, v.member)
		changed, _ := v.node.(map[string]any)
		before, after = object(s)[v.member], changed[v.member]
	}
	ofSet := k == names || k == schemas
	switch {
	case v.renamed && s.kind == examples:
		m.Harmless = isName
	case k == origin && after == nil:
		m.Harmless = isOrigin
	case v.renamed && s.kind != prose && !strings.HasPrefix(v.member, "x-"): // the new name says something
	case k == prose:
		m.Harmless = isProse
	case v.reordered && (ofSet || k == security || k == parameters):
		m.Harmless = isOrder
	case v.repeated && ofSet:
		m.Harmless = isRepeated
	case k == rulings && s.covered():
		m.Harmless = isRedundant
	case k == rulings && isText(before) && isText(after):
		m.Harmless = isWording
	case k == rulings && s.refersToRuled():
		m.Harmless = isRepeating
	case s.ruled(path) && s.retargeted(v):
		m.Harmless = isSameWord
	}
	textual := isText(after) && (isText(before) || k == rulings)
	m.Sound = m.Harmless == isName || m.Harmless == isOrder || m.Harmless != "" && textual && !v.renamed
}

// refersToRuled reports whether the spot refers to what is a decision as a whole.
func (s spot) refersToRuled() bool {
	target, _ := s.component(object(s)).(map[string]any)
	return isText(target[ruling])
}

func isText(node any) bool {
	text, ok := node.(string)
	return ok && strings.TrimSpace(text) != ""
}

// covered reports whether the object that an x-ruling at the spot stands in is
// covered from outside.
func (s spot) covered() bool {
	for i, key := range s.path {
		if key == ruling {
			return s.ruled(s.path[:i])
		}
	}
	return s.ruled(s.path)
}

// retargeted reports whether a reference leads from one component to another that
// says the same but for prose and rulings.
func (s spot) retargeted(v variant) bool {
	before, ok := s.node.(map[string]any)
	after, too := v.node.(map[string]any)
	if !ok || !too {
		return false
	}
	from, to := s.component(before), s.component(after)
	return from != nil && to != nil && same(s.kind, from, to)
}

// same compares two nodes without prose and rulings.
func same(k kind, a, b any) bool {
	left, ok := a.(map[string]any)
	right, too := b.(map[string]any)
	if !ok || !too {
		return equal(a, b)
	}
	for _, pair := range [][2]map[string]any{{left, right}, {right, left}} {
		for key, value := range pair[0] {
			if in := inside(k, key); in == prose || in == rulings {
				continue
			}
			other, there := pair[1][key]
			if !there || !same(inside(k, key), value, other) {
				return false
			}
		}
	}
	return true
}
