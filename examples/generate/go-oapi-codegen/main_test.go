package main

import (
	"encoding/json"
	"errors"
	"syscall"
	"testing"

	"example.com/onboarding/contract"
)

// TestCalls makes the calls of the program and the others, and holds what docs/generate.md says of types
// and methods.
func TestCalls(t *testing.T) {
	c, err := contract.NewClientWithResponses(endpoint, token)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()

	authorized, err := authorize(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	auth := authorized.JSON201.Auths[0]
	var time string = *auth.AuthTime
	if authorized.StatusCode() != 201 || auth.AuthResult.Status != contract.SUCCESS ||
		*auth.AuthRole != contract.PROVIDER || time == "" || len(authorized.Headers201.XRequestId) != 32 {
		t.Errorf("authorize: %s %s", authorized.Status(), authorized.Body)
	}

	unauthorized, err := unauthorize(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	if unauthorized.StatusCode() != 200 || !unauthorized.JSON200.UnauthResult[0].Success {
		t.Errorf("cancel in ModelArts: %s %s", unauthorized.Status(), unauthorized.Body)
	}

	cancelled, err := c.CancelingAuthorizationV2WithResponse(ctx, project, gateway, *auth.Id)
	if err != nil {
		t.Fatal(err)
	}
	if cancelled.StatusCode() != 204 || len(cancelled.Headers204.XRequestId) != 32 || cancelled.JSON400 != nil ||
		cancelled.JSON401 != nil || cancelled.JSON403 != nil || cancelled.JSON404 != nil || cancelled.JSON500 != nil {
		t.Errorf("cancel: %+v", cancelled)
	}
	again, err := c.CancelingAuthorizationV2WithResponse(ctx, project, gateway, *auth.Id)
	if err != nil {
		t.Fatal(err)
	}
	if again.StatusCode() != 404 || again.JSON404.ErrorCode != "APIG.3009" {
		t.Errorf("cancel again: %s %s", again.Status(), again.Body)
	}

	deleted, err := c.DeleteAppCodeV2WithResponse(ctx, project, "a1b2c3d4-0000-4000-8000-00000000000a",
		"cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d", "c0de0000000000000000000000000001")
	if err != nil {
		t.Fatal(err)
	}
	if deleted.StatusCode() != 204 {
		t.Errorf("delete an AppCode: %s %s", deleted.Status(), deleted.Body)
	}

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
		t.Fatal(err)
	}
	if acted.StatusCode() != 204 {
		t.Errorf("act: %s %s", acted.Status(), acted.Body)
	}

	// A member with a default is optional.
	if apps := (contract.AppsToUnauthorize{}); apps.WorkspaceId != nil {
		t.Errorf("workspace_id: %v", *apps.WorkspaceId)
	}

	// An unknown action compiles; a pattern is for the server to hold.
	if action.ApplyType = "APPLY_TYPE_REVOKE"; action.ApplyType.Valid() {
		t.Error("an unknown action is valid")
	}
	malformed, err := c.CancelingAuthorizationV2WithResponse(ctx, project, gateway, "no id")
	if err != nil {
		t.Fatal(err)
	}
	if malformed.StatusCode() != 400 || malformed.JSON400.ErrorCode != "APIG.2012" {
		t.Errorf("no id: %s %s", malformed.Status(), malformed.Body)
	}

	// A status that the contract does not list for an operation has no type: the body is there as it came.
	nowhere, err := contract.NewClientWithResponses(endpoint+"/nowhere", token)
	if err != nil {
		t.Fatal(err)
	}
	unlisted, err := nowhere.AuthorizeActionApiToInstanceWithResponse(ctx, project, nil, action)
	if err != nil {
		t.Fatal(err)
	}
	var refusal contract.Error
	if err := json.Unmarshal(unlisted.Body, &refusal); err != nil || unlisted.StatusCode() != 404 ||
		refusal.ErrorCode != "APIGW.0101" {
		t.Errorf("nowhere: %s %s", unlisted.Status(), unlisted.Body)
	}

	// Nobody listens there.
	unheard, err := contract.NewClientWithResponses("http://127.0.0.1:2")
	if err != nil {
		t.Fatal(err)
	}
	_, err = unheard.DeleteAppCodeV2WithResponse(ctx, project, gateway, "app", "code")
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("no connection: %v", err)
	}
}
