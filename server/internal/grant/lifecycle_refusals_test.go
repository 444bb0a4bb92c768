package grant_test

import (
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

const (
	underWay       = "a cancellation is under way"
	waitsAlready   = "an application is waiting already"
	neverExecuted  = "an application can be approved or rejected, not executed"
	onlyExecuted   = "a notice can be executed, not approved or rejected"
	settledAlready = "it is settled already"
)

// noArrows are the moves that the lifecycle does not provide for. Where nothing
// waits, an answer is to what was settled.
var noArrows = map[grant.State]map[string]string{
	grant.Unlinked: {
		"renew": noneToRenew, "renew one's own API": noneToRenew,
		"cancel as the app's owner": noneToCancel, "cancel as a reviewer": noneToCancel,
		"approve": settledAlready, "reject": settledAlready, "execute": neverExecuted,
	},
	grant.LinkWaiting: {
		"apply": waitsAlready, "renew": noneToRenew, "renew one's own API": noneToRenew,
		"cancel as the app's owner": noneToCancel, "cancel as a reviewer": noneToCancel,
		"execute": neverExecuted,
	},
	grant.Linked: {
		"approve": settledAlready, "reject": settledAlready, "execute": neverExecuted,
	},
	grant.RenewWaiting: {
		"apply": waitsAlready, "renew": waitsAlready, "execute": neverExecuted,
	},
	grant.OfflineWaiting: {
		"authorize": underWay, "apply": underWay, "apply for one's own API": underWay,
		"renew": underWay, "renew one's own API": underWay, "cancel as a reviewer": underWay,
		"approve": onlyExecuted, "reject": onlyExecuted,
	},
}

func TestNoArrow(t *testing.T) {
	t.Parallel()
	for state, refused := range noArrows {
		for move, why := range refused {
			t.Run(string(state)+"/"+move, func(t *testing.T) {
				t.Parallel()
				s, id := in(t, state)
				s.now = moved
				before := s.standing(id)
				s.wantErr(illegal(why), moves[move](s, id))
				s.diff("how things stand", before, s.standing(id))
			})
		}
	}
}

// The two tables together say of every move what it does in every state.
func TestEveryMoveInEveryState(t *testing.T) {
	t.Parallel()
	for _, state := range []grant.State{grant.Unlinked, grant.LinkWaiting, grant.Linked, grant.RenewWaiting, grant.OfflineWaiting} {
		for move := range moves {
			cases := 0
			for _, c := range arrows {
				if c.from == state && c.on == move {
					cases++
				}
			}
			if _, ok := noArrows[state][move]; ok {
				cases++
			}
			if cases != 1 {
				t.Errorf("%s in %s has %d cases", move, state, cases)
			}
		}
	}
}

// standing is how the app stands with the API.
type standing struct {
	Decision grant.Decision
	Stored   *grant.Authorization
	Settled  grant.Application
	Waits    *grant.Application
}

func (s *scene) standing(id grant.ApplicationID) standing {
	s.Helper()
	return standing{s.decide(inCluster), s.last(workspace, "cluster", "api", "app"), s.application(id), s.waiting()}
}

// What a proposal asks for is compared with the end of the authorization, whoever
// makes it and whatever waits.
func TestEndOfProposals(t *testing.T) {
	t.Parallel()
	type proposal struct {
		user string
		kind grant.ActionType
	}
	at := map[grant.State][]proposal{
		grant.Linked: {
			{"ann", grant.Authorize}, {"cid", grant.Authorize}, {"bob", grant.Apply}, {"cid", grant.Apply}, {"bob", grant.Renew}, {"cid", grant.Renew},
		},
		grant.RenewWaiting: {{"ann", grant.Authorize}, {"cid", grant.Apply}, {"cid", grant.Renew}},
	}
	for state, proposals := range at {
		for _, p := range proposals {
			for _, c := range []struct {
				name  string
				until time.Time
				want  *grant.Error
			}{
				{"an hour less", agreed.Add(-time.Hour), illegal(shortened)},
				{"less by the cut", agreed.Add(-time.Nanosecond), illegal(shortened)},
				{"equal", agreed, nil},
				{"equal by the cut", agreed.Add(time.Hour - time.Nanosecond), nil},
			} {
				t.Run(string(state)+"/"+string(p.kind)+" by "+p.user+"/"+c.name, func(t *testing.T) {
					t.Parallel()
					s, id := in(t, state)
					s.now = moved
					before := s.standing(id)
					s.wantErr(c.want, s.Perform(s.Context(), s.as(p.user), act(p.kind, c.until)))
					s.diff("how things stand", before, s.standing(id))
				})
			}
		}
	}
}

// A notice gives two days from now, not from the hour that has begun. The deadline
// is cut to the hour first.
func TestNoticeTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		now, until time.Time
		deadline   time.Time // never: refused
	}{
		{"48 hours on the hour", hour, hour.Add(48 * time.Hour), hour.Add(48 * time.Hour)},
		{"an hour less", hour, hour.Add(47 * time.Hour), never},
		{"48 hours only before the cut", hour, hour.Add(48*time.Hour - time.Nanosecond), never},
		{"48 hours, and a moment has passed", hour.Add(time.Microsecond), hour.Add(48 * time.Hour), never},
		{"48 hours until cut", started, started.Add(48 * time.Hour), never},
		{"the next hour", started, hour.Add(49*time.Hour + 59*time.Minute), hour.Add(49 * time.Hour)},
		{"an hour before the end", hour, agreed.Add(-time.Hour), agreed.Add(-time.Hour)},
		{"at the end", hour, agreed, agreed},
		{"after the end", hour, agreed.Add(time.Hour), agreed},
		{"long after the end", hour, agreed.AddDate(20000, 0, 0), agreed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newWorkspace(t)
			s.now = c.now.Add(-time.Minute)
			s.perform("ann", grant.Authorize, agreed)
			s.now = c.now
			want := s.records(workspace)
			var waits *grant.Application
			var refusal *grant.Error
			if c.deadline.IsZero() {
				refusal = illegal(tooSoon)
			} else {
				want[0].Notice = c.deadline
				waits = application("new", grant.CancelByAPI, "ann", c.now, c.deadline)
			}
			s.wantErr(refusal, s.Perform(s.Context(), s.as("ann"), act(grant.CancelByAPI, c.until)))
			s.diff("records", want, s.records(workspace))
			s.diff("notice", waits, oldOrNewApplication(s.waiting(), ""))
			s.diff("decision", grant.Authorized, s.decide(inCluster).Reason)
		})
	}
}
