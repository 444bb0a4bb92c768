package servertest_test

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/gen/admin/types"
	"github.com/appgrant/appgrant/server/servertest"
)

// onboard stands for a program that is to be tested: it gives an app the APIs that
// every app has.
func onboard(ctx context.Context, c *client.Client, app string) error {
	_, err := c.APIG.AuthorizeApps(ctx, client.AppsToAuthorize{
		ProjectID: "store", InstanceID: "gateway", EnvID: "live",
		AppIDs: []string{app}, APIIDs: []string{"prices", "stock"},
	})
	return err
}

// store is what exists where the program runs.
const store = `
users:
  - name: deployer
    token: a-token
    member_of: [{project: store, permissions: [CreateAuthorizingAppsV2]}]
projects:
  - id: store
    apig:
      instances:
        - id: gateway
          environments: [live]
          apis:
            - {id: prices, owner: deployer}
            - {id: stock, owner: deployer}
          apps:
            - {id: kiosk, owners: [deployer]}
`

// A test of one's own program: say what exists, let the program do its work, and look
// at what has come of it.
func TestOnboard(t *testing.T) {
	t.Parallel()
	appgrant := servertest.Start(t, servertest.WithCatalog(store))
	c, err := client.New(appgrant.Endpoint, client.WithToken(appgrant.Token))
	if err != nil {
		t.Fatal(err)
	}

	if err := onboard(t.Context(), c, "kiosk"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"kiosk prices", "kiosk stock"}, authorized(t, appgrant)); diff != "" {
		t.Errorf("authorized (-want +got):\n%s", diff)
	}
}

// The same program, when something goes wrong that is hard to bring about: the test
// asks for it.
func TestOnboardFails(t *testing.T) {
	t.Parallel()
	appgrant := servertest.Start(t, servertest.WithCatalog(store))
	c, err := client.New(appgrant.Endpoint, client.WithToken(appgrant.Token))
	if err != nil {
		t.Fatal(err)
	}
	r, err := appgrant.Admin.AddFaultWithResponse(t.Context(), appgrant.Project, types.Fault{
		Operation: types.OperationCreateAuthorizingAppsV2,
		Pairs:     []types.Pair{{AppId: "kiosk", ApiId: "stock"}},
	})
	if err != nil || r.StatusCode() != http.StatusNoContent {
		t.Fatal(err, r)
	}

	if err := onboard(t.Context(), c, "kiosk"); err == nil {
		t.Error("there is no error")
	}
	if diff := cmp.Diff([]string{"kiosk prices"}, authorized(t, appgrant)); diff != "" {
		t.Errorf("authorized (-want +got):\n%s", diff)
	}
}

// authorized are the apps and the APIs of API Gateway that they may call, sorted.
func authorized(t *testing.T, appgrant *servertest.Server) (pairs []string) {
	t.Helper()
	service := types.Apig
	r, err := appgrant.Admin.ListAuthorizationsWithResponse(t.Context(), appgrant.Project, &types.ListAuthorizationsParams{Service: &service})
	if err != nil {
		t.Fatal(err)
	}
	if r.JSON200 == nil {
		t.Fatalf("%s: %s", r.Status(), r.Body)
	}
	for _, a := range r.JSON200.Authorizations {
		pairs = append(pairs, a.AppId+" "+a.ApiId)
	}
	slices.Sort(pairs)
	return pairs
}
