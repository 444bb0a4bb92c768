package client_test

import (
	"context"
	"fmt"
	"log"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/server/servertest"
)

// sandbox is a server with the demo catalog. Yours is somewhere else.
func sandbox() *servertest.Server {
	s, err := servertest.New()
	if err != nil {
		log.Fatal(err)
	}
	return s
}

func ExampleAPIG_AuthorizeApps() {
	server := sandbox()
	defer server.Close()

	c, err := client.New(server.Endpoint, client.WithToken(server.Token))
	if err != nil {
		log.Fatal(err)
	}
	result, err := c.APIG.AuthorizeApps(context.Background(), client.AppsToAuthorize{
		ProjectID:  server.Project,
		InstanceID: "f0fa1789-3b76-433b-a787-9892951c620e",
		EnvID:      "DEFAULT_ENVIRONMENT_RELEASE_ID",
		AppIDs:     []string{"356de8eb7a8742168586e5daf5339965"},
		APIIDs:     []string{"5f918d104dc84480a75166ba99efff21", "7c2d9a6be1f04c3b9d0e8f7a6b5c4d3e"},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, auth := range result.Auths {
		fmt.Println(auth.APIID, auth.AuthResult.Status, auth.AuthRole)
	}
	// Output:
	// 5f918d104dc84480a75166ba99efff21 SUCCESS PROVIDER
	// 7c2d9a6be1f04c3b9d0e8f7a6b5c4d3e SUCCESS PROVIDER
}
