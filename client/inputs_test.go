package client_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
)

// The ids that stand in a path, one by one: those that would make another path are
// refused before anything is sent.
func TestIDMakesAnotherPath(t *testing.T) {
	t.Parallel()
	with := func(auth client.DataArtsAuthorization, id string) client.DataArtsAuthorization {
		auth.ProjectID = id
		return auth
	}
	tests := []struct {
		op, field string
		call      func(ctx context.Context, c *client.Client, id string) error
	}{
		{op: "APIG.AuthorizeApps", field: "ProjectID", call: func(ctx context.Context, c *client.Client, id string) error {
			in := apps
			in.ProjectID = id
			_, err := c.APIG.AuthorizeApps(ctx, in)
			return err
		}},
		{op: "APIG.AuthorizeApps", field: "InstanceID", call: func(ctx context.Context, c *client.Client, id string) error {
			in := apps
			in.InstanceID = id
			_, err := c.APIG.AuthorizeApps(ctx, in)
			return err
		}},
		{op: "APIG.CancelAuthorization", field: "ProjectID", call: func(ctx context.Context, c *client.Client, id string) error {
			in := record
			in.ProjectID = id
			return c.APIG.CancelAuthorization(ctx, in)
		}},
		{op: "APIG.CancelAuthorization", field: "InstanceID", call: func(ctx context.Context, c *client.Client, id string) error {
			in := record
			in.InstanceID = id
			return c.APIG.CancelAuthorization(ctx, in)
		}},
		{op: "APIG.CancelAuthorization", field: "AppAuthID", call: func(ctx context.Context, c *client.Client, id string) error {
			in := record
			in.AppAuthID = id
			return c.APIG.CancelAuthorization(ctx, in)
		}},
		{op: "ROMA.DeleteAppCode", field: "ProjectID", call: func(ctx context.Context, c *client.Client, id string) error {
			in := appCode
			in.ProjectID = id
			return c.ROMA.DeleteAppCode(ctx, in)
		}},
		{op: "ROMA.DeleteAppCode", field: "InstanceID", call: func(ctx context.Context, c *client.Client, id string) error {
			in := appCode
			in.InstanceID = id
			return c.ROMA.DeleteAppCode(ctx, in)
		}},
		{op: "ROMA.DeleteAppCode", field: "AppID", call: func(ctx context.Context, c *client.Client, id string) error {
			in := appCode
			in.AppID = id
			return c.ROMA.DeleteAppCode(ctx, in)
		}},
		{op: "ROMA.DeleteAppCode", field: "AppCodeID", call: func(ctx context.Context, c *client.Client, id string) error {
			in := appCode
			in.AppCodeID = id
			return c.ROMA.DeleteAppCode(ctx, in)
		}},
		{op: "ModelArts.CancelAPIAuthorization", field: "ProjectID", call: func(ctx context.Context, c *client.Client, id string) error {
			in := models
			in.ProjectID = id
			_, err := c.ModelArts.CancelAPIAuthorization(ctx, in)
			return err
		}},
		{op: "ModelArts.CancelAPIAuthorization", field: "ServiceID", call: func(ctx context.Context, c *client.Client, id string) error {
			in := models
			in.ServiceID = id
			_, err := c.ModelArts.CancelAPIAuthorization(ctx, in)
			return err
		}},
		{op: "ModelArts.CancelAPIAuthorization", field: "APIID", call: func(ctx context.Context, c *client.Client, id string) error {
			in := models
			in.APIID = id
			_, err := c.ModelArts.CancelAPIAuthorization(ctx, in)
			return err
		}},
		{op: "DataArts.Authorize", field: "ProjectID", call: func(ctx context.Context, c *client.Client, id string) error {
			return c.DataArts.Authorize(ctx, with(studio, id), until)
		}},
		{op: "DataArts.Apply", field: "ProjectID", call: func(ctx context.Context, c *client.Client, id string) error {
			return c.DataArts.Apply(ctx, with(studio, id), until)
		}},
		{op: "DataArts.Renew", field: "ProjectID", call: func(ctx context.Context, c *client.Client, id string) error {
			return c.DataArts.Renew(ctx, with(studio, id), until)
		}},
		{op: "DataArts.CancelByReviewer", field: "ProjectID", call: func(ctx context.Context, c *client.Client, id string) error {
			return c.DataArts.CancelByReviewer(ctx, with(studio, id), until)
		}},
		{op: "DataArts.CancelByOwner", field: "ProjectID", call: func(ctx context.Context, c *client.Client, id string) error {
			return c.DataArts.CancelByOwner(ctx, with(studio, id))
		}},
	}
	for _, test := range tests {
		t.Run(test.op+" "+test.field, func(t *testing.T) {
			t.Parallel()
			for id, problem := range map[string]string{"": "is empty", ".": "is no id", "..": "is no id"} {
				wantInputError(t, client.InputError{Op: test.op, Field: test.field, Problem: problem},
					func(c *client.Client) error { return test.call(t.Context(), c, id) })
			}
		})
	}
}

// wantInputError wants a call to fail with such an error and to send nothing, nor tell
// hooks or ask for a token.
func wantInputError(t testing.TB, want client.InputError, call func(c *client.Client) error) {
	t.Helper()
	var w watch
	tokens := &source{}
	s, c := newStage(t, []act{drops}, w.option(), client.WithTokenSource(tokens))
	err := call(c)
	if diff := cmp.Diff(error(&want), err); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	if requests, hooks, asked := len(s.arrived()), len(w.lines), tokens.times(); requests+hooks+asked != 0 {
		t.Errorf("%d requests, %d calls of hooks and %d of the source, want none", requests, hooks, asked)
	}
}

func TestTimeIsZero(t *testing.T) {
	t.Parallel()
	tests := map[string]func(ctx context.Context, c *client.Client, at time.Time) error{
		"DataArts.Authorize": func(ctx context.Context, c *client.Client, at time.Time) error {
			return c.DataArts.Authorize(ctx, studio, at)
		},
		"DataArts.Apply": func(ctx context.Context, c *client.Client, at time.Time) error {
			return c.DataArts.Apply(ctx, studio, at)
		},
		"DataArts.Renew": func(ctx context.Context, c *client.Client, at time.Time) error {
			return c.DataArts.Renew(ctx, studio, at)
		},
		"DataArts.CancelByReviewer": func(ctx context.Context, c *client.Client, at time.Time) error {
			return c.DataArts.CancelByReviewer(ctx, studio, at)
		},
	}
	for op, call := range tests {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			for _, zero := range []time.Time{{}, time.Time{}.In(time.FixedZone("", 3600))} {
				wantInputError(t, client.InputError{Op: op, Field: "the time", Problem: "is zero"},
					func(c *client.Client) error { return call(t.Context(), c, zero) })
			}
		})
	}
}

// A year is four digits.
func TestTimeHasLongYear(t *testing.T) {
	t.Parallel()
	west := time.FixedZone("", -3600)
	for _, at := range []time.Time{
		time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 0, 0, 0, west), time.Date(22020, 8, 4, 0, 0, 0, 0, west),
		time.Date(-1, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(-2020, 8, 4, 0, 0, 0, 0, time.UTC),
	} {
		wantInputError(t, client.InputError{Op: "DataArts.Renew", Field: "the time", Problem: "has a year that has not four digits"},
			func(c *client.Client) error { return c.DataArts.Renew(t.Context(), studio, at) })
	}
	for text, at := range map[string]time.Time{
		"9999-12-31T23:59:59Z": time.Date(10000, 1, 1, 0, 59, 59, 0, time.FixedZone("", 3600)), "0000-01-01T00:00:00Z": time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		s, c := newStage(t, []act{answers(204, "", "")})
		wantNoError(t, c.DataArts.Renew(t.Context(), studio, at))
		want := action("APPLY_TYPE_RENEW", text)
		wantSent(t, s.arrived()[0], want)
	}
}

// A call for more pairs than its result can hold is not made. A repeated id makes no pairs.
func TestTooManyPairs(t *testing.T) {
	t.Parallel()
	pairs := func(apps, apis int) client.AppsToAuthorize {
		return client.AppsToAuthorize{ProjectID: "p", InstanceID: "i", AppIDs: ids("app", apps), APIIDs: ids("api", apis)}
	}
	for _, in := range []client.AppsToAuthorize{pairs(101, 9901), pairs(9901, 101)} {
		wantInputError(t, client.InputError{Op: "APIG.AuthorizeApps", Field: "AppIDs and APIIDs", Problem: "make more than 1000000 pairs"},
			func(c *client.Client) error {
				_, err := c.APIG.AuthorizeApps(t.Context(), in)
				return err
			})
	}
	c := newClient(t, serve(t, authorizer{}))
	_, err := c.APIG.AuthorizeApps(t.Context(), client.AppsToAuthorize{
		ProjectID: "p", InstanceID: "i", AppIDs: slices.Repeat([]string{"shop"}, 1001), APIIDs: slices.Repeat([]string{"orders", "invoices"}, 1000),
	})
	wantNoError(t, err)
	if testing.Short() {
		t.Skip("takes much memory")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.APIG.AuthorizeApps(ctx, pairs(1000, 1000))
	wantError(t, err, client.Error{Op: "APIG.AuthorizeApps"}) // that many may be
}

func TestHeaderCannotBeSent(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"a\r\nX-Auth-Token: other", "\x00", "é", "\x7f"} {
		workspace, edition := studio, studio
		workspace.Workspace, workspace.DlmType = value, client.DlmType(value)
		edition.DlmType = client.DlmType(value)
		const problem = "is not printable ASCII, which headers are"
		wantInputError(t, client.InputError{Op: "DataArts.Apply", Field: "Workspace", Problem: problem},
			func(c *client.Client) error { return c.DataArts.Apply(t.Context(), workspace, until) })
		wantInputError(t, client.InputError{Op: "DataArts.CancelByOwner", Field: "DlmType", Problem: problem},
			func(c *client.Client) error { return c.DataArts.CancelByOwner(t.Context(), edition) })
	}
}

// Other ids may be wrong as well, but make no other path; the service decides on them.
func TestIDIsEscaped(t *testing.T) {
	t.Parallel()
	tests := []struct{ id, path string }{
		{id: "...", path: "..."}, {id: "a/../b", path: "a%2F..%2Fb"}, {id: "%2e%2e", path: "%252e%252e"}, {id: "a?b#c", path: "a%3Fb%23c"},
		{id: " ", path: "%20"}, {id: "a;b", path: "a%3Bb"}, {id: `a\b`, path: "a%5Cb"}, {id: "é", path: "%C3%A9"}, {id: "\r\n", path: "%0D%0A"},
		{id: "http://a.test/", path: "http:%2F%2Fa.test%2F"}, {id: "-_~.", path: "-_~."},
	}
	for _, test := range tests {
		t.Run(test.id, func(t *testing.T) {
			t.Parallel()
			s, c := newStage(t, []act{answers(204, "", "")})
			in := record
			in.ProjectID, in.AppAuthID = test.id, test.id
			wantNoError(t, c.APIG.CancelAuthorization(t.Context(), in))
			if got, want := s.arrived()[0].Path, "/v2/"+test.path+"/apigw/instances/gateway/app-auths/"+test.path; got != want {
				t.Errorf("path %s, want %s", got, want)
			}
		})
	}
}
