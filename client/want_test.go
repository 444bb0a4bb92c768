package client_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/appgrant/appgrant/client"
)

// classes are all there are.
var classes = map[string]error{
	"ErrBadRequest": client.ErrBadRequest, "ErrUnauthorized": client.ErrUnauthorized, "ErrForbidden": client.ErrForbidden,
	"ErrNotFound": client.ErrNotFound, "ErrTooLarge": client.ErrTooLarge, "ErrThrottled": client.ErrThrottled,
	"ErrServer": client.ErrServer, "ErrUnreachable": client.ErrUnreachable, "ErrToken": client.ErrToken,
}

// wantClasses compares the classes that an error has.
func wantClasses(t testing.TB, err error, want ...string) {
	t.Helper()
	var got []string
	for name, class := range classes {
		if errors.Is(err, class) {
			got = append(got, name)
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" {
		t.Errorf("classes of %v (-want +got):\n%s", err, diff)
	}
}

// wantError compares an [*client.Error], but not its cause.
func wantError(t testing.TB, err error, want client.Error) {
	t.Helper()
	var got *client.Error
	if !errors.As(err, &got) {
		t.Fatalf("got %T %v, want %v", err, err, &want)
	}
	if diff := cmp.Diff(want, *got, cmpopts.IgnoreFields(client.Error{}, "Err", "MayBeDone")); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

// wantUnreachable wants the error of a call that was sent so often, and never answered.
func wantUnreachable(t testing.TB, err error, op string, attempts int) {
	t.Helper()
	wantError(t, err, client.Error{Op: op, Attempts: attempts})
	wantClasses(t, err, "ErrUnreachable")
	var sent *client.Error
	if errors.As(err, &sent) && sent.Err == nil {
		t.Error("no cause is told")
	}
}

// wantCutOff wants the error of a call that was refused so often with half a body: that
// of the status, or of a lost answer if that is 0.
func wantCutOff(t testing.TB, err error, op string, attempts, status int) {
	t.Helper()
	if status == 0 {
		wantUnreachable(t, err, op, attempts)
		return
	}
	wantError(t, err, client.Error{Op: op, Status: status, RequestID: trace, Attempts: attempts})
	wantClasses(t, err, map[int]string{404: "ErrNotFound", 500: "ErrServer"}[status])
	var refused *client.Error
	var answer *client.AnswerError
	if errors.As(err, &refused) && refused.Err == nil || errors.As(err, &answer) {
		t.Errorf("%v does not tell that the answer breaks off", err)
	}
}

// wantAnswerError compares an [*client.AnswerError], which may be the cause of another
// error.
func wantAnswerError(t testing.TB, err error, want client.AnswerError) {
	t.Helper()
	var got *client.AnswerError
	if !errors.As(err, &got) {
		t.Fatalf("got %T %v, want %v", err, err, &want)
	}
	if diff := cmp.Diff(want, *got); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

// wantNoError ends the test where there is one.
func wantNoError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantPartial compares a [*client.PartialError], and those in it.
func wantPartial(t testing.TB, err error, want client.PartialError) {
	t.Helper()
	if got := errors.Is(err, client.ErrPartial); got != (want.Done > 0) {
		t.Errorf("%v is ErrPartial: %t", err, got)
	}
	var got *client.PartialError
	if !errors.As(err, &got) {
		t.Fatalf("got %T %v, want %v", err, err, &want)
	}
	if diff := cmp.Diff(want, *got, cmpopts.IgnoreFields(client.Error{}, "Err", "MayBeDone")); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}
