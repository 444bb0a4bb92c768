package remote

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// maxModelApps is how many apps one request may have.
const maxModelApps = 100

func cancelAPIAuthorization(env settings.Env) *cobra.Command {
	var workspace string
	return command{
		use:   "cancel",
		short: "Cancel the authorization of an API for apps",
		long: `Take back, for each --app, the authorization to call an API of a service. An app that
is unknown or not authorized fails alone.`,
		example: `  appgrant modelarts cancel --service 5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44 \
    --api logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2 --app fb1a9eadd87b48abbd74b8ba1755dffd`,
		columns: []column{
			{name: "service_id", flag: "service", usage: "the service"},
			{name: "api_id", flag: "api", usage: "the API"},
			{name: "app_id", flag: "app", usage: "an app", list: true},
		},
		destructive: "cancel %d authorizations",
		flags: func(cmd *cobra.Command) {
			cmd.Flags().StringVar(&workspace, "workspace", "", "the workspace of the service (default the service's default one)")
		},
		jobs: func(c *client.Client, project string, rows []row, outcomes []outcome) ([]job, error) {
			type place struct{ service, api string }
			rowsOf := map[place][]int{}
			var places []place
			for i, r := range rows {
				p := place{r["service_id"], r["api_id"]}
				if rowsOf[p] == nil {
					places = append(places, p)
				}
				rowsOf[p] = append(rowsOf[p], i)
			}
			var jobs []job
			for _, p := range places {
				for some := range slices.Chunk(rowsOf[p], maxModelApps) {
					jobs = append(jobs, job{rows: some, do: func(ctx context.Context) error {
						apps := make([]string, len(some))
						rowOf := make(map[string]int, len(some))
						for j, i := range some {
							apps[j] = rows[i]["app_id"]
							rowOf[apps[j]] = i
						}
						result, err := c.ModelArts.CancelAPIAuthorization(ctx, client.AppsToUnauthorize{
							ProjectID: project, ServiceID: p.service, APIID: p.api, WorkspaceID: workspace, AppIDs: apps,
						})
						for _, r := range result.UnauthResult {
							o := &outcomes[rowOf[r.AppID]]
							*o = outcome{status: done, id: r.AuthID}
							if !r.Success {
								*o = outcome{status: failed, err: &client.ItemError{AppID: r.AppID, APIID: r.APIID, Message: r.Reason}}
							}
						}
						if len(result.UnauthResult) == len(apps) {
							return nil // each row has its own
						}
						return err
					}})
				}
			}
			return jobs, nil
		},
	}.command(env)
}
