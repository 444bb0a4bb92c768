package client_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
)

const trace = "2f6c1d0e9b8a47538c6d5e4f3a2b1c0d"

// What the statuses of 400 and more make of a call: how often each kind of operation is
// sent and which error there is.
func TestRefusedForEver(t *testing.T) {
	t.Parallel()
	const all = 3 // attempts
	tests := []struct {
		name              string
		act               act
		repeatable, other int // requests
		want              client.Error
		classes           []string
		cause             client.AnswerError // if there is one
	}{
		{
			name: "400", act: refuses(400, "APIG.2012", "Invalid parameter value", "X-Request-Id", trace), repeatable: 1, other: 1,
			want:    client.Error{Status: 400, Code: "APIG.2012", Message: "Invalid parameter value", RequestID: trace},
			classes: []string{"ErrBadRequest"},
		},
		{
			name: "401", act: refuses(401, "APIG.1002", "Incorrect token"), repeatable: 1, other: 1,
			want: client.Error{Status: 401, Code: "APIG.1002", Message: "Incorrect token"}, classes: []string{"ErrUnauthorized"},
		},
		{
			name: "403", act: refuses(403, "APIG.1005", "No permissions"), repeatable: 1, other: 1,
			want: client.Error{Status: 403, Code: "APIG.1005", Message: "No permissions"}, classes: []string{"ErrForbidden"},
		},
		{
			name: "404", act: refuses(404, "APIG.3009", "No record"), repeatable: 1, other: 1,
			want: client.Error{Status: 404, Code: "APIG.3009", Message: "No record"}, classes: []string{"ErrNotFound"},
		},
		{
			name: "409", act: refuses(409, "APIG.3333", "Conflict"), repeatable: 1, other: 1,
			want: client.Error{Status: 409, Code: "APIG.3333", Message: "Conflict"},
		},
		{
			name: "413", act: refuses(413, "APIGW.0201", "body over the limit"), repeatable: 1, other: 1,
			want: client.Error{Status: 413, Code: "APIGW.0201", Message: "body over the limit"}, classes: []string{"ErrTooLarge"},
		},
		{
			name: "429", act: refuses(429, "APIGW.0308", "slow down"), repeatable: all, other: all,
			want: client.Error{Status: 429, Code: "APIGW.0308", Message: "slow down"}, classes: []string{"ErrThrottled"},
		},
		{
			name: "500", act: done(refuses(500, "APIG.9999", "System error")), repeatable: all, other: 1,
			want: client.Error{Status: 500, Code: "APIG.9999", Message: "System error"}, classes: []string{"ErrServer"},
		},
		{
			name: "501", act: refuses(501, "APIG.9998", "Not implemented"), repeatable: 1, other: 1,
			want: client.Error{Status: 501, Code: "APIG.9998", Message: "Not implemented"}, classes: []string{"ErrServer"},
		},
		{
			name: "502 of a proxy", act: done(answers(502, "text/html", page)), repeatable: all, other: 1,
			want: client.Error{Status: 502}, classes: []string{"ErrServer"},
			cause: client.AnswerError{Status: 502, Where: "header Content-Type", Problem: "is not application/json"},
		},
		{
			name: "503 of a proxy", act: done(answers(503, "text/html; charset=utf-8", page, "X-Request-Id", trace)), repeatable: all, other: 1,
			want: client.Error{Status: 503, RequestID: trace}, classes: []string{"ErrServer"},
			cause: client.AnswerError{Status: 503, RequestID: trace, Where: "header Content-Type", Problem: "is not application/json"},
		},
		{
			name: "504 without a body", act: done(answers(504, "", "")), repeatable: all, other: 1,
			want: client.Error{Status: 504}, classes: []string{"ErrServer"},
			cause: client.AnswerError{Status: 504, Where: "header Content-Type", Problem: "is not application/json"},
		},
		{
			name: "404 of a proxy", act: answers(404, "text/html", page), repeatable: 1, other: 1,
			want: client.Error{Status: 404}, classes: []string{"ErrNotFound"},
			cause: client.AnswerError{Status: 404, Where: "header Content-Type", Problem: "is not application/json"},
		},
		{
			name: "empty JSON", act: says(400, ""), repeatable: 1, other: 1,
			want: client.Error{Status: 400}, classes: []string{"ErrBadRequest"},
			cause: client.AnswerError{Status: 400, Where: "body", Problem: "is not JSON"},
		},
		{
			name: "JSON cut off", act: says(400, `{"error_code": "APIG.2012", "error_`), repeatable: 1, other: 1,
			want: client.Error{Status: 400}, classes: []string{"ErrBadRequest"},
			cause: client.AnswerError{Status: 400, Where: "body", Problem: "is not JSON"},
		},
		{
			name: "no code", act: says(403, `{"error_msg": "No permissions"}`), repeatable: 1, other: 1,
			want: client.Error{Status: 403, Message: "No permissions"}, classes: []string{"ErrForbidden"},
			cause: client.AnswerError{Status: 403, Where: "/error_code", Problem: "is missing or empty"},
		},
		{
			name: "no message", act: says(403, `{"error_code": "APIG.1005", "error_msg": ""}`), repeatable: 1, other: 1,
			want: client.Error{Status: 403, Code: "APIG.1005"}, classes: []string{"ErrForbidden"},
			cause: client.AnswerError{Status: 403, Where: "/error_msg", Problem: "is missing or empty"},
		},
		{
			name: "a list", act: says(400, `[{"error_code": "APIG.1005"}]`), repeatable: 1, other: 1,
			want: client.Error{Status: 400}, classes: []string{"ErrBadRequest"},
			cause: client.AnswerError{Status: 400, Where: "body", Problem: "is of another type"},
		},
		{
			name: "a code that is a number", act: says(400, `{"error_msg": "no", "error_code": 1005}`), repeatable: 1, other: 1,
			want: client.Error{Status: 400}, classes: []string{"ErrBadRequest"},
			cause: client.AnswerError{Status: 400, Where: "/error_code", Problem: "is of another type"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			forEachOperation(t, func(t *testing.T, op operation) {
				s, c := newStage(t, []act{test.act}, client.WithToken("secret"))
				requests := test.other
				if op.repeatable {
					requests = test.repeatable
				}
				err := op.call(t.Context(), c)
				want := test.want
				want.Op, want.Attempts = op.name, requests
				wantError(t, err, want)
				wantClasses(t, err, test.classes...)
				if test.cause != (client.AnswerError{}) {
					cause := test.cause
					cause.Op = op.name
					wantAnswerError(t, err, cause)
				}
				if got := len(s.arrived()); got != requests {
					t.Errorf("%d requests, want %d", got, requests)
				}
			})
		})
	}
}

// What goes away by itself: the operations that can be repeated are, and those that
// can't be are sent again only if the first request surely was not carried out.
func TestRefusedOnce(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		act    act
		safely bool // so that all operations are repeated
	}{
		{name: "429", act: refuses(429, "APIGW.0308", "slow down"), safely: true},
		{name: "429 of a proxy", act: answers(429, "text/plain", "slow down"), safely: true},
		{name: "429 and an end to the wait", act: refuses(429, "APIGW.0308", "slow down", "Retry-After", "0"), safely: true},
		{name: "500", act: refuses(500, "APIG.9999", "System error")},
		{name: "502", act: answers(502, "text/html", page)},
		{name: "503", act: refuses(503, "APIG.9999", "down", "Retry-After", "0")},
		{name: "504", act: answers(504, "text/html", page)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			forEachOperation(t, func(t *testing.T, op operation) {
				s, c := newStage(t, []act{test.act, op.works()})
				err := op.call(t.Context(), c)
				again := op.repeatable || test.safely
				if again && err != nil {
					t.Errorf("got %v, want it to be repeated", err)
				}
				if !again {
					wantClasses(t, err, "ErrServer")
				}
				want := map[bool][2]int{true: {2, 1}, false: {1, 0}}[again]
				if diff := cmp.Diff(want, [2]int{len(s.arrived()), s.carriedOut()}); diff != "" {
					t.Errorf("requests and effects (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A single attempt is what it says, whatever comes.
func TestOneAttempt(t *testing.T) {
	t.Parallel()
	for _, first := range []act{drops, refuses(429, "APIGW.0308", "slow down"), refuses(503, "APIG.9999", "down")} {
		forEachOperation(t, func(t *testing.T, op operation) {
			s, c := newStage(t, []act{first, op.works()}, client.WithRetry(client.Retry{Attempts: 1}))
			if err := op.call(t.Context(), c); err == nil {
				t.Error("no error")
			}
			if got := len(s.arrived()); got != 1 {
				t.Errorf("%d requests, want 1", got)
			}
		})
	}
}
