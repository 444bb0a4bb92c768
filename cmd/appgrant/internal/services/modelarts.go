package services

import (
	"context"
	"errors"
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
			{name: "service_id", flag: "service", usage: "`ID` of the service"},
			{name: "api_id", flag: "api", usage: "`ID` of the API"},
			{name: "app_id", flag: "app", usage: "`ID` of an app", list: true},
		},
		destructive: "cancel %d authorizations",
		again:       seeOutput,
		flags: func(cmd *cobra.Command) {
			cmd.Flags().StringVar(&workspace, "workspace", "", "`ID` of the service's workspace (default the default one)")
		},
		jobs: func(b batch) ([]job, error) {
			type place struct{ service, api string }
			rowsOf := map[place][]int{}
			var places []place
			for i := range b.values {
				p := place{b.get(i, "service_id"), b.get(i, "api_id")}
				if rowsOf[p] == nil {
					places = append(places, p)
				}
				rowsOf[p] = append(rowsOf[p], i)
			}
			var jobs []job
			for _, p := range places {
				u := unauthorizing{b, client.AppsToUnauthorize{ProjectID: b.project, ServiceID: p.service, APIID: p.api, WorkspaceID: workspace}}
				for some := range slices.Chunk(rowsOf[p], maxModelApps) {
					jobs = append(jobs, u.job(some))
				}
			}
			return jobs, nil
		},
	}.command(env)
}

// unauthorizing takes one API away from apps.
type unauthorizing struct {
	batch
	from client.AppsToUnauthorize // without the apps
}

func (u unauthorizing) job(rows []int) job {
	return job{rows: rows, do: func(ctx context.Context) ([]job, error) { return u.do(ctx, rows) }}
}

// do sends a request. If it is refused as malformed, then, of a file, its halves are sent,
// until the malformed id is alone.
func (u unauthorizing) do(ctx context.Context, rows []int) ([]job, error) {
	rowOf := make(map[string]int, len(rows))
	in := u.from
	for _, i := range rows {
		app := u.get(i, "app_id")
		in.AppIDs = append(in.AppIDs, app)
		rowOf[app] = i
	}
	ctx, request := withRequestID(ctx)
	result, err := u.client.ModelArts.CancelAPIAuthorization(ctx, in)
	if u.fromFile && len(rows) > 1 && errors.Is(err, client.ErrBadRequest) {
		return divide(rows, u.job), nil
	}
	for _, r := range result.UnauthResult {
		o := &u.outcomes[rowOf[r.AppID]]
		o.status, o.id, o.requestID = done, r.AuthID, *request
		if !r.Success {
			o.status, o.err = failed, &client.ItemError{AppID: r.AppID, APIID: r.APIID, Message: r.Reason}
		}
	}
	if len(result.UnauthResult) == len(rows) {
		return nil, nil // each row has its own
	}
	return nil, err
}
