package breaking

// What the tests of the tables look at.
var (
	Raised       = raised
	Ignored      = ignored
	Reworded     = reworded
	TextualRules = textualRules
	RulesByID    = rulesByID
	NeedOfRule   = need
	Specific     = specific

	ParseVersion = parseVersion
)

// Patterns are those of the judgements, in their order.
func Patterns() []string {
	var patterns []string
	for _, j := range judgements {
		patterns = append(patterns, j.pattern)
	}
	return patterns
}

// CompareVersions orders two versions; they must be some.
func CompareVersions(a, b string) int {
	v, err := parseVersion(a)
	if err != nil {
		panic(err)
	}
	w, err := parseVersion(b)
	if err != nil {
		panic(err)
	}
	return v.compare(w)
}

// Sentence is a line of the consequences.
type Sentence string

// IDs is the pattern of the rules that the line is about.
func (s Sentence) IDs() string { return string(s) }

// Sentences are the lines of the consequences, in their order.
var Sentences = func() []Sentence {
	var all []Sentence
	for _, c := range consequences {
		all = append(all, Sentence(c.ids))
	}
	return all
}()
