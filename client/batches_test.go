package client_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
)

// size is how many apps and APIs a request is for; of ModelArts, apps.
type size struct{ Apps, APIs int }

// counter lets an authorizer answer, and keeps the sizes of the requests and how many
// of them were under way at a time.
type counter struct {
	waits func(n int) time.Duration // before the n-th answer; nil waits for none

	mu         sync.Mutex
	sizes      []size
	busy, most int
}

// ServeHTTP implements http.Handler.
func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var lists struct {
		AppIDs []string `json:"app_ids"`
		APIIDs []string `json:"api_ids"`
		Apps   []any    `json:"apps"`
	}
	_ = json.Unmarshal(body, &lists) // the authorizer tells what is wrong with it
	c.mu.Lock()
	n := len(c.sizes)
	c.sizes = append(c.sizes, size{len(lists.AppIDs) + len(lists.Apps), len(lists.APIIDs)})
	c.busy++
	c.most = max(c.most, c.busy)
	c.mu.Unlock()
	if c.waits != nil {
		time.Sleep(c.waits(n))
	}
	c.mu.Lock()
	c.busy--
	c.mu.Unlock()
	authorizer{}.ServeHTTP(w, r)
}

// wantAuths wants the result to be all pairs in their order, the first and the last of
// each app's.
func wantAuths(t testing.TB, got client.Authorizations, apps, apis []string) {
	t.Helper()
	if len(got.Auths) != len(apps)*len(apis) {
		t.Fatalf("%d pairs, want %d", len(got.Auths), len(apps)*len(apis))
	}
	for i, auth := range got.Auths {
		app, api := apps[i/len(apis)], apis[i%len(apis)]
		if auth.AppID != app || auth.APIID != api || auth.ID != app+"-"+api || auth.AuthResult.Status != client.StatusSuccess {
			t.Fatalf("item %d is %+v, want app %s and API %s", i, auth, app, api)
		}
	}
}

// Long lists are cut so that no request is over a limit: 50 apps, 1000 APIs, 10 000
// pairs.
func TestAppsAreSplit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		apps, apis int
		want       []size
	}{
		{apps: 1, apis: 1, want: []size{{1, 1}}},
		{apps: 50, apis: 200, want: []size{{50, 200}}},
		{apps: 50, apis: 201, want: []size{{50, 200}, {50, 1}}},
		{apps: 10, apis: 1000, want: []size{{10, 1000}}},
		{apps: 1, apis: 1001, want: []size{{1, 1000}, {1, 1}}},
		{apps: 11, apis: 1000, want: []size{{11, 909}, {11, 91}}},
		{apps: 51, apis: 1, want: []size{{50, 1}, {1, 1}}},
		{apps: 101, apis: 2, want: []size{{50, 2}, {50, 2}, {1, 2}}},
		{apps: 51, apis: 401, want: []size{{50, 200}, {50, 200}, {50, 1}, {1, 401}}},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%d apps and %d APIs", test.apps, test.apis), func(t *testing.T) {
			t.Parallel()
			counts := &counter{}
			c := newClient(t, serve(t, counts), client.WithConcurrency(1))
			in := client.AppsToAuthorize{ProjectID: "p", InstanceID: "i", AppIDs: ids("app", test.apps), APIIDs: ids("api", test.apis)}
			got, err := c.APIG.AuthorizeApps(t.Context(), in)
			wantNoError(t, err)
			wantAuths(t, got, in.AppIDs, in.APIIDs)
			if diff := cmp.Diff(test.want, counts.sizes); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// The same for ModelArts: 100 apps.
func TestAppsToUnauthorizeAreSplit(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][]size{1: {{1, 0}}, 100: {{100, 0}}, 101: {{100, 0}, {1, 0}}, 250: {{100, 0}, {100, 0}, {50, 0}}} {
		t.Run(fmt.Sprintf("%d apps", n), func(t *testing.T) {
			t.Parallel()
			counts := &counter{}
			c := newClient(t, serve(t, counts), client.WithConcurrency(1))
			in := client.AppsToUnauthorize{ProjectID: "p", ServiceID: "s", APIID: "a", AppIDs: ids("app", n)}
			got, err := c.ModelArts.CancelAPIAuthorization(t.Context(), in)
			wantNoError(t, err)
			wantCancellations(t, got, in.AppIDs)
			if diff := cmp.Diff(want, counts.sizes); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func wantCancellations(t testing.TB, got client.Cancellations, apps []string) {
	t.Helper()
	want := client.Cancellations{}
	for _, app := range apps {
		want.UnauthResult = append(want.UnauthResult, client.Cancellation{APIID: "a", AppID: app, Success: true, Reason: "why"})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

// However the answers come, no more requests are under way than allowed, and as many as
// that; the result is in the order of the lists.
func TestConcurrency(t *testing.T) {
	t.Parallel()
	orders := map[string]func(n int) time.Duration{
		"at the same time": func(int) time.Duration { return time.Second },
		"the last first":   func(n int) time.Duration { return time.Duration(100-n) * time.Second },
		"in disorder":      func(n int) time.Duration { return time.Duration(1+n*7919%100) * time.Second },
	}
	for name, waits := range orders {
		for _, atOnce := range []int{0, 1, 2, 3, 20} {
			t.Run(fmt.Sprintf("%s, %d at once", name, atOnce), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					opts, want := []client.Option{client.WithTimeout(time.Hour)}, client.DefaultConcurrency
					if atOnce > 0 {
						opts, want = append(opts, client.WithConcurrency(atOnce)), min(atOnce, 9)
					}
					counts := &counter{waits: waits}
					c := newPipedClient(t, counts, opts...)
					in := client.AppsToAuthorize{ProjectID: "p", InstanceID: "i", AppIDs: ids("app", 401), APIIDs: []string{"y", "x"}}
					got, err := c.APIG.AuthorizeApps(t.Context(), in)
					wantNoError(t, err)
					wantAuths(t, got, in.AppIDs, in.APIIDs)
					if len(counts.sizes) != 9 || counts.most != want {
						t.Errorf("%d requests, %d at once, want 9 and %d", len(counts.sizes), counts.most, want)
					}

					counts = &counter{waits: waits}
					c = newPipedClient(t, counts, opts...)
					models := client.AppsToUnauthorize{ProjectID: "p", ServiceID: "s", APIID: "a", AppIDs: ids("app", 801)}
					cancelled, err := c.ModelArts.CancelAPIAuthorization(t.Context(), models)
					wantNoError(t, err)
					wantCancellations(t, cancelled, models.AppIDs)
					if len(counts.sizes) != 9 || counts.most != want {
						t.Errorf("%d requests, %d at once, want 9 and %d", len(counts.sizes), counts.most, want)
					}
				})
			})
		}
	}
}

// An id that is repeated counts once, where it stands first.
func TestRepeatedIDs(t *testing.T) {
	t.Parallel()
	counts := &counter{}
	c := newClient(t, serve(t, counts))
	got, err := c.APIG.AuthorizeApps(t.Context(), client.AppsToAuthorize{
		ProjectID: "p", InstanceID: "i",
		AppIDs: append(slices.Repeat([]string{"b", "a", "B"}, 30), "c"), APIIDs: slices.Repeat([]string{"y", "x"}, 600),
	})
	wantNoError(t, err)
	wantAuths(t, got, []string{"b", "a", "B", "c"}, []string{"y", "x"})
	cancelled, err := c.ModelArts.CancelAPIAuthorization(t.Context(), client.AppsToUnauthorize{
		ProjectID: "p", ServiceID: "s", APIID: "a", AppIDs: append(slices.Repeat([]string{"b", "a"}, 60), "c"),
	})
	wantNoError(t, err)
	wantCancellations(t, cancelled, []string{"b", "a", "c"})
	if diff := cmp.Diff([]size{{4, 2}, {3, 0}}, counts.sizes); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// The lists of the caller are not changed, nor used any more afterwards.
func TestListsAreLeftAlone(t *testing.T) {
	t.Parallel()
	in := client.AppsToAuthorize{ProjectID: "p", InstanceID: "i", AppIDs: []string{"b", "a", "b"}, APIIDs: []string{"y", "x", "y"}}
	kept := client.AppsToAuthorize{ProjectID: "p", InstanceID: "i", AppIDs: slices.Clone(in.AppIDs), APIIDs: slices.Clone(in.APIIDs)}
	c := newClient(t, serve(t, authorizer{}))
	_, err := c.APIG.AuthorizeApps(t.Context(), in)
	wantNoError(t, err)
	if diff := cmp.Diff(kept, in); diff != "" {
		t.Errorf("lists (-before +after):\n%s", diff)
	}
}

// A long list is authorized by many callers of one client at the same time, each with
// its own result.
func TestClientIsSharedByManyCallers(t *testing.T) {
	t.Parallel()
	c := newClient(t, serve(t, authorizer{}), client.WithTokenSource(&source{}))
	atOnce(20, func(i int) {
		in := client.AppsToAuthorize{ProjectID: "p", InstanceID: "i", AppIDs: ids(fmt.Sprintf("app%d", i), 60), APIIDs: ids("api", 3)}
		got, err := c.APIG.AuthorizeApps(t.Context(), in)
		if err != nil {
			t.Error(err)
			return
		}
		if len(got.Auths) != 180 || got.Auths[179].AppID != in.AppIDs[59] {
			t.Errorf("caller %d has another's result", i)
		}
	})
}
