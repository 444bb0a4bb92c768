package client_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/server/servertest"
)

// What the demo has, see server/internal/catalog/demo.yaml.
const (
	demoGateway  = "f0fa1789-3b76-433b-a787-9892951c620e"
	demoRelease  = "DEFAULT_ENVIRONMENT_RELEASE_ID"
	demoShop     = "356de8eb7a8742168586e5daf5339965"
	demoOrders   = "5f918d104dc84480a75166ba99efff21"
	demoROMA     = "a1b2c3d4-0000-4000-8000-00000000000a"
	demoSensors  = "cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d"
	demoService  = "5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44"
	demoPredict  = "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2"
	demoClassify = "fb1a9eadd87b48abbd74b8ba1755dffd"
	demoCustomer = "47046fe7830c1be77cb0dc23bd86afa5"
	demoCampaign = "908489209a320df61607355c57c82882"
)

// Against a whole server all operations do what they say.
func TestServer(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	c := newClient(t, server.Endpoint, client.WithToken(server.Token))

	t.Run("APIG", func(t *testing.T) {
		in := client.AppsToAuthorize{
			ProjectID: server.Project, InstanceID: demoGateway, EnvID: demoRelease, AppIDs: []string{demoShop}, APIIDs: []string{demoOrders},
		}
		want := client.Authorization{
			APIID: demoOrders, AppID: demoShop, AuthResult: client.AuthResult{Status: client.StatusSuccess},
			AuthRole: client.RoleProvider, AuthTunnel: client.TunnelNormal,
		}
		first, err := c.APIG.AuthorizeApps(t.Context(), in)
		wantNoError(t, err)
		if diff := cmp.Diff([]client.Authorization{want}, first.Auths,
			cmpopts.IgnoreFields(client.Authorization{}, "ID", "AuthTime", "AuthTimeText")); diff != "" {
			t.Errorf("result (-want +got):\n%s", diff)
		}
		if age := time.Since(first.Auths[0].AuthTime); age < -time.Minute || age > time.Minute {
			t.Errorf("authorized at %s", first.Auths[0].AuthTimeText)
		}
		again, err := c.APIG.AuthorizeApps(t.Context(), in)
		wantNoError(t, err)
		first.Auths[0].AuthResult.Status = client.StatusSkipped
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("again (-want +got):\n%s", diff)
		}
		cancel := client.AuthorizationToCancel{ProjectID: server.Project, InstanceID: demoGateway, AppAuthID: first.Auths[0].ID}
		wantNoError(t, c.APIG.CancelAuthorization(t.Context(), cancel))
		wantClasses(t, c.APIG.CancelAuthorization(t.Context(), cancel), "ErrNotFound")
	})

	t.Run("ROMA", func(t *testing.T) {
		in := client.AppCodeToDelete{
			ProjectID: server.Project, InstanceID: demoROMA, AppID: demoSensors, AppCodeID: "c0de0000000000000000000000000001",
		}
		wantNoError(t, c.ROMA.DeleteAppCode(t.Context(), in))
		wantClasses(t, c.ROMA.DeleteAppCode(t.Context(), in), "ErrNotFound")
	})

	t.Run("ModelArts", func(t *testing.T) {
		got, err := c.ModelArts.CancelAPIAuthorization(t.Context(), client.AppsToUnauthorize{
			ProjectID: server.Project, ServiceID: demoService, APIID: demoPredict, AppIDs: []string{"nobody", demoClassify},
		})
		if diff := cmp.Diff([]client.Cancellation{{APIID: demoPredict, AppID: "nobody"}, {APIID: demoPredict, AppID: demoClassify, Success: true}},
			got.UnauthResult, cmpopts.IgnoreFields(client.Cancellation{}, "AuthID", "Reason")); diff != "" {
			t.Errorf("result (-want +got):\n%s", diff)
		}
		wantPartial(t, err, client.PartialError{Op: "ModelArts.CancelAPIAuthorization", Done: 1, Total: 2, Errs: []error{
			&client.ItemError{AppID: "nobody", APIID: demoPredict, Message: got.UnauthResult[0].Reason},
		}})
	})

	t.Run("DataArts", func(t *testing.T) {
		auth := client.DataArtsAuthorization{ProjectID: server.Project, InstanceID: "APIG", APIID: demoCustomer, AppID: demoCampaign}
		in := time.Now().Add
		wantNoError(t, c.DataArts.Apply(t.Context(), auth, in(100*time.Hour)))
		wantNoError(t, c.DataArts.Renew(t.Context(), auth, in(200*time.Hour)))
		wantNoError(t, c.DataArts.Authorize(t.Context(), auth, in(300*time.Hour)))
		wantNoError(t, c.DataArts.CancelByReviewer(t.Context(), auth, in(100*time.Hour)))
		wantNoError(t, c.DataArts.CancelByOwner(t.Context(), auth))
		if err := c.DataArts.CancelByOwner(t.Context(), auth); err == nil {
			t.Error("it can be cancelled twice")
		} else {
			wantClasses(t, err, "ErrBadRequest")
		}
	})

	t.Run("another token", func(t *testing.T) {
		c := newClient(t, server.Endpoint, client.WithToken("demo-expired"))
		for _, op := range operations {
			wantClasses(t, op.call(t.Context(), c), "ErrUnauthorized")
		}
	})
}
