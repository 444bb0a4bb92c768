package grant_test

import (
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// seededWhileWaiting is a scene in which the catalog brought in a record, until
// longer, while an application for an earlier end waits.
func seededWhileWaiting(t *testing.T) (*scene, grant.ApplicationID) {
	t.Helper()
	s, id := in(t, grant.LinkWaiting)
	s.realm(0).Authorizations = []grant.Authorization{{Env: "cluster", API: "api", App: "app", Role: grant.Provider, Until: longer}}
	s.apply()
	return s, id
}

func TestApproveWhatIsOvertaken(t *testing.T) {
	t.Parallel()
	s, id := seededWhileWaiting(t)
	settled, err := s.answer(grant.Passed, "ann", id, "")
	s.wantErr(nil, err)
	s.diff("status", grant.Passed, settled.Status)
	s.diff("end", longer, s.last(workspace, "cluster", "api", "app").Until)
}

func TestLapseWhatIsOvertaken(t *testing.T) {
	t.Parallel()
	s, id := seededWhileWaiting(t)
	s.now = s.application(id).Until
	s.wantErr(illegal(settledAlready), second(s.answer(grant.Passed, "ann", id, "")))
	s.perform("ann", grant.Authorize, longer.Add(time.Hour))
	application := s.application(id)
	s.diff("status", grant.Rejected, application.Status)
	s.diff("settled at", application.Until, application.SettledAt)
	s.diff("reason", grant.Authorized, s.decide(inCluster).Reason)
	s.diff("end", longer.Add(time.Hour), s.last(workspace, "cluster", "api", "app").Until)
}

// An AppCode's value may move to another app of the catalog while the first app is
// dropped.
func TestAppCodeMoves(t *testing.T) {
	t.Parallel()
	s := newROMA(t)
	value := s.realm(0).Apps[0].AppCodes[0].Value
	s.realm(0).APIs = []grant.API{{ID: "api", Owner: "ann"}}
	s.realm(0).Apps = []grant.App{{ID: "stock", Owners: []grant.UserName{"cid"}, AppCodes: []grant.AppCode{{ID: "c9", Value: value}}}}
	s.apply()
	d := s.decide(grant.Question{Project: project, Service: grant.ROMA, Env: "dev", Realm: romaRealm.ID, API: "api", AppCode: "value of c1"})
	s.diff("reason", grant.NotAuthorized, d.Reason)
	s.diff("app", grant.AppID("stock"), d.App)
}

// Who is no member learns nothing of what exists, reviewer or not.
func TestAnswerByNoMember(t *testing.T) {
	t.Parallel()
	s, id := in(t, grant.LinkWaiting)
	for _, id := range []grant.ApplicationID{id, "x"} {
		s.wantErr(wrongProject, second(s.answer(grant.Passed, "otto", id, "")))
	}
	s.realm(0).APIs[0].Reviewers = append(s.realm(0).APIs[0].Reviewers, "otto")
	s.apply()
	s.wantErr(wrongProject, second(s.answer(grant.Passed, "otto", id, "")))
}

// What an application is about may leave the catalog. Then the operator alone can
// answer it, and not grant it.
func TestAnswerAboutGoneAPI(t *testing.T) {
	t.Parallel()
	s, id := in(t, grant.LinkWaiting)
	s.realm(0).APIs = nil
	s.apply()
	s.wantErr(notFound(grant.NounAPI, "api"), second(s.answer(grant.Rejected, "ann", id, "")))
	s.wantErr(notFound(grant.NounAPI, "api"), second(s.answer(grant.Passed, "", id, "")))
	settled, err := s.answer(grant.Rejected, "", id, "gone")
	s.wantErr(nil, err)
	s.diff("comment", "gone", settled.Comment)
}
