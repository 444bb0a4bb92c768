package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/appgrant/appgrant/client"
)

// sensorsCode is an AppCode of the demo's app sensors.
func sensorsCode(server sandbox, id string) client.AppCodeToDelete {
	return client.AppCodeToDelete{
		ProjectID:  server.Project,
		InstanceID: "a1b2c3d4-0000-4000-8000-00000000000a",
		AppID:      "cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d",
		AppCodeID:  id,
	}
}

// An AppCode is named by its id. Its value need not be known.
func ExampleROMA_DeleteAppCode() {
	server := startSandbox()
	c := as(server, server.Token)

	appCode := client.AppCodeToDelete{
		ProjectID:  server.Project,
		InstanceID: "a1b2c3d4-0000-4000-8000-00000000000a",
		AppID:      "cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d",
		AppCodeID:  "c0de0000000000000000000000000001",
	}
	if err := c.ROMA.DeleteAppCode(context.Background(), appCode); err != nil {
		log.Fatal(err)
	}
	fmt.Println("deleted")

	if err := c.ROMA.DeleteAppCode(context.Background(), appCode); errors.Is(err, client.ErrNotFound) {
		fmt.Println("deleted before")
	}
	server.Close()
	// Output:
	// deleted
	// deleted before
}
