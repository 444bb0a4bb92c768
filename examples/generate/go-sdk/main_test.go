package main

import (
	"errors"
	"testing"
	"time"

	"github.com/appgrant/appgrant/client"
)

// TestCalls makes the calls of the program and the others, and some that are refused.
func TestCalls(t *testing.T) {
	c, err := client.New(endpoint, token)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()

	auth, err := authorize(ctx, c)
	if err != nil || auth.AuthResult.Status != client.StatusSuccess || auth.AuthRole != client.RoleProvider {
		t.Errorf("authorize: %+v, %v", auth, err)
	}
	unauthorized, err := unauthorize(ctx, c)
	if err != nil || !unauthorized.Success {
		t.Errorf("cancel in ModelArts: %+v, %v", unauthorized, err)
	}
	for range 2 {
		if err := cancel(ctx, c, auth.ID); err != nil {
			t.Errorf("cancel: %v", err)
		}
	}
	record := client.AuthorizationToCancel{ProjectID: project, InstanceID: gateway, AppAuthID: auth.ID}
	err = c.APIG.CancelAuthorization(ctx, record)
	var refused *client.Error
	if !errors.As(err, &refused) || refused.Status != 404 || refused.Code != "APIG.3009" || len(refused.RequestID) != 32 {
		t.Errorf("cancel once more: %v", err)
	}

	err = c.ROMA.DeleteAppCode(ctx, client.AppCodeToDelete{
		ProjectID:  project,
		InstanceID: "a1b2c3d4-0000-4000-8000-00000000000a",
		AppID:      "cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d",
		AppCodeID:  "c0de0000000000000000000000000001",
	})
	if err != nil {
		t.Errorf("delete an AppCode: %v", err)
	}

	campaign := client.DataArtsAuthorization{
		ProjectID:  project,
		InstanceID: "APIG",
		APIID:      "47046fe7830c1be77cb0dc23bd86afa5",
		AppID:      "908489209a320df61607355c57c82882",
	}
	until := time.Date(2099, time.January, 1, 10, 0, 0, 0, time.UTC)
	if err := c.DataArts.Authorize(ctx, campaign, until); err != nil {
		t.Errorf("act: %v", err)
	}

	// A status that the contract does not list for an operation is an error like others.
	nowhere, err := client.New(endpoint+"/nowhere", token)
	if err != nil {
		t.Fatal(err)
	}
	err = nowhere.DataArts.Authorize(ctx, campaign, until)
	if !errors.Is(err, client.ErrNotFound) || !errors.Is(err, client.Code("APIGW.0101")) {
		t.Errorf("nowhere: %v", err)
	}
}
