package grant_test

import (
	"context"
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

const day = 24 * time.Hour

func (s *scene) prune(ended time.Duration) {
	s.Helper()
	s.wantErr(nil, s.Prune(s.Context(), grant.Retention{Ended: ended}))
}

// A notice that was carried out by time alone, and that nobody has looked at since,
// goes with its authorization: what is left must not be either of them alone.
func TestPruneForced(t *testing.T) {
	t.Parallel()
	s, id := in(t, grant.OfflineWaiting)
	deadline := s.application(id).Until
	s.now = deadline.Add(90 * day)
	s.prune(90 * day)
	s.diff("reason just before", grant.WasCancelled, s.decide(inCluster).Reason)
	s.now = s.now.Add(time.Microsecond)
	s.prune(90 * day)
	s.diff("reason after", grant.NotAuthorized, s.decide(inCluster).Reason)
	_, err := s.answer(grant.Executed, "bob", id, "")
	s.wantErr(notFound(grant.NounApplication, string(id)), err)

	s.perform("ann", grant.Authorize, s.now.Add(day))
	s.diff("reason when authorized again", grant.Authorized, s.decide(inCluster).Reason)
}

func TestPruneKeeps(t *testing.T) {
	t.Parallel()
	for _, state := range []grant.State{grant.Linked, grant.LinkWaiting, grant.RenewWaiting, grant.OfflineWaiting} {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s, id := in(t, state)
			before := s.standing(id)
			s.prune(time.Nanosecond)
			s.diff("how things stand", before, s.standing(id))
		})
	}
}

// Once its clock is stopped a project keeps what it has, whatever time it is.
func TestPruneWithStoppedClock(t *testing.T) {
	t.Parallel()
	s, _ := in(t, grant.Linked)
	s.perform("bob", grant.CancelByApp, never)
	_, err := s.SetClock(s.Context(), grant.Caller{}, project, s.now)
	s.wantErr(nil, err)
	s.now = s.now.Add(1000 * day)
	s.prune(day)
	d, err := s.Decide(s.Context(), inCluster)
	s.wantErr(nil, err)
	s.diff("reason", grant.WasCancelled, d.Reason)
	s.wantErr(nil, s.ResetClock(s.Context(), grant.Caller{}, project))
	s.prune(day)
	s.diff("reason when it runs", grant.NotAuthorized, s.decide(inCluster).Reason)
}

func TestPruneEvents(t *testing.T) {
	t.Parallel()
	s, _ := in(t, grant.Linked)
	s.now = s.now.Add(10 * day)
	s.perform("ann", grant.Authorize, s.now.Add(day))
	s.wantErr(nil, s.Prune(s.Context(), grant.Retention{Events: 5 * day}))
	events, _, err := s.ListEvents(s.Context(), project, grant.Page{Limit: 100})
	s.wantErr(nil, err)
	s.diff("actions", []grant.ActionType{grant.Authorize}, each(events, func(e grant.Event) grant.ActionType { return e.Action }))
	s.diff("whose", []string{"ann"}, each(events, func(e grant.Event) string { return e.Actor }))
}

// A record that a catalog brings in after a notice has ended the former one is not
// ended by that notice.
func TestUpsertAfterForced(t *testing.T) {
	t.Parallel()
	s, id := in(t, grant.OfflineWaiting)
	s.now = s.application(id).Until.Add(time.Hour)
	record := grant.Authorization{Env: "cluster", API: "api", App: "app", Role: grant.Provider, Until: s.now.Add(100 * day).Truncate(time.Hour)}
	s.wantErr(nil, s.UpsertCatalog(s.Context(), grant.Caller{}, grant.Catalog{Projects: []grant.Project{{
		ID: project, Realms: []grant.RealmContents{{Realm: workspace, Authorizations: []grant.Authorization{record}}},
	}}}))
	s.diff("status of the notice", grant.ForcedCancel, s.application(id).Status)
	s.diff("reason", grant.Authorized, s.decide(inCluster).Reason)
	s.perform("bob", grant.Apply, record.Until.Add(day))
	s.diff("reason after the next action", grant.Authorized, s.decide(inCluster).Reason)
}

// What a catalog file takes away is in the trail of the project that loses it.
func TestApplyEvents(t *testing.T) {
	t.Parallel()
	s := newWorkspace(t)
	count := func(id grant.ProjectID) (n int) {
		s.view(func(ctx context.Context, r grant.Reader) error {
			events, _, err := r.ListEvents(ctx, id, grant.Page{Limit: 100})
			n = 0
			for _, e := range events {
				if e.Actor == grant.CatalogFile && e.Operation == "ApplyCatalog" {
					n++
				}
			}
			return err
		})
		return n
	}
	const third grant.ProjectID = "third"
	s.wantErr(nil, s.UpsertCatalog(s.Context(), grant.Caller{}, grant.Catalog{
		Projects: []grant.Project{{ID: third}},
		Users:    []grant.User{{Name: "ann", Permissions: map[grant.ProjectID][]grant.Permission{third: grant.Permissions}}},
	}))
	s.diff("at first", []int{1, 1, 0}, []int{count(project), count(otherProject), count(third)})
	s.catalog.Projects = s.catalog.Projects[:1] // otherProject goes, and ann's membership of third
	s.catalog.Users = s.catalog.Users[:5]       // as does otto
	s.apply()
	s.diff("afterwards", []int{2, 2, 1}, []int{count(project), count(otherProject), count(third)})
}
