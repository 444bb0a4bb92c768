package client_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
)

// A cancellation that finds nothing is done if an earlier attempt may have done it, and
// not found if not.
func TestNothingIsLeftToDelete(t *testing.T) {
	t.Parallel()
	type refusal struct {
		status int
		code   string
	}
	operations := []struct {
		name                   string
		gone, elsewhere, other refusal
		call                   func(ctx context.Context, c *client.Client) error
	}{
		{
			name: "APIG.CancelAuthorization", gone: refusal{404, "APIG.3009"}, elsewhere: refusal{404, "APIG.3030"}, other: refusal{400, "APIG.3009"},
			call: func(ctx context.Context, c *client.Client) error { return c.APIG.CancelAuthorization(ctx, record) },
		},
		{
			name: "ROMA.DeleteAppCode", gone: refusal{404, "APIG.3082"}, elsewhere: refusal{404, "APIG.3004"}, other: refusal{500, "APIG.3082"},
			call: func(ctx context.Context, c *client.Client) error { return c.ROMA.DeleteAppCode(ctx, appCode) },
		},
	}
	for _, op := range operations {
		says := func(r refusal) act { return refuses(r.status, r.code, "it does not exist") }
		throttles := refuses(429, "APIGW.0308", "slow down")
		tests := []struct {
			name     string
			acts     []act
			want     refusal // zero is success
			requests int
		}{
			{name: "at first", acts: []act{says(op.gone)}, want: op.gone, requests: 1},
			{name: "after the answer was lost", acts: []act{done(drops), says(op.gone)}, requests: 2},
			{name: "after the connection was lost", acts: []act{drops, says(op.gone)}, requests: 2},
			{name: "after half an answer", acts: []act{done(cuts(500, "{", true)), says(op.gone)}, requests: 2},
			{name: "after 500", acts: []act{done(refuses(500, "APIG.9999", "System error")), says(op.gone)}, requests: 2},
			{name: "after 502", acts: []act{done(answers(502, "text/html", page)), says(op.gone)}, requests: 2},
			{name: "after a loss and 429", acts: []act{done(drops), throttles, says(op.gone)}, requests: 3},
			{name: "after 429 and a loss", acts: []act{throttles, done(drops), says(op.gone)}, requests: 3},
			{name: "after 429", acts: []act{throttles, says(op.gone)}, want: op.gone, requests: 2},
			{name: "after 429 and 429", acts: []act{throttles, throttles, says(op.gone)}, want: op.gone, requests: 3},
			{name: "another thing", acts: []act{done(drops), says(op.elsewhere)}, want: op.elsewhere, requests: 2},
			{name: "another status", acts: []act{done(drops), done(drops), says(op.other)}, want: op.other, requests: 3},
			{name: "no code", acts: []act{done(drops), answers(404, "text/html", page)}, want: refusal{404, ""}, requests: 2},
		}
		for _, test := range tests {
			t.Run(op.name+" "+test.name, func(t *testing.T) {
				t.Parallel()
				s, c := newStage(t, test.acts)
				err := op.call(t.Context(), c)
				if test.want == (refusal{}) {
					wantNoError(t, err)
				} else {
					message := "it does not exist"
					if test.want.code == "" {
						message = ""
					}
					wantError(t, err, client.Error{
						Op: op.name, Status: test.want.status, Code: client.Code(test.want.code), Message: message, Attempts: test.requests,
					})
				}
				if got := len(s.arrived()); got != test.requests {
					t.Errorf("%d requests, want %d", got, test.requests)
				}
			})
		}
	}
}

// A refused dial is no attempt that may have been carried out.
func TestNothingIsLeftToDeleteAfterRefusedDial(t *testing.T) {
	t.Parallel()
	s := &stage{t: t, acts: []act{refuses(404, "APIG.3009", "no such record")}}
	c := newClient(t, serve(t, s), client.WithHTTPClient(&http.Client{Transport: refusedOnce(closedPort(t))}))
	wantClasses(t, c.APIG.CancelAuthorization(t.Context(), record), "ErrNotFound")
}

// What ModelArts could not cancel may have been cancelled by the request before, or be
// authorized still: that is not known, so that it stays a failure, and the request is
// told to be repeated.
func TestNothingIsLeftToCancel(t *testing.T) {
	t.Parallel()
	const answer = `{"unauth_result": [
		{"app_id": "classifier", "api_id": "predict", "success": false, "reason": "not authorized"},
		{"app_id": "dashboard", "api_id": "predict", "auth_id": "1", "success": true}]}`
	again := client.Cancellations{UnauthResult: []client.Cancellation{
		{APIID: "predict", AppID: "dashboard", AuthID: "1", Success: true, Repeated: true},
		{APIID: "predict", AppID: "classifier", Reason: "not authorized", Repeated: true},
	}}
	first := client.Cancellations{UnauthResult: []client.Cancellation{
		{APIID: "predict", AppID: "dashboard", AuthID: "1", Success: true},
		{APIID: "predict", AppID: "classifier", Reason: "not authorized"},
	}}
	tests := []struct {
		name   string
		before []act
		want   client.Cancellations
	}{
		{name: "at first", want: first},
		{name: "after 429", before: []act{refuses(429, "ModelArts.0308", "slow down")}, want: first},
		{name: "after the answer was lost", before: []act{done(drops)}, want: again},
		{name: "after a loss and 429", before: []act{done(drops), refuses(429, "ModelArts.0308", "slow down")}, want: again},
		{name: "after half a refusal", before: []act{cuts(400, `{"error`, false)}, want: first},
		{name: "after half an answer", before: []act{done(cuts(200, `{"unauth_result": [`, false))}, want: again},
		{name: "after 500", before: []act{done(refuses(500, "ModelArts.0010", "Internal error."))}, want: again},
		{name: "after 504", before: []act{done(answers(504, "text/html", page))}, want: again},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, c := newStage(t, append(test.before, says(200, answer)))
			got, err := c.ModelArts.CancelAPIAuthorization(t.Context(), models)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
			wantPartial(t, err, client.PartialError{
				Op: "ModelArts.CancelAPIAuthorization", Done: 1, Total: 2,
				Errs: []error{&client.ItemError{AppID: "classifier", APIID: "predict", Message: "not authorized"}},
			})
		})
	}
}

// Of a long list, it is told of those apps only whose request was repeated.
func TestPartOfListIsRepeated(t *testing.T) {
	t.Parallel()
	_, c := newStage(t, []act{fulfils, done(drops), fulfils}, client.WithConcurrency(1))
	got, err := c.ModelArts.CancelAPIAuthorization(t.Context(), fourToCancel)
	wantNoError(t, err)
	var repeated []string
	for _, one := range got.UnauthResult {
		if one.Repeated {
			repeated = append(repeated, one.AppID)
		}
	}
	if diff := cmp.Diff(fourToCancel.AppIDs[100:200], repeated); diff != "" {
		t.Errorf("repeated (-want +got):\n%s", diff)
	}
}
