package contract

import (
	"maps"
	"slices"
	"strings"

	"github.com/appgrant/appgrant/conformance/documents"
)

// locate collects the facts of all documents, each on the operation that the
// contract has for it.
func locate(all []documents.Document, o *outline) []*collector {
	collectors := make([]*collector, len(all))
	for i, d := range all {
		collectors[i] = collect(d, operationOf(d, all, o))
	}
	return collectors
}

// operationOf is the operation that a contract has for a document: the one of its
// URI, or if the document lost that and the decided one is not there, the only one
// that no other document has.
func operationOf(d documents.Document, all []documents.Document, o *outline) string {
	op := subjectOf(d.URI)
	if !d.URI.Decided {
		return op
	}
	others := map[string]bool{}
	for _, s := range o.sections {
		for _, st := range s.statements {
			if st.predicate == present && !strings.HasPrefix(st.subject, "path ") && strings.Count(st.subject, " ") == 1 {
				others[st.subject] = true
			}
		}
	}
	if others[op] {
		return op
	}
	for _, d := range all {
		delete(others, subjectOf(d.URI))
		if d.Alias != nil {
			maps.DeleteFunc(others, func(op string, _ bool) bool { return strings.HasSuffix(op, " "+d.Alias.Path) })
		}
	}
	if len(others) != 1 {
		return op
	}
	return sortedKeys(others)[0]
}

// paths are those that a document has something to say on.
func (c *collector) paths() []string {
	_, path, _ := strings.Cut(c.op, " ")
	paths := []string{path}
	if c.URI.Path != path {
		paths = append(paths, c.URI.Path)
	}
	if c.Alias != nil {
		paths = append(paths, c.Alias.Path)
	}
	return paths
}

func sortedKeys[V any, M ~map[string]V](m M) []string { return slices.Sorted(maps.Keys(m)) }
