package client_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
)

// The ids that stand in a path, one by one: those that would make another path are
// refused before anything is sent.
func TestIDMakesAnotherPath(t *testing.T) {
	t.Parallel()
	with := func(auth client.APIAuthorization, id string) client.APIAuthorization {
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
