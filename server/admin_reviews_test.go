package server_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	pending  = "STATUS_TYPE_PENDING_APPROVAL"
	passed   = "STATUS_TYPE_PASSED"
	rejected = "STATUS_TYPE_REJECTED"
	toCheck  = "STATUS_TYPE_PENDING_CHECK"
	executed = "STATUS_TYPE_SYNCHRONOUS_EXECUTE"
	forced   = "STATUS_TYPE_FORCED_CANCEL"
)

// Times of the stories.
const (
	newYear  = "2030-01-01T00:00:00.000000Z"
	nextDay  = "2030-01-02T00:00:00.000000Z"
	deadline = "2030-01-10T00:00:00.000000Z"
	february = "2030-02-01T00:00:00.000000Z"
	march    = "2030-03-01T00:00:00.000000Z"
)

// inNewYear is a world whose clock stands at the beginning of a year.
func inNewYear(t *testing.T) *fixture {
	t.Helper()
	f := startAdmin(t)
	f.ok(t, setClock("home", newYear))
	return f
}

// only is the one item of a list.
func (f *fixture) only(t *testing.T, c call) object {
	t.Helper()
	r := f.ok(t, c)
	items := r.member(t, lists[c.op]).(array)
	if len(items) != 1 {
		t.Fatalf("%s has %d items: %s", c.op, len(items), r.raw)
	}
	return items[0].(object)
}

func (f *fixture) application(t *testing.T, status string) object {
	t.Helper()
	return f.only(t, operate("ListApplications", "home").withQuery("status="+status))
}

func (f *fixture) message(t *testing.T, status string) object {
	t.Helper()
	return f.only(t, operate("ListMessages", "home").withQuery("status="+status))
}

// shop is how the app shop stands with the API sales.
func (f *fixture) shop(t *testing.T) string {
	t.Helper()
	return f.ok(t, operate("DecideAccess", "home").withQuery("service=dataarts&realm_id=0&env_id=APIG&api_id=sales&app_id=shop")).text(t, "reason")
}

func (f *fixture) stands(t *testing.T, want string) {
	t.Helper()
	if got := f.shop(t); got != want {
		t.Errorf("shop is %s instead of %s", got, want)
	}
}

func with(document object, members object) object {
	merged := object{}
	for _, from := range []object{document, members} {
		for name, value := range from {
			merged[name] = value
		}
	}
	return merged
}

// An application for access or for more time is answered by a reviewer or the
// operator, and then is settled for good.
func TestApplications(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"APPLY", "RENEW"} {
		for _, answer := range []struct {
			op, status string
			body       object
			by         string
		}{
			{"ApproveApplication", passed, object{}, "(operator)"},
			{"ApproveApplication", passed, object{"as": "dave", "comment": "welcome"}, "dave"},
			{"ApproveApplication", passed, object{"as": "alice", "comment": ""}, "alice"}, // the owner reviews
			{"RejectApplication", rejected, object{"comment": "not this year"}, "(operator)"},
			{"RejectApplication", rejected, object{"as": "dave"}, "dave"},
		} {
			as, _ := answer.body["as"].(string)
			t.Run(kind+"/"+answer.op+"/"+as, func(t *testing.T) {
				t.Parallel()
				f := inNewYear(t)
				before := "awaits_approval"
				if kind == "RENEW" {
					f.ok(t, worldAct(alice, "AUTHORIZE", "shop", february))
					before = "authorized"
				}
				f.stands(t, map[string]string{"APPLY": "not_authorized", "RENEW": "authorized"}[kind])
				f.ok(t, worldAct(bob, kind, "shop", march))

				waits := f.application(t, pending)
				id, _ := waits["id"].(string)
				if diff := cmp.Diff(object{
					"id": id, "realm_id": "0", "env_id": "APIG", "api_id": "sales", "app_id": "shop", "type": "APPLY_TYPE_" + kind,
					"status": pending, "by": "bob", "at": newYear, "until": march,
				}, waits); diff != "" || !recordIDSyntax.MatchString(id) {
					t.Fatalf("%q (-want +got):\n%s", id, diff)
				}
				f.stands(t, before)

				f.ok(t, setClock("home", nextDay))
				settled := with(waits, object{"status": answer.status, "settled_at": nextDay, "settled_by": answer.by})
				if comment, _ := answer.body["comment"].(string); comment != "" {
					settled["comment"] = comment
				}
				expect(t, f.do(t, review(answer.op, "home", id, answer.body)), http.StatusOK, settled)

				if diff := cmp.Diff(settled, f.application(t, answer.status)); diff != "" {
					t.Errorf("listed (-want +got):\n%s", diff)
				}
				expect(t, f.do(t, operate("ListApplications", "home").withQuery("status="+pending)), http.StatusOK, object{"applications": array{}})
				expect(t, f.do(t, operate("ListMessages", "home")), http.StatusOK, object{"messages": array{}})
				for _, op := range []string{"ApproveApplication", "RejectApplication"} {
					adminRefusals.conflict("it is settled already").expect(t, f.do(t, review(op, "home", id, object{})))
				}

				// What holds in the end, and until when.
				end := map[string]string{"APPLY" + passed: march, "RENEW" + passed: march, "RENEW" + rejected: february}[kind+answer.status]
				if end == "" {
					f.stands(t, "not_authorized")
					return
				}
				f.stands(t, "authorized")
				r := f.ok(t, operate("ListAuthorizations", "home").withQuery("service=dataarts&app_id=shop"))
				if got := r.text(t, "authorizations", 0, "until"); got != end {
					t.Errorf("authorized until %s instead of %s", got, end)
				}
				f.ok(t, setClock("home", end))
				f.stands(t, "expired")
			})
		}
	}
}

// An application that nobody answers comes to nothing when the end it asks for comes.
func TestApplicationLapses(t *testing.T) {
	t.Parallel()
	f := inNewYear(t)
	f.ok(t, worldAct(bob, "APPLY", "shop", february))
	waits := f.application(t, pending)
	f.ok(t, setClock("home", february))
	lapsed := with(waits, object{"status": rejected, "settled_at": february, "comment": "the end it asked for has passed"})
	if diff := cmp.Diff(lapsed, f.application(t, rejected)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f.stands(t, "not_authorized")
	adminRefusals.conflict("it is settled already").expect(t, f.do(t, review("ApproveApplication", "home", waits["id"].(string), object{})))
	f.stands(t, "not_authorized")
	f.ok(t, worldAct(bob, "APPLY", "shop", march)) // a new one
	f.stands(t, "awaits_approval")
}

func TestNotices(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		execute object // nil: its deadline comes
		want    object // of the message, in the end
		reason  string
	}{
		{"operator", object{}, object{"status": executed, "settled_at": nextDay, "settled_by": "(operator)"}, "cancelled"},
		{
			"app's owner", object{"as": "bob", "comment": "bye"},
			object{"status": executed, "settled_at": nextDay, "settled_by": "bob", "comment": "bye"}, "cancelled",
		},
		{"deadline", nil, object{"status": forced, "settled_at": deadline}, "cancelled"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := inNewYear(t)
			f.ok(t, worldAct(alice, "AUTHORIZE", "shop", march))
			f.ok(t, worldAct(dave, "API_CANCEL_AUTHORIZE", "shop", deadline))
			waits := f.message(t, toCheck)
			id, _ := waits["id"].(string)
			if diff := cmp.Diff(object{
				"id": id, "realm_id": "0", "env_id": "APIG", "api_id": "sales", "app_id": "shop",
				"status": toCheck, "by": "dave", "at": newYear, "deadline": deadline,
			}, waits); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			expect(t, f.do(t, operate("ListApplications", "home")), http.StatusOK, object{"applications": array{}})
			f.stands(t, "authorized")
			want := with(waits, test.want)
			if test.execute == nil {
				f.ok(t, setClock("home", "2030-01-09T23:59:59.999999Z"))
				f.stands(t, "authorized")
				f.ok(t, setClock("home", deadline))
			} else {
				f.ok(t, setClock("home", nextDay))
				expect(t, f.do(t, review("ExecuteMessage", "home", id, test.execute)), http.StatusOK, want)
			}
			if diff := cmp.Diff(want, f.message(t, test.want["status"].(string))); diff != "" {
				t.Errorf("listed (-want +got):\n%s", diff)
			}
			f.stands(t, test.reason)
			adminRefusals.conflict("it is settled already").expect(t, f.do(t, review("ExecuteMessage", "home", id, object{})))
			r := f.ok(t, operate("ListAuthorizations", "home").withQuery("service=dataarts&app_id=shop"))
			state := map[string]string{executed: "cancelled", forced: "forced"}[test.want["status"].(string)]
			if diff := cmp.Diff([]string{state + " " + test.want["settled_at"].(string)}, column(t, r, "authorizations", "state", "ended_at")); diff != "" {
				t.Errorf("the record (-want +got):\n%s", diff)
			}
		})
	}
}

// Who may not answer, and what has no such answer, changes nothing.
func TestReviewRefusals(t *testing.T) {
	t.Parallel()
	f := inNewYear(t)
	f.ok(t, worldAct(alice, "AUTHORIZE", "shop", march))
	f.ok(t, worldAct(dave, "API_CANCEL_AUTHORIZE", "shop", deadline))
	f.ok(t, worldAct(bob, "APPLY", "late", march))
	application, message := f.application(t, pending)["id"].(string), f.message(t, toCheck)["id"].(string)
	f.ok(t, upsertUsers(object{"name": "eve", "token": tokenOf("eve"), "member_of": array{member("home")}}, object{"name": "guest", "token": "guests"}))
	conflict, notFound := adminRefusals.conflict, adminRefusals.notFound
	reviewers, owners := conflict("only a reviewer of the API may do this"), conflict("only an owner of the app may do this")
	notExecuted, notApproved := conflict("an application can be approved or rejected, not executed"), conflict("a notice can be executed, not approved or rejected")
	before := f.all(t, "home")
	for _, test := range []struct {
		name, op, id, project string
		as                    string
		want                  failure
	}{
		{"approve as the app's owner", "ApproveApplication", application, "home", "bob", reviewers},
		{"approve as somebody", "ApproveApplication", application, "home", "eve", reviewers},
		{"reject as somebody", "RejectApplication", application, "home", "carol", reviewers},
		{"execute as the reviewer", "ExecuteMessage", message, "home", "dave", owners},
		{"execute as somebody", "ExecuteMessage", message, "home", "carol", owners},
		{"approve as a stranger", "ApproveApplication", application, "home", "guest", conflict("the user is no member of the project")},
		{"approve as nobody", "ApproveApplication", application, "home", "nobody", conflict("the user is no member of the project")},
		{"approve as a reviewer in another case", "ApproveApplication", application, "home", "Dave", conflict("the user is no member of the project")},
		{"execute an application", "ExecuteMessage", application, "home", "", notExecuted},
		{"execute an application as the app's owner", "ExecuteMessage", application, "home", "bob", notExecuted},
		{"approve a message", "ApproveApplication", message, "home", "", notApproved},
		{"reject a message as the reviewer", "RejectApplication", message, "home", "dave", notApproved},
		{"unknown application", "ApproveApplication", nothing, "home", "", notFound("application", nothing)},
		{"unknown application as a reviewer", "RejectApplication", nothing, "home", "dave", notFound("application", nothing)},
		{"unknown message", "ExecuteMessage", nothing, "home", "", notFound("application", nothing)},
		{"another project's", "ApproveApplication", application, "away", "", notFound("application", application)},
		{"an unknown project's", "ExecuteMessage", message, "none", "", notFound("project", "none")},
		{"in another case", "ApproveApplication", "0" + application[1:] + "A", "home", "", notFound("application", "0"+application[1:]+"A")},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := object{}
			if test.as != "" {
				body["as"] = test.as
			}
			test.want.expect(t, f.do(t, review(test.op, test.project, test.id, body)))
			if diff := cmp.Diff(before, f.all(t, "home")); diff != "" {
				t.Errorf("it changed (-before +after):\n%s", diff)
			}
		})
	}
}

// The lists can be narrowed and paged through, in the order they were made.
func TestListApplications(t *testing.T) {
	t.Parallel()
	f := inNewYear(t)
	inLab := worldAct(bob, "APPLY", "shop", march).withHeader("workspace", "lab") // bob's own, so authorized at once
	f.ok(t, inLab)
	f.ok(t, worldAct(bob, "APPLY", "shop", march))
	f.ok(t, review("RejectApplication", "home", f.application(t, pending)["id"].(string), object{}))
	f.ok(t, worldAct(bob, "APPLY", "late", march))
	f.ok(t, worldAct(bob, "APPLY", "shop", february))
	f.ok(t, worldAct(alice, "AUTHORIZE", "depot", march))
	f.ok(t, worldAct(alice, "API_CANCEL_AUTHORIZE", "depot", deadline))
	f.ok(t, worldAct(alice, "APP_CANCEL_AUTHORIZE", "depot", ""))
	f.ok(t, worldAct(alice, "AUTHORIZE", "depot", march))
	f.ok(t, worldAct(alice, "API_CANCEL_AUTHORIZE", "depot", deadline))
	for _, test := range []struct {
		op, query string
		want      []string
	}{
		{"ListApplications", "", []string{"shop " + rejected, "late " + pending, "shop " + pending}},
		{"ListApplications", "app_id=shop", []string{"shop " + rejected, "shop " + pending}},
		{"ListApplications", "status=" + pending, []string{"late " + pending, "shop " + pending}},
		{"ListApplications", "app_id=shop&status=" + pending, []string{"shop " + pending}},
		{"ListApplications", "status=" + passed, []string{}},
		{"ListApplications", "realm_id=0&api_id=sales&app_id=late", []string{"late " + pending}},
		{"ListApplications", "realm_id=lab", []string{}},
		{"ListApplications", "api_id=Sales", []string{}},
		{"ListMessages", "", []string{"depot " + executed, "depot " + toCheck}},
		{"ListMessages", "status=" + executed, []string{"depot " + executed}},
		{"ListMessages", "status=" + toCheck + "&app_id=depot&api_id=sales&realm_id=0", []string{"depot " + toCheck}},
		{"ListMessages", "app_id=shop", []string{}},
		{"ListMessages", "status=" + forced, []string{}},
	} {
		for limit := 1; limit <= 4; limit++ {
			c := operate(test.op, "home").withQuery(test.query)
			if diff := cmp.Diff(test.want, flat(t, f.pages(t, c, limit, lists[test.op], "app_id", "status"), limit)); diff != "" && len(test.want) > 0 {
				t.Errorf("%s %s, %d at a time (-want +got):\n%s", test.op, test.query, limit, diff)
			}
		}
		if diff := cmp.Diff(test.want, column(t, f.ok(t, operate(test.op, "home").withQuery(test.query)), lists[test.op], "app_id", "status")); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", test.op, test.query, diff)
		}
	}
	// Later, what was due has come.
	f.ok(t, setClock("home", february))
	if diff := cmp.Diff([]string{"late " + pending}, column(t, f.ok(t, operate("ListApplications", "home").withQuery("status="+pending)), "applications", "app_id", "status")); diff != "" {
		t.Errorf("in February (-want +got):\n%s", diff)
	}
	f.message(t, forced)
	expect(t, f.do(t, operate("ListMessages", "home").withQuery("status="+toCheck)), http.StatusOK, object{"messages": array{}})
}
