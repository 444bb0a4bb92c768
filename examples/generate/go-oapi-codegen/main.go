// Command onboarding makes the five calls with the client that oapi-codegen generates.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"

	"example.com/onboarding/contract"
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
	token := contract.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("X-Auth-Token", os.Getenv("APPGRANT_TOKEN"))
		return nil
	})
	c, err := contract.NewClientWithResponses(endpoint, token)
	if err != nil {
		return err
	}
	authorized, err := c.CreateAuthorizingAppsV2WithResponse(ctx, project, gateway, contract.AppsToAuthorize{
		EnvId:  "DEFAULT_ENVIRONMENT_RELEASE_ID",
		AppIds: []string{"356de8eb7a8742168586e5daf5339965"},
		ApiIds: []string{"5f918d104dc84480a75166ba99efff21"},
	})
	if err != nil {
		return err
	}
	if authorized.JSON201 == nil { // JSON403, JSON404 and so on have the error
		return fmt.Errorf("%s: %s", authorized.Status(), authorized.Body)
	}
	auth := authorized.JSON201.Auths[0]
	fmt.Println(auth.AuthResult.Status, *auth.Id, authorized.Headers201.XRequestId)

	unauthorized, err := c.DeleteApiAppAuthWithResponse(ctx, project,
		"5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44", "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2", nil,
		contract.AppsToUnauthorize{Apps: []contract.Apps{{AppId: "fb1a9eadd87b48abbd74b8ba1755dffd"}}})
	if err != nil {
		return err
	}
	if unauthorized.JSON200 == nil {
		return fmt.Errorf("%s: %s", unauthorized.Status(), unauthorized.Body)
	}
	fmt.Println(unauthorized.JSON200.UnauthResult[0].Success)
	// #endregion

	check("authorize", authorized.StatusCode() == 201 && auth.AuthResult.Status == contract.SUCCESS &&
		*auth.AuthRole == contract.PROVIDER && len(authorized.Headers201.XRequestId) == 32)
	check("cancel in ModelArts", unauthorized.StatusCode() == 200 && unauthorized.JSON200.UnauthResult[0].Success)

	cancelled, err := c.CancelingAuthorizationV2WithResponse(ctx, project, gateway, *auth.Id)
	if err != nil {
		return err
	}
	check("cancel", cancelled.StatusCode() == 204 && len(cancelled.Headers204.XRequestId) == 32)

	again, err := c.CancelingAuthorizationV2WithResponse(ctx, project, gateway, *auth.Id)
	if err != nil {
		return err
	}
	check("cancel again", again.StatusCode() == 404 && again.JSON404.ErrorCode == "APIG.3009")

	deleted, err := c.DeleteAppCodeV2WithResponse(ctx, project, "a1b2c3d4-0000-4000-8000-00000000000a",
		"cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d", "c0de0000000000000000000000000001")
	if err != nil {
		return err
	}
	check("delete an AppCode", deleted.StatusCode() == 204)

	until := "2099-01-01T10:00:00.000Z"
	action := contract.AuthorizationAction{
		ApiId:      "47046fe7830c1be77cb0dc23bd86afa5",
		InstanceId: "APIG",
		AppId:      "908489209a320df61607355c57c82882",
		ApplyType:  contract.APPLYTYPEAUTHORIZE,
		Time:       &until,
	}
	acted, err := c.AuthorizeActionApiToInstanceWithResponse(ctx, project, nil, action)
	if err != nil {
		return err
	}
	check("act", acted.StatusCode() == 204)

	var applyType contract.AuthorizationActionApplyType = "APPLY_TYPE_REVOKE"
	check("an unknown action compiles but is not valid", !applyType.Valid())

	// A status that the contract does not list for an operation has no type: the body is there as it came.
	nowhere, err := contract.NewClientWithResponses(endpoint+"/nowhere", token)
	if err != nil {
		return err
	}
	unlisted, err := nowhere.AuthorizeActionApiToInstanceWithResponse(ctx, project, nil, action)
	if err != nil {
		return err
	}
	var refusal contract.Error
	if err := json.Unmarshal(unlisted.Body, &refusal); err != nil {
		return err
	}
	check("nowhere", unlisted.StatusCode() == 404 && refusal.ErrorCode == "APIGW.0101")
	return nil
}

// check ends the program if what the call should have answered is not so.
func check(call string, ok bool) {
	if !ok {
		log.Fatalf("%s: not what was expected", call)
	}
}
