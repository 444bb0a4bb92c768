package servertest_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/server/servertest"
)

// Where there is no test, the caller closes the server. In a test, use Start.
func ExampleNew() {
	appgrant, err := servertest.New()
	if err != nil {
		log.Fatal(err)
	}
	c, err := client.New(appgrant.Endpoint, client.WithToken(appgrant.Token))
	if err != nil {
		log.Fatal(err)
	}

	now := appgrant.Clock.Set(time.Date(2026, time.March, 1, 8, 0, 0, 0, time.UTC))
	auth := client.DataArtsAuthorization{
		ProjectID:  appgrant.Project,
		InstanceID: "APIG",
		APIID:      "47046fe7830c1be77cb0dc23bd86afa5",
		AppID:      "908489209a320df61607355c57c82882",
	}
	if err := c.DataArts.Authorize(context.Background(), auth, now.AddDate(0, 1, 0)); err != nil {
		log.Fatal(err)
	}
	fmt.Println("authorized")

	appgrant.Clock.Advance(31 * 24 * time.Hour)
	if err := c.DataArts.CancelByOwner(context.Background(), auth); err != nil {
		fmt.Println("there is nothing left to cancel")
	}

	if err := appgrant.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// authorized
	// there is nothing left to cancel
}
