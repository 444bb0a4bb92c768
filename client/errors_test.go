package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appgrant/appgrant/client"
)

// Each status has at most one class, and only an error without a status is unreachable.
func TestClassOfStatus(t *testing.T) {
	t.Parallel()
	want := map[int]string{400: "ErrBadRequest", 401: "ErrUnauthorized", 403: "ErrForbidden", 404: "ErrNotFound", 413: "ErrTooLarge", 429: "ErrThrottled"}
	for status := 400; status < 600; status++ {
		err := fmt.Errorf("somewhere: %w", &client.Error{Status: status})
		switch {
		case status >= 500:
			wantClasses(t, err, "ErrServer")
		case want[status] != "":
			wantClasses(t, err, want[status])
		default:
			wantClasses(t, err)
		}
	}
}

func TestClassWithoutStatus(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		cause error
		want  []string
	}{
		{name: "no cause", want: []string{"ErrUnreachable"}},
		{name: "lost", cause: io.ErrUnexpectedEOF, want: []string{"ErrUnreachable"}},
		{name: "deadline", cause: context.DeadlineExceeded, want: []string{"ErrUnreachable"}},
		{name: "cancelled, but not by the caller", cause: fmt.Errorf("gone: %w", context.Canceled), want: []string{"ErrUnreachable"}},
		{name: "token", cause: fmt.Errorf("%w: expired", client.ErrToken), want: []string{"ErrToken"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := &client.Error{Op: "A.B", Err: test.cause}
			wantClasses(t, err, test.want...)
			wantClasses(t, &client.PartialError{Op: "A.B", Errs: []error{errTired, err}}, test.want...)
			if test.cause != nil && !errors.Is(err, test.cause) {
				t.Error("it is not its cause")
			}
		})
	}
	wantClasses(t, &client.AnswerError{Status: 404})
	wantClasses(t, &client.InputError{})
	wantClasses(t, &client.ItemError{})
	wantClasses(t, &client.PartialError{})
}

// It is partial only if a part is done.
func TestPartialClass(t *testing.T) {
	t.Parallel()
	for done, want := range map[int]bool{0: false, 1: true} {
		err := fmt.Errorf("somewhere: %w", &client.PartialError{Done: done, Total: 2, Errs: []error{errTired}})
		if got := errors.Is(err, client.ErrPartial); got != want {
			t.Errorf("%v is ErrPartial: %t", err, got)
		}
	}
}

func TestCodeOfError(t *testing.T) {
	t.Parallel()
	coded := func(code client.Code) []error {
		return []error{
			&client.Error{Code: code}, &client.ItemError{Code: code},
			&client.PartialError{Errs: []error{errTired, &client.Error{Code: code}}},
			&client.PartialError{Errs: []error{&client.ItemError{}, &client.ItemError{Code: code}}},
			fmt.Errorf("somewhere: %w", &client.Error{Code: code}),
		}
	}
	for _, err := range coded("APIG.3009") {
		for code, want := range map[client.Code]bool{"APIG.3009": true, "APIG.3": false, "apig.3009": false, "APIG.30090": false, "": false} {
			if got := errors.Is(err, code); got != want {
				t.Errorf("errors.Is of %T and %q: %t", err, code, got)
			}
		}
	}
	for _, err := range coded("") {
		if errors.Is(err, client.Code("")) {
			t.Errorf("%T without a code has one", err)
		}
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	answer := &client.AnswerError{Op: "ROMA.DeleteAppCode", Status: 502, Where: "header Content-Type", Problem: "is not application/json"}
	item := &client.ItemError{AppID: "shop", APIID: "orders", Code: "APIG.3500", Message: "The app could not be authorized"}
	tests := []struct {
		name string
		err  error
		want string
	}{
		{
			name: "refused",
			err: &client.Error{
				Op: "APIG.CancelAuthorization", Status: 404, Code: "APIG.3009", Message: "The app authorization record does not exist,id:1",
				RequestID: trace, Attempts: 1,
			},
			want: "APIG.CancelAuthorization: 404 APIG.3009: The app authorization record does not exist,id:1 (request " + trace + ")",
		},
		{
			name: "refused again",
			err: &client.Error{
				Op: "APIG.AuthorizeApps", Status: 429, Code: "APIGW.0308", Message: "slow down", RetryAfter: time.Minute, Attempts: 4,
			},
			want: "APIG.AuthorizeApps: 429 APIGW.0308: slow down (attempt 4)",
		},
		{
			name: "a page", err: &client.Error{Op: "ROMA.DeleteAppCode", Status: 502, Attempts: 2, Err: answer},
			want: "ROMA.DeleteAppCode: 502 Bad Gateway; the answer breaks the contract at header Content-Type: " +
				"is not application/json (attempt 2)",
		},
		{
			name: "no message", err: &client.Error{
				Op: "ROMA.DeleteAppCode", Status: 403, Code: "APIG.1005", RequestID: trace, Attempts: 1,
				Err: &client.AnswerError{Op: "ROMA.DeleteAppCode", Status: 403, RequestID: trace, Where: "/error_msg", Problem: "is missing or empty"},
			},
			want: "ROMA.DeleteAppCode: 403 APIG.1005 (request " + trace + "); the answer breaks the contract at /error_msg: is missing or empty",
		},
		{
			name: "no answer", err: &client.Error{Op: "DataArts.Apply", Attempts: 1, Err: io.ErrUnexpectedEOF},
			want: "DataArts.Apply: unexpected EOF",
		},
		{
			name: "no token", err: &client.Error{Op: "DataArts.Apply", Err: fmt.Errorf("%w: %w", client.ErrToken, errTired)},
			want: "DataArts.Apply: no token: tired of it",
		},
		{
			name: "answer", err: &client.AnswerError{
				Op: "APIG.AuthorizeApps", Status: 201, RequestID: trace, Where: "/auths/3/auth_result/status", Problem: "is missing",
			},
			want: "APIG.AuthorizeApps: the answer breaks the contract at /auths/3/auth_result/status: is missing (status 201, request " + trace + ")",
		},
		{
			name: "input", err: &client.InputError{Op: "ROMA.DeleteAppCode", Field: "AppID", Problem: "is empty"},
			want: "ROMA.DeleteAppCode: AppID is empty",
		},
		{name: "item", err: item, want: "app shop, API orders: APIG.3500: The app could not be authorized"},
		{
			name: "item without a code", err: &client.ItemError{AppID: "dashboard", APIID: "predict", Message: "not authorized"},
			want: "app dashboard, API predict: not authorized",
		},
		{
			name: "partial", err: &client.PartialError{Op: "APIG.AuthorizeApps", Done: 9, Total: 10, Errs: []error{item}},
			want: "APIG.AuthorizeApps: 9 of 10 done: app shop, API orders: APIG.3500: The app could not be authorized",
		},
		{
			name: "partial for many reasons",
			err:  &client.PartialError{Op: "APIG.AuthorizeApps", Done: 7, Total: 10, Errs: []error{item, item, context.Canceled}},
			want: "APIG.AuthorizeApps: 7 of 10 done: app shop, API orders: APIG.3500: The app could not be authorized (and 2 more)",
		},
		{name: "code", err: client.Code("APIG.3009"), want: "APIG.3009"},
		{name: "class", err: client.ErrThrottled, want: "too many requests"},
		{name: "class of none", err: client.ErrUnreachable, want: "no answer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.err.Error(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// What calls return reads well, too.
func TestErrorTextOfCall(t *testing.T) {
	t.Parallel()
	_, c := newStage(t, []act{answers(503, "text/html", page)})
	const want = "ROMA.DeleteAppCode: 503 Service Unavailable; the answer breaks the contract at header Content-Type: " +
		"is not application/json (attempt 3)"
	if got := c.ROMA.DeleteAppCode(t.Context(), appCode).Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// An error with two causes is still one line.
func TestErrorTextOfCancelledCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := newPipedStage(t, []act{answers(503, "text/html", page, "Retry-After", "8")}, client.WithRetry(client.Retry{}))
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errTired) })
		const want = "ROMA.DeleteAppCode: 503 Service Unavailable; ROMA.DeleteAppCode: the answer breaks the contract at header Content-Type: " +
			"is not application/json (status 503); context canceled: tired of it"
		if got := c.ROMA.DeleteAppCode(ctx, appCode).Error(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}
