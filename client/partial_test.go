package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appgrant/appgrant/client"
)

// A list of four requests for apps, with one API.
var (
	fourRequests = client.AppsToAuthorize{ProjectID: "p", InstanceID: "i", AppIDs: ids("app", 151), APIIDs: []string{"api"}}
	fourToCancel = client.AppsToUnauthorize{ProjectID: "p", ServiceID: "s", APIID: "a", AppIDs: ids("dashboard", 301)}
)

// fulfils answers as an authorizer does.
func fulfils(_ *stage, w http.ResponseWriter, r *http.Request) { authorizer{}.ServeHTTP(w, r) }

// In one request at a time, the first that fails is the last, and the result has what
// was done before.
func TestRequestOfListFails(t *testing.T) {
	t.Parallel()
	refused := refuses(404, "APIG.3004", "App does not exist")
	want404 := client.Error{Status: 404, Code: "APIG.3004", Message: "App does not exist", Attempts: 1}
	tests := []struct {
		name     string
		acts     []act
		done     int // requests
		want     client.Error
		requests int
	}{
		{name: "the first", acts: []act{refused, fulfils}, want: want404, requests: 1},
		{name: "the second", acts: []act{fulfils, refused, fulfils}, done: 1, want: want404, requests: 2},
		{name: "the last", acts: []act{fulfils, fulfils, fulfils, refused}, done: 3, want: want404, requests: 4},
		{name: "for ever", acts: []act{fulfils, drops}, done: 1, want: client.Error{Attempts: 3}, requests: 4},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, c := newStage(t, test.acts, client.WithConcurrency(1))
			got, err := c.APIG.AuthorizeApps(t.Context(), fourRequests)
			want := test.want
			want.Op = "APIG.AuthorizeApps"
			wantAuths(t, got, fourRequests.AppIDs[:50*test.done], fourRequests.APIIDs)
			wantStopped(t, err, want, 50*test.done, 151)
			if got := len(s.arrived()); got != test.requests {
				t.Errorf("%d requests, want %d", got, test.requests)
			}

			s, c = newStage(t, test.acts, client.WithConcurrency(1))
			cancelled, err := c.ModelArts.CancelAPIAuthorization(t.Context(), fourToCancel)
			want.Op = "ModelArts.CancelAPIAuthorization"
			wantCancellations(t, cancelled, fourToCancel.AppIDs[:100*test.done])
			wantStopped(t, err, want, 100*test.done, 301)
			if got := len(s.arrived()); got != test.requests {
				t.Errorf("%d requests, want %d", got, test.requests)
			}
		})
	}
}

// wantStopped wants the error of a call that ended for one reason when so much was done.
func wantStopped(t testing.TB, err error, why client.Error, done, total int) {
	t.Helper()
	if done == 0 {
		wantError(t, err, why)
		var partial *client.PartialError
		if errors.As(err, &partial) {
			t.Errorf("%v counts as partial", err)
		}
		return
	}
	wantPartial(t, err, client.PartialError{Op: why.Op, Done: done, Total: total, Errs: []error{&why}})
}

// firstApp is the first app that a request is for.
func firstApp(t testing.TB, r *http.Request) (app string) {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var lists struct {
		AppIDs []string `json:"app_ids"`
		Apps   []struct {
			AppID string `json:"app_id"`
		} `json:"apps"`
	}
	if err := json.Unmarshal(body, &lists); err != nil {
		t.Error(err)
	}
	for _, a := range lists.Apps {
		lists.AppIDs = append(lists.AppIDs, a.AppID)
	}
	return lists.AppIDs[0]
}

// Requests under way when another fails are waited for and count, and those that come
// after them are not begun: of three at once, the second fails after a second and the
// third after three, and when the first is done after two, the fourth is not sent.
func TestRequestFailsBesideOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			switch firstApp(t, r) {
			case fourRequests.AppIDs[0], fourToCancel.AppIDs[0]:
				time.Sleep(2 * time.Second)
				authorizer{}.ServeHTTP(w, r)
			case fourRequests.AppIDs[50], fourToCancel.AppIDs[100]:
				time.Sleep(time.Second)
				refuses(400, "A.1", "no")(nil, w, r)
			case fourRequests.AppIDs[100], fourToCancel.AppIDs[200]:
				time.Sleep(3 * time.Second)
				refuses(403, "A.2", "never")(nil, w, r)
			default:
				t.Error("the fourth request was sent")
			}
		})
		c := newPipedClient(t, server, client.WithConcurrency(3))
		begin := time.Now()
		got, err := c.APIG.AuthorizeApps(t.Context(), fourRequests)
		wantAuths(t, got, fourRequests.AppIDs[:50], fourRequests.APIIDs)
		reasons := func(op string) []error {
			return []error{
				&client.Error{Op: op, Status: 400, Code: "A.1", Message: "no", Attempts: 1},
				&client.Error{Op: op, Status: 403, Code: "A.2", Message: "never", Attempts: 1},
			}
		}
		wantPartial(t, err, client.PartialError{Op: "APIG.AuthorizeApps", Done: 50, Total: 151, Errs: reasons("APIG.AuthorizeApps")})
		wantClasses(t, err, "ErrBadRequest", "ErrForbidden")
		if took := time.Since(begin); took != 3*time.Second {
			t.Errorf("it took %v, want 3s", took)
		}
		cancelled, err := c.ModelArts.CancelAPIAuthorization(t.Context(), fourToCancel)
		wantCancellations(t, cancelled, fourToCancel.AppIDs[:100])
		wantPartial(t, err, client.PartialError{
			Op: "ModelArts.CancelAPIAuthorization", Done: 100, Total: 301, Errs: reasons("ModelArts.CancelAPIAuthorization"),
		})
		if got := asked.Load(); got != 6 {
			t.Errorf("%d requests, want 6", got)
		}
	})
}

// If several requests fail and nothing is done, all of the reasons are told.
func TestAllRequestsFail(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second) // so that all are under way
			switch firstApp(t, r) {
			case fourRequests.AppIDs[0], fourToCancel.AppIDs[0]:
				refuses(400, "A.1", "no")(nil, w, r)
			default:
				refuses(403, "A.2", "never")(nil, w, r)
			}
		})
		c := newPipedClient(t, server, client.WithConcurrency(2))
		want := func(op string, total int) client.PartialError {
			return client.PartialError{Op: op, Total: total, Errs: []error{
				&client.Error{Op: op, Status: 400, Code: "A.1", Message: "no", Attempts: 1},
				&client.Error{Op: op, Status: 403, Code: "A.2", Message: "never", Attempts: 1},
			}}
		}
		got, err := c.APIG.AuthorizeApps(t.Context(), fourRequests)
		wantAuths(t, got, nil, fourRequests.APIIDs)
		wantPartial(t, err, want("APIG.AuthorizeApps", 151))
		wantClasses(t, err, "ErrBadRequest", "ErrForbidden")
		if text := "APIG.AuthorizeApps: 0 of 151 done: APIG.AuthorizeApps: 400 A.1: no (and 1 more)"; err.Error() != text {
			t.Errorf("got  %v\nwant %s", err, text)
		}
		cancelled, err := c.ModelArts.CancelAPIAuthorization(t.Context(), fourToCancel)
		wantCancellations(t, cancelled, nil)
		wantPartial(t, err, want("ModelArts.CancelAPIAuthorization", 301))
		wantClasses(t, err, "ErrBadRequest", "ErrForbidden")
	})
}

// A context that ends in the middle of a list ends the call, which tells what was done;
// nothing is sent after it, and a request under way is given up.
func TestListIsCancelled(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		after time.Duration
		done  int // requests of a second each, one at a time
		asked int
	}{
		{name: "before the first", after: 0},
		{name: "in the first", after: 500 * time.Millisecond, asked: 1},
		{name: "in the second", after: 1500 * time.Millisecond, done: 1, asked: 2},
		{name: "in the last", after: 3500 * time.Millisecond, done: 3, asked: 4},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, cause := range []error{nil, errTired} {
				synctest.Test(t, func(t *testing.T) {
					s, c := newPipedStage(t, []act{waits(time.Second, fulfils)}, client.WithConcurrency(1))
					call := func(do func(ctx context.Context)) {
						ctx, cancel := context.WithCancelCause(t.Context())
						if test.after == 0 {
							cancel(cause)
						}
						defer time.AfterFunc(test.after, func() { cancel(cause) }).Stop()
						begin := time.Now()
						do(ctx)
						if took := time.Since(begin); took != test.after {
							t.Errorf("it took %v, want %v", took, test.after)
						}
					}
					attempts := min(test.asked, 1)
					call(func(ctx context.Context) {
						got, err := c.APIG.AuthorizeApps(ctx, fourRequests)
						wantAuths(t, got, fourRequests.AppIDs[:50*test.done], fourRequests.APIIDs)
						wantStopped(t, err, client.Error{Op: "APIG.AuthorizeApps", Attempts: attempts}, 50*test.done, 151)
						wantCancelled(t, err, cause)
						wantClasses(t, err)
					})
					call(func(ctx context.Context) {
						got, err := c.ModelArts.CancelAPIAuthorization(ctx, fourToCancel)
						wantCancellations(t, got, fourToCancel.AppIDs[:100*test.done])
						wantStopped(t, err, client.Error{Op: "ModelArts.CancelAPIAuthorization", Attempts: attempts}, 100*test.done, 301)
						wantCancelled(t, err, cause)
						wantClasses(t, err)
					})
					if got := len(s.arrived()); got != 2*test.asked {
						t.Errorf("%d requests, want %d", got, 2*test.asked)
					}
				})
			}
		})
	}
}

// endsAfterRequest is a context that ends when a request has been answered, by a hook.
func endsAfterRequest(t testing.TB, cause error) (context.Context, client.Option) {
	ctx, cancel := context.WithCancelCause(t.Context())
	return ctx, client.WithHooks(client.Hooks{End: func(context.Context, string, error) { cancel(cause) }})
}

// Between two requests the context may end as well: then no request failed, and the
// call did all the same.
func TestListIsCancelledBetweenRequests(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{nil, errTired} {
		ctx, hooks := endsAfterRequest(t, cause)
		_, c := newStage(t, []act{fulfils}, client.WithConcurrency(1), hooks)
		got, err := c.APIG.AuthorizeApps(ctx, fourRequests)
		wantAuths(t, got, fourRequests.AppIDs[:50], fourRequests.APIIDs)
		wantStopped(t, err, client.Error{Op: "APIG.AuthorizeApps"}, 50, 151)
		wantCancelled(t, err, cause)

		ctx, hooks = endsAfterRequest(t, cause)
		_, c = newStage(t, []act{fulfils}, client.WithConcurrency(1), hooks)
		cancelled, err := c.ModelArts.CancelAPIAuthorization(ctx, fourToCancel)
		wantCancellations(t, cancelled, fourToCancel.AppIDs[:100])
		wantStopped(t, err, client.Error{Op: "ModelArts.CancelAPIAuthorization"}, 100, 301)
		wantCancelled(t, err, cause)
	}
}

// A context that ends after all was done changes nothing.
func TestListIsCancelledAtEnd(t *testing.T) {
	t.Parallel()
	ctx, hooks := endsAfterRequest(t, nil)
	_, err := newClient(t, serve(t, authorizer{}), hooks).APIG.AuthorizeApps(ctx, apps)
	wantNoError(t, err)
	ctx, hooks = endsAfterRequest(t, nil)
	_, err = newClient(t, serve(t, authorizer{}), hooks).ModelArts.CancelAPIAuthorization(ctx, models)
	wantNoError(t, err)
}

// An empty list whose context is over was not sent, and so is not done.
func TestEmptyListIsCancelled(t *testing.T) {
	t.Parallel()
	s, c := newStage(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, authorizing := c.APIG.AuthorizeApps(ctx, client.AppsToAuthorize{ProjectID: "p", InstanceID: "i"})
	_, cancelling := c.ModelArts.CancelAPIAuthorization(ctx, client.AppsToUnauthorize{ProjectID: "p", ServiceID: "s", APIID: "a"})
	for _, err := range []error{authorizing, cancelling} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
	}
	if got := len(s.arrived()); got != 0 {
		t.Errorf("%d requests arrived", got)
	}
}
