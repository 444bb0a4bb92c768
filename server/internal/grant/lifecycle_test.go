package grant_test

import (
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// When things happen in the tests of the lifecycle. A scene is brought into its
// state at started, and a move is made at moved unless it is time that makes it.
var (
	moved    = started.Add(time.Hour)
	deadline = hour.Add(60 * time.Hour)  // of the notice
	agreed   = hour.Add(100 * time.Hour) // the authorization's end
	wanted   = hour.Add(120 * time.Hour) // the end that the application asks for
	longer   = hour.Add(150 * time.Hour) // the end that a move asks for
)

const (
	onceRefused  = "not now"
	lapsed       = "the end it asked for has passed"
	wasCancelled = "the authorization was cancelled"
)

// in makes a scene in a state. Whatever the state, an application was turned down
// before; the id returned is that of what waits or, if nothing does, of that one.
func in(t *testing.T, state grant.State) (*scene, grant.ApplicationID) {
	t.Helper()
	s := newWorkspace(t)
	s.perform("bob", grant.Apply, wanted)
	id := s.waiting().ID
	if _, err := s.answer(grant.Rejected, "cid", id, onceRefused); err != nil {
		s.Fatal(err)
	}
	switch state {
	case grant.Unlinked:
	case grant.LinkWaiting:
		s.perform("bob", grant.Apply, wanted)
	case grant.Linked:
		s.perform("ann", grant.Authorize, agreed)
	case grant.RenewWaiting:
		s.perform("ann", grant.Authorize, agreed)
		s.perform("bob", grant.Renew, wanted)
	case grant.OfflineWaiting:
		s.perform("ann", grant.Authorize, agreed)
		s.perform("ann", grant.CancelByAPI, deadline)
	}
	if waiting := s.waiting(); waiting != nil {
		id = waiting.ID
	}
	return s, id
}

// perform is for making a scene, so it must not fail.
func (s *scene) perform(user string, kind grant.ActionType, until time.Time) {
	s.Helper()
	if err := s.Perform(s.Context(), s.as(user), act(kind, until)); err != nil {
		s.Fatalf("%s by %s: %v", kind, user, err)
	}
}

// answer is the call that gives an application or a notice a status.
func (s *scene) answer(status grant.Status, user string, id grant.ApplicationID, comment string) (grant.Application, error) {
	s.Helper()
	answer := grant.Answer{Project: project, ID: id, Comment: comment}
	switch status {
	case grant.Passed:
		return s.Approve(s.Context(), s.as(user), answer)
	case grant.Rejected:
		return s.Reject(s.Context(), s.as(user), answer)
	default:
		return s.Execute(s.Context(), s.as(user), answer)
	}
}

// moves are all that somebody can do, by the names that lifecycle.go has for them.
var moves = map[string]func(s *scene, id grant.ApplicationID) error{
	"authorize":                 performing("ann", grant.Authorize, longer),
	"apply":                     performing("bob", grant.Apply, longer),
	"apply for one's own API":   performing("cid", grant.Apply, longer),
	"renew":                     performing("bob", grant.Renew, longer),
	"renew one's own API":       performing("cid", grant.Renew, longer),
	"cancel as the app's owner": performing("bob", grant.CancelByApp, never),
	"cancel as a reviewer":      performing("ann", grant.CancelByAPI, deadline),
	"approve":                   answering(grant.Passed, "cid"),
	"reject":                    answering(grant.Rejected, "cid"),
	"execute":                   answering(grant.Executed, "bob"),
}

func performing(user string, kind grant.ActionType, until time.Time) func(*scene, grant.ApplicationID) error {
	return func(s *scene, _ grant.ApplicationID) error {
		return s.Perform(s.Context(), s.as(user), act(kind, until))
	}
}

// answering also makes sure that what is returned is what is stored.
func answering(status grant.Status, user string) func(*scene, grant.ApplicationID) error {
	return func(s *scene, id grant.ApplicationID) error {
		settled, err := s.answer(status, user, id, "because")
		if err == nil {
			s.diff("what was returned", s.application(id), settled)
		}
		return err
	}
}

var inCluster = grant.Question{Project: project, Service: grant.DataArts, Realm: workspace.ID, Env: "cluster", API: "api", App: "app"}

// dues are when the moves of time are made.
var dues = map[string]time.Time{"expire": agreed, "lapse": wanted, "force": deadline}

// arrow is an arrow of the lifecycle as it is seen from outside.
type arrow struct {
	from grant.State
	on   string
	// look is of time's moves alone: what somebody does ten hours later, so that it
	// is noticed.
	look string

	before, after grant.Reason
	record        *grant.Authorization // the newest there is in the end
	was           *grant.Application   // what has become of what waited before
	waits         *grant.Application   // what waits in the end
}

// Ids are old, of what there was before the move, or new.

func record(id grant.AuthorizationID, role grant.Role, at, until time.Time) *grant.Authorization {
	return &grant.Authorization{ID: id, Env: "cluster", API: "api", App: "app", Role: role, At: at, Until: until}
}

func withNotice(a *grant.Authorization) *grant.Authorization {
	a.Notice = deadline
	return a
}

func ended(a *grant.Authorization, at time.Time, cause grant.Cause) *grant.Authorization {
	a.Ended, a.Cause = at, cause
	return a
}

func application(id grant.ApplicationID, kind grant.ActionType, by grant.UserName, at, until time.Time) *grant.Application {
	a := &grant.Application{
		ID: id, Workspace: workspace.ID, Cluster: "cluster", API: "api", App: "app",
		Type: kind, By: by, At: at, Until: until, Status: grant.PendingApproval,
	}
	if kind == grant.CancelByAPI {
		a.Status = grant.PendingCheck
	}
	return a
}

func settled(a *grant.Application, status grant.Status, at time.Time, by, comment string) *grant.Application {
	a.Status, a.SettledAt, a.SettledBy, a.Comment = status, at, by, comment
	return a
}

// What waits in the states in which something does.
func applied() *grant.Application { return application("old", grant.Apply, "bob", started, wanted) }
func renewal() *grant.Application { return application("old", grant.Renew, "bob", started, wanted) }
func notice() *grant.Application {
	return application("old", grant.CancelByAPI, "ann", started, deadline)
}
func agreement() *grant.Authorization { return record("old", grant.Provider, started, agreed) }

// once is the application that was turned down beforehand.
func once() *grant.Application {
	return settled(applied(), grant.Rejected, started, "cid", onceRefused)
}

func newRecord(role grant.Role, until time.Time) *grant.Authorization {
	return record("new", role, moved, until)
}

func extended(until time.Time) *grant.Authorization {
	return record("old", grant.Provider, started, until)
}

func newlyAsked(kind grant.ActionType, at time.Time) *grant.Application {
	return application("new", kind, "bob", at, longer)
}

var arrows = []arrow{
	{grant.Unlinked, "authorize", "", grant.NotAuthorized, grant.Authorized, newRecord(grant.Provider, longer), once(), nil},
	{grant.Unlinked, "apply for one's own API", "", grant.NotAuthorized, grant.Authorized, newRecord(grant.Provider, longer), once(), nil},
	{grant.Unlinked, "apply", "", grant.NotAuthorized, grant.AwaitsApproval, nil, once(), newlyAsked(grant.Apply, moved)},

	{grant.LinkWaiting, "approve", "", grant.AwaitsApproval, grant.Authorized, newRecord(grant.Consumer, wanted), settled(applied(), grant.Passed, moved, "cid", "because"), nil},
	{grant.LinkWaiting, "authorize", "", grant.AwaitsApproval, grant.Authorized, newRecord(grant.Provider, longer), settled(applied(), grant.Passed, moved, "ann", ""), nil},
	{grant.LinkWaiting, "apply for one's own API", "", grant.AwaitsApproval, grant.Authorized, newRecord(grant.Provider, longer), settled(applied(), grant.Passed, moved, "cid", ""), nil},
	{grant.LinkWaiting, "reject", "", grant.AwaitsApproval, grant.NotAuthorized, nil, settled(applied(), grant.Rejected, moved, "cid", "because"), nil},
	{grant.LinkWaiting, "lapse", "apply", grant.AwaitsApproval, grant.NotAuthorized, nil, settled(applied(), grant.Rejected, wanted, "", lapsed), newlyAsked(grant.Apply, wanted.Add(lookAfter))},

	{grant.Linked, "authorize", "", grant.Authorized, grant.Authorized, extended(longer), once(), nil},
	{grant.Linked, "apply for one's own API", "", grant.Authorized, grant.Authorized, extended(longer), once(), nil},
	{grant.Linked, "renew one's own API", "", grant.Authorized, grant.Authorized, extended(longer), once(), nil},
	{grant.Linked, "apply", "", grant.Authorized, grant.Authorized, agreement(), once(), newlyAsked(grant.Apply, moved)},
	{grant.Linked, "renew", "", grant.Authorized, grant.Authorized, agreement(), once(), newlyAsked(grant.Renew, moved)},
	{grant.Linked, "cancel as a reviewer", "", grant.Authorized, grant.Authorized, withNotice(agreement()), once(), application("new", grant.CancelByAPI, "ann", moved, deadline)},
	{grant.Linked, "cancel as the app's owner", "", grant.Authorized, grant.WasCancelled, ended(agreement(), moved, grant.Cancelled), once(), nil},
	{grant.Linked, "expire", "apply", grant.Authorized, grant.HasExpired, ended(agreement(), agreed, grant.Expired), once(), newlyAsked(grant.Apply, agreed.Add(lookAfter))},

	{grant.RenewWaiting, "approve", "", grant.Authorized, grant.Authorized, extended(wanted), settled(renewal(), grant.Passed, moved, "cid", "because"), nil},
	{grant.RenewWaiting, "authorize", "", grant.Authorized, grant.Authorized, extended(longer), settled(renewal(), grant.Passed, moved, "ann", ""), nil},
	{grant.RenewWaiting, "apply for one's own API", "", grant.Authorized, grant.Authorized, extended(longer), settled(renewal(), grant.Passed, moved, "cid", ""), nil},
	{grant.RenewWaiting, "renew one's own API", "", grant.Authorized, grant.Authorized, extended(longer), settled(renewal(), grant.Passed, moved, "cid", ""), nil},
	{grant.RenewWaiting, "reject", "", grant.Authorized, grant.Authorized, agreement(), settled(renewal(), grant.Rejected, moved, "cid", "because"), nil},
	{grant.RenewWaiting, "cancel as a reviewer", "", grant.Authorized, grant.Authorized, withNotice(agreement()), settled(renewal(), grant.Rejected, moved, "ann", wasCancelled), application("new", grant.CancelByAPI, "ann", moved, deadline)},
	{grant.RenewWaiting, "cancel as the app's owner", "", grant.Authorized, grant.WasCancelled, ended(agreement(), moved, grant.Cancelled), settled(renewal(), grant.Rejected, moved, "bob", wasCancelled), nil},
	{grant.RenewWaiting, "expire", "reject", grant.Authorized, grant.AwaitsApproval, ended(agreement(), agreed, grant.Expired), settled(renewal(), grant.Rejected, agreed.Add(lookAfter), "cid", "because"), nil},

	{grant.OfflineWaiting, "execute", "", grant.Authorized, grant.WasCancelled, ended(withNotice(agreement()), moved, grant.Cancelled), settled(notice(), grant.Executed, moved, "bob", "because"), nil},
	{grant.OfflineWaiting, "cancel as the app's owner", "", grant.Authorized, grant.WasCancelled, ended(withNotice(agreement()), moved, grant.Cancelled), settled(notice(), grant.Executed, moved, "bob", ""), nil},
	{grant.OfflineWaiting, "force", "apply", grant.Authorized, grant.WasCancelled, ended(withNotice(agreement()), deadline, grant.Forced), settled(notice(), grant.ForcedCancel, deadline, "", ""), newlyAsked(grant.Apply, deadline.Add(lookAfter))},
}

const lookAfter = 10 * time.Hour

func TestLifecycle(t *testing.T) {
	t.Parallel()
	for _, c := range arrows {
		t.Run(string(c.from)+"/"+c.on, func(t *testing.T) {
			t.Parallel()
			s, id := in(t, c.from)
			var oldRecord grant.AuthorizationID
			if old := s.last(workspace, "cluster", "api", "app"); old != nil {
				oldRecord = old.ID
			}
			due, byTime := dues[c.on]
			if byTime {
				s.now = due.Add(-time.Microsecond)
				s.diff("decision before", c.before, s.decide(inCluster).Reason)
				s.now = due
			} else {
				s.now = moved
				s.diff("decision before", c.before, s.decide(inCluster).Reason)
				s.wantErr(nil, moves[c.on](s, id))
			}
			after := s.decide(inCluster)
			s.diff("decision after", c.after, after.Reason)
			s.diff("record that decided", c.record, oldOrNew(after.Record, oldRecord))
			if byTime {
				s.now = due.Add(lookAfter)
				s.wantErr(nil, moves[c.look](s, id))
			}
			s.diff("record", c.record, oldOrNew(s.last(workspace, "cluster", "api", "app"), oldRecord))
			was := s.application(id)
			s.diff("what waited before", c.was, oldOrNewApplication(&was, id))
			s.diff("what waits", c.waits, oldOrNewApplication(s.waiting(), id))
		})
	}
}

func oldOrNew(a *grant.Authorization, old grant.AuthorizationID) *grant.Authorization {
	if a != nil {
		a.ID = sameID(a.ID, old)
	}
	return a
}

func oldOrNewApplication(a *grant.Application, old grant.ApplicationID) *grant.Application {
	if a != nil {
		a.ID = sameID(a.ID, old)
	}
	return a
}

func sameID[ID ~string](id, old ID) ID {
	switch id {
	case "":
		return "none"
	case old:
		return "old"
	default:
		return "new"
	}
}
