package breaking_test

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/checker/metaschema"

	"github.com/appgrant/appgrant/openapi/breaking"
)

// Of every rule of oasdiff's whose change breaks, the tables say what clients will see.
func TestConsequences(t *testing.T) {
	t.Parallel()
	broken := 0
	for id, rule := range breaking.RulesByID() {
		if breaking.NeedOfRule(id, rule.Level) != breaking.Major {
			continue
		}
		broken++
		arguments := strings.Count(checker.NewDefaultLocalizer()(id), "%!s(MISSING)")
		var args []any
		for i := range arguments {
			args = append(args, "argument "+strconv.Itoa(i))
		}
		switch sentence, known := breaking.Specific(rule.Rule, args); {
		case !known:
			t.Errorf("%s (%v, %v): no consequence", id, rule.Direction, rule.Kind)
		case strings.Contains(sentence, "{"):
			t.Errorf("%s has %d arguments: %s", id, arguments, sentence)
		}
	}
	if broken < 300 {
		t.Errorf("looked at %d rules", broken)
	}
}

// No line of the tables is about something that is not there.
func TestTablesNameRules(t *testing.T) {
	t.Parallel()
	rules := breaking.RulesByID()
	for _, table := range []map[string]string{breaking.Raised, breaking.Ignored, breaking.Reworded} {
		for id, reason := range table {
			if _, known := rules[id]; !known || reason == "" {
				t.Errorf("%s: no such rule, or no reason", id)
			}
		}
	}
	for id := range breaking.Raised {
		if rules[id].Level >= checker.WARN {
			t.Errorf("%s is raised, but breaks by itself", id)
		}
	}
	for _, id := range breaking.TextualRules {
		if rule, known := rules[id]; !known || rule.Level >= checker.WARN {
			t.Errorf("%s: no such rule, or one that breaks", id)
		}
	}
	dead := map[string]bool{}
	for _, c := range breaking.Sentences {
		dead[c.IDs()] = true
	}
	for id := range rules {
		for _, c := range breaking.Sentences {
			if matches, err := path.Match(c.IDs(), id); err != nil {
				t.Fatal(err)
			} else if matches {
				delete(dead, c.IDs())
				break
			}
		}
	}
	for ids := range dead {
		t.Errorf("%s is no rule, or another line has it before", ids)
	}
}

// Every line of the judgements judges something: an edit of an OpenAPI document that no
// line before it does.
func TestJudgementsAreReached(t *testing.T) {
	t.Parallel()
	patterns := breaking.Patterns()
	reached := map[int]bool{} // but for two that OpenAPI has no edit for: see TestEdits
	for _, pattern := range []string{"paths.*:change", "paths.*.*.tags:change"} {
		reached[slices.Index(patterns, pattern)] = true
	}
	for _, edit := range metaschema.Edits() {
		i := slices.IndexFunc(patterns, func(pattern string) bool {
			matches, err := metaschema.MatchPattern(pattern, edit)
			if err != nil {
				t.Fatal(err)
			}
			return matches
		})
		if i < 0 {
			t.Fatalf("%s %s is not judged", edit.Location, edit.Action)
		}
		reached[i] = true
	}
	for i, pattern := range patterns {
		if !reached[i] {
			t.Errorf("%s is never reached", pattern)
		}
	}
}
