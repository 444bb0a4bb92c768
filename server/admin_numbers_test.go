package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An integer is a number, however it is spelt.
func TestIntegersHoweverSpelt(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	for _, test := range []struct{ seconds, want string }{
		{"1", "2030-01-01T00:00:01.000000Z"},
		{"1.0", "2030-01-01T00:00:01.000000Z"},
		{"1e3", "2030-01-01T00:16:40.000000Z"},
		{"1E+3", "2030-01-01T00:16:40.000000Z"},
		{"5e2", "2030-01-01T00:08:20.000000Z"},
		{"1.5e1", "2030-01-01T00:00:15.000000Z"},
		{"100e-2", "2030-01-01T00:00:01.000000Z"},
		{"0.0", newYear},
		{"-0", newYear},
		{"-0.0", newYear},
		{"3.15576e9", "2130-01-02T00:00:00.000000Z"},
		{"3155760000.0", "2130-01-02T00:00:00.000000Z"},
		{"1." + strings.Repeat("0", 40), "2030-01-01T00:00:01.000000Z"},
	} {
		t.Run(test.seconds, func(t *testing.T) {
			f.ok(t, setClock("home", newYear)) // of all of them, so one by one
			expect(t, f.do(t, advance("home", 0).withBody(`{"seconds": `+test.seconds+`}`)), http.StatusOK, clockAt(test.want))
			expect(t, f.do(t, operate("ReadClock", "home")), http.StatusOK, clockAt(test.want))
		})
	}
}

func TestFaultIntegersHoweverSpelt(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	f.ok(t, addFault("home", object{}).withBody(`{"operation": "DeleteAppCodeV2", "times": 2.0, "status": 5.03e2, "retry_after": 7.0, "delay_ms": 1e1}`))
	want := object{"operation": "DeleteAppCodeV2", "times": 2.0, "status": 503.0, "retry_after": 7.0, "delay_ms": 10.0}
	expect(t, f.do(t, operate("ListFaults", "home")), http.StatusOK, object{"faults": array{want}})
	r := f.do(t, worldDeleteCode("shop", "code").outside(t))
	faultyAnswer(503).expect(t, r)
	if diff := cmp.Diff([]string{"7"}, r.header.Values("Retry-After")); diff != "" {
		t.Errorf("Retry-After (-want +got):\n%s", diff)
	}
}

// A number that is no integer, or none that fits, is refused by the member's name.
func TestNumbersThatDoNotFit(t *testing.T) {
	t.Parallel()
	f := inNewYear(t)
	seconds := func(number string) call { return advance("home", 0).withBody(`{"seconds": ` + number + `}`) }
	fault := func(member, number string) call {
		return addFault("home", object{}).withBody(`{"operation": "DeleteAppCodeV2", "status": 500, "` + member + `": ` + number + `}`)
	}
	type refusal struct {
		name string
		call call
		want failure
	}
	var tests []refusal
	for _, number := range []string{
		"1.5", "1e-1", "1e400", "-1e400", "1e30", "-1", "-1.0", "-1e0", "3155760001", "3155760000.5", "3.155760001e9", "9223372036854775808",
		"18446744073709551616", "-9223372036854775809", strings.Repeat("9", 400), `"1"`, "true", "null", "[1]",
	} {
		tests = append(tests, refusal{"seconds " + number[:min(len(number), 30)], seconds(number), adminRefusals.badValue("seconds")})
	}
	for _, member := range []string{"times", "retry_after", "delay_ms"} {
		for _, number := range []string{"0", "0.0", "1.5", "1e400", "1e7", "-1"} {
			tests = append(tests, refusal{member + " " + number, fault(member, number), adminRefusals.badValue(member)})
		}
	}
	for _, number := range []string{"399", "600", "500.5", "5e400", "5e1"} {
		c := addFault("home", object{}).withBody(`{"operation": "DeleteAppCodeV2", "status": ` + number + `}`)
		tests = append(tests, refusal{"status " + number, c, adminRefusals.badValue("status")})
	}
	for _, number := range []string{"01", "1.", ".5", "+1", "1e", "0x1", "NaN", "Infinity", "-"} {
		tests = append(tests, refusal{"no JSON " + number, seconds(number), adminRefusals.malformed("invalid JSON", "")})
	}
	for _, number := range []string{"1", "1e400"} {
		c := review("RejectApplication", "home", nothing, object{}).withBody(`{"comment": ` + number + `}`)
		tests = append(tests, refusal{"comment " + number, c, adminRefusals.badValue("comment")})
	}
	t.Run("refused", func(t *testing.T) {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				test.want.expect(t, f.do(t, test.call))
			})
		}
	})
	expect(t, f.do(t, operate("ReadClock", "home")), http.StatusOK, clockAt(newYear))
	expect(t, f.do(t, operate("ListFaults", "home")), http.StatusOK, object{"faults": array{}})

	// What nobody looks at may be any number.
	expect(t, f.do(t, advance("home", 0).withBody(`{"seconds": 1, "note": 1e400}`)), http.StatusOK, clockAt("2030-01-01T00:00:01.000000Z"))
}

// The way to what is refused is told in full.
func TestAdminPointers(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	pair := object{"api_id": "a", "app_id": "b"}
	pairs := func(list ...any) call {
		return addFault("home", object{"operation": "CreateAuthorizingAppsV2", "pairs": append(array{}, list...)})
	}
	user := func(contents object) call {
		return upsertUsers(object{"name": "new"}, with(object{"name": "newer"}, contents))
	}
	for _, test := range []struct {
		name string
		call call
		want failure
	}{
		{"no pairs", pairs(), adminRefusals.missing("pairs")},
		{"bad API of the second pair", pairs(pair, object{"api_id": "a.b", "app_id": "b"}), adminRefusals.badValue("pairs/1/api_id")},
		{"second pair without an app", pairs(pair, object{"api_id": "a"}), adminRefusals.missing("pairs/1/app_id")},
		{"pair that is none", pairs("a"), adminRefusals.badValue("pairs/0")},
		{"number for an id", pairs(pair, pair, object{"api_id": "a", "app_id": 1}), adminRefusals.badValue("pairs/2/app_id")},
		{"fault without an operation", addFault("home", object{"status": 500}), adminRefusals.missing("operation")},
		{"unknown operation", addFault("home", object{"operation": "None", "status": 500}), adminRefusals.badValue("operation")},
		{"second user", user(object{"token": "a b"}), adminRefusals.badValue("users/1/token")},
		{"membership without a project", user(object{"member_of": array{object{}}}), adminRefusals.missing("users/1/member_of/0/project")},
		{
			"bad AppCode deep down",
			upsert(object{"projects": array{object{"id": "p"}, object{"id": "q", "roma": object{"instances": array{object{"id": "i", "apps": array{
				object{"id": "a"}, object{"id": "b", "app_codes": array{object{"id": "c", "value": appCode("1")}, object{"id": "d.e", "value": appCode("2")}}},
			}}}}}}}),
			adminRefusals.badValue("projects/1/roma/instances/0/apps/1/app_codes/1/id"),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.want.expect(t, f.do(t, test.call))
		})
	}
}

// A NUL is the one character that not every database can keep; so none takes it, and
// nothing comes of the answer that it was in.
func TestCommentsWithNUL(t *testing.T) {
	t.Parallel()
	f := inNewYear(t)
	f.ok(t, worldAct(bob, "APPLY", "shop", march))
	f.ok(t, worldAct(alice, "AUTHORIZE", "depot", march))
	f.ok(t, worldAct(dave, "API_CANCEL_AUTHORIZE", "depot", deadline))
	application, notice := f.application(t, pending)["id"].(string), f.message(t, toCheck)["id"].(string)
	before := f.all(t, "home")
	for _, comment := range []string{"\x00", "a\x00", "\x00b", "a\x00b"} {
		for _, c := range []call{
			review("ApproveApplication", "home", application, object{"comment": comment}),
			review("RejectApplication", "home", application, object{"comment": comment}),
			review("ExecuteMessage", "home", notice, object{"comment": comment}),
		} {
			adminRefusals.badValue("comment").expect(t, f.do(t, c))
		}
	}
	if diff := cmp.Diff(before, f.all(t, "home")); diff != "" {
		t.Errorf("it changed (-before +after):\n%s", diff)
	}
	// Any other character is kept as it is.
	const comment = "\x01\t\n\u007f \u2028 \ufeff \U0001f600 \\u0000"
	r := f.ok(t, review("RejectApplication", "home", application, object{"comment": comment}))
	if got := r.text(t, "comment"); got != comment {
		t.Errorf("%q became %q", comment, got)
	}
	if got := f.application(t, rejected)["comment"]; got != comment {
		t.Errorf("%q became %q", comment, got)
	}
}
