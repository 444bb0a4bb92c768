package storetest

import (
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var memberCases = []testCase{
	{"user named/all of a user", userNamed},
	{"user named/unknown", userNamedUnknown},
	{"user named/names", userNamedNames},
	{"members/of a project", members},
	{"members/none", noMembers},
	{"members/order", memberOrder},
}

// wantUsers compares users; no permissions are as good as an empty list, but a
// membership must be there.
func (s scene) wantUsers(what string, want, got []grant.User) {
	s.Helper()
	for _, users := range [][]grant.User{want, got} {
		for _, u := range users {
			for _, permissions := range u.Permissions {
				slices.Sort(permissions)
			}
		}
	}
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		s.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func (s scene) getUser(name grant.UserName) (grant.User, error) {
	s.Helper()
	return look(s, func(r grant.Reader) (grant.User, error) { return r.UserNamed(s.Context(), name) })
}

func (s scene) wantNamed(want grant.User) {
	s.Helper()
	got, err := s.getUser(want.Name)
	if err != nil {
		s.Errorf("look up %s: %v", want.Name, err)
	}
	s.wantUsers("user "+string(want.Name), []grant.User{want}, []grant.User{got})
}

func (s scene) wantNotNamed(name grant.UserName) {
	s.Helper()
	_, err := s.getUser(name)
	s.wantNotFound("look up "+string(name), grant.NounUser, string(name), err)
}

func (s scene) wantMembers(project grant.ProjectID, want ...grant.User) {
	s.Helper()
	got := mustLook(s, func(r grant.Reader) ([]grant.User, error) { return r.Members(s.Context(), project) })
	s.wantUsers("members of "+string(project), want, got)
}

func userNamed(s scene) {
	s.putProjects("p", "P", "größe")
	ann := user("ann", map[grant.ProjectID][]grant.Permission{
		"p": slices.Clone(grant.Permissions), "P": {}, "größe": {grant.MayDeleteAppCode},
	})
	ann.ExpiresAt = noon.In(time.FixedZone("east", 5*3600+1800)).Add(time.Microsecond)
	bob := user("bob", map[grant.ProjectID][]grant.Permission{"p": nil})
	s.putUser(ann)
	s.putUser(bob)
	ann.ExpiresAt = ann.ExpiresAt.UTC()
	s.wantNamed(ann)
	s.wantNamed(bob)

	ann.Token, ann.ExpiresAt = grant.HashOf("another"), time.Time{}
	ann.Permissions = map[grant.ProjectID][]grant.Permission{"P": {grant.MayAuthorizeApps}}
	s.putUser(ann)
	s.wantNamed(ann)
	s.dropProject("P")
	ann.Permissions = nil
	s.wantNamed(ann)
	s.wantNamed(bob)
}

func userNamedUnknown(s scene) {
	s.wantNotNamed("ann")
	s.putUser(user("ann", nil))
	for _, name := range []grant.UserName{"", "ANN", "an", "ann ", "a%", "an_", "größe", "' OR 1=1 --"} {
		s.wantNotNamed(name)
	}
	s.updateIn("", func(tx grant.Tx) error { return tx.DeleteUser(s.Context(), "ann") })
	s.wantNotNamed("ann")
}

func userNamedNames(s scene) {
	s.putProjects("p")
	names := []grant.UserName{"größe", "gro\u0308\u00dfe", "Größe", "🗝️", " a", "a ", "a", "A", "a'b", `a"b`, "a%b"}
	for i, name := range names {
		s.putUser(user(name, map[grant.ProjectID][]grant.Permission{"p": {grant.Permissions[i%5]}}))
	}
	for i, name := range names {
		s.wantNamed(user(name, map[grant.ProjectID][]grant.Permission{"p": {grant.Permissions[i%5]}}))
	}
}

// Of a member nothing is told that is about other projects, nor the token.
func members(s scene) {
	s.putProjects("p", "P", "q")
	ann := user("ann", map[grant.ProjectID][]grant.Permission{"p": {grant.MayAuthorizeApps, grant.MayDeleteAppCode}, "q": {}})
	ann.ExpiresAt = noon
	s.putUser(ann)
	s.putUser(user("bob", map[grant.ProjectID][]grant.Permission{"p": {}, "P": {grant.MayAuthorizeApps}}))
	s.putUser(user("cid", nil))

	in := func(name grant.UserName, project grant.ProjectID, permissions ...grant.Permission) grant.User {
		return grant.User{Name: name, Permissions: map[grant.ProjectID][]grant.Permission{project: permissions}}
	}
	annInP, annInQ := in("ann", "p", grant.MayAuthorizeApps, grant.MayDeleteAppCode), in("ann", "q")
	annInP.ExpiresAt, annInQ.ExpiresAt = noon, noon
	s.wantMembers("p", annInP, in("bob", "p"))
	s.wantMembers("q", annInQ)
	s.wantMembers("P", in("bob", "P", grant.MayAuthorizeApps))

	s.putUser(user("bob", map[grant.ProjectID][]grant.Permission{"q": {grant.MayActOnAuthorization}}))
	s.wantMembers("p", annInP)
	s.wantMembers("q", annInQ, in("bob", "q", grant.MayActOnAuthorization))
	s.wantMembers("P")
	s.updateIn("", func(tx grant.Tx) error { return tx.DeleteUser(s.Context(), "ann") })
	s.wantMembers("p")
	s.wantMembers("q", in("bob", "q", grant.MayActOnAuthorization))
	s.dropProject("q")
	s.wantMembers("q")
}

func noMembers(s scene) {
	s.wantMembers("p")
	s.putProjects("p")
	s.wantMembers("p")
	s.putUser(user("ann", map[grant.ProjectID][]grant.Permission{"p": {}}))
	for _, project := range []grant.ProjectID{"", "P", "p ", "%", "_"} {
		s.wantMembers(project)
	}
}

func memberOrder(s scene) {
	s.putProjects("p")
	names := []grant.UserName{"b", "A", "𝔘", "\uffee", "größe", "gro\u0308\u00dfe", "Größe", "B", "é", " a", "a ", "a", "名前", "ab", "z"}
	in := map[grant.ProjectID][]grant.Permission{"p": {grant.MayAuthorizeApps}}
	for _, name := range names {
		s.putUser(user(name, in))
	}
	slices.Sort(names)
	s.wantMembers("p", each(names, func(name grant.UserName) grant.User { return grant.User{Name: name, Permissions: in} })...)
}
