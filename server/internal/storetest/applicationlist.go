package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var applicationListCases = []testCase{
	{"list applications/filters", filterApplications},
	{"list applications/statuses of the other kind", otherStatuses},
	{"list applications/unknown status", unknownStatus},
	{"list applications/order and pages", applicationPages},
	{"list applications/come and go", applicationsComeAndGo},
	{"list applications/nothing", noApplications},
	{"list applications/bad cursor", applicationCursors},
}

func listApplications(ctx context.Context, project grant.ProjectID, f grant.Filter) lister[grant.Application] {
	return func(r grant.Reader, page grant.Page) ([]grant.Application, string, error) {
		return r.ListApplications(ctx, project, f, page)
	}
}

// outcomes are what can become of an application or a notice around noon, by app.
// Those that are due are not marked.
func (s scene) outcomes(r grant.Realm) (made []grant.Application) {
	s.Helper()
	for i, c := range []struct {
		what   grant.ActionType
		until  time.Duration
		status grant.Status
	}{
		{grant.Apply, time.Microsecond, grant.PendingApproval},
		{grant.Apply, 0, grant.PendingApproval},
		{grant.Renew, -time.Hour, grant.PendingApproval},
		{grant.Apply, time.Hour, grant.Passed},
		{grant.Renew, -time.Hour, grant.Passed},
		{grant.Apply, time.Hour, grant.Rejected},
		{grant.Apply, -time.Hour, grant.Rejected},
		{grant.CancelByAPI, time.Microsecond, grant.PendingCheck},
		{grant.CancelByAPI, 0, grant.PendingCheck},
		{grant.CancelByAPI, -time.Hour, grant.PendingCheck},
		{grant.CancelByAPI, time.Hour, grant.Executed},
		{grant.CancelByAPI, -time.Hour, grant.ForcedCancel},
	} {
		a := asking(r, "api", grant.AppID(fmt.Sprint("app", i)))
		a.Type, a.Until, a.Status = c.what, noon.Add(c.until), grant.PendingApproval
		if c.what == grant.CancelByAPI {
			a.Status = grant.PendingCheck
		}
		a = s.submit(r, a)
		if c.status != a.Status {
			a = s.settled(a, c.status)
		}
		made = append(made, a)
	}
	return made
}

// stands is how an application or a notice stands at a time.
func stands(a grant.Application, now time.Time) grant.Status {
	switch {
	case !a.SettledAt.IsZero() || now.Before(a.Until):
		return a.Status
	case a.Type == grant.CancelByAPI:
		return grant.ForcedCancel
	}
	return grant.Rejected
}

// statuses are those of applications, and those of notices.
var statuses = map[bool][]grant.Status{
	false: {"", grant.PendingApproval, grant.Passed, grant.Rejected},
	true:  {"", grant.PendingCheck, grant.Executed, grant.ForcedCancel},
}

// Each filter is tried alone and together with all others.
func filterApplications(s scene) {
	var made []grant.Application
	for _, realm := range []grant.RealmID{"workspace", "WORKSPACE"} {
		r := workspace
		r.ID = realm
		made = append(made, s.outcomes(r)...)
		made = append(made, s.apply(r, "API", "app1"), s.apply(r, "api", "APP1"))
	}
	for _, project := range []grant.ProjectID{"project2", "PROJECT"} {
		r := workspace
		r.Project = project
		s.apply(r, "api", "app1")
	}
	err := s.store.View(s.Context(), func(reader grant.Reader) error {
		for f := range filters() {
			if f.State != grant.Live || f.Service != "" && (f.Service != grant.APIG || f.App != "") {
				continue // enough to show that these don't count
			}
			f.Realm = map[grant.RealmID]grant.RealmID{"instance": "workspace", "INSTANCE": "WORKSPACE"}[f.Realm]
			f.App = map[grant.AppID]grant.AppID{"app": "app1", "App": "APP1", "app10": "app10"}[f.App]
			for _, f.Notices = range []bool{false, true} {
				for _, f.Status = range statuses[f.Notices] {
					if err := s.tryApplications(reader, f, made); err != nil || s.Failed() {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
}

// tryApplications narrows what was made by a filter.
func (s scene) tryApplications(reader grant.Reader, f grant.Filter, made []grant.Application) error {
	s.Helper()
	var want []grant.Application
	for _, a := range made {
		if (f.Realm == "" || a.Workspace == f.Realm) && (f.App == "" || a.App == f.App) && (f.API == "" || a.API == f.API) &&
			(a.Type == grant.CancelByAPI) == f.Notices && (f.Status == "" || stands(a, f.Now) == f.Status) {
			want = append(want, a)
		}
	}
	got, next, err := reader.ListApplications(s.Context(), here.Project, f, grant.Page{Limit: 1000})
	s.diff(fmt.Sprintf("%+v", f), pageOf[grant.Application]{want, ""}, pageOf[grant.Application]{got, next})
	return err
}

// No application has a status of notices, nor the other way round, also once time
// has settled it.
func otherStatuses(s scene) {
	s.outcomes(workspace)
	for _, notices := range []bool{false, true} {
		for _, status := range statuses[!notices][1:] {
			f := grant.Filter{Notices: notices, Status: status, Now: noon}
			got := walk(s, listApplications(s.Context(), here.Project, f), 1000, nothing)
			s.diff(fmt.Sprintf("notices %v, %s", notices, status), 0, len(got))
		}
	}
}

func unknownStatus(s scene) {
	s.outcomes(workspace)
	for _, status := range []grant.Status{"PASSED", "status_type_passed", "%"} {
		for _, notices := range []bool{false, true} {
			list := listApplications(s.Context(), here.Project, grant.Filter{Notices: notices, Status: status, Now: noon})
			s.diff("how many are "+string(status), 0, len(walk(s, list, 1000, nothing)))
		}
	}
}

// The order is that in which they were made, wherever that was and whatever their
// times say.
func applicationPages(s scene) {
	other := workspace
	other.ID = "another"
	notice := asking(workspace, "a", "z")
	notice.Type, notice.Status, notice.At = grant.CancelByAPI, grant.PendingCheck, noon.Add(-time.Hour)
	want := []grant.Application{s.apply(workspace, "z", "z")}
	notices := []grant.Application{s.submit(workspace, notice)}
	want = append(want, s.apply(other, "b", "a"), s.settled(s.apply(workspace, "a", "a"), grant.Passed), s.apply(workspace, "a", "a"))
	notice.App = "a"
	notices = append(notices, s.submit(other, notice))
	notices[1].Workspace = other.ID // which is where it was made
	earlier := asking(other, "c", "a")
	earlier.At = noon.Add(-time.Hour)
	want = append(want, s.submit(other, earlier))
	// Workspace by workspace, in the order in which they were first heard of.
	slices.SortStableFunc(want, func(a, b grant.Application) int { return -strings.Compare(string(a.Workspace), string(b.Workspace)) })
	wantList(s, "applications", want, listApplications(s.Context(), here.Project, grant.Filter{}))
	wantList(s, "notices", notices, listApplications(s.Context(), here.Project, grant.Filter{Notices: true}))
	wantList(s, "passed", want[1:2], listApplications(s.Context(), here.Project, grant.Filter{Status: grant.Passed, Now: noon}))
}

// Applications don't go, but they leave the list of those that wait.
func applicationsComeAndGo(s scene) {
	id := func(a grant.Application) grant.ApplicationID { return a.ID }
	wantStable(s, id, func(limit int) (lister[grant.Application], []grant.ApplicationID, func(int)) {
		r := workspace
		r.Project = grant.ProjectID(fmt.Sprint("project", limit))
		var stay []grant.ApplicationID
		var leave []grant.Application
		for i := range 16 {
			a := s.apply(r, grant.APIID(fmt.Sprint("api", i/3)), grant.AppID(fmt.Sprint("app", i%3)))
			if i%2 == 0 {
				stay = append(stay, a.ID)
			} else {
				leave = append(leave, a)
			}
		}
		list := listApplications(s.Context(), r.Project, grant.Filter{Status: grant.PendingApproval, Now: noon})
		return list, stay, func(pages int) {
			for _, a := range []grant.Application{leave[(pages*limit/2)%len(leave)], leave[(pages*limit)%len(leave)]} {
				a.Status, a.SettledAt = grant.Passed, noon
				_ = s.store.Update(s.Context(), r.Project, func(tx grant.Tx) error { return tx.Settle(s.Context(), a) })
			}
			if pages < 5 { // or the list would have no end
				s.apply(r, grant.APIID(fmt.Sprint("new", pages)), "app0")
			}
		}
	})
}

func noApplications(s scene) {
	wantList(s, "of an empty store", nil, listApplications(s.Context(), here.Project, grant.Filter{}))
	s.apply(workspace, "api", "app")
	for _, project := range []grant.ProjectID{"", "PROJECT", "project2", "projec_", "%"} {
		wantList(s, "of "+string(project), nil, listApplications(s.Context(), project, grant.Filter{}))
	}
	wantList(s, "notices", nil, listApplications(s.Context(), here.Project, grant.Filter{Notices: true}))
}

func applicationCursors(s scene) {
	s.apply(workspace, "api", "app")
	s.apply(workspace, "api2", "app")
	wantBadCursors(s, listApplications(s.Context(), here.Project, grant.Filter{}), notTwoKeys...)
}
