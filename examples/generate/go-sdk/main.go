// Command onboarding authorizes an app to call an API, and takes authorizations back.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/appgrant/appgrant/client"
)

const gateway = "f0fa1789-3b76-433b-a787-9892951c620e"

var (
	endpoint = os.Getenv("APPGRANT_ENDPOINT")
	token    = client.WithToken(os.Getenv("APPGRANT_TOKEN"))
	project  = os.Getenv("APPGRANT_PROJECT")
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	c, err := client.New(endpoint, token)
	if err != nil {
		return err
	}
	auth, err := authorize(ctx, c)
	if err != nil {
		return err
	}
	fmt.Println(auth.AuthResult.Status, auth.ID)
	unauthorized, err := unauthorize(ctx, c)
	if err != nil {
		return err
	}
	fmt.Println(unauthorized.Success)
	return cancel(ctx, c, auth.ID)
}

func authorize(ctx context.Context, c *client.Client) (client.Authorization, error) {
	authorized, err := c.APIG.AuthorizeApps(ctx, client.AppsToAuthorize{
		ProjectID:  project,
		InstanceID: gateway,
		EnvID:      client.DefaultEnv,
		AppIDs:     []string{"356de8eb7a8742168586e5daf5339965"},
		APIIDs:     []string{"5f918d104dc84480a75166ba99efff21"},
	})
	if err != nil {
		return client.Authorization{}, err
	}
	return authorized.Auths[0], nil
}

func unauthorize(ctx context.Context, c *client.Client) (client.Cancellation, error) {
	unauthorized, err := c.ModelArts.CancelAPIAuthorization(ctx, client.AppsToUnauthorize{
		ProjectID: project,
		ServiceID: "5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44",
		APIID:     "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2",
		AppIDs:    []string{"fb1a9eadd87b48abbd74b8ba1755dffd"},
	})
	if err != nil {
		return client.Cancellation{}, err
	}
	return unauthorized.UnauthResult[0], nil
}

// cancel takes an authorization back. That it is gone already is no error.
func cancel(ctx context.Context, c *client.Client, id string) error {
	record := client.AuthorizationToCancel{ProjectID: project, InstanceID: gateway, AppAuthID: id}
	if err := c.APIG.CancelAuthorization(ctx, record); !errors.Is(err, client.ErrNotFound) {
		return err
	}
	return nil
}
