// Command onboarding makes the five calls with the Go SDK.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/appgrant/appgrant/client"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	project := os.Getenv("APPGRANT_PROJECT")
	endpoint := os.Getenv("APPGRANT_ENDPOINT")

	// #region use
	const gateway = "f0fa1789-3b76-433b-a787-9892951c620e"
	c, err := client.New(endpoint, client.WithToken(os.Getenv("APPGRANT_TOKEN")))
	if err != nil {
		return err
	}
	authorized, err := c.APIG.AuthorizeApps(ctx, client.AppsToAuthorize{
		ProjectID:  project,
		InstanceID: gateway,
		EnvID:      client.DefaultEnv,
		AppIDs:     []string{"356de8eb7a8742168586e5daf5339965"},
		APIIDs:     []string{"5f918d104dc84480a75166ba99efff21"},
	})
	if err != nil {
		return err
	}
	auth := authorized.Auths[0]
	fmt.Println(auth.AuthResult.Status, auth.ID)

	unauthorized, err := c.ModelArts.CancelAPIAuthorization(ctx, client.AppsToUnauthorize{
		ProjectID: project,
		ServiceID: "5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44",
		APIID:     "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2",
		AppIDs:    []string{"fb1a9eadd87b48abbd74b8ba1755dffd"},
	})
	if err != nil {
		return err
	}
	fmt.Println(unauthorized.UnauthResult[0].Success)

	record := client.AuthorizationToCancel{ProjectID: project, InstanceID: gateway, AppAuthID: auth.ID}
	if err := c.APIG.CancelAuthorization(ctx, record); err != nil && !errors.Is(err, client.ErrNotFound) {
		return err
	}
	// #endregion

	check("authorize", auth.AuthResult.Status == client.StatusSuccess && auth.AuthRole == client.RoleProvider)
	check("cancel in ModelArts", unauthorized.UnauthResult[0].Success)

	var refused *client.Error
	err = c.APIG.CancelAuthorization(ctx, record)
	check("cancel again", errors.As(err, &refused) && refused.Status == 404 && refused.Code == "APIG.3009" &&
		len(refused.RequestID) == 32)

	err = c.ROMA.DeleteAppCode(ctx, client.AppCodeToDelete{
		ProjectID:  project,
		InstanceID: "a1b2c3d4-0000-4000-8000-00000000000a",
		AppID:      "cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d",
		AppCodeID:  "c0de0000000000000000000000000001",
	})
	if err != nil {
		return err
	}

	campaign := client.DataArtsAuthorization{
		ProjectID:  project,
		InstanceID: "APIG",
		APIID:      "47046fe7830c1be77cb0dc23bd86afa5",
		AppID:      "908489209a320df61607355c57c82882",
	}
	until := time.Date(2099, time.January, 1, 10, 0, 0, 0, time.UTC)
	if err := c.DataArts.Authorize(ctx, campaign, until); err != nil {
		return err
	}

	// A status that the contract does not list for an operation is an error like others.
	nowhere, err := client.New(endpoint+"/nowhere", client.WithToken(os.Getenv("APPGRANT_TOKEN")))
	if err != nil {
		return err
	}
	err = nowhere.DataArts.Authorize(ctx, campaign, until)
	check("nowhere", errors.Is(err, client.ErrNotFound) && errors.Is(err, client.Code("APIGW.0101")))
	return nil
}

// check ends the program if what the call should have answered is not so.
func check(call string, ok bool) {
	if !ok {
		log.Fatalf("%s: not what was expected", call)
	}
}
