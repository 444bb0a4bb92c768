package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/appgrant/appgrant/client"
	admin "github.com/appgrant/appgrant/gen/admin/types"
	"github.com/appgrant/appgrant/server/servertest"
)

// sandbox is a server with the demo catalog. Yours is somewhere else.
type sandbox struct{ *servertest.Server }

func startSandbox() sandbox {
	server, err := servertest.New()
	if err != nil {
		log.Fatal(err)
	}
	return sandbox{server}
}

// Close ends it.
func (s sandbox) Close() {
	if err := s.Server.Close(); err != nil {
		log.Fatal(err)
	}
}

// as is a client of the sandbox with somebody's token.
func as(server sandbox, token string) *client.Client {
	c, err := client.New(server.Endpoint, client.WithToken(token))
	if err != nil {
		log.Fatal(err)
	}
	return c
}

// goWrong lets the next calls of an operation go wrong.
func goWrong(server sandbox, fault admin.Fault) {
	r, err := server.Admin.AddFaultWithResponse(context.Background(), server.Project, fault)
	if err != nil {
		log.Fatal(err)
	}
	if r.StatusCode() != http.StatusNoContent {
		log.Fatalf("%s: %s", r.Status(), r.Body)
	}
}

// From the client on: authorize an app to call an API, and take it back.
func Example() {
	server := startSandbox()
	ctx := context.Background()

	c, err := client.New(server.Endpoint, client.WithToken(server.Token))
	if err != nil {
		log.Fatal(err)
	}
	result, err := c.APIG.AuthorizeApps(ctx, client.AppsToAuthorize{
		ProjectID:  "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
		InstanceID: "f0fa1789-3b76-433b-a787-9892951c620e",
		EnvID:      client.DefaultEnv,
		AppIDs:     []string{"356de8eb7a8742168586e5daf5339965"},
		APIIDs:     []string{"5f918d104dc84480a75166ba99efff21"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("authorized:", result.Auths[0].AuthResult.Status)

	err = c.APIG.CancelAuthorization(ctx, client.AuthorizationToCancel{
		ProjectID:  "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
		InstanceID: "f0fa1789-3b76-433b-a787-9892951c620e",
		AppAuthID:  result.Auths[0].ID,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("cancelled")
	server.Close()
	// Output:
	// authorized: SUCCESS
	// cancelled
}

// Ask for the class of an error, for its code, or look at all of it.
func Example_errors() {
	server := startSandbox()
	c := as(server, server.Token)

	err := c.APIG.CancelAuthorization(context.Background(), client.AuthorizationToCancel{
		ProjectID:  server.Project,
		InstanceID: gatewayID,
		AppAuthID:  "00000000000000000000000000000bad",
	})

	if errors.Is(err, client.ErrNotFound) {
		fmt.Println("there is no such thing")
	}
	if errors.Is(err, client.Code("APIG.3009")) {
		fmt.Println("that is, no such authorization")
	}
	var refusal *client.Error
	if errors.As(err, &refusal) {
		fmt.Println(refusal.Op, refusal.Status, refusal.Code, refusal.Message)
	}
	server.Close()
	// Output:
	// there is no such thing
	// that is, no such authorization
	// APIG.CancelAuthorization 404 APIG.3009 The app authorization record does not exist,id:00000000000000000000000000000bad
}

// When only some of it could be done, the result tells which.
func Example_partialFailure() {
	server := startSandbox()
	c := as(server, server.Token)
	goWrong(server, admin.Fault{
		Operation: admin.OperationCreateAuthorizingAppsV2,
		Pairs:     []admin.Pair{{ApiId: invoicesAPI, AppId: shopApp}},
	})

	result, err := c.APIG.AuthorizeApps(context.Background(), client.AppsToAuthorize{
		ProjectID:  server.Project,
		InstanceID: gatewayID,
		EnvID:      client.DefaultEnv,
		AppIDs:     []string{shopApp},
		APIIDs:     []string{ordersAPI, invoicesAPI},
	})
	var partial *client.PartialError
	switch {
	case errors.As(err, &partial):
		fmt.Println("done:", partial.Done, "of", partial.Total)
	case err != nil:
		log.Fatal(err)
	}
	for _, auth := range result.Failed() {
		fmt.Println("not done:", auth.AuthResult.APIName, auth.AuthResult.ErrorCode)
	}
	server.Close()
	// Output:
	// done: 1 of 2
	// not done: invoices APIG.3500
}

// A source is asked when a token is needed, and not again until it is about to expire.
func ExampleWithTokenSource() {
	server := startSandbox()

	fromIdentityService := func(context.Context) (client.Token, error) {
		fmt.Println("a new token")
		return client.Token{Value: server.Token, Expires: time.Now().Add(24 * time.Hour)}, nil
	}
	c, err := client.New(server.Endpoint, client.WithTokenSource(client.TokenFunc(fromIdentityService)))
	if err != nil {
		log.Fatal(err)
	}
	for _, code := range []string{"c0de0000000000000000000000000001", "c0de0000000000000000000000000002"} {
		if err := c.ROMA.DeleteAppCode(context.Background(), sensorsCode(server, code)); err != nil {
			log.Fatal(err)
		}
		fmt.Println("deleted", code)
	}
	server.Close()
	// Output:
	// a new token
	// deleted c0de0000000000000000000000000001
	// deleted c0de0000000000000000000000000002
}

// Hooks are where logs, traces and counts come from.
func ExampleWithHooks() {
	server := startSandbox()

	c, err := client.New(server.Endpoint, client.WithToken(server.Token), client.WithHooks(client.Hooks{
		Request: func(_ context.Context, req *http.Request) {
			req.Header.Set("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
		},
		Attempt: func(_ context.Context, a client.Attempt) {
			fmt.Printf("%s, attempt %d: %d\n", a.Op, a.Number, a.Status)
		},
		End: func(_ context.Context, op string, err error) {
			fmt.Printf("%s failed: %t\n", op, err != nil)
		},
	}))
	if err != nil {
		log.Fatal(err)
	}
	if err := c.ROMA.DeleteAppCode(context.Background(), sensorsCode(server, "c0de0000000000000000000000000001")); err != nil {
		log.Fatal(err)
	}
	server.Close()
	// Output:
	// ROMA.DeleteAppCode, attempt 1: 204
	// ROMA.DeleteAppCode failed: false
}

// A service that fails for a moment is asked again.
func ExampleWithRetry() {
	server := startSandbox()
	goWrong(server, admin.Fault{Operation: admin.OperationDeleteAppCodeV2, Status: 503, Times: 2})

	c, err := client.New(server.Endpoint,
		client.WithToken(server.Token),
		client.WithRetry(client.Retry{Attempts: 3, Wait: 10 * time.Millisecond, MaxWait: time.Second}),
		client.WithHooks(client.Hooks{Attempt: func(_ context.Context, a client.Attempt) {
			fmt.Println("attempt", a.Number, http.StatusText(a.Status))
		}}),
	)
	if err != nil {
		log.Fatal(err)
	}
	if err := c.ROMA.DeleteAppCode(context.Background(), sensorsCode(server, "c0de0000000000000000000000000001")); err != nil {
		log.Fatal(err)
	}
	fmt.Println("deleted")
	server.Close()
	// Output:
	// attempt 1 Service Unavailable
	// attempt 2 Service Unavailable
	// attempt 3 No Content
	// deleted
}
