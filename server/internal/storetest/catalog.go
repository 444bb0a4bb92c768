package storetest

import "github.com/appgrant/appgrant/server/internal/grant"

var catalogCases = []testCase{
	{"applied catalog/none", noCatalog},
	{"applied catalog/set", setCatalog},
}

func (s scene) appliedCatalog() grant.AppliedCatalog {
	s.Helper()
	return mustLook(s, func(r grant.Reader) (grant.AppliedCatalog, error) { return r.AppliedCatalog(s.Context()) })
}

func noCatalog(s scene) {
	s.diff("applied catalog", grant.AppliedCatalog{}, s.appliedCatalog())
	s.putProjects("project")
	s.putUser(user("ann", nil))
	s.diff("applied catalog", grant.AppliedCatalog{}, s.appliedCatalog())
}

// The names need not be those of what exists, and nothing of an earlier one is
// left.
func setCatalog(s scene) {
	for _, want := range []grant.AppliedCatalog{
		{Sum: grant.HashOf("1"), Users: []grant.UserName{"größe", "a", "<&>"}, Projects: []grant.ProjectID{"🗝️", "P", "p"}},
		{Sum: grant.HashOf("2"), Projects: []grant.ProjectID{"p"}},
		{Sum: grant.HashOf("2"), Users: []grant.UserName{"a"}},
		{},
		{Sum: grant.HashOf("1")},
	} {
		s.updateIn("", func(tx grant.Tx) error { return tx.SetAppliedCatalog(s.Context(), want) })
		s.diff("applied catalog", want, s.appliedCatalog())
	}
}
