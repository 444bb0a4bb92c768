package server_test

import (
	"net/http"
	"testing"
	"time"
)

// thisHour is when the tests began, so that a new hour does not come in between.
var thisHour = time.Now().UTC().Truncate(time.Hour)

// in is an instant some hours ahead, as the API spells it, 59 minutes past the
// hour: those are cut off.
func in(hours int) string {
	return thisHour.Add(time.Duration(hours)*time.Hour + 59*time.Minute).Format("2006-01-02T15:04:05.000Z")
}

func illegal(why string) failure { return failure{400, "DLM.4182", "this action is illegal: " + why} }

// step is one of several calls in a row; a zero failure means done.
type step struct {
	name string
	call call
	want failure
}

func (f *fixture) walk(t *testing.T, steps []step) {
	t.Helper()
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			r := f.do(t, step.call)
			if step.want == (failure{}) {
				expect(t, r, http.StatusNoContent, nil)
				return
			}
			step.want.expect(t, r)
		})
	}
}

func TestActionLife(t *testing.T) {
	t.Parallel()
	noCancel := illegal("there is no authorization to cancel")
	noRenew := illegal("there is no authorization to renew")
	shrink := illegal("the validity can be extended, not shortened")
	start(t).walk(t, []step{
		{"nothing to cancel", act("APP_CANCEL_AUTHORIZE", ""), noCancel},
		{"nothing to renew", act("RENEW", in(50)), noRenew},
		{"authorize", act("AUTHORIZE", in(50)), failure{}},
		{"the same end", act("AUTHORIZE", in(50)), failure{}},
		{"shorter", act("AUTHORIZE", in(49)), shrink},
		{"longer", act("AUTHORIZE", in(51)), failure{}},
		{"now the old end is shorter", act("AUTHORIZE", in(50)), shrink},
		{"renew one's own", act("RENEW", in(52)), failure{}},
		{"renew shorter", act("RENEW", in(51)), shrink},
		{"apply for one's own", act("APPLY", in(53)), failure{}},
		{"cancel ignores the time", act("APP_CANCEL_AUTHORIZE", "2021-01-01T10:00:00Z"), failure{}},
		{"cancel again", act("APP_CANCEL_AUTHORIZE", ""), noCancel},
		{"a new life may be shorter", act("AUTHORIZE", in(2)), failure{}},
		{"with the zone spelt out", act("AUTHORIZE", future[:19]+"+00:00"), failure{}},
	})
}

func TestActionRoles(t *testing.T) {
	t.Parallel()
	reviewers := illegal("only a reviewer of the API may do this")
	owners := illegal("only an owner of the app may do this")
	noApp := failure{400, "DLM.4063", "application not found"}
	start(t, inWorld).walk(t, []step{
		{"the app's owner does not authorize", worldAct(bob, "AUTHORIZE", "shop", in(50)), reviewers},
		{"nor does anybody", worldAct(carol, "AUTHORIZE", "shop", in(50)), reviewers},
		{"a reviewer does", worldAct(dave, "AUTHORIZE", "shop", in(50)), failure{}},
		{"the API's owner reviews too", worldAct(alice, "AUTHORIZE", "shop", in(51)), failure{}},
		{"a reviewer does not apply", worldAct(dave, "APPLY", "shop", in(52)), owners},
		{"nor renew", worldAct(alice, "RENEW", "shop", in(52)), owners},
		{"nor cancel for the app", worldAct(alice, "APP_CANCEL_AUTHORIZE", "shop", ""), owners},
		{"the app's owner does not cancel for the API", worldAct(bob, "API_CANCEL_AUTHORIZE", "shop", in(80)), reviewers},
		{"role before state", worldAct(carol, "APP_CANCEL_AUTHORIZE", "depot", ""), owners},
		{"existence before role", worldAct(carol, "AUTHORIZE", "nobody", in(50)), noApp},
		{"apply for an app and an API of one's own", worldAct(alice, "APPLY", "depot", in(50)), failure{}},
		{"the app's owner cancels", worldAct(bob, "APP_CANCEL_AUTHORIZE", "shop", ""), failure{}},
		{"the other app's stays", worldAct(alice, "APP_CANCEL_AUTHORIZE", "depot", ""), failure{}},
	})
}

// An authorization that has ended is none.
func TestEndedAuthorization(t *testing.T) {
	t.Parallel()
	for name, steps := range map[string][]step{
		"cancel":    {{"is refused", worldAct(bob, "APP_CANCEL_AUTHORIZE", "late", ""), illegal("there is no authorization to cancel")}},
		"renew":     {{"is refused", worldAct(alice, "RENEW", "late", in(50)), illegal("there is no authorization to renew")}},
		"authorize": {{"is a new one", worldAct(alice, "AUTHORIZE", "late", in(2)), failure{}}, {"which can be cancelled", worldAct(bob, "APP_CANCEL_AUTHORIZE", "late", ""), failure{}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start(t, inWorld).walk(t, steps)
		})
	}
}

// The hour counts: what is left of the present one is past.
func TestActionHour(t *testing.T) {
	t.Parallel()
	past := families.dataArts.badValue("time")
	c := act("AUTHORIZE", in(1))
	start(t).walk(t, []step{
		{"this hour", act("AUTHORIZE", in(0)), past},
		{"long past", act("AUTHORIZE", in(-1000)), past},
		{"next year", act("AUTHORIZE", future), failure{}},
		{"no fraction", c.withBody(set(t, c.body, "time", future[:19]+"Z")), failure{}},
		{"nine decimals", c.withBody(set(t, c.body, "time", future[:19]+".999999999Z")), failure{}},
	})
}

func TestActionHeaders(t *testing.T) {
	t.Parallel()
	const name, edition = "workspace", "Dlm-Type"
	badValue := families.dataArts.badValue
	unknown := failure{400, "DLM.4001", "instance or workspace does not exist"}
	c := worldAct(alice, "AUTHORIZE", "shop", in(50))
	for _, only := range []step{
		{"default workspace", c.withHeader(name, "0"), failure{}},
		{"shared", c.withHeader(edition, "SHARED"), failure{}},
		{"exclusive", c.withHeader(edition, "EXCLUSIVE"), failure{}},
		{"both", c.withHeader(edition, "SHARED").withHeader(name, "0"), failure{}},
		{"other workspace", c.as(bob).withHeader(name, "lab"), failure{}},
		{"other workspace has other owners", c.withHeader(name, "lab"), illegal("only a reviewer of the API may do this")},
		{"unknown workspace", c.withHeader(name, "none"), unknown},
		{"workspace in another case", c.withHeader(name, "LAB"), unknown},
		{"bad workspace", c.withHeader(name, "a b"), badValue(name)},
		{"empty workspace", c.withHeader(name, ""), badValue(name)},
		{"two in one", c.withHeader(name, "0,0"), badValue(name)},
		{"workspace twice", c.withHeader(name, "0", "0"), badValue(name)},
		{"other edition", c.withHeader(edition, "CHEAP"), badValue(edition)},
		{"edition in another case", c.withHeader(edition, "shared"), badValue(edition)},
		{"empty edition", c.withHeader(edition, ""), badValue(edition)},
		{"edition twice", c.withHeader(edition, "SHARED", "SHARED"), badValue(edition)},
		{"bad workspace before permission", c.as(tokenOf("only-DeleteAppCodeV2")).withHeader(name, "a b"), badValue(name)},
	} {
		t.Run(only.name, func(t *testing.T) {
			t.Parallel()
			start(t, inWorld).walk(t, []step{only})
		})
	}
}

// What needs somebody else's consent waits for it, and what takes effect later
// leaves nothing else to do until then.
func TestActionsThatWait(t *testing.T) {
	t.Parallel()
	waiting := illegal("an application is waiting already")
	underWay := illegal("a cancellation is under way")
	shrink := illegal("the validity can be extended, not shortened")
	early := illegal("the app has at least two days to prepare")
	noCancel := illegal("there is no authorization to cancel")
	start(t, inWorld).walk(t, []step{
		{"cancel nothing with notice", worldAct(alice, "API_CANCEL_AUTHORIZE", "shop", in(80)), noCancel},
		{"apply", worldAct(bob, "APPLY", "shop", in(50)), failure{}},
		{"apply again", worldAct(bob, "APPLY", "shop", in(50)), waiting},
		{"nothing to renew before a reviewer agrees", worldAct(bob, "RENEW", "shop", in(51)), illegal("there is no authorization to renew")},
		{"nor to cancel", worldAct(bob, "APP_CANCEL_AUTHORIZE", "shop", ""), noCancel},
		{"another app's application", worldAct(bob, "APPLY", "late", in(50)), failure{}},
		{"authorize in place of approving", worldAct(dave, "AUTHORIZE", "shop", in(60)), failure{}},
		{"renew shorter", worldAct(bob, "RENEW", "shop", in(59)), shrink},
		{"renew", worldAct(bob, "RENEW", "shop", in(61)), failure{}},
		{"renew again", worldAct(bob, "RENEW", "shop", in(62)), waiting},
		{"a reviewer's longer end is an answer too", worldAct(alice, "AUTHORIZE", "shop", in(90)), failure{}},
		{"notice of less than two days", worldAct(dave, "API_CANCEL_AUTHORIZE", "shop", in(47)), early},
		{"notice", worldAct(dave, "API_CANCEL_AUTHORIZE", "shop", in(80)), failure{}},
		{"notice again", worldAct(alice, "API_CANCEL_AUTHORIZE", "shop", in(81)), underWay},
		{"renew what is being cancelled", worldAct(bob, "RENEW", "shop", in(91)), underWay},
		{"authorize what is being cancelled", worldAct(alice, "AUTHORIZE", "shop", in(91)), underWay},
		{"the app's owner goes at once", worldAct(bob, "APP_CANCEL_AUTHORIZE", "shop", ""), failure{}},
		{"nothing is left", worldAct(bob, "APP_CANCEL_AUTHORIZE", "shop", ""), noCancel},
	})
}
