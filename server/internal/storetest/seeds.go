package storetest

import (
	"slices"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var seedCases = []testCase{
	{"seed/only what is new", seedOnce},
	{"seed/nothing", seedNothing},
	{"seed/within one transaction", seedInTransaction},
	{"seed/of another project", seedOfAnotherProject},
}

// seed remembers names in the usual project and returns the new ones, sorted.
func (s scene) seed(names ...string) []string {
	s.Helper()
	return s.seedIn(here.Project, names...)
}

func (s scene) seedIn(project grant.ProjectID, names ...string) []string {
	s.Helper()
	var unseen []string
	s.updateIn(project, func(tx grant.Tx) (err error) {
		unseen, err = tx.Seed(s.Context(), project, names)
		return err
	})
	slices.Sort(unseen)
	return unseen
}

func seedOnce(s scene) {
	s.diff("first", []string{"a", "b"}, s.seed("b", "a"))
	s.diff("some are new", []string{"c", "größe/名前"}, s.seed("a", "c", "größe/名前", "b"))
	s.diff("case tells names apart", []string{"A", "GRÖSSE"}, s.seed("A", "a", "GRÖSSE"))
	if unseen := s.seed("größe/名前", "A", "a", "b", "c"); len(unseen) != 0 {
		s.Errorf("none is new, got %q", unseen)
	}
	s.diff("a name given twice", []string{"d"}, s.seed("d", "d"))
}

func seedNothing(s scene) {
	for _, names := range [][]string{{}, nil} {
		if unseen := s.seed(names...); len(unseen) != 0 {
			s.Errorf("got %q", unseen)
		}
	}
	s.diff("afterwards", []string{"", "null"}, s.seed("null", ""))
}

func seedInTransaction(s scene) {
	var first, second []string
	s.update(func(tx grant.Tx) (err error) {
		if first, err = tx.Seed(s.Context(), here.Project, []string{"a"}); err != nil {
			return err
		}
		second, err = tx.Seed(s.Context(), here.Project, []string{"a", "b"})
		return err
	})
	s.diff("first", []string{"a"}, first)
	s.diff("second", []string{"b"}, second)
}

func seedOfAnotherProject(s scene) {
	for _, project := range []grant.ProjectID{"project", "PROJECT", "project2", "größe", ""} {
		s.diff("in "+string(project), []string{"a", "b"}, s.seedIn(project, "a", "b"))
	}
	// The end of one name is not the beginning of another.
	s.diff("in projec", []string{"ta"}, s.seedIn("projec", "ta"))
	for _, project := range []grant.ProjectID{"project", "PROJECT", "project2", "größe", ""} {
		s.diff("again in "+string(project), []string{"c"}, s.seedIn(project, "b", "a", "c"))
	}
}
