package storetest

import (
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var projectCases = []testCase{
	{"project/contents", contents},
	{"project/unknown", unknownProjects},
	{"project/replace", replaceProject},
	{"project/names", projectNames},
	{"project/revision", revisions},
	{"project/revision of what was undone", revisionUndone},
	{"project/drop", dropProject},
	{"project/drop unknown", dropUnknown},
}

func (s scene) putProject(p grant.Project) {
	s.Helper()
	s.updateIn(p.ID, func(tx grant.Tx) error { return tx.PutProject(s.Context(), p) })
}

func (s scene) dropProject(id grant.ProjectID) {
	s.Helper()
	s.updateIn(id, func(tx grant.Tx) error { return tx.DropProject(s.Context(), id) })
}

func (s scene) contents(id grant.ProjectID) (grant.Project, error) {
	s.Helper()
	return look(s, func(r grant.Reader) (grant.Project, error) { return r.Contents(s.Context(), id) })
}

// wantContents compares contents; a list without anything in it is as good as none.
func (s scene) wantContents(want grant.Project) {
	s.Helper()
	got, err := s.contents(want.ID)
	if err != nil {
		s.Errorf("contents of %s: %v", want.ID, err)
	}
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		s.Errorf("contents of %s (-want +got):\n%s", want.ID, d)
	}
}

func (s scene) revision(id grant.ProjectID) (grant.Revision, error) {
	s.Helper()
	return look(s, func(r grant.Reader) (grant.Revision, error) { return r.Revision(s.Context(), id) })
}

func (s scene) wantNoProject(id grant.ProjectID) {
	s.Helper()
	_, err := s.contents(id)
	s.wantNotFound("contents", grant.NounProject, string(id), err)
	_, err = s.revision(id)
	s.wantNotFound("revision", grant.NounProject, string(id), err)
}

// full is a project with something in every field.
func full(id grant.ProjectID) grant.Project {
	realm := func(service grant.Service, name grant.RealmID) grant.RealmContents {
		return grant.RealmContents{
			Realm: grant.Realm{Service: service, Project: id, ID: name},
			Envs:  []grant.EnvID{"prod", "dev", "größe"},
			APIs: []grant.API{
				{ID: "z", Name: "größe <&>\u2028", Owner: "ann", Reviewers: []grant.UserName{"rita", "ann"}, Published: []grant.EnvID{"größe", "dev"}},
				{ID: "a", Name: ""},
			},
			Apps: []grant.App{{ID: "z", Name: "名前 🗝️", Owners: []grant.UserName{"bob", "ann"}}, {ID: "A"}, {ID: "a"}},
		}
	}
	model := realm(grant.ModelArts, "cats")
	model.Workspace, model.Envs, model.Apps = "kennel", []grant.EnvID{grant.NoEnv}, nil
	model.APIs[0].Published = []grant.EnvID{grant.NoEnv}
	return grant.Project{
		ID:     id,
		Apps:   []grant.App{{ID: "app2", Name: "two"}, {ID: "app1", Name: "one", Owners: []grant.UserName{"ann"}}},
		Realms: []grant.RealmContents{realm(grant.DataArts, "x"), realm(grant.APIG, "x"), model, realm(grant.APIG, "X"), realm(grant.ROMA, "größe")},
	}
}

// Contents are what was put, in its order, without secrets and records.
func contents(s scene) {
	given := full("project")
	given.Realms[1].Authorizations = []grant.Authorization{pair("z", "z")}
	given.Realms[1].Apps[0].AppCodes = codes("code")
	given.Apps[0].AppCodes = codes("other")
	s.putProject(given)
	s.wantContents(full("project"))
	revision, err := s.revision("project")
	if err != nil || !revision.Clock.IsZero() {
		s.Errorf("the clock of a new project: %v, %v", revision, err)
	}

	// To put a project makes no records.
	r := given.Realms[1].Realm
	if got := s.find(r, []grant.APIID{"z"}, []grant.AppID{"z"}); len(got) != 0 {
		s.Errorf("found %v", got)
	}
	s.wantNoApp(r, codes("code")[0].Value)
}

func unknownProjects(s scene) {
	s.wantNoProject("project")
	s.putProject(grant.Project{ID: "project"})
	s.wantContents(grant.Project{ID: "project"})
	for _, id := range []grant.ProjectID{"", "PROJECT", "project ", "projec_", "%", "größe"} {
		s.wantNoProject(id)
	}
}

func replaceProject(s scene) {
	s.putProject(full("project"))
	s.putProject(full("other"))
	s.putUser(user("ann", map[grant.ProjectID][]grant.Permission{"project": {grant.MayAuthorizeApps}}))
	made := s.insert(here, pair("api", "app"))
	s.insertCodes(here, "app", "code")

	smaller := full("project")
	smaller.Apps, smaller.Realms = nil, smaller.Realms[1:2]
	smaller.Realms[0].APIs = smaller.Realms[0].APIs[:1]
	smaller.Realms[0].APIs[0].Name = "another"
	s.putProject(smaller)
	s.wantContents(smaller)
	s.wantContents(full("other"))
	s.wantMembership("ann", "project", true, grant.MayAuthorizeApps)
	s.diff("records", made, s.findOne(here, "api"))
	s.wantApp(here, "code", "app")
}

func projectNames(s scene) {
	ids := []grant.ProjectID{"project", "PROJECT", "größe", "gro\u0308\u00dfe", "🗝️", " a", "a ", "a", "a'b"}
	for _, id := range ids {
		s.wantNoProject(id)
		s.putProject(full(id))
	}
	for _, id := range ids {
		s.wantContents(full(id))
	}
	s.dropProject("project")
	s.wantNoProject("project")
	s.wantContents(full("PROJECT"))
}

// A revision never comes back, whatever becomes of the project: who remembers
// contents by it must not take old ones for new.
func revisions(s scene) {
	seen := map[int64]bool{}
	fresh := func(what string) {
		s.Helper()
		r, err := s.revision("project")
		if err != nil {
			s.Fatalf("%s: %v", what, err)
		}
		if seen[r.Number] {
			s.Errorf("%s: the revision %d comes back", what, r.Number)
		}
		seen[r.Number] = true
		again, err := s.revision("project")
		if err != nil || again != r {
			s.Errorf("%s: the revision changes by itself from %v to %v, %v", what, r, again, err)
		}
	}
	for range 3 {
		s.putProject(grant.Project{ID: "project"})
		fresh("put")
		s.putProject(full("project"))
		fresh("put with more")
		s.dropProject("project")
		s.putProject(full("project"))
		fresh("put after dropping")
	}
	before, err := s.revision("project")
	if err != nil {
		s.Fatal(err)
	}
	s.putProject(full("other"))
	s.insert(here, pair("api", "app"))
	s.putUser(user("ann", map[grant.ProjectID][]grant.Permission{"project": {}}))
	after, err := s.revision("project")
	if err != nil {
		s.Fatal(err)
	}
	s.diff("revision after other changes", before, after)
}
