package operate

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
	admin "github.com/appgrant/appgrant/gen/admin/client"
	"github.com/appgrant/appgrant/gen/admin/types"
)

var (
	applicationColumns = []string{
		"id", "realm_id", "env_id", "api_id", "app_id", "type", "status", "by", "at", "until", "settled_at", "settled_by", "comment",
	}
	messageColumns = []string{
		"id", "realm_id", "env_id", "api_id", "app_id", "status", "by", "at", "deadline", "settled_at", "settled_by", "comment",
	}
)

// reviewCommands are about what waits for somebody in DataArts Studio.
func reviewCommands(env settings.Env) []*cobra.Command {
	return []*cobra.Command{
		list{
			use:   "applications",
			short: "List applications in DataArts Studio",
			long: `List the applications of a project's DataArts Studio, for access and for more time, as
they stand now, workspace by workspace and in each in the order they were made.`,
			example: `  appgrant admin applications --status STATUS_TYPE_PENDING_APPROVAL
  appgrant admin applications --app 908489209a320df61607355c57c82882 --output json`,
			op: "ListApplications", page: types.ApplicationPage{}, member: "applications",
			columns: applicationColumns,
			filters: []filter{byRealm, byApp, byAPI, {"status", "with this status, such as STATUS_TYPE_PENDING_APPROVAL", applicationStatuses}},
			send: func(ctx context.Context, api *admin.Client, q query) (*http.Response, error) {
				return api.ListApplications(ctx, q.project, &types.ListApplicationsParams{
					RealmId: valueOf[types.RealmId](q, "realm"), AppId: valueOf[types.AppId](q, "app"), ApiId: valueOf[types.ApiId](q, "api"),
					Status: valueOf[types.ApplicationStatus](q, "status"), Limit: q.limit, Cursor: q.cursor,
				})
			},
		}.command(env),
		list{
			use:   "messages",
			short: "List messages in DataArts Studio",
			long: `List the messages to app owners in a project's DataArts Studio, each the notice of a
cancellation, as they stand now, workspace by workspace and in each in the order they were
made.`,
			example: `  appgrant admin messages --status STATUS_TYPE_PENDING_CHECK
  appgrant admin messages --api 47046fe7830c1be77cb0dc23bd86afa5 --output json`,
			op: "ListMessages", page: types.MessagePage{}, member: "messages",
			columns: messageColumns,
			filters: []filter{byRealm, byApp, byAPI, {"status", "with this status, such as STATUS_TYPE_PENDING_CHECK", messageStatuses}},
			send: func(ctx context.Context, api *admin.Client, q query) (*http.Response, error) {
				return api.ListMessages(ctx, q.project, &types.ListMessagesParams{
					RealmId: valueOf[types.RealmId](q, "realm"), AppId: valueOf[types.AppId](q, "app"), ApiId: valueOf[types.ApiId](q, "api"),
					Status: valueOf[types.MessageStatus](q, "status"), Limit: q.limit, Cursor: q.cursor,
				})
			},
		}.command(env),
		review{
			name: "approve", short: "Approve an application",
			long: "Approve an application: the app is authorized until the end that the application asks for.",
			op:   "ApproveApplication", like: types.Application{}, columns: applicationColumns,
			send: (*admin.Client).ApproveApplication,
		}.command(env),
		review{
			name: "reject", short: "Reject an application",
			long: "Turn down an application. An authorization that the app has goes on as it was.",
			op:   "RejectApplication", like: types.Application{}, columns: applicationColumns,
			send: (*admin.Client).RejectApplication,
		}.command(env),
		review{
			name: "execute", short: "Carry out the notice of a message",
			long: "Carry out a notice before its deadline: the authorization ends now.",
			op:   "ExecuteMessage", like: types.Message{}, columns: messageColumns,
			send: (*admin.Client).ExecuteMessage,
		}.command(env),
	}
}

// review is a command that answers an application or message.
type review struct {
	name, short, long, op string
	like                  any
	columns               []string
	send                  func(api *admin.Client, ctx context.Context, project, id string, answer types.Answer, edit ...admin.RequestEditorFn) (*http.Response, error)
}

func (r review) command(env settings.Env) *cobra.Command {
	var answer types.Answer
	return adminCommand{
		use: r.name + " ID", short: r.short,
		long: r.long + `

With --as it is done on behalf of a user, who must be in the role for it; without, as the
operator, who may.`,
		example: "  appgrant admin " + r.name + ` 0b1c2d3e4f5061728394a5b6c7d8e9f0
  appgrant admin ` + r.name + ` 0b1c2d3e4f5061728394a5b6c7d8e9f0 --as owner --comment 'as agreed'`,
		flags: func(cmd *cobra.Command) {
			cmd.Flags().StringVar(&answer.As, "as", "", "the user on whose behalf")
			cmd.Flags().StringVar(&answer.Comment, "comment", "", "what to say")
		},
		do: func(s *session) error {
			body, err := s.call(r.op, r.like, func(ctx context.Context, api *admin.Client) (*http.Response, error) {
				return r.send(api, ctx, s.Project, s.args[0], answer)
			})
			if err != nil {
				return err
			}
			return s.show(body, r.columns)
		},
	}.command(env)
}
