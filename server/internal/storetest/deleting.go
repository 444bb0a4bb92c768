package storetest

import (
	"errors"
	"slices"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var deleteCases = []testCase{
	{"delete project/everything of it", deleteProject},
	{"delete project/its users", deleteUsersOf},
	{"delete project/starts afresh", deletedComesBack},
	{"delete project/undone", deleteUndone},
	{"delete project/unknown", deleteUnknown},
}

func (s scene) deleteProject(id grant.ProjectID) {
	s.Helper()
	s.updateIn(id, func(tx grant.Tx) error { return tx.DeleteProject(s.Context(), id) })
}

// inventory is what there is in a project, however it is found.
type inventory struct {
	Project        []grant.ProjectID // whether it exists
	Members        []grant.User
	Authorizations []grant.AuthorizationRecord
	AppCodes       []grant.AppCodeRecord
	Applications   []grant.Application
	Notices        []grant.Application
	Faults         []grant.Fault
}

func (s scene) inventory(project grant.ProjectID) inventory {
	s.Helper()
	ctx, all := s.Context(), grant.Page{Limit: 1000}
	return mustLook(s, func(r grant.Reader) (i inventory, err error) {
		ids, _, err := r.Projects(ctx, all)
		errs := []error{err}
		keep := func(err error) { errs = append(errs, err) }
		if slices.Contains(ids, project) {
			i.Project = append(i.Project, project)
		}
		i.Members, err = r.Members(ctx, project)
		keep(err)
		i.Authorizations, _, err = r.ListAuthorizations(ctx, project, grant.Filter{}, all)
		keep(err)
		i.AppCodes, _, err = r.ListAppCodes(ctx, project, grant.Filter{}, all)
		keep(err)
		i.Applications, _, err = r.ListApplications(ctx, project, grant.Filter{}, all)
		keep(err)
		i.Notices, _, err = r.ListApplications(ctx, project, grant.Filter{Notices: true}, all)
		keep(err)
		i.Faults, err = r.Faults(ctx, project)
		keep(err)
		return i, errors.Join(errs...)
	})
}

// furnish puts something of every kind into a project, in all of its services.
func (s scene) furnish(project grant.ProjectID) (events []grant.Event) {
	s.Helper()
	s.putProject(full(project))
	s.putUser(user("in "+grant.UserName(project), map[grant.ProjectID][]grant.Permission{project: {grant.MayAuthorizeApps}}))
	s.seedIn(project, "seed", "größe")
	s.insertFaults(project, grant.Fault{Operation: "a", Times: 1})
	for _, service := range []grant.Service{grant.APIG, grant.ROMA, grant.ModelArts, grant.DataArts} {
		for _, id := range []grant.RealmID{"instance", "INSTANCE"} {
			r := grant.Realm{Service: service, Project: project, ID: id}
			made := s.insert(r, pair("api", "app"), pair("api", "app2"), pair("api2", "app"))
			s.updateIn(project, func(tx grant.Tx) error {
				return tx.End(s.Context(), []grant.AuthorizationID{made[1].ID}, noon, grant.Forced)
			})
			s.insertCodes(r, "app", "code")
			s.insertCodes(r, "of codes alone", "code")
			events = append(events, grant.Event{Project: project, At: noon, Authorizations: idsOf(made)})
		}
	}
	r := grant.Realm{Service: grant.DataArts, Project: project, ID: "of applications alone"}
	notice := asking(r, "api", "app2")
	notice.Type, notice.Status = grant.CancelByAPI, grant.PendingCheck
	applications := []grant.Application{s.apply(r, "api", "app"), s.submit(r, notice)}
	for _, a := range applications {
		events = append(events, grant.Event{Project: project, At: noon, Application: a.ID})
	}
	for i := range events {
		slices.Sort(events[i].Authorizations)
	}
	s.append(events...)
	return events
}

func (s scene) wantTrail(project grant.ProjectID, want []grant.Event) {
	s.Helper()
	got, _ := s.events(project, 1000, "")
	for i := range got {
		slices.Sort(got[i].Authorizations)
	}
	s.wantEvents("events of "+string(project), want, got)
}

func deleteProject(s scene) {
	projects := []grant.ProjectID{"project", "PROJECT", "project2", "größe"}
	events := map[grant.ProjectID][]grant.Event{}
	before := map[grant.ProjectID]inventory{}
	for _, project := range projects {
		events[project] = s.furnish(project)
		before[project] = s.inventory(project)
	}
	s.diff("how many of each", []int{1, 1, 24, 16, 1, 1, 1}, before["project"].counts())

	s.deleteProject("project")
	s.diff("what is left", inventory{}, s.inventory("project"))
	s.wantNoProject("project")
	for _, record := range before["project"].Authorizations {
		_, err := s.get(record.Realm, record.Authorization.ID)
		s.wantNotFound("a record of it", grant.NounAuthorization, string(record.Authorization.ID), err)
		_, err = s.lastIn(record.Realm, record.Env, record.API, record.App)
		s.wantNotFound("the last record of it", grant.NounAuthorization, "", err)
	}
	for _, a := range before["project"].Applications {
		_, err := s.getApplication("project", a.ID)
		s.wantNotFound("an application of it", grant.NounApplication, string(a.ID), err)
	}
	for _, code := range before["project"].AppCodes {
		s.wantNoApp(code.Realm, codes(code.Code)[0].Value)
	}
	s.diff("seeds", []string{"größe", "new", "seed"}, s.seed("seed", "new", "größe"))
	s.wantTrail("project", events["project"])
	for _, other := range projects[1:] {
		s.diff("in "+string(other), before[other], s.inventory(other))
		s.wantContents(full(other))
		s.wantTrail(other, events[other])
		s.diff("seeds of "+string(other), []string{"new"}, s.seedIn(other, "seed", "new", "größe"))
	}
}

func (i inventory) counts() []int {
	return []int{len(i.Project), len(i.Members), len(i.Authorizations), len(i.AppCodes), len(i.Applications), len(i.Notices), len(i.Faults)}
}

// Users go whose only project it was.
func deleteUsersOf(s scene) {
	s.putProjects("project", "PROJECT", "other")
	in := func(projects ...grant.ProjectID) map[grant.ProjectID][]grant.Permission {
		m := map[grant.ProjectID][]grant.Permission{}
		for _, p := range projects {
			m[p] = []grant.Permission{grant.MayAuthorizeApps}
		}
		return m
	}
	for name, projects := range map[grant.UserName][]grant.ProjectID{
		"only": {"project"}, "both": {"project", "other"}, "all": {"project", "PROJECT", "other"}, "PROJECT": {"PROJECT"}, "none": nil,
	} {
		s.putUser(user(name, in(projects...)))
	}
	s.putUser(user("once", in("project")))
	s.putUser(user("once", nil)) // no longer
	s.deleteProject("project")
	s.wantNotNamed("only")
	s.wantNoUser("token of only")
	s.wantNamed(user("both", in("other")))
	s.wantNamed(user("all", in("PROJECT", "other")))
	s.wantNamed(user("PROJECT", in("PROJECT")))
	s.wantNamed(user("none", nil))
	s.wantNamed(user("once", nil))

	// The second of two projects takes them along after all; the token is free.
	s.deleteProject("other")
	s.wantNotNamed("both")
	s.wantNamed(user("all", in("PROJECT")))
	heir := user("heir", nil)
	heir.Token = grant.HashOf("token of only")
	s.putUser(heir)
	s.wantNamed(heir)
}

// What is made under the same names is new, and has ids of its own.
func deletedComesBack(s scene) {
	s.furnish("project")
	before := s.inventory("project")
	was, err := s.revision("project")
	if err != nil {
		s.Fatal(err)
	}
	s.deleteProject("project")
	s.diff("seeds", []string{"größe", "seed"}, s.seed("seed", "größe"))
	s.deleteProject("project") // only its seeds are there
	s.furnish("project")
	after := s.inventory("project")
	s.diff("how many of each", before.counts(), after.counts())
	is, err := s.revision("project")
	if err != nil || is.Number == was.Number {
		s.Errorf("the revision was %v and is %v, %v", was, is, err)
	}
	old := map[string]bool{}
	for _, a := range before.Authorizations {
		old[string(a.Authorization.ID)] = true
	}
	for _, a := range slices.Concat(before.Applications, before.Notices) {
		old[string(a.ID)] = true
	}
	for _, a := range after.Authorizations {
		if old[string(a.Authorization.ID)] {
			s.Errorf("the id %s of a record comes back", a.Authorization.ID)
		}
	}
	for _, a := range slices.Concat(after.Applications, after.Notices) {
		if old[string(a.ID)] {
			s.Errorf("the id %s of an application comes back", a.ID)
		}
	}
}

func deleteUndone(s scene) {
	s.furnish("project")
	before := s.inventory("project")
	refusal := errors.New("refused")
	err := s.try(func(tx grant.Tx) error { return errors.Join(tx.DeleteProject(s.Context(), "project"), refusal) })
	if !errors.Is(err, refusal) {
		s.Errorf("got the error %v", err)
	}
	s.diff("what is there", before, s.inventory("project"))
	s.diff("seeds", []string{"new"}, s.seed("seed", "new"))
}

func deleteUnknown(s scene) {
	s.deleteProject("project")
	s.furnish("project")
	before := s.inventory("project")
	for _, id := range []grant.ProjectID{"", "PROJECT", "%", "projec_", "größe"} {
		s.deleteProject(id)
	}
	s.diff("what is there", before, s.inventory("project"))

	// Records are deleted though there is no project any more, or never was.
	s.dropProject("project")
	s.deleteProject("project")
	s.diff("what is left", inventory{}, s.inventory("project"))
}
