package client_test

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"time"

	"github.com/appgrant/appgrant/client"
	admin "github.com/appgrant/appgrant/gen/admin/types"
)

// firstOfMarch is what the clocks of these examples show at first. Yours show the time.
var firstOfMarch = time.Date(2026, time.March, 1, 8, 0, 0, 0, time.UTC)

// campaignForCustomers is the demo's app campaign for its API customers.
func campaignForCustomers(server sandbox) client.DataArtsAuthorization {
	return client.DataArtsAuthorization{
		ProjectID:  server.Project,
		InstanceID: "APIG",
		APIID:      "47046fe7830c1be77cb0dc23bd86afa5",
		AppID:      "908489209a320df61607355c57c82882",
	}
}

// standing is what the sandbox says now of the app and the API.
func standing(server sandbox, auth client.DataArtsAuthorization) string {
	r, err := server.Admin.DecideAccessWithResponse(context.Background(), auth.ProjectID, &admin.DecideAccessParams{
		Service: admin.Dataarts, EnvId: &auth.InstanceID, ApiId: auth.APIID, AppId: &auth.AppID,
	})
	if err != nil {
		log.Fatal(err)
	}
	if r.JSON200 == nil {
		log.Fatalf("%s: %s", r.Status(), r.Body)
	}
	if !r.JSON200.Allowed {
		return string(r.JSON200.Reason)
	}
	end := cmp.Or(r.JSON200.Authorization.Notice, r.JSON200.Authorization.Until)
	until, err := time.Parse(time.RFC3339, end)
	if err != nil {
		log.Fatal(err)
	}
	return "authorized until " + until.Format(time.DateOnly)
}

// A reviewer of the API authorizes an app for three months.
func ExampleDataArts_Authorize() {
	server := startSandbox()
	now := server.Clock.Set(firstOfMarch)
	reviewer := as(server, server.Token)

	auth := client.DataArtsAuthorization{
		ProjectID:  server.Project,
		InstanceID: "APIG",
		APIID:      "47046fe7830c1be77cb0dc23bd86afa5",
		AppID:      "908489209a320df61607355c57c82882",
	}
	if err := reviewer.DataArts.Authorize(context.Background(), auth, now.AddDate(0, 3, 0)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(standing(server, auth))
	server.Close()
	// Output: authorized until 2026-06-01
}

// The app's owner asks for a month. The API is somebody else's, who has to approve.
func ExampleDataArts_Apply() {
	server := startSandbox()
	now := server.Clock.Set(firstOfMarch)
	owner := as(server, "demo-app-owner")
	auth := campaignForCustomers(server)

	if err := owner.DataArts.Apply(context.Background(), auth, now.AddDate(0, 1, 0)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(standing(server, auth))
	server.Close()
	// Output: awaits_approval
}

// Who owns the app and the API renews at once.
func ExampleDataArts_Renew() {
	server := startSandbox()
	now := server.Clock.Set(firstOfMarch)
	owner := as(server, server.Token)
	ctx, auth := context.Background(), campaignForCustomers(server)

	if err := owner.DataArts.Authorize(ctx, auth, now.AddDate(0, 1, 0)); err != nil {
		log.Fatal(err)
	}
	if err := owner.DataArts.Renew(ctx, auth, now.AddDate(1, 0, 0)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(standing(server, auth))
	server.Close()
	// Output: authorized until 2027-03-01
}

// A reviewer of the API gives the app three days to prepare.
func ExampleDataArts_CancelByReviewer() {
	server := startSandbox()
	now := server.Clock.Set(firstOfMarch)
	reviewer := as(server, server.Token)
	ctx, auth := context.Background(), campaignForCustomers(server)

	if err := reviewer.DataArts.Authorize(ctx, auth, now.AddDate(0, 1, 0)); err != nil {
		log.Fatal(err)
	}
	if err := reviewer.DataArts.CancelByReviewer(ctx, auth, now.AddDate(0, 0, 3)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(standing(server, auth))

	server.Clock.Advance(3 * 24 * time.Hour)
	fmt.Println(standing(server, auth))
	server.Close()
	// Output:
	// authorized until 2026-03-04
	// cancelled
}

// The app's owner does not need it any more.
func ExampleDataArts_CancelByOwner() {
	server := startSandbox()
	now := server.Clock.Set(firstOfMarch)
	owner, reviewer := as(server, "demo-app-owner"), as(server, server.Token)
	ctx, auth := context.Background(), campaignForCustomers(server)

	if err := reviewer.DataArts.Authorize(ctx, auth, now.AddDate(0, 1, 0)); err != nil {
		log.Fatal(err)
	}
	if err := owner.DataArts.CancelByOwner(ctx, auth); err != nil {
		log.Fatal(err)
	}
	fmt.Println(standing(server, auth))
	server.Close()
	// Output: cancelled
}
