package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/appgrant/appgrant/client"
)

// An app for which it cannot be done is a failure of its own, and the others are done.
func ExampleModelArts_CancelAPIAuthorization() {
	server := startSandbox()
	c := as(server, server.Token)

	result, err := c.ModelArts.CancelAPIAuthorization(context.Background(), client.AppsToUnauthorize{
		ProjectID: server.Project,
		ServiceID: "5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44",
		APIID:     "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2",
		AppIDs:    []string{"fb1a9eadd87b48abbd74b8ba1755dffd", "an-app-that-does-not-exist"},
	})
	var partial *client.PartialError
	if err != nil && !errors.As(err, &partial) {
		log.Fatal(err)
	}
	for _, app := range result.UnauthResult {
		if app.Success {
			fmt.Println("cancelled for", app.AppID)
		} else {
			fmt.Println("not cancelled:", app.Reason)
		}
	}
	server.Close()
	// Output:
	// cancelled for fb1a9eadd87b48abbd74b8ba1755dffd
	// not cancelled: Application an-app-that-does-not-exist does not exist.
}
