package grant_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// operator is the token of nobody: an answer by the operator.
const operator = ""

func TestWhoMayAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		state  grant.State
		answer grant.Status
		token  string
		want   *grant.Error
	}{
		{"approve, the API's owner", grant.LinkWaiting, grant.Passed, "ann", nil},
		{"approve, a reviewer", grant.LinkWaiting, grant.Passed, "cid", nil},
		{"approve, the operator", grant.LinkWaiting, grant.Passed, operator, nil},
		{"approve, who asked", grant.LinkWaiting, grant.Passed, "bob", illegal(onlyReviewers)},
		{"approve, a stranger", grant.LinkWaiting, grant.Passed, "eve", illegal(onlyReviewers)},
		{"approve, a member without permissions", grant.LinkWaiting, grant.Passed, "rita", illegal(onlyReviewers)},
		{"approve more time, the API's owner", grant.RenewWaiting, grant.Passed, "ann", nil},
		{"approve more time, the operator", grant.RenewWaiting, grant.Passed, operator, nil},
		{"approve more time, who asked", grant.RenewWaiting, grant.Passed, "bob", illegal(onlyReviewers)},
		{"reject, the API's owner", grant.LinkWaiting, grant.Rejected, "ann", nil},
		{"reject, a reviewer", grant.LinkWaiting, grant.Rejected, "cid", nil},
		{"reject, the operator", grant.LinkWaiting, grant.Rejected, operator, nil},
		{"reject, who asked", grant.LinkWaiting, grant.Rejected, "bob", illegal(onlyReviewers)},
		{"reject, a stranger", grant.LinkWaiting, grant.Rejected, "eve", illegal(onlyReviewers)},
		{"execute, the app's owner", grant.OfflineWaiting, grant.Executed, "bob", nil},
		{"execute, another owner of the app", grant.OfflineWaiting, grant.Executed, "cid", nil},
		{"execute, the operator", grant.OfflineWaiting, grant.Executed, operator, nil},
		{"execute, who gave notice", grant.OfflineWaiting, grant.Executed, "ann", illegal(onlyAppOwners)},
		{"execute, a stranger", grant.OfflineWaiting, grant.Executed, "eve", illegal(onlyAppOwners)},

		{"approve a notice, a reviewer", grant.OfflineWaiting, grant.Passed, "ann", illegal(onlyExecuted)},
		{"approve a notice, the operator", grant.OfflineWaiting, grant.Passed, operator, illegal(onlyExecuted)},
		{"reject a notice, the app's owner", grant.OfflineWaiting, grant.Rejected, "bob", illegal(onlyExecuted)},
		{"reject a notice, the operator", grant.OfflineWaiting, grant.Rejected, operator, illegal(onlyExecuted)},
		{"execute an application, the app's owner", grant.LinkWaiting, grant.Executed, "bob", illegal(neverExecuted)},
		{"execute an application, the operator", grant.RenewWaiting, grant.Executed, operator, illegal(neverExecuted)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, id := in(t, c.state)
			s.now = moved
			before := s.standing(id)
			got, err := s.answer(c.answer, c.token, id, "because")
			s.wantErr(c.want, err)
			if c.want != nil {
				s.diff("answer", grant.Application{}, got)
				s.diff("how things stand", before, s.standing(id))
				return
			}
			by := c.token
			if by == operator {
				by = grant.Operator
			}
			want := before.Settled
			settled(&want, c.answer, moved, by, "because")
			s.diff("answer", want, got)
			s.diff("application", want, s.application(id))

			// Nobody can answer again, in any way.
			after := s.standing(id)
			again := []grant.Status{grant.Executed}
			if want.Type != grant.CancelByAPI {
				again = []grant.Status{grant.Passed, grant.Rejected}
			}
			for _, status := range again {
				for _, token := range []string{c.token, operator} {
					got, err := s.answer(status, token, id, "again")
					s.wantErr(illegal(settledAlready), err)
					s.diff("second answer", grant.Application{}, got)
				}
			}
			s.diff("how things stand", after, s.standing(id))
		})
	}
}

// Whatever ends an application or a notice, no answer to it is possible from then
// on, even if nobody has looked since.
func TestAnswerToSettled(t *testing.T) {
	t.Parallel()
	for _, c := range arrows {
		if c.was.Status == grant.Rejected && c.was.Comment == onceRefused || c.on == "expire" {
			continue // nothing waited before, or it waits on
		}
		t.Run(string(c.from)+"/"+c.on, func(t *testing.T) {
			t.Parallel()
			s, id := in(t, c.from)
			if due, byTime := dues[c.on]; byTime {
				s.now = due
			} else {
				s.now = moved
				s.wantErr(nil, moves[c.on](s, id))
			}
			before := s.standing(id)
			how := []grant.Status{grant.Passed, grant.Rejected}
			if c.from == grant.OfflineWaiting {
				how = []grant.Status{grant.Executed}
			}
			for _, status := range how {
				_, err := s.answer(status, operator, id, "late")
				s.wantErr(illegal(settledAlready), err)
			}
			s.diff("how things stand", before, s.standing(id))
		})
	}
}

func TestAnswerToNothing(t *testing.T) {
	t.Parallel()
	s, id := in(t, grant.RenewWaiting)
	record := grant.ApplicationID(s.last(workspace, "cluster", "api", "app").ID)
	for _, status := range []grant.Status{grant.Passed, grant.Rejected, grant.Executed} {
		for _, token := range []string{"ann", "eve", operator} {
			for _, c := range []struct {
				name string
				id   grant.ApplicationID
			}{
				{"empty", ""}, {"no id", "x"}, {"unknown", "00112233445566778899aabbccddeeff"},
				{"nearly this one's", "x" + id[1:]}, {"longer", id + "0"},
				{"in capitals", grant.ApplicationID(strings.ToUpper(string(id)))},
				{"an authorization's", record},
			} {
				got, err := s.answer(status, token, c.id, "")
				s.wantErr(notFound(grant.NounApplication, string(c.id)), err)
				s.diff(c.name, grant.Application{}, got)
			}
		}
		// That of another project.
		for _, token := range []string{"otto", operator} {
			answer := grant.Answer{Project: otherProject, ID: id}
			for _, call := range []func() (grant.Application, error){
				func() (grant.Application, error) { return s.Approve(s.Context(), s.as(token), answer) },
				func() (grant.Application, error) { return s.Reject(s.Context(), s.as(token), answer) },
				func() (grant.Application, error) { return s.Execute(s.Context(), s.as(token), answer) },
			} {
				_, err := call()
				s.wantErr(notFound(grant.NounApplication, string(id)), err)
			}
		}
	}
	s.diff("what waits", renewal(), oldOrNewApplication(s.waiting(), id))
}

// Two clusters, and two apps of one cluster, have nothing to do with each other.
func TestOneWaitsForEachPair(t *testing.T) {
	t.Parallel()
	s := newWorkspace(t)
	s.realm(0).Apps = append(s.realm(0).Apps, grant.App{ID: "app2", Owners: []grant.UserName{"bob"}})
	s.apply()
	places := []grant.Action{act(grant.Apply, wanted), act(grant.Apply, wanted), act(grant.Apply, wanted)}
	places[1].Cluster, places[2].App = "cluster2", "app2"
	for _, a := range places {
		s.wantErr(nil, s.Perform(s.Context(), s.as("bob"), a))
		s.wantErr(illegal(waitsAlready), s.Perform(s.Context(), s.as("bob"), a))
	}
	if _, err := s.answer(grant.Passed, "ann", s.waiting().ID, ""); err != nil {
		t.Fatal(err)
	}
	reasons := each(places, func(a grant.Action) grant.Reason {
		return s.decide(grant.Question{Project: project, Service: grant.DataArts, Realm: a.Workspace, Env: a.Cluster, API: a.API, App: a.App}).Reason
	})
	s.diff("reasons", []grant.Reason{grant.Authorized, grant.AwaitsApproval, grant.AwaitsApproval}, reasons)
}

// What an application asks for can be settled by what is done to it at once: of
// many who answer at the same time, one succeeds.
func TestAnswersAtOnce(t *testing.T) {
	t.Parallel()
	s, id := in(t, grant.LinkWaiting)
	caller := s.as("ann")
	errs := make([]error, 10)
	done := make(chan struct{})
	for i := range errs {
		go func() {
			defer func() { done <- struct{}{} }()
			call := s.Approve
			if i%2 == 1 {
				call = s.Reject
			}
			_, errs[i] = call(t.Context(), caller, grant.Answer{Project: project, ID: id})
		}()
	}
	for range errs {
		<-done
	}
	won := slices.Index(errs, nil)
	for i, err := range errs {
		if i != won {
			s.wantErr(illegal(settledAlready), err)
		}
	}
	want := map[bool]grant.Reason{true: grant.Authorized, false: grant.NotAuthorized}
	s.diff("decision", want[won%2 == 0], s.decide(inCluster).Reason)
}

// Several things may come due before anybody looks. Each has taken effect when it
// was due.
func TestSeveralDueAtOnce(t *testing.T) {
	t.Parallel()
	s, id := in(t, grant.RenewWaiting)
	old := s.last(workspace, "cluster", "api", "app").ID
	for _, c := range []struct {
		at   time.Time
		want grant.Reason
	}{
		{agreed.Add(-time.Microsecond), grant.Authorized},
		{agreed, grant.AwaitsApproval},
		{wanted.Add(-time.Microsecond), grant.AwaitsApproval},
		{wanted, grant.HasExpired},
		{longer, grant.HasExpired},
	} {
		s.now = c.at
		d := s.decide(inCluster)
		s.diff("reason", c.want, d.Reason)
		want := agreement()
		if !c.at.Before(agreed) {
			ended(want, agreed, grant.Expired)
		}
		s.diff("record", want, oldOrNew(d.Record, old))
	}

	// The first look that is kept, at last.
	later := longer.Add(time.Hour)
	s.wantErr(illegal(noneToRenew), s.Perform(s.Context(), s.as("bob"), act(grant.Renew, later)))
	s.wantErr(illegal(settledAlready), second(s.answer(grant.Passed, "ann", id, "")))
	s.wantErr(nil, s.Perform(s.Context(), s.as("bob"), act(grant.Apply, later)))
	s.diff("record", ended(agreement(), agreed, grant.Expired), oldOrNew(s.last(workspace, "cluster", "api", "app"), old))
	application := s.application(id)
	s.diff("application", settled(renewal(), grant.Rejected, wanted, "", lapsed), oldOrNewApplication(&application, id))
	s.diff("reason", grant.AwaitsApproval, s.decide(inCluster).Reason)
}

func second[T any](_ T, err error) error { return err }

// A notice may be capped at the end of the authorization: then both are due at
// once, and it is the notice that counts.
func TestNoticeAtTheEnd(t *testing.T) {
	t.Parallel()
	s, _ := in(t, grant.Linked)
	s.perform("ann", grant.CancelByAPI, longer)
	id := s.waiting().ID
	s.now = agreed.Add(-time.Microsecond)
	s.diff("reason before", grant.Authorized, s.decide(inCluster).Reason)
	s.now = agreed
	d := s.decide(inCluster)
	s.diff("reason after", grant.WasCancelled, d.Reason)
	s.diff("cause", grant.Forced, d.Record.Cause)
	s.now = longer
	s.perform("bob", grant.Apply, longer.Add(time.Hour))
	notice := s.application(id)
	s.diff("status", grant.ForcedCancel, notice.Status)
	s.diff("when", []time.Time{agreed, agreed}, []time.Time{notice.SettledAt, s.last(workspace, "cluster", "api", "app").Ended})
}

// An application that outlived the authorization it was to renew makes a new one.
func TestApproveAfterTheEnd(t *testing.T) {
	t.Parallel()
	s, id := in(t, grant.RenewWaiting)
	s.now = agreed.Add(lookAfter)
	if _, err := s.answer(grant.Passed, "ann", id, ""); err != nil {
		t.Fatal(err)
	}
	s.diff("records", []grant.Authorization{{
		Env: "cluster", API: "api", App: "app", Role: grant.Consumer, At: s.now, Until: wanted, ID: s.last(workspace, "cluster", "api", "app").ID,
	}}, s.records(workspace))
	s.diff("reason", grant.Authorized, s.decide(inCluster).Reason)
}
