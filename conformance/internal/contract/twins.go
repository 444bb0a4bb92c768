package contract

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// difference is what one of two operations says and the other does not, where no
// x-ruling of its own marks that.
type difference struct {
	at     *place
	detail string
}

// difference compares all that is said of two operations that are to be the same,
// but for their names. A statement that only one has may be there if an x-ruling
// below that operation marks it; one on the operation or its path says that it is
// there, and no more. It is nil if there is none, and for no twins.
func (t *tracer) difference(twins [2]string) *difference {
	if twins[0] == "" {
		return nil
	}
	var all []difference
	for a, said := range t.statements {
		for i, op := range twins {
			rest, ok := strings.CutPrefix(a.subject, op)
			if !ok || rest != "" && rest[0] != ' ' || a.predicate == "operationId" || a.predicate == documentKey {
				continue
			}
			counterpart := t.statements[about{twins[1-i] + rest, a.predicate}]
			for _, s := range said {
				if !answered(s, counterpart) {
					all = append(all, difference{s.at, fmt.Sprintf(
						"%s: %s is %s, and %s says otherwise or nothing, without an x-ruling of its own",
						a.subject, a.predicate, s.value, twins[1-i])})
				}
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	first := slices.MinFunc(all, func(a, b difference) int { return cmp.Compare(a.detail, b.detail) })
	if len(all) > 1 {
		first.detail += fmt.Sprintf(" (and %d more)", len(all)-1)
	}
	return &first
}

// answered reports whether the other operation says the same, or whether a mark of
// its own, on either side, accounts for the difference.
func answered(s *tracked, counterpart []*tracked) bool {
	if s.own {
		return true
	}
	for _, c := range counterpart {
		if c.value == s.value || c.own {
			return true
		}
	}
	return false
}

// same reports whether a changed file says what the original says. A statement is the
// same whether it stands there once or twice. A mark counts but where marks don't: on
// a credential that all operations share, and on what a second URI has like the first.
func (j *judgement) same(o *outline) bool {
	before, after := j.essence(j.outline, o), j.essence(o, j.outline)
	return maps.Equal(before, after)
}

// mark is how what is said is marked: as a decision, not so, or both.
type mark struct{ ruled, plain bool }

// essence is what a file says in the sections that the other does not share with it.
func (j *judgement) essence(o, other *outline) map[statement]mark {
	lists := [][]statement{o.rest}
	for path, s := range o.sections {
		if other.sections[path] != s {
			lists = append(lists, s.statements)
		}
	}
	all := map[statement]mark{}
	for _, list := range lists {
		for _, s := range list {
			key := statement{about: s.about, value: s.value}
			m := all[key]
			switch first, isTwin := j.twin(s.subject); {
			case isTwin && o.says(statement{about: about{first, s.predicate}, value: s.value}):
			case isTwin:
				m.ruled, m.plain = m.ruled || s.own, m.plain || !s.own
			default:
				m.ruled, m.plain = m.ruled || s.ruled, m.plain || !s.ruled || s.shared
			}
			all[key] = m
		}
	}
	return all
}

// twin is the subject under a document's first URI for one under its second.
func (j *judgement) twin(subject string) (first string, ok bool) {
	for _, c := range j.collectors {
		if c.Alias == nil {
			continue
		}
		if rest, under := strings.CutPrefix(subject, subjectOf(*c.Alias)+" "); under {
			return c.op + " " + rest, true
		}
	}
	return "", false
}

// says reports whether a file says that, marked or not.
func (o *outline) says(wanted statement) bool {
	_, path, _ := strings.Cut(wanted.subject, " ")
	path, _, _ = strings.Cut(path, " ")
	section := o.sections[path]
	return section != nil && slices.ContainsFunc(section.statements, func(s statement) bool {
		return s.about == wanted.about && s.value == wanted.value
	})
}
