package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/appgrant/appgrant/client"
)

// The demo's gateway, and some of its APIs and apps.
const (
	gatewayID   = "f0fa1789-3b76-433b-a787-9892951c620e"
	ordersAPI   = "5f918d104dc84480a75166ba99efff21"
	invoicesAPI = "7c2d9a6be1f04c3b9d0e8f7a6b5c4d3e"
	shopApp     = "356de8eb7a8742168586e5daf5339965"
)

// The same call again would do nothing, and its pairs would be SKIPPED.
func ExampleAPIG_AuthorizeApps() {
	server := startSandbox()
	c := as(server, server.Token)

	result, err := c.APIG.AuthorizeApps(context.Background(), client.AppsToAuthorize{
		ProjectID:  server.Project,
		InstanceID: gatewayID,
		EnvID:      client.DefaultEnv,
		AppIDs:     []string{shopApp},
		APIIDs:     []string{ordersAPI, invoicesAPI},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, auth := range result.Auths {
		fmt.Println(auth.APIID, auth.AuthResult.Status, auth.AuthRole)
	}
	server.Close()
	// Output:
	// 5f918d104dc84480a75166ba99efff21 SUCCESS PROVIDER
	// 7c2d9a6be1f04c3b9d0e8f7a6b5c4d3e SUCCESS PROVIDER
}

// What authorizing returns has the id by which it is cancelled.
func ExampleAPIG_CancelAuthorization() {
	server := startSandbox()
	c := as(server, server.Token)
	ctx := context.Background()

	result, err := c.APIG.AuthorizeApps(ctx, client.AppsToAuthorize{
		ProjectID:  server.Project,
		InstanceID: gatewayID,
		EnvID:      client.DefaultEnv,
		AppIDs:     []string{shopApp},
		APIIDs:     []string{ordersAPI},
	})
	if err != nil {
		log.Fatal(err)
	}
	authorization := client.AuthorizationToCancel{
		ProjectID:  server.Project,
		InstanceID: gatewayID,
		AppAuthID:  result.Auths[0].ID,
	}
	if err := c.APIG.CancelAuthorization(ctx, authorization); err != nil {
		log.Fatal(err)
	}
	fmt.Println("cancelled")

	if err := c.APIG.CancelAuthorization(ctx, authorization); errors.Is(err, client.ErrNotFound) {
		fmt.Println("cancelled before")
	}
	server.Close()
	// Output:
	// cancelled
	// cancelled before
}
