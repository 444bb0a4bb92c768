package storetest

import (
	"slices"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var userCases = []testCase{
	{"user/look up", lookUpUsers},
	{"user/unknown", unknownUsers},
	{"user/replace", replaceUser},
	{"user/memberships", memberships},
	{"user/token of another", tokenOfAnother},
	{"user/token of another, at once", tokenAtOnce},
	{"user/delete", deleteUser},
	{"user/names and unicode", userNames},
}

// user has a token that tells the name.
func user(name grant.UserName, in map[grant.ProjectID][]grant.Permission) grant.User {
	return grant.User{Name: name, Token: grant.HashOf("token of " + string(name)), Permissions: in}
}

func (s scene) putUser(u grant.User) {
	s.Helper()
	s.updateIn("", func(tx grant.Tx) error { return tx.PutUser(s.Context(), u) })
}

func (s scene) putProjects(ids ...grant.ProjectID) {
	s.Helper()
	for _, id := range ids {
		s.putProject(grant.Project{ID: id})
	}
}

func (s scene) wantUser(token string, want grant.User) {
	s.Helper()
	want.Permissions = nil // those are asked for by project
	got := mustLook(s, func(r grant.Reader) (grant.User, error) { return r.User(s.Context(), grant.HashOf(token)) })
	s.diff("who has "+token, want, got)
}

func (s scene) wantNoUser(token string) {
	s.Helper()
	_, err := look(s, func(r grant.Reader) (grant.User, error) { return r.User(s.Context(), grant.HashOf(token)) })
	s.wantNotFound("look up "+token, grant.NounUser, "", err)
}

type membership struct {
	Is          bool
	Permissions []grant.Permission // sorted; nil if there is none
}

func (s scene) membership(name grant.UserName, project grant.ProjectID) membership {
	s.Helper()
	return mustLook(s, func(r grant.Reader) (membership, error) {
		permissions, is, err := r.Permissions(s.Context(), name, project)
		slices.Sort(permissions)
		return membership{is, append([]grant.Permission(nil), permissions...)}, err
	})
}

func (s scene) wantMembership(name grant.UserName, project grant.ProjectID, is bool, permissions ...grant.Permission) {
	s.Helper()
	s.diff("membership of "+string(name)+" in "+string(project), membership{is, permissions}, s.membership(name, project))
}

func lookUpUsers(s scene) {
	ann, bob := user("ann", nil), user("bob", nil)
	ann.ExpiresAt = noon.In(time.FixedZone("east", 5*3600+1800))
	s.putUser(ann)
	s.putUser(bob)
	ann.ExpiresAt = noon
	s.wantUser("token of ann", ann)
	s.wantUser("token of bob", bob)
}

func unknownUsers(s scene) {
	s.wantNoUser("token of ann")
	s.wantMembership("ann", "project", false)
	s.putProjects("project")
	s.wantMembership("ann", "project", false)
	s.putUser(user("ann", map[grant.ProjectID][]grant.Permission{"project": {grant.MayAuthorizeApps}}))
	for _, token := range []string{"", "ann", "token of ANN", "TOKEN OF ANN", "token of ann "} {
		s.wantNoUser(token)
	}
	for _, name := range []grant.UserName{"", "ANN", "an", "ann ", "a%", "an_"} {
		s.wantMembership(name, "project", false)
	}
	for _, project := range []grant.ProjectID{"", "PROJECT", "project2", "%"} {
		s.wantMembership("ann", project, false)
	}
}

func replaceUser(s scene) {
	ann := user("ann", nil)
	ann.ExpiresAt = noon
	s.putUser(ann)
	for _, c := range []struct {
		token   string
		expires time.Time
	}{
		{"token of ann", noon.Add(time.Microsecond)}, {"new token", time.Time{}}, {"newer token", time.Unix(0, 0).UTC()}, {"new token", noon},
	} {
		ann.Token, ann.ExpiresAt = grant.HashOf(c.token), c.expires
		s.putUser(ann)
		s.wantUser(c.token, ann)
	}
	s.wantNoUser("token of ann")
	s.wantNoUser("newer token")
	bob := user("bob", nil)
	bob.Token = grant.HashOf("newer token") // that nobody has any more
	s.putUser(bob)
	s.wantUser("newer token", bob)
}

func memberships(s scene) {
	s.putProjects("p", "P", "q")
	s.putUser(user("bob", map[grant.ProjectID][]grant.Permission{"p": {grant.MayDeleteAppCode}, "q": {}}))
	s.putUser(user("ann", map[grant.ProjectID][]grant.Permission{"p": slices.Clone(grant.Permissions), "P": {}, "q": nil}))
	all := slices.Sorted(slices.Values(grant.Permissions))
	s.wantMembership("ann", "p", true, all...)
	s.wantMembership("ann", "P", true)
	s.wantMembership("ann", "q", true)

	s.putUser(user("ann", map[grant.ProjectID][]grant.Permission{"P": {grant.MayDeleteAppCode, grant.MayAuthorizeApps}}))
	s.wantMembership("ann", "p", false)
	s.wantMembership("ann", "P", true, grant.MayAuthorizeApps, grant.MayDeleteAppCode)
	s.wantMembership("ann", "q", false)

	s.putUser(user("ann", nil))
	s.wantMembership("ann", "P", false)
	s.wantMembership("bob", "p", true, grant.MayDeleteAppCode)
	s.wantMembership("bob", "q", true)
}

// Whoever wants somebody else's token, as a new user or as one who has another,
// doesn't get it, and keeps what was there.
func tokenOfAnother(s scene) {
	s.putProjects("p", "q")
	in := map[grant.ProjectID][]grant.Permission{"p": {grant.MayAuthorizeApps}}
	ann, bob := user("ann", in), user("bob", in)
	s.putUser(ann)
	s.putUser(bob)
	for _, name := range []grant.UserName{"bob", "cid", "ANN"} {
		thief := user(name, map[grant.ProjectID][]grant.Permission{"q": {}})
		thief.Token, thief.ExpiresAt = ann.Token, noon
		if err := s.store.Update(s.Context(), "", func(tx grant.Tx) error { return tx.PutUser(s.Context(), thief) }); err == nil {
			s.Errorf("%s gets the token", name)
		}
		s.wantMembership(name, "q", false)
	}
	s.wantUser("token of ann", ann)
	s.wantUser("token of bob", bob)
	s.wantMembership("ann", "p", true, grant.MayAuthorizeApps)
	s.wantMembership("bob", "p", true, grant.MayAuthorizeApps)
	s.wantMembership("cid", "p", false)
}

func tokenAtOnce(s scene) {
	names := []grant.UserName{"a", "b", "c", "d", "e", "f", "g", "h"}
	errs := make([]error, len(names))
	s.concurrently(len(names), func(i int) error {
		u := user(names[i], nil)
		u.Token = grant.HashOf("the token")
		project := grant.ProjectID(names[i]) // those of different projects need not wait for each other
		errs[i] = s.store.Update(s.Context(), project, func(tx grant.Tx) error { return tx.PutUser(s.Context(), u) })
		return nil
	})
	var winners []grant.User
	for i, err := range errs {
		if err == nil {
			winners = append(winners, grant.User{Name: names[i], Token: grant.HashOf("the token")})
		}
	}
	if len(winners) != 1 {
		s.Fatalf("%v got the token", winners)
	}
	s.wantUser("the token", winners[0])
}

func deleteUser(s scene) {
	remove := func(name grant.UserName) {
		s.Helper()
		s.updateIn("", func(tx grant.Tx) error { return tx.DeleteUser(s.Context(), name) })
	}
	remove("ann") // passed over
	s.putProjects("p")
	in := map[grant.ProjectID][]grant.Permission{"p": {grant.MayAuthorizeApps}}
	s.putUser(user("ann", in))
	s.putUser(user("ANN", in))
	for _, name := range []grant.UserName{"", "Ann", "bob", "%"} {
		remove(name)
	}
	s.wantUser("token of ann", user("ann", in))
	for range 2 {
		remove("ann")
		s.wantNoUser("token of ann")
		s.wantMembership("ann", "p", false)
	}
	s.wantUser("token of ANN", user("ANN", in))
	s.wantMembership("ANN", "p", true, grant.MayAuthorizeApps)

	// The name and the token are free again, and bring nothing with them.
	s.putUser(user("ann", nil))
	s.wantMembership("ann", "p", false)
	heir := user("bob", nil)
	heir.Token = grant.HashOf("token of ANN")
	remove("ANN")
	s.putUser(heir)
	s.wantUser("token of ANN", heir)
}

func userNames(s scene) {
	names := []grant.UserName{"größe", "gro\u0308\u00dfe", "Größe", "名前", "🗝️", "a b", " a", "a ", "a", "A", "a'b", `a"b`, "a%b", "a_b"}
	for i, name := range names {
		s.putProjects(grant.ProjectID(name))
		s.putUser(user(name, map[grant.ProjectID][]grant.Permission{grant.ProjectID(name): {grant.Permissions[i%5]}}))
	}
	for i, name := range names {
		s.wantUser("token of "+string(name), user(name, nil))
		s.wantMembership(name, grant.ProjectID(name), true, grant.Permissions[i%5])
		s.wantMembership(name, grant.ProjectID(names[(i+1)%len(names)]), false)
	}
}
