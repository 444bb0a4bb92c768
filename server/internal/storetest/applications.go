package storetest

import (
	"strings"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var applicationCases = []testCase{
	{"application/look up", lookUpApplications},
	{"application/unknown", unknownApplications},
	{"application/of another project", otherProjectsApplication},
	{"application/settle", settle},
	{"application/settle unknown", settleUnknown},
	{"application/times", applicationTimes},
}

// workspace is where applications are made.
var workspace = grant.Realm{Service: grant.DataArts, Project: "project", ID: "workspace"}

// asking is an application to be made in dev.
func asking(r grant.Realm, api grant.APIID, app grant.AppID) grant.Application {
	return grant.Application{
		Workspace: r.ID, Cluster: dev, API: api, App: app, Type: grant.Apply, By: "bob",
		At: noon, Until: noon.AddDate(1, 0, 0), Status: grant.PendingApproval,
	}
}

// submit makes an application, which it returns with its id.
func (s scene) submit(r grant.Realm, a grant.Application) grant.Application {
	s.Helper()
	made, err := s.trySubmit(r, a)
	if err != nil {
		s.Fatalf("submit: %v", err)
	}
	return made
}

func (s scene) trySubmit(r grant.Realm, a grant.Application) (made grant.Application, err error) {
	return made, s.store.Update(s.Context(), r.Project, func(tx grant.Tx) error {
		made = a
		return tx.InsertApplication(s.Context(), r, &made)
	})
}

func (s scene) apply(r grant.Realm, api grant.APIID, app grant.AppID) grant.Application {
	s.Helper()
	return s.submit(r, asking(r, api, app))
}

func (s scene) getApplication(project grant.ProjectID, id grant.ApplicationID) (grant.Application, error) {
	s.Helper()
	return look(s, func(r grant.Reader) (grant.Application, error) { return r.Application(s.Context(), project, id) })
}

// application looks up what must exist.
func (s scene) application(id grant.ApplicationID) grant.Application {
	s.Helper()
	a, err := s.getApplication(here.Project, id)
	if err != nil {
		s.Errorf("look up an application: %v", err)
	}
	return a
}

// settled settles an application and returns how it should be then.
func (s scene) settled(a grant.Application, status grant.Status) grant.Application {
	s.Helper()
	a.Status, a.SettledAt, a.SettledBy, a.Comment = status, noon.Add(time.Hour), "rita", "größe\n<b>'\""
	s.update(func(tx grant.Tx) error { return tx.Settle(s.Context(), a) })
	return a
}

func lookUpApplications(s scene) {
	notice := asking(workspace, "api2", "größe")
	notice.Type, notice.Status, notice.By = grant.CancelByAPI, grant.PendingCheck, "größe 名前"
	for _, given := range []grant.Application{asking(workspace, "api", "app"), notice} {
		made := s.submit(workspace, given)
		if made.ID == "" {
			s.Error("no id")
		}
		given.ID = made.ID
		s.diff("what InsertApplication makes", given, made)
		s.diff("by id", given, s.application(made.ID))
		s.diff("the waiting one", given, s.waiting(workspace, given.API, given.App))
	}
}

// An authorization's id is no application's, nor the other way round, though each
// is the first of its kind.
func unknownApplications(s scene) {
	check := func(id grant.ApplicationID) {
		s.Helper()
		_, err := s.getApplication("project", id)
		s.wantNotFound("look up "+string(id), grant.NounApplication, string(id), err)
	}
	check("00000000000000000000000000000000") // nothing is in the store yet
	made := s.apply(workspace, "api", "app").ID
	auths := s.insert(workspace, pair("api", "app"), pair("api", "app2"))
	for _, id := range []grant.ApplicationID{
		"", "x", "1", "0", "00000000000000000000000000000000", "ffffffffffffffffffffffffffffffff", "größe", "%", "\x00",
		made[1:], made + "0", made + " ", " " + made, grant.ApplicationID(auths[0].ID), grant.ApplicationID(auths[1].ID),
	} {
		check(id)
	}
	if upper := grant.ApplicationID(strings.ToUpper(string(made))); upper != made {
		check(upper)
	}
	id := grant.AuthorizationID(made)
	_, err := s.get(workspace, id)
	s.wantNotFound("look up an application as an authorization", grant.NounAuthorization, string(id), err)
}

func otherProjectsApplication(s scene) {
	made := s.apply(workspace, "api", "app")
	for _, project := range []grant.ProjectID{"project2", "PROJECT", "", "workspace"} {
		_, err := s.getApplication(project, made.ID)
		s.wantNotFound("look up in "+string(project), grant.NounApplication, string(made.ID), err)
	}
	other := workspace
	other.Project = "PROJECT"
	theirs := s.apply(other, "api", "app")
	_, err := s.getApplication("project", theirs.ID)
	s.wantNotFound("look up theirs", grant.NounApplication, string(theirs.ID), err)
	got, err := s.getApplication("PROJECT", theirs.ID)
	if err != nil {
		s.Error(err)
	}
	s.diff("theirs", theirs, got)
	s.diff("ours", made, s.application(made.ID))
}

// Settling changes how the application ended and nothing else.
func settle(s scene) {
	for _, status := range []grant.Status{grant.Passed, grant.Rejected, grant.Executed, grant.ForcedCancel} {
		made, other := s.apply(workspace, "api", "app"), s.apply(workspace, "api", "other")
		want := made
		want.Status, want.SettledAt, want.SettledBy, want.Comment = status, noon.Add(time.Microsecond), "größe", "名前 <&>\n"
		given := want
		given.SettledAt = want.SettledAt.In(time.FixedZone("west", -7*3600))
		given.Workspace, given.Cluster, given.API, given.App = "w", prod, "api2", "app2"
		given.Type, given.By, given.At, given.Until = grant.Renew, "eve", noon.Add(time.Hour), noon.Add(time.Hour)
		s.update(func(tx grant.Tx) error { return tx.Settle(s.Context(), given) })
		s.diff("the settled one", want, s.application(made.ID))
		s.diff("another one", other, s.application(other.ID))
		s.wantNoneWaiting(workspace, dev, "api", "app")
		s.diff("another one still waits", other, s.waiting(workspace, "api", "other"))
		s.settled(other, status)
	}
}

func settleUnknown(s scene) {
	made := s.apply(workspace, "api", "app")
	auths := s.insert(workspace, pair("api", "app"), pair("api", "app2"))
	for _, id := range []grant.ApplicationID{"", "x", "ffffffffffffffffffffffffffffffff", grant.ApplicationID(auths[0].ID), grant.ApplicationID(auths[1].ID)} {
		a := made
		a.ID, a.Status, a.SettledAt = id, grant.Passed, noon
		err := s.try(func(tx grant.Tx) error { return tx.Settle(s.Context(), a) })
		s.wantNotFound("settle "+string(id), grant.NounApplication, string(id), err)
	}
	s.diff("the one there is", made, s.waiting(workspace, "api", "app"))
	s.diff("the authorization", auths[:1], s.findOne(workspace, "api"))
}

func applicationTimes(s scene) {
	given := asking(workspace, "api", "app")
	east := time.FixedZone("east", 5*3600+1800)
	given.At, given.Until = noon.In(east), noon.Add(time.Microsecond).In(east)
	made := s.submit(workspace, given)
	want := given
	want.ID, want.At, want.Until = made.ID, noon, noon.Add(time.Microsecond)
	s.diff("by id", want, s.application(made.ID))
	s.diff("the waiting one", want, s.waiting(workspace, "api", "app"))
}
