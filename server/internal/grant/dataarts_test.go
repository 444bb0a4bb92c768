package grant_test

import (
	"context"
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var workspace = grant.Realm{Service: grant.DataArts, Project: project, ID: "workspace"}

// newWorkspace is a scene with one API, which ann owns and cid reviews, and one
// app, which bob and cid own. eve is neither.
func newWorkspace(t *testing.T) *scene {
	return newScene(t, grant.RealmContents{
		Realm: workspace,
		Envs:  []grant.EnvID{"cluster", "cluster2"},
		APIs:  []grant.API{{ID: "api", Owner: "ann", Reviewers: []grant.UserName{"cid"}, Published: []grant.EnvID{"cluster", "cluster2"}}},
		Apps:  []grant.App{{ID: "app", Owners: []grant.UserName{"bob", "cid"}}},
	})
}

func act(kind grant.ActionType, until time.Time) grant.Action {
	return grant.Action{Project: project, Workspace: workspace.ID, Cluster: "cluster", API: "api", App: "app", Type: kind, Until: until}
}

// The clock shows 8:20; end is that of the record in the cases that begin with one.
var (
	hour = started.Truncate(time.Hour)
	end  = hour.Add(5 * time.Hour)
)

const (
	onlyReviewers = "only a reviewer of the API may do this"
	onlyAppOwners = "only an owner of the app may do this"
	shortened     = "the validity can be extended, not shortened"
	tooSoon       = "the app has at least two days to prepare"
	noneToRenew   = "there is no authorization to renew"
	noneToCancel  = "there is no authorization to cancel"
)

// outcome is what there is after an action.
type outcome int

const (
	none         outcome = iota // no record
	kept                        // the record of before, up to the case's end
	fresh                       // a new record, up to the case's end
	asked                       // no record, but an application up to the case's end
	keptAndAsked                // the record of before as it was, and such an application
	noticed                     // the same with a notice, whose deadline is the case's end
)

type actionCase struct {
	name, user string
	until      time.Time
	want       *grant.Error
	then       outcome
	end        time.Time
}

var never time.Time

func TestPerformWithoutRecord(t *testing.T) {
	t.Parallel()
	later := hour.Add(time.Hour)
	east := time.FixedZone("east", 5*3600+1800) // an hour there begins half past here
	for kind, cases := range map[grant.ActionType][]actionCase{
		grant.Authorize: {
			{"API's owner", "ann", later, nil, fresh, later},
			{"reviewer", "cid", later, nil, fresh, later},
			{"app's owner", "bob", later, illegal(onlyReviewers), none, never},
			{"stranger", "eve", later, illegal(onlyReviewers), none, never},
			{"no time", "ann", never, &grant.Error{Kind: grant.Missing, Field: "time"}, none, never},
			{"past", "ann", hour.Add(-time.Hour), invalid("time"), none, never},
			{"now", "ann", start, invalid("time"), none, never},
			{"later in this hour", "ann", later.Add(-time.Nanosecond), invalid("time"), none, never},
			{"cut to the hour", "ann", later.Add(time.Hour - time.Nanosecond), nil, fresh, later},
			{"in another zone", "ann", later.Add(20 * time.Minute).In(east), nil, fresh, later},
			{"far future", "ann", time.Date(22020, 8, 4, 4, 2, 22, 0, time.UTC), nil, fresh, time.Date(22020, 8, 4, 4, 0, 0, 0, time.UTC)},
		},
		grant.Apply: {
			{"app's owner who reviews", "cid", later, nil, fresh, later},
			{"app's owner", "bob", later, nil, asked, later},
			{"app's owner, cut to the hour", "bob", later.Add(time.Hour - time.Nanosecond), nil, asked, later},
			{"API's owner", "ann", later, illegal(onlyAppOwners), none, never},
			{"stranger", "eve", later, illegal(onlyAppOwners), none, never},
			{"no time", "cid", never, &grant.Error{Kind: grant.Missing, Field: "time"}, none, never},
			{"past", "cid", hour, invalid("time"), none, never},
		},
		grant.Renew: {
			{"app's owner who reviews", "cid", later, illegal(noneToRenew), none, never},
			{"app's owner", "bob", later, illegal(noneToRenew), none, never},
			{"API's owner", "ann", later, illegal(onlyAppOwners), none, never},
			{"no time", "cid", never, &grant.Error{Kind: grant.Missing, Field: "time"}, none, never},
			{"past", "cid", hour, invalid("time"), none, never},
		},
		grant.CancelByApp: {
			{"app's owner", "bob", never, illegal(noneToCancel), none, never},
			{"API's owner", "ann", never, illegal(onlyAppOwners), none, never},
		},
		grant.CancelByAPI: {
			{"API's owner", "ann", later, illegal(noneToCancel), none, never},
			{"app's owner", "bob", later, illegal(onlyReviewers), none, never},
			{"no time", "ann", never, &grant.Error{Kind: grant.Missing, Field: "time"}, none, never},
			{"past", "ann", hour, invalid("time"), none, never},
		},
		"APPLY_TYPE_X": {{"unknown type", "otto", never, invalid("apply_type"), none, never}},
	} {
		for _, c := range cases {
			t.Run(string(kind)+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				s := newWorkspace(t)
				s.wantErr(c.want, s.Perform(s.Context(), s.as(c.user), act(kind, c.until)))
				s.wantOutcome(kind, c, nil)
			})
		}
	}
}

func TestPerformOnRecord(t *testing.T) {
	t.Parallel()
	longer, shorter := end.Add(time.Hour), end.Add(-time.Hour)
	for kind, cases := range map[grant.ActionType][]actionCase{
		grant.Authorize: {
			{"extend", "ann", longer, nil, kept, longer},
			{"extend by another reviewer", "cid", longer, nil, kept, longer},
			{"same end", "ann", end, nil, kept, end},
			{"same end after the cut", "ann", longer.Add(-time.Nanosecond), nil, kept, end},
			{"shorten", "ann", shorter, illegal(shortened), kept, end},
			{"shorten by the cut", "ann", end.Add(-time.Nanosecond), illegal(shortened), kept, end},
			{"app's owner", "bob", longer, illegal(onlyReviewers), kept, end},
		},
		grant.Apply: {
			{"extend", "cid", longer, nil, kept, longer},
			{"same end", "cid", end, nil, kept, end},
			{"shorten", "cid", shorter, illegal(shortened), kept, end},
			{"app's owner", "bob", longer, nil, keptAndAsked, longer},
			{"app's owner, cut to the hour", "bob", longer.Add(time.Hour - time.Nanosecond), nil, keptAndAsked, longer},
			{"app's owner, same end", "bob", end, nil, kept, end},
			{"app's owner, same end after the cut", "bob", longer.Add(-time.Nanosecond), nil, kept, end},
			{"app's owner, shorten", "bob", shorter, illegal(shortened), kept, end},
			{"app's owner, shorten by the cut", "bob", end.Add(-time.Nanosecond), illegal(shortened), kept, end},
		},
		grant.Renew: {
			{"extend", "cid", longer, nil, kept, longer},
			{"same end", "cid", end, nil, kept, end},
			{"shorten", "cid", shorter, illegal(shortened), kept, end},
			{"app's owner", "bob", longer, nil, keptAndAsked, longer},
			{"app's owner, cut to the hour", "bob", longer.Add(time.Hour - time.Nanosecond), nil, keptAndAsked, longer},
			{"app's owner, same end", "bob", end, nil, kept, end},
			{"app's owner, same end after the cut", "bob", longer.Add(-time.Nanosecond), nil, kept, end},
			{"app's owner, shorten", "bob", shorter, illegal(shortened), kept, end},
			{"app's owner, shorten by the cut", "bob", end.Add(-time.Nanosecond), illegal(shortened), kept, end},
			{"API's owner", "ann", longer, illegal(onlyAppOwners), kept, end},
		},
		grant.CancelByApp: {
			{"app's owner", "bob", never, nil, none, never},
			{"app's owner who reviews", "cid", never, nil, none, never},
			{"time is ignored", "bob", hour.Add(-time.Hour), nil, none, never},
			{"API's owner", "ann", never, illegal(onlyAppOwners), kept, end},
		},
		grant.CancelByAPI: {
			{"API's owner", "ann", hour.Add(72 * time.Hour), nil, noticed, end},
			{"reviewer and app's owner", "cid", hour.Add(72 * time.Hour), nil, noticed, end},
			{"within two days", "ann", hour.Add(48 * time.Hour), illegal(tooSoon), kept, end},
			{"within two days, but the end is sooner", "ann", longer, illegal(tooSoon), kept, end},
			{"past", "ann", hour, invalid("time"), kept, end},
			{"app's owner", "bob", hour.Add(72 * time.Hour), illegal(onlyReviewers), kept, end},
		},
	} {
		for _, c := range cases {
			t.Run(string(kind)+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				s := newWorkspace(t)
				before := s.authorizedUntilEnd()
				s.now = start.Add(time.Minute)
				s.wantErr(c.want, s.Perform(s.Context(), s.as(c.user), act(kind, c.until)))
				s.wantOutcome(kind, c, before)
			})
		}
	}
}

// From its end on, a record counts as none. What replaces it is a new one; a
// refusal leaves it where it is.
func TestPerformOnEndedRecord(t *testing.T) {
	t.Parallel()
	longer := end.Add(time.Hour)
	for kind, cases := range map[grant.ActionType][]actionCase{
		grant.Authorize:   {{"", "ann", longer, nil, fresh, longer}},
		grant.Apply:       {{"reviewer", "cid", longer, nil, fresh, longer}, {"app's owner", "bob", longer, nil, asked, longer}},
		grant.Renew:       {{"reviewer", "cid", longer, illegal(noneToRenew), kept, end}, {"app's owner", "bob", longer, illegal(noneToRenew), kept, end}},
		grant.CancelByApp: {{"", "bob", never, illegal(noneToCancel), kept, end}},
		grant.CancelByAPI: {{"", "ann", end.Add(72 * time.Hour), illegal(noneToCancel), kept, end}},
	} {
		for _, c := range cases {
			t.Run(string(kind)+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				s := newWorkspace(t)
				before := s.authorizedUntilEnd()
				s.now = end
				s.wantErr(c.want, s.Perform(s.Context(), s.as(c.user), act(kind, c.until)))
				s.wantOutcome(kind, c, before)
			})
		}
	}
}

// authorizedUntilEnd makes the record that some cases begin with.
func (s *scene) authorizedUntilEnd() []grant.Authorization {
	s.Helper()
	s.wantErr(nil, s.Perform(s.Context(), s.as("ann"), act(grant.Authorize, end)))
	before := s.records(workspace)
	if len(before) != 1 {
		s.Fatalf("got the records %v", before)
	}
	return before
}

func (s *scene) wantOutcome(kind grant.ActionType, c actionCase, before []grant.Authorization) {
	s.Helper()
	var want []grant.Authorization
	var application *grant.Application
	now := s.now.UTC().Truncate(time.Microsecond)
	got := s.records(workspace)
	if c.then == asked || c.then == keptAndAsked || c.then == noticed {
		application = &grant.Application{
			Workspace: workspace.ID, Cluster: "cluster", API: "api", App: "app",
			Type: kind, By: grant.UserName(c.user), At: now, Until: c.end, Status: grant.PendingApproval,
		}
	}
	switch c.then {
	case none, asked:
	case kept:
		want = []grant.Authorization{before[0]}
		want[0].Until = c.end
	case keptAndAsked:
		want = []grant.Authorization{before[0]}
	case noticed:
		want = []grant.Authorization{before[0]}
		want[0].Notice = c.end
		application.Status = grant.PendingCheck
	case fresh:
		want = []grant.Authorization{{
			Env: "cluster", API: "api", App: "app", Role: grant.Provider, At: now, Until: c.end,
		}}
		if len(got) == 1 {
			want[0].ID = got[0].ID
		}
		if len(before) == 1 && want[0].ID == before[0].ID {
			s.Errorf("the new record has the id %s of the old one", want[0].ID)
		}
	}
	s.diff("records", want, got)
	waiting := s.waiting()
	if waiting != nil && application != nil {
		application.ID = waiting.ID
	}
	s.diff("application", application, waiting)
}

// waiting is what waits between the app and the API, as it is stored.
func (s *scene) waiting() (found *grant.Application) {
	s.Helper()
	s.view(func(ctx context.Context, r grant.Reader) error {
		application, err := r.WaitingApplication(ctx, workspace, "cluster", "api", "app")
		if isNotFound(err) {
			return nil
		}
		found = &application
		return err
	})
	return found
}

// application is one as it is stored.
func (s *scene) application(id grant.ApplicationID) (found grant.Application) {
	s.Helper()
	s.view(func(ctx context.Context, r grant.Reader) (err error) {
		found, err = r.Application(ctx, project, id)
		return err
	})
	return found
}

func TestPerformAgain(t *testing.T) {
	t.Parallel()
	s := newWorkspace(t)
	s.authorizedUntilEnd()
	s.wantErr(nil, s.Perform(s.Context(), s.as("bob"), act(grant.CancelByApp, never)))
	s.wantErr(illegal(noneToCancel), s.Perform(s.Context(), s.as("bob"), act(grant.CancelByApp, never)))
	s.diff("records", []grant.Authorization(nil), s.records(workspace))

	// A cancelled one may begin anew with an earlier end.
	s.wantErr(nil, s.Perform(s.Context(), s.as("ann"), act(grant.Authorize, hour.Add(time.Hour))))
	other := act(grant.Authorize, end)
	other.Cluster = "cluster2"
	s.wantErr(nil, s.Perform(s.Context(), s.as("ann"), other))
	s.diff("ends", []time.Time{hour.Add(time.Hour), end}, each(s.records(workspace), func(a grant.Authorization) time.Time { return a.Until }))
}

// A record without an end, as a catalog or an older version may leave one, is not
// shortened either.
func TestPerformOnEndlessRecord(t *testing.T) {
	t.Parallel()
	s := newWorkspace(t)
	s.realm(0).Authorizations = []grant.Authorization{{Env: "cluster", API: "api", App: "app", Role: grant.Provider}}
	s.apply()
	before := s.records(workspace)
	s.wantErr(illegal(shortened), s.Perform(s.Context(), s.as("ann"), act(grant.Authorize, end)))
	s.wantErr(illegal(shortened), s.Perform(s.Context(), s.as("bob"), act(grant.Renew, end)))
	s.diff("records", before, s.records(workspace))

	// A notice has nothing to be cut to.
	before[0].Notice = hour.Add(72 * time.Hour)
	s.wantErr(nil, s.Perform(s.Context(), s.as("ann"), act(grant.CancelByAPI, before[0].Notice)))
	s.diff("records", before, s.records(workspace))
}

// The present instant is not in the future.
func TestPerformOnTheHour(t *testing.T) {
	t.Parallel()
	s := newWorkspace(t)
	s.now = hour
	s.wantErr(invalid("time"), s.Perform(s.Context(), s.as("ann"), act(grant.Authorize, hour.Add(time.Minute))))
	s.wantErr(nil, s.Perform(s.Context(), s.as("ann"), act(grant.Authorize, hour.Add(time.Hour))))
}

// Each case has the faults of those that follow it too.
func TestPerformOrderOfChecks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, user string
		change     func(req *grant.Action)
		want       *grant.Error
	}{
		{"missing time", "otto", func(a *grant.Action) { a.Until, a.Workspace = never, "x" }, &grant.Error{Kind: grant.Missing, Field: "time"}},
		{"no member", "otto", func(a *grant.Action) { a.Workspace, a.Until = "x", hour }, wrongProject},
		{"no permission", "rita", func(a *grant.Action) { a.Workspace, a.Until = "x", hour }, noPermission(grant.MayActOnAuthorization)},
		{"unknown workspace", "eve", func(a *grant.Action) { a.Workspace, a.Cluster, a.API, a.App = "x", "x", "x", "x" }, notFound(grant.NounWorkspace, "x")},
		{"another project's workspace", "otto", func(a *grant.Action) { a.Project = otherProject }, notFound(grant.NounWorkspace, "workspace")},
		{"unknown cluster", "eve", func(a *grant.Action) { a.Cluster, a.API, a.App = "x", "x", "x" }, notFound(grant.NounCluster, "x")},
		{"unknown API", "eve", func(a *grant.Action) { a.API, a.App = "x", "x" }, notFound(grant.NounAPI, "x")},
		{"unknown app", "eve", func(a *grant.Action) { a.App = "x" }, notFound(grant.NounApp, "x")},
		{"role", "eve", func(*grant.Action) {}, illegal(onlyReviewers)},
		{"role before state", "bob", func(a *grant.Action) { a.Until = end.Add(-time.Hour) }, illegal(onlyReviewers)},
		{"state", "ann", func(a *grant.Action) { a.Until = end.Add(-time.Hour) }, illegal(shortened)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newWorkspace(t)
			before := s.authorizedUntilEnd()
			req := act(grant.Authorize, end.Add(time.Hour))
			c.change(&req)
			s.wantErr(c.want, s.Perform(s.Context(), s.as(c.user), req))
			s.diff("records", before, s.records(workspace))
		})
	}
}
