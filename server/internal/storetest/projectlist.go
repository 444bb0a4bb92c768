package storetest

import (
	"context"
	"fmt"
	"slices"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var projectListCases = []testCase{
	{"projects/none", noProjects},
	{"projects/order", projectOrder},
	{"projects/come and go", projectsComeAndGo},
	{"projects/bad cursor", projectCursors},
}

func projects(ctx context.Context) lister[grant.ProjectID] {
	return func(r grant.Reader, page grant.Page) ([]grant.ProjectID, string, error) { return r.Projects(ctx, page) }
}

func noProjects(s scene) {
	s.insert(here, pair("api", "app")) // in a project that doesn't exist
	s.seed("seed")
	wantList(s, "projects", nil, projects(s.Context()))
}

// The order is that of the bytes, which is not that of any language, nor of UTF-16.
func projectOrder(s scene) {
	want := []grant.ProjectID{
		" a", "A", "B", "Z", "a", "a ", "a'b", "a%b", "a_b", "ab", "b", "gro\u0308\u00dfe", "größe", "Größe", "é", "名前", "\uffee", "🗝️", "𝔘",
	}
	s.putProjects(want...)
	slices.Sort(want)
	wantList(s, "projects", want, projects(s.Context()))
	s.dropProject("a")
	want = slices.DeleteFunc(want, func(id grant.ProjectID) bool { return id == "a" })
	wantList(s, "without one", want, projects(s.Context()))
}

// Projects go that were listed and that were not, that of the cursor among them.
func projectsComeAndGo(s scene) {
	wantStable(s, func(id grant.ProjectID) grant.ProjectID { return id }, func(limit int) (lister[grant.ProjectID], []grant.ProjectID, func(int)) {
		var stay, others []grant.ProjectID
		for i := range 6 {
			stay = append(stay, grant.ProjectID(fmt.Sprintf("%d stays", i)))
			others = append(others, grant.ProjectID(fmt.Sprintf("%d goes", i)))
		}
		s.putProjects(stay...)
		s.putProjects(others...)
		return projects(s.Context()), stay, func(pages int) {
			s.dropProject(others[(pages*limit)%6]) // either side of the cursor
			s.dropProject(others[pages%6])
			s.putProjects(grant.ProjectID(fmt.Sprintf("%d new by %d", pages%6, limit)))
		}
	})
}

// A cursor has a project's id in it, so only what is no text is none.
func projectCursors(s scene) {
	s.putProjects("p", "q")
	wantBadCursors(s, projects(s.Context()), "\xff", "a\xc3", "\x00", "p\x00")
}
