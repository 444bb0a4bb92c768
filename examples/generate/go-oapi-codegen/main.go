// Command onboarding authorizes an app to call an API, and takes another authorization back.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	"example.com/onboarding/contract"
)

const gateway = "f0fa1789-3b76-433b-a787-9892951c620e"

var (
	endpoint = os.Getenv("APPGRANT_ENDPOINT")
	project  = os.Getenv("APPGRANT_PROJECT")
	token    = contract.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("X-Auth-Token", os.Getenv("APPGRANT_TOKEN"))
		return nil
	})
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	c, err := contract.NewClientWithResponses(endpoint, token)
	if err != nil {
		return err
	}
	authorized, err := authorize(ctx, c)
	if err != nil {
		return err
	}
	auth := authorized.JSON201.Auths[0]
	fmt.Println(auth.AuthResult.Status, *auth.Id, authorized.Headers201.XRequestId)
	unauthorized, err := unauthorize(ctx, c)
	if err != nil {
		return err
	}
	fmt.Println(unauthorized.JSON200.UnauthResult[0].Success)
	return nil
}

func authorize(ctx context.Context, c *contract.ClientWithResponses) (*contract.CreateAuthorizingAppsV2Response, error) {
	authorized, err := c.CreateAuthorizingAppsV2WithResponse(ctx, project, gateway, contract.AppsToAuthorize{
		EnvId:  "DEFAULT_ENVIRONMENT_RELEASE_ID",
		AppIds: []string{"356de8eb7a8742168586e5daf5339965"},
		ApiIds: []string{"5f918d104dc84480a75166ba99efff21"},
	})
	if err != nil {
		return nil, err
	}
	if authorized.JSON201 == nil { // JSON403, JSON404 and so on have the error
		return nil, fmt.Errorf("%s: %s", authorized.Status(), authorized.Body)
	}
	return authorized, nil
}

func unauthorize(ctx context.Context, c *contract.ClientWithResponses) (*contract.DeleteApiAppAuthResponse, error) {
	unauthorized, err := c.DeleteApiAppAuthWithResponse(ctx, project,
		"5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44", "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2", nil,
		contract.AppsToUnauthorize{Apps: []contract.Apps{{AppId: "fb1a9eadd87b48abbd74b8ba1755dffd"}}})
	if err != nil {
		return nil, err
	}
	if unauthorized.JSON200 == nil {
		return nil, fmt.Errorf("%s: %s", unauthorized.Status(), unauthorized.Body)
	}
	return unauthorized, nil
}
