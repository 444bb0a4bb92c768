package grant_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// newSeeded is a scene of newROMA whose catalog has records too; they are not in
// the store yet.
func newSeeded(t *testing.T) *scene {
	s := newROMA(t)
	contents := s.realm(0)
	contents.APIs = []grant.API{{ID: "api", Owner: "ann"}}
	contents.Authorizations = []grant.Authorization{
		{ID: "not read", Env: "dev", API: "api", App: "shop", Role: grant.Provider, At: started.AddDate(-1, 0, 0)},
		{Env: "dev", API: "api", App: "stock", Role: grant.Provider, Until: started.AddDate(1, 0, 0)},
	}
	return s
}

func TestApplyRecords(t *testing.T) {
	t.Parallel()
	s := newSeeded(t)
	s.apply()
	records := s.records(romaRealm)
	want := []grant.Authorization{
		{Env: "dev", API: "api", App: "shop", Role: grant.Provider, At: started},
		{Env: "dev", API: "api", App: "stock", Role: grant.Provider, At: started, Until: started.AddDate(1, 0, 0)},
	}
	for i := range min(len(want), len(records)) {
		want[i].ID = records[i].ID
		if want[i].ID == "" || want[i].ID == "not read" {
			s.Errorf("the id is %q", want[i].ID)
		}
	}
	s.diff("records", want, records)
	s.diff("AppCodes", []grant.AppCodeID{"c1", "c2"}, s.codes(romaRealm, "shop", "c1", "c2", "c3"))

	// Another file with the same records changes nothing, not even after a restart.
	s.now = start.Add(time.Hour)
	s.apply()
	s.Authority = grant.New(s.store, func() time.Time { return s.now })
	s.apply()
	s.diff("records", want, s.records(romaRealm))

	// What ended stays so, and what the catalog gets later is added.
	s.update(func(ctx context.Context, tx grant.Tx) error {
		return errors.Join(
			tx.End(ctx, []grant.AuthorizationID{want[0].ID}, started, grant.Cancelled),
			tx.RemoveAppCode(ctx, romaRealm, "shop", "c1"),
		)
	})
	contents := s.realm(0)
	contents.Envs = []grant.EnvID{"dev", "prod"}
	contents.Authorizations = append(contents.Authorizations, grant.Authorization{Env: "prod", API: "api", App: "shop", Role: grant.Provider})
	contents.Apps[0].AppCodes = append(contents.Apps[0].AppCodes, grant.AppCode{ID: "c4"})
	s.apply()
	got := s.records(romaRealm)
	want = []grant.Authorization{want[1], {Env: "prod", API: "api", App: "shop", Role: grant.Provider, At: started.Add(time.Hour)}}
	if len(got) == len(want) {
		want[1].ID = got[1].ID
	}
	s.diff("records", want, got)
	s.diff("AppCodes", []grant.AppCodeID{"c2", "c4"}, s.codes(romaRealm, "shop", "c1", "c2", "c3", "c4"))
}

// A record that exists before the catalog has it is left as it is, and stays gone
// when it ends.
func TestApplyExistingRecord(t *testing.T) {
	t.Parallel()
	s := newSeeded(t)
	record := []grant.Authorization{{Env: "dev", API: "api", App: "stock", Role: grant.Consumer, At: started.AddDate(-1, 0, 0)}}
	s.update(func(ctx context.Context, tx grant.Tx) error { return tx.Insert(ctx, romaRealm, record) })
	s.apply()
	got := s.records(romaRealm)
	if len(got) != 2 {
		s.Fatalf("got the records %v", got)
	}
	s.diff("record", record[0], got[0])
	s.update(func(ctx context.Context, tx grant.Tx) error {
		return tx.End(ctx, []grant.AuthorizationID{got[0].ID}, started, grant.Cancelled)
	})
	s.apply()
	s.diff("records", got[1:], s.records(romaRealm))
}

func TestApplyExistingAppCode(t *testing.T) {
	t.Parallel()
	s := newROMA(t)
	fresh := []grant.AppCode{{ID: "c4"}}
	s.update(func(ctx context.Context, tx grant.Tx) error { return tx.InsertAppCodes(ctx, romaRealm, "shop", fresh) })
	s.realm(0).Apps[0].AppCodes = slices.Concat(fresh, []grant.AppCode{{ID: "c5"}})
	s.apply()
	s.diff("AppCodes", []grant.AppCodeID{"c4", "c5"}, s.codes(romaRealm, "shop", "c4", "c5"))
}

// A file is known by its sum alone: with that of the last one, nothing is looked at.
func TestApplyTheSameFile(t *testing.T) {
	t.Parallel()
	s := newSeeded(t)
	s.apply()
	sum := grant.HashOf("a file")
	s.wantErr(nil, s.Apply(s.Context(), s.catalog, sum))
	before := s.revision(project)
	records := s.records(romaRealm)

	s.wantErr(nil, s.Apply(s.Context(), s.catalog, sum))
	s.wantErr(nil, s.Apply(s.Context(), grant.Catalog{}, sum))
	restarted := grant.New(s.store, func() time.Time { return s.now })
	s.wantErr(nil, restarted.Apply(s.Context(), grant.Catalog{}, sum))
	s.diff("revision", before, s.revision(project))
	s.diff("records", records, s.records(romaRealm))
	s.diff("user", grant.UserName("ann"), s.as("ann").Name)

	// An earlier file is another one than the last.
	s.wantErr(nil, s.Apply(s.Context(), grant.Catalog{}, grant.HashOf("another file")))
	s.wantUnknownToken("ann")
	s.wantErr(nil, s.Apply(s.Context(), s.catalog, sum))
	s.diff("user", grant.UserName("ann"), s.as("ann").Name)
	if s.revision(project) == before {
		s.Error("what exists has the revision of before")
	}
}

// revision is zero if there is no such project.
func (s *scene) revision(id grant.ProjectID) (found grant.Revision) {
	s.Helper()
	s.view(func(ctx context.Context, r grant.Reader) (err error) {
		found, err = r.Revision(ctx, id)
		if isNotFound(err) {
			return nil
		}
		return err
	})
	return found
}

func (s *scene) wantUnknownToken(token string) {
	s.Helper()
	name, err := s.Authenticate(s.Context(), token)
	s.wantErr(&grant.Error{Kind: grant.UnknownToken}, err)
	s.diff("user", grant.UserName(""), name)
}

// Users and projects that the former file had are dropped or replaced. Those that
// no file had, stay.
func TestApplyAnotherFile(t *testing.T) {
	t.Parallel()
	s := newGateways(t)
	s.update(func(ctx context.Context, tx grant.Tx) error {
		return errors.Join(
			tx.PutProject(ctx, grant.Project{ID: "made"}),
			tx.PutUser(ctx, grant.User{Name: "mia", Token: grant.HashOf("mia"), Permissions: map[grant.ProjectID][]grant.Permission{
				"made": grant.Permissions, project: grant.Permissions, otherProject: grant.Permissions,
			}}),
		)
	})

	// bob is dropped, ann gets another token, rita permissions; eve loses hers.
	users := slices.DeleteFunc(slices.Clone(s.catalog.Users), func(u grant.User) bool { return u.Name == "bob" || u.Name == "otto" })
	for i := range users {
		switch users[i].Name {
		case "ann":
			users[i].Token, users[i].ExpiresAt = grant.HashOf("ann2"), start.Add(time.Hour)
		case "rita":
			users[i].Permissions = map[grant.ProjectID][]grant.Permission{project: {grant.MayAuthorizeApps}}
		case "eve":
			users[i].Permissions = nil
		}
	}
	s.catalog.Users = append(slices.Clone(users), grant.User{Name: "new", Token: grant.HashOf("bob")}) // bob's token is free now
	s.catalog.Projects = s.catalog.Projects[:1]
	s.realm(0).APIs = append(s.realm(0).APIs, grant.API{ID: "fresh", Owner: "rita"})
	s.apply()

	s.wantUnknownToken("ann")
	s.wantUnknownToken("otto")
	for token, name := range map[string]grant.UserName{"ann2": "ann", "rita": "rita", "eve": "eve", "bob": "new", "mia": "mia"} {
		s.diff("user", name, s.as(token).Name)
	}
	authorize := func(token string, p grant.ProjectID) error {
		req := inDev([]grant.AppID{"shop"}, "fresh")
		req.Project = p
		return second(s.AuthorizeApps(s.Context(), s.as(token), req))
	}
	for _, c := range []struct {
		token   string
		project grant.ProjectID
		want    *grant.Error
	}{
		{"rita", project, nil},
		{"ann2", project, notOwner(grant.NounAPI)},
		{"eve", project, wrongProject},
		{"bob", project, wrongProject},
		{"mia", project, notOwner(grant.NounAPI)},
		{"mia", "made", notFound(grant.NounInstance, "gateway")},
		{"mia", otherProject, wrongProject},
	} {
		s.wantErr(c.want, authorize(c.token, c.project))
	}
	s.diff("dropped project", grant.UnknownProject, s.decide(grant.Question{Project: otherProject}).Reason)
	s.diff("project of no file", grant.UnknownAPI, s.decide(grant.Question{Project: "made"}).Reason)

	// What dropped out in between is not this file's to drop.
	s.update(func(ctx context.Context, tx grant.Tx) error {
		return tx.PutUser(ctx, grant.User{Name: "otto", Token: grant.HashOf("otto")})
	})
	s.apply()
	s.diff("user", grant.UserName("otto"), s.as("otto").Name)
}

// Records outlive the project they are of: with it they come back as they were.
// What was taken away since the file brought it in stays away.
func TestApplyBringsBack(t *testing.T) {
	t.Parallel()
	s := newFourServices(t)
	questions := []grant.Question{
		{Service: grant.ROMA, AppCode: codeOf(grant.ROMA, "app")},
		{Service: grant.ROMA, AppCode: codeOf(grant.ROMA, "idle")},
	}
	for _, service := range services {
		for _, app := range []grant.AppID{"app", "former", "idle"} {
			questions = append(questions, grant.Question{Service: service.Service, Env: service.env, App: app})
		}
	}
	decisions := func() []grant.Decision {
		return each(questions, func(q grant.Question) grant.Decision {
			q.Project, q.API = project, "api"
			if q.Service == grant.ROMA {
				q.Env = "dev"
			}
			return s.decide(q)
		})
	}
	s.wantErr(nil, s.DeleteAppCode(s.Context(), s.as("bob"), grant.DeleteAppCode{Project: project, Instance: "roma", App: "idle", ID: "code"}))
	data := grant.Action{Project: project, Workspace: "workspace", Cluster: "dev", API: "api", App: "idle", Type: grant.Apply, Until: wanted}
	s.wantErr(nil, s.Perform(s.Context(), s.as("bob"), data))
	before := decisions()
	s.diff("reasons", []grant.Reason{
		grant.Authorized, grant.UnknownAppCode,
		grant.Authorized, grant.WasCancelled, grant.NotAuthorized,
		grant.Authorized, grant.WasCancelled, grant.NotAuthorized,
		grant.Authorized, grant.WasCancelled, grant.NotAuthorized,
		grant.Authorized, grant.WasCancelled, grant.AwaitsApproval,
	}, each(before, func(d grant.Decision) grant.Reason { return d.Reason }))

	kept := s.catalog
	s.catalog = grant.Catalog{}
	s.apply()
	for _, d := range decisions() {
		s.diff("decision without the project", grant.Decision{Reason: grant.UnknownProject, At: started}, d)
	}
	s.wantUnknownToken("bob")
	_, err := s.Approve(s.Context(), grant.Caller{}, grant.Answer{Project: project, ID: "x"})
	s.wantErr(notFound(grant.NounProject, string(project)), err)

	s.catalog = kept
	s.apply()
	s.diff("decisions", before, decisions())
}

// A file that can't be brought in changes nothing.
func TestApplyFails(t *testing.T) {
	t.Parallel()
	s := newSeeded(t)
	before := s.revision(project)
	broken := s.catalog
	broken.Projects = append(slices.Clone(broken.Projects), grant.Project{ID: "third"})
	broken.Users = append(slices.Clone(broken.Users[1:]), grant.User{Name: "twin", Token: broken.Users[1].Token})
	if err := s.Apply(s.Context(), broken, grant.HashOf("broken")); err == nil {
		t.Error("two users with one token were taken")
	}
	s.diff("revision", before, s.revision(project))
	s.diff("another project", grant.Revision{}, s.revision("third"))
	s.diff("records", []grant.Authorization(nil), s.records(romaRealm))
	s.diff("user", grant.UserName("ann"), s.as("ann").Name)

	// And the file before it is still the last.
	s.apply()
	s.diff("number of records", 2, len(s.records(romaRealm)))
}

// Users of one file may have the tokens that others had in the last.
func TestApplySwappedTokens(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	users := s.catalog.Users
	users[0].Token, users[1].Token = users[1].Token, users[0].Token
	s.apply()
	s.diff("users", []grant.UserName{"bob", "ann"}, []grant.UserName{s.as("ann").Name, s.as("bob").Name})
}

// A record that has expired without anybody's notice keeps none out.
func TestApplyOverExpiredRecord(t *testing.T) {
	t.Parallel()
	s, _ := in(t, grant.Linked)
	s.now = agreed.Add(time.Hour)
	s.realm(0).Authorizations = []grant.Authorization{{Env: "cluster", API: "api", App: "app", Role: grant.Provider, Until: longer}}
	s.apply()
	d := s.decide(inCluster)
	s.diff("reason", grant.Authorized, d.Reason)
	s.diff("times", []time.Time{s.now.UTC(), longer}, []time.Time{d.Record.At, d.Record.Until})
}
