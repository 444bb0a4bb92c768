package storetest

import (
	"slices"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var seedCases = []testCase{
	{"seed/only what is new", seedOnce},
	{"seed/nothing", seedNothing},
	{"seed/within one transaction", seedInTransaction},
}

// seed remembers names and returns the new ones, sorted.
func (s scene) seed(names ...string) []string {
	s.Helper()
	var unseen []string
	s.update(func(tx grant.Tx) (err error) {
		unseen, err = tx.Seed(s.Context(), names)
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
		if first, err = tx.Seed(s.Context(), []string{"a"}); err != nil {
			return err
		}
		second, err = tx.Seed(s.Context(), []string{"a", "b"})
		return err
	})
	s.diff("first", []string{"a"}, first)
	s.diff("second", []string{"b"}, second)
}
