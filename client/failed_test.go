package client_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
)

// What failed one by one is told one by one, in the order of the result, and then what
// ended the call.
func TestPairsFail(t *testing.T) {
	t.Parallel()
	c := newClient(t, serve(t, authorizer{}))
	in := client.AppsToAuthorize{ProjectID: "p", InstanceID: "i", AppIDs: []string{"shop", "bad"}, APIIDs: []string{"orders", "bad-1"}}
	got, err := c.APIG.AuthorizeApps(t.Context(), in)
	failed := func(app, api string) *client.ItemError {
		return &client.ItemError{AppID: app, APIID: api, Code: "APIG.3500", Message: "why"}
	}
	want := client.PartialError{
		Op: "APIG.AuthorizeApps", Done: 1, Total: 4,
		Errs: []error{failed("shop", "bad-1"), failed("bad", "orders"), failed("bad", "bad-1")},
	}
	wantPartial(t, err, want)
	wantPartial(t, got.Err(), want)
	wantClasses(t, err)
	for _, code := range []client.Code{"APIG.3500", "APIG.3501", ""} {
		if got := errors.Is(err, code); got != (code == "APIG.3500") {
			t.Errorf("errors.Is %q: %t", code, got)
		}
	}
	var item *client.ItemError
	if !errors.As(err, &item) || *item != *failed("shop", "bad-1") {
		t.Errorf("the first item is %v", item)
	}
	result := client.AuthResult{Status: client.StatusFailed, ErrorCode: "APIG.3500", ErrorMsg: "why"}
	if diff := cmp.Diff([]client.Authorization{
		{ID: "shop-bad-1", APIID: "bad-1", AppID: "shop", AuthResult: result},
		{ID: "bad-orders", APIID: "orders", AppID: "bad", AuthResult: result},
		{ID: "bad-bad-1", APIID: "bad-1", AppID: "bad", AuthResult: result},
	}, got.Failed()); diff != "" {
		t.Errorf("failed (-want +got):\n%s", diff)
	}
	if len(got.Auths) != 4 || got.Auths[0].AuthResult.Status != client.StatusSuccess {
		t.Errorf("the result has lost something: %+v", got)
	}
}

func TestAppsFail(t *testing.T) {
	t.Parallel()
	c := newClient(t, serve(t, authorizer{}))
	in := client.AppsToUnauthorize{ProjectID: "p", ServiceID: "s", APIID: "a", AppIDs: []string{"bad-2", "shop", "bad-1"}}
	got, err := c.ModelArts.CancelAPIAuthorization(t.Context(), in)
	want := client.PartialError{
		Op: "ModelArts.CancelAPIAuthorization", Done: 1, Total: 3, Errs: []error{
			&client.ItemError{AppID: "bad-2", APIID: "a", Message: "why"}, &client.ItemError{AppID: "bad-1", APIID: "a", Message: "why"},
		},
	}
	wantPartial(t, err, want)
	wantPartial(t, got.Err(), want)
	if errors.Is(err, client.Code("")) {
		t.Error("no code counts as one")
	}
	if diff := cmp.Diff([]client.Cancellation{
		{APIID: "a", AppID: "bad-2", Reason: "why"}, {APIID: "a", AppID: "bad-1", Reason: "why"},
	}, got.Failed()); diff != "" {
		t.Errorf("failed (-want +got):\n%s", diff)
	}
	if len(got.UnauthResult) != 3 || !got.UnauthResult[1].Success {
		t.Errorf("the result has lost something: %+v", got)
	}
}

// Where all of it failed nothing is done, and that is told in the same way, but is not
// partial.
func TestAllPairsFail(t *testing.T) {
	t.Parallel()
	c := newClient(t, serve(t, authorizer{}))
	_, err := c.APIG.AuthorizeApps(t.Context(), client.AppsToAuthorize{
		ProjectID: "p", InstanceID: "i", AppIDs: []string{"bad"}, APIIDs: []string{"orders"},
	})
	wantPartial(t, err, client.PartialError{Op: "APIG.AuthorizeApps", Total: 1, Errs: []error{
		&client.ItemError{AppID: "bad", APIID: "orders", Code: "APIG.3500", Message: "why"},
	}})
}

// In a list of several requests both kinds of failure are told.
func TestPairsAndRequestFail(t *testing.T) {
	t.Parallel()
	_, c := newStage(t, []act{fulfils, refuses(403, "APIG.1005", "No permissions")}, client.WithConcurrency(1))
	in := client.AppsToAuthorize{ProjectID: "p", InstanceID: "i", AppIDs: append([]string{"bad"}, ids("app", 150)...), APIIDs: []string{"orders"}}
	_, err := c.APIG.AuthorizeApps(t.Context(), in)
	wantPartial(t, err, client.PartialError{Op: "APIG.AuthorizeApps", Done: 49, Total: 151, Errs: []error{
		&client.ItemError{AppID: "bad", APIID: "orders", Code: "APIG.3500", Message: "why"},
		&client.Error{Op: "APIG.AuthorizeApps", Status: 403, Code: "APIG.1005", Message: "No permissions", Attempts: 1},
	}})
	for _, target := range []error{client.ErrForbidden, client.Code("APIG.1005"), client.Code("APIG.3500")} {
		if !errors.Is(err, target) {
			t.Errorf("it is not %v", target)
		}
	}
}

// A result without failures has no error, and neither has an empty one.
func TestNothingFails(t *testing.T) {
	t.Parallel()
	skipped := client.Authorization{AuthResult: client.AuthResult{Status: client.StatusSkipped}}
	if err := (client.Authorizations{Auths: []client.Authorization{skipped}}).Err(); err != nil {
		t.Errorf("skipped: %v", err)
	}
	if err := (client.Authorizations{}).Err(); err != nil {
		t.Errorf("nothing: %v", err)
	}
	if err := (client.Cancellations{UnauthResult: []client.Cancellation{{Success: true}}}).Err(); err != nil {
		t.Errorf("cancelled: %v", err)
	}
	if err := (client.Cancellations{}).Err(); err != nil {
		t.Errorf("nothing: %v", err)
	}
}
