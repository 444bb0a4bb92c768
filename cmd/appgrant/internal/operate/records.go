package operate

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
	admin "github.com/appgrant/appgrant/gen/admin/client"
	"github.com/appgrant/appgrant/gen/admin/types"
)

// recordCommands list what is recorded.
func recordCommands(env settings.Env) []*cobra.Command {
	return []*cobra.Command{
		list{
			use:   "authorizations",
			short: "List authorizations",
			long: `List a project's authorizations as they stand now, ended ones included, app by app and
each app's in the order they were made. Filters narrow the list.`,
			example: `  export APPGRANT_ADMIN_TOKEN=demo-admin APPGRANT_PROJECT=0a1b2c3d4e5f60718293a4b5c6d7e8f9
  appgrant admin authorizations
  appgrant admin authorizations --service roma --state live --output json`,
			op: "ListAuthorizations", page: types.AuthorizationPage{}, member: "authorizations",
			columns: []string{
				"id", "service", "realm_id", "env_id", "api_id", "app_id", "role", "state", "at", "until", "notice", "ended_at",
			},
			filters: []filter{byService, byRealm, byApp, byAPI, {"state", "that stand so: live, cancelled, expired or forced", authorizationStates}},
			send: func(ctx context.Context, api *admin.Client, q query) (*http.Response, error) {
				return api.ListAuthorizations(ctx, q.project, &types.ListAuthorizationsParams{
					Service: valueOf[types.Service](q, "service"), RealmId: valueOf[types.RealmId](q, "realm"),
					AppId: valueOf[types.AppId](q, "app"), ApiId: valueOf[types.ApiId](q, "api"),
					State: valueOf[types.AuthorizationState](q, "state"), Limit: q.limit, Cursor: q.cursor,
				})
			},
		}.command(env),
		list{
			use:   "app-codes",
			short: "List AppCodes",
			long:  `List a project's AppCodes, without their values, app by app and in the order they were made.`,
			example: `  appgrant admin app-codes --service roma
  appgrant admin app-codes --app cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d --output json`,
			op: "ListAppCodes", page: types.AppCodePage{}, member: "app_codes",
			columns: []string{"id", "service", "realm_id", "app_id"},
			filters: []filter{byService, byRealm, byApp},
			send: func(ctx context.Context, api *admin.Client, q query) (*http.Response, error) {
				return api.ListAppCodes(ctx, q.project, &types.ListAppCodesParams{
					Service: valueOf[types.Service](q, "service"), RealmId: valueOf[types.RealmId](q, "realm"),
					AppId: valueOf[types.AppId](q, "app"), Limit: q.limit, Cursor: q.cursor,
				})
			},
		}.command(env),
		list{
			use:   "events",
			short: "List events",
			long: `List the audit trail of a project in the order things happened: the calls that changed
something. The trail of a project outlives it.

With --follow the command does not end with the last event, but prints later ones as they
happen, until it is interrupted. It asks for them every second.`,
			example: `  appgrant admin events
  appgrant admin events --follow | jq 'select(.actor == "owner")'`,
			op: "ListEvents", page: types.EventPage{}, member: "events", grows: true,
			columns: []string{
				"id", "at", "actor", "operation", "apply_type", "service", "realm_id", "env_id", "api_ids", "app_ids",
				"authorization_ids", "app_code_ids", "application_id", "request_id",
			},
			send: func(ctx context.Context, api *admin.Client, q query) (*http.Response, error) {
				return api.ListEvents(ctx, q.project, &types.ListEventsParams{Limit: q.limit, Cursor: q.cursor})
			},
		}.command(env),
	}
}
