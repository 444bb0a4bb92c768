package client_test

import (
	"context"
	"testing"
	"time"

	"github.com/appgrant/appgrant/client"
)

// operation is one call of the SDK, with what a server answers when all is well.
type operation struct {
	name       string // as errors say it
	repeatable bool
	status     int
	body       string
	call       func(ctx context.Context, c *client.Client) error
}

// works carries the request out and says so.
func (o operation) works() act {
	if o.body == "" {
		return done(answers(o.status, "", ""))
	}
	return done(says(o.status, o.body))
}

// attempts is how often the operation is sent if no answer ever comes.
func (o operation) attempts() int {
	if o.repeatable {
		return quick.Attempts
	}
	return 1
}

var (
	apps = client.AppsToAuthorize{
		ProjectID: "project", InstanceID: "gateway", EnvID: "RELEASE",
		AppIDs: []string{"shop"}, APIIDs: []string{"orders", "invoices"},
	}
	record  = client.AuthorizationToCancel{ProjectID: "project", InstanceID: "gateway", AppAuthID: "record"}
	appCode = client.AppCodeToDelete{ProjectID: "project", InstanceID: "instance", AppID: "sensors", AppCodeID: "code"}
	models  = client.AppsToUnauthorize{
		ProjectID: "project", ServiceID: "service", APIID: "predict", WorkspaceID: "space", AppIDs: []string{"dashboard", "classifier"},
	}
	studio = client.DataArtsAuthorization{
		ProjectID: "project", Workspace: "space", InstanceID: "APIG", APIID: "customers", AppID: "campaign", DlmType: client.DlmShared,
	}
	until = time.Date(2031, 5, 17, 11, 0, 0, 0, time.FixedZone("", 3*60*60))
)

const (
	authorized = `{"auths": [
		{"id": "1", "app_id": "shop", "api_id": "orders", "auth_result": {"status": "SUCCESS"}},
		{"id": "2", "app_id": "shop", "api_id": "invoices", "auth_result": {"status": "SKIPPED"}}]}`
	unauthorized = `{"unauth_result": [
		{"app_id": "dashboard", "api_id": "predict", "auth_id": "1", "success": true},
		{"app_id": "classifier", "api_id": "predict", "auth_id": "2", "success": true}]}`
)

// The operations, by whether carrying them out twice does what once does.
var operations = []operation{
	{
		name: "APIG.AuthorizeApps", repeatable: true, status: 201, body: authorized,
		call: func(ctx context.Context, c *client.Client) error {
			_, err := c.APIG.AuthorizeApps(ctx, apps)
			return err
		},
	},
	{
		name: "APIG.CancelAuthorization", repeatable: true, status: 204,
		call: func(ctx context.Context, c *client.Client) error { return c.APIG.CancelAuthorization(ctx, record) },
	},
	{
		name: "ROMA.DeleteAppCode", repeatable: true, status: 204,
		call: func(ctx context.Context, c *client.Client) error { return c.ROMA.DeleteAppCode(ctx, appCode) },
	},
	{
		name: "ModelArts.CancelAPIAuthorization", repeatable: true, status: 200, body: unauthorized,
		call: func(ctx context.Context, c *client.Client) error {
			_, err := c.ModelArts.CancelAPIAuthorization(ctx, models)
			return err
		},
	},
	{
		name: "DataArts.Authorize", repeatable: true, status: 204,
		call: func(ctx context.Context, c *client.Client) error { return c.DataArts.Authorize(ctx, studio, until) },
	},
	{
		name: "DataArts.Apply", status: 204,
		call: func(ctx context.Context, c *client.Client) error { return c.DataArts.Apply(ctx, studio, until) },
	},
	{
		name: "DataArts.Renew", status: 204,
		call: func(ctx context.Context, c *client.Client) error { return c.DataArts.Renew(ctx, studio, until) },
	},
	{
		name: "DataArts.CancelByReviewer", status: 204,
		call: func(ctx context.Context, c *client.Client) error {
			return c.DataArts.CancelByReviewer(ctx, studio, until)
		},
	},
	{
		name: "DataArts.CancelByOwner", status: 204,
		call: func(ctx context.Context, c *client.Client) error { return c.DataArts.CancelByOwner(ctx, studio) },
	},
}

// forEachOperation runs a test for each of them, at the same time.
func forEachOperation(t *testing.T, test func(t *testing.T, op operation)) {
	t.Helper()
	for _, op := range operations {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			test(t, op)
		})
	}
}
