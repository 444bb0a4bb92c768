package client_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
)

func TestEndpointIsWrong(t *testing.T) {
	t.Parallel()
	const form, query, user = "is not like https://host or http://host:port", "has a query or a fragment", "has a user in it; give the token as an option"
	tests := []struct{ endpoint, problem string }{
		{endpoint: "", problem: form},
		{endpoint: "localhost", problem: form},
		{endpoint: "localhost:8080", problem: form},
		{endpoint: "//localhost", problem: form},
		{endpoint: "ftp://localhost", problem: form},
		{endpoint: "http://", problem: form},
		{endpoint: "http:///path", problem: form},
		{endpoint: "http://:8080", problem: form},
		{endpoint: "http:localhost", problem: form},
		{endpoint: "http://localhost:port", problem: "is no URL"},
		{endpoint: "http://local host", problem: "is no URL"},
		{endpoint: "http://localhost/%zz", problem: "is no URL"},
		{endpoint: "http://localhost\n", problem: "is no URL"},
		{endpoint: "http://user@localhost", problem: user},
		{endpoint: "http://user:word@localhost", problem: user},
		{endpoint: "http://localhost/?", problem: query},
		{endpoint: "http://localhost?a=b", problem: query},
		{endpoint: "http://localhost/#a", problem: query},
		{endpoint: "http://localhost/prefix#", problem: query},
	}
	for _, test := range tests {
		t.Run(test.endpoint, func(t *testing.T) {
			t.Parallel()
			c, err := client.New(test.endpoint)
			if diff := cmp.Diff(error(&client.InputError{Op: "New", Field: "endpoint", Problem: test.problem}), err); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if c != nil {
				t.Error("there is a client")
			}
		})
	}
}

// What stands behind the host in the endpoint stands in front of the contract's paths.
func TestEndpointHasPrefix(t *testing.T) {
	t.Parallel()
	const path = "/v2/project/apic/instances/instance/apps/sensors/app-codes/code"
	tests := []struct{ prefix, want string }{
		{prefix: "", want: path},
		{prefix: "/", want: path},
		{prefix: "/cloud", want: "/cloud" + path},
		{prefix: "/cloud/", want: "/cloud" + path},
		{prefix: "/cloud/region/v9", want: "/cloud/region/v9" + path},
		{prefix: "/a%2Fb/c%20d", want: "/a%2Fb/c%20d" + path},
	}
	for _, test := range tests {
		t.Run(test.prefix, func(t *testing.T) {
			t.Parallel()
			s := &stage{t: t, acts: []act{operations[2].works()}}
			wantNoError(t, operations[2].call(t.Context(), newClient(t, serve(t, s)+test.prefix)))
			if got := s.arrived()[0].Path; got != test.want {
				t.Errorf("path %q, want %q", got, test.want)
			}
		})
	}
}
