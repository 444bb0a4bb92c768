package measure

import (
	"iter"
	"strings"
)

// splitScript yields the statements of a script, each of which ends in a semicolon
// at the end of a line, perhaps before a comment.
func splitScript(script string) iter.Seq[string] {
	return func(yield func(string) bool) {
		var query strings.Builder
		for line := range strings.Lines(script) {
			line, _, _ = strings.Cut(line, "--")
			line = strings.TrimSpace(line)
			query.WriteString(line + "\n")
			if strings.HasSuffix(line, ";") {
				if !yield(query.String()) {
					return
				}
				query.Reset()
			}
		}
		if strings.TrimSpace(query.String()) != "" {
			yield(query.String())
		}
	}
}
