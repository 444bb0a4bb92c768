package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server"
)

// controls are the operations that a server has to be started for.
var controls = map[string]bool{
	"ReadClock": true, "SetClock": true, "ResetClock": true, "AdvanceClock": true, "ListFaults": true, "AddFault": true, "ClearFaults": true,
}

func TestAdminCallsAreAllThereAre(t *testing.T) {
	t.Parallel()
	calls := adminCalls()
	for id, op := range contract(t).operations {
		if _, ok := calls[id]; ok != strings.HasPrefix(op.path, "/admin/") {
			t.Errorf("%s %s: among the calls: %t", id, op.path, ok)
		}
	}
}

// Without an admin token nothing of the contract exists, not even to the holder of
// some token.
func TestAdminIsOff(t *testing.T) {
	t.Parallel()
	f := start(t, inWorld, func(c *server.Config) { c.AccessToken, c.TestControls = accessToken, true })
	for name, c := range adminCalls() {
		for _, token := range []string{"", adminToken, accessToken, alice} {
			t.Run(name+"/"+token, func(t *testing.T) {
				t.Parallel()
				noRoute.expect(t, f.do(t, c.as(token).outside(t)))
			})
		}
	}
	for _, path := range []string{"/admin/v1/forward-auth/", "/admin/v1/forward-auth/orders/1", "/admin/v1", "/admin"} {
		noRoute.expect(t, f.do(t, call{method: "GET", path: path, token: accessToken}))
	}
}

func TestAdminTokens(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	for name, c := range adminCalls() {
		wants := map[string]failure{
			"": adminRefusals.badToken, unknownToken: adminRefusals.badToken, alice: adminRefusals.badToken,
			adminToken + "x": adminRefusals.badToken, adminToken[1:]: adminRefusals.badToken, strings.ToUpper(adminToken): adminRefusals.badToken,
			accessToken: adminRefusals.narrowToken,
		}
		if name == "ForwardAuth" {
			delete(wants, accessToken)
		}
		for token, want := range wants {
			t.Run(name+"/"+token, func(t *testing.T) {
				t.Parallel()
				want.expect(t, f.do(t, c.as(token)))
				if c.body != "" { // the token comes first
					want.expect(t, f.do(t, c.as(token).withBody("{")))
				}
			})
		}
		t.Run(name+"/twice", func(t *testing.T) {
			t.Parallel()
			adminRefusals.badToken.expect(t, f.do(t, c.as("").withHeader("X-Auth-Token", adminToken, adminToken)))
		})
	}
	if r := f.do(t, operate("ReadProject", "home")); r.status != http.StatusOK {
		t.Errorf("after the refusals: %d %s", r.status, r.raw)
	}
}

// An access token that is not set opens nothing, least of all an empty one.
func TestNoAccessToken(t *testing.T) {
	t.Parallel()
	f := startAdmin(t, func(c *server.Config) { c.AccessToken = "" })
	forward := adminCalls()["ForwardAuth"]
	for _, c := range []call{forward.as(""), forward.as(accessToken), forward.as("").withHeader("X-Auth-Token", "")} {
		adminRefusals.badToken.expect(t, f.do(t, c))
	}
}

// The operator's tokens are no user's.
func TestAdminTokensAreNoUsers(t *testing.T) {
	t.Parallel()
	f := start(t, withAdmin)
	for _, target := range targets {
		for _, token := range []string{adminToken, accessToken} {
			target.family.unknownToken.expect(t, f.do(t, target.call.as(token)))
		}
	}
}

func TestControlsAreOff(t *testing.T) {
	t.Parallel()
	f := startAdmin(t, func(c *server.Config) { c.TestControls = false })
	for name, c := range adminCalls() {
		t.Run(name, func(t *testing.T) {
			r := f.do(t, c)
			sets := strings.HasPrefix(name, "Set") || strings.HasPrefix(name, "Advance") || strings.HasPrefix(name, "Add")
			if controls[name] && sets { // to look, and to undo, is allowed
				adminRefusals.controlsOff.expect(t, r)
				adminRefusals.narrowToken.expect(t, f.do(t, c.as(accessToken)))
				return
			}
			if diff := cmp.Diff(any(adminRefusals.controlsOff.text), r.member(t, "error_msg")); diff == "" {
				t.Errorf("refused as a test control: %s", r.raw)
			}
		})
	}
}

// Clock and faults that were set with the controls on are there with them off:
// the clock stays where it is, since records go by it, and nothing goes wrong.
func TestControlsTurnedOff(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	f.ok(t, setClock("home", "2031-01-01T00:00:00Z"))
	f.ok(t, addFault("home", object{"operation": "CreateAuthorizingAppsV2", "status": 500}))
	if err := f.server.Close(); err != nil {
		t.Fatal(err)
	}
	g := startAdmin(t, func(c *server.Config) { c.Store, c.TestControls = f.store, false })
	r := g.do(t, worldAuthorize("dev", []string{"shop"}, []string{"alices"}))
	if diff := cmp.Diff([]row{{"shop", "alices", "SUCCESS", "PROVIDER"}}, rows(t, r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := r.text(t, "auths", 0, "auth_time"); got != "2031-01-01T00:00:00.000000000Z" {
		t.Errorf("authorized at %s", got)
	}
}
