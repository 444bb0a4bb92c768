package remote

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

func authorizeApps(env settings.Env) *cobra.Command {
	var instance string
	return command{
		use:   "authorize",
		short: "Authorize apps to call APIs",
		long: `Authorize each --app to call each --api in an environment, or the pairs in a file.
A pair that is authorized already is skipped, so the same command can be run again. An
app or API that does not exist fails alone; the other rows of a file are done.`,
		example: `  export APPGRANT_TOKEN=demo-token APPGRANT_PROJECT=0a1b2c3d4e5f60718293a4b5c6d7e8f9
  export APPGRANT_INSTANCE=f0fa1789-3b76-433b-a787-9892951c620e
  appgrant apig authorize --app 356de8eb7a8742168586e5daf5339965 --api 5f918d104dc84480a75166ba99efff21
  appgrant apig authorize --file pairs.csv --output json`,
		columns: []column{
			{name: "app_id", flag: "app", usage: "an app", list: true},
			{name: "api_id", flag: "api", usage: "an API", list: true},
			{name: "env_id", flag: "env", usage: "the environment", value: client.DefaultEnv},
		},
		flags: func(cmd *cobra.Command) {
			cmd.Flags().StringVar(&instance, "instance", "", "the gateway instance")
		},
		mandatory: []string{"instance"},
		jobs: func(c *client.Client, project string, rows []row, outcomes []outcome) ([]job, error) {
			a := authorizing{client: c.APIG, project: project, instance: instance, outcomes: outcomes, rowOf: map[pair]int{}}
			for i, r := range rows {
				a.rowOf[pair{r["env_id"], r["app_id"], r["api_id"]}] = i
			}
			return a.jobs(rows), nil
		},
	}.command(env)
}

// authorizing authorizes the pairs of many rows.
type authorizing struct {
	client            *client.APIG
	project, instance string
	outcomes          []outcome
	rowOf             map[pair]int
}

// pair is what a row names.
type pair struct{ env, app, api string }

// product is each app with each API in one environment, for one request.
type product struct {
	env        string
	apps, apis []string
}

// Bounds of a product. The contract's are wider; narrower ones let people see progress.
const (
	maxApps  = 50
	maxPairs = 500
)

// jobs joins rows to products: those of an app to one, and apps with the same APIs.
func (a *authorizing) jobs(rows []row) (jobs []job) {
	type place struct{ env, app string }
	apis := map[place][]string{}
	var places []place
	for _, r := range rows {
		p := place{r["env_id"], r["app_id"]}
		if apis[p] == nil {
			places = append(places, p)
		}
		apis[p] = append(apis[p], r["api_id"])
	}
	type set struct{ env, apis string }
	at := map[set]int{}
	var products []product
	for _, p := range places {
		sorted := slices.Sorted(slices.Values(apis[p]))
		key := set{p.env, strings.Join(sorted, "\n")}
		if _, known := at[key]; !known {
			at[key] = len(products)
			products = append(products, product{env: p.env, apis: apis[p]})
		}
		same := &products[at[key]]
		same.apps = append(same.apps, p.app)
	}
	for _, p := range products {
		for apis := range slices.Chunk(p.apis, maxPairs) {
			for apps := range slices.Chunk(p.apps, max(min(maxApps, maxPairs/len(apis)), 1)) {
				jobs = append(jobs, a.job(product{p.env, apps, apis}))
			}
		}
	}
	return jobs
}

func (a *authorizing) job(p product) job {
	var rows []int
	for _, app := range p.apps {
		for _, api := range p.apis {
			rows = append(rows, a.rowOf[pair{p.env, app, api}])
		}
	}
	return job{rows: rows, do: func(ctx context.Context) error { return a.do(ctx, p) }}
}

// do sends a product. If one of its apps or APIs does not exist nothing of it is done;
// then its halves are sent, until only what does not exist has failed.
func (a *authorizing) do(ctx context.Context, p product) error {
	result, err := a.client.AuthorizeApps(ctx, client.AppsToAuthorize{
		ProjectID: a.project, InstanceID: a.instance, EnvID: p.env, AppIDs: p.apps, APIIDs: p.apis,
	})
	const unknownAPI, unknownApp = client.Code("APIG.3002"), client.Code("APIG.3004")
	switch {
	case errors.Is(err, errDryRun):
		return err
	case len(result.Auths) == 0 && errors.Is(err, unknownApp) && len(p.apps) > 1:
		half := len(p.apps) / 2
		return a.both(ctx, product{p.env, p.apps[:half], p.apis}, product{p.env, p.apps[half:], p.apis})
	case len(result.Auths) == 0 && errors.Is(err, unknownAPI) && len(p.apis) > 1:
		half := len(p.apis) / 2
		return a.both(ctx, product{p.env, p.apps, p.apis[:half]}, product{p.env, p.apps, p.apis[half:]})
	}
	for _, auth := range result.Auths {
		o := &a.outcomes[a.rowOf[pair{p.env, auth.AppID, auth.APIID}]]
		switch auth.AuthResult.Status {
		case client.Failed:
			*o = outcome{status: failed, err: &client.ItemError{
				AppID: auth.AppID, APIID: auth.APIID, Code: auth.AuthResult.ErrorCode, Message: auth.AuthResult.ErrorMsg,
			}}
			continue
		case client.Success:
			o.status = done
		case client.Skipped:
			o.status = skipped
		}
		o.id, o.role, o.at = auth.ID, string(auth.AuthRole), auth.AuthTimeText
	}
	if result.Err() != nil && len(result.Auths) == len(p.apps)*len(p.apis) {
		return nil // each row has its own
	}
	return err
}

func (a *authorizing) both(ctx context.Context, first, second product) error {
	if err := a.do(ctx, first); err != nil {
		a.fail(first, err)
	}
	if err := a.do(ctx, second); err != nil {
		a.fail(second, err)
	}
	return nil
}

func (a *authorizing) fail(p product, err error) {
	for _, i := range a.job(p).rows {
		if a.outcomes[i].status == unsent {
			a.outcomes[i].fail(err)
		}
	}
}

func cancelAuthorization(env settings.Env) *cobra.Command {
	var instance string
	return command{
		use:   "cancel [ID...]",
		short: "Cancel authorizations",
		long: `Remove authorization records, by the ids that authorizing gave them, and with each
the app's access to the API.`,
		example: `  appgrant apig cancel dd29b33ae4394e3b924b582c6b40880b
  appgrant apig cancel --file ids.csv --yes`,
		columns:     []column{{name: "app_auth_id"}},
		destructive: "cancel %d authorizations",
		flags: func(cmd *cobra.Command) {
			cmd.Flags().StringVar(&instance, "instance", "", "the gateway instance")
		},
		mandatory: []string{"instance"},
		jobs: func(c *client.Client, project string, rows []row, outcomes []outcome) ([]job, error) {
			return each(rows, outcomes, func(ctx context.Context, r row) error {
				return c.APIG.CancelAuthorization(ctx, client.AuthorizationToCancel{
					ProjectID: project, InstanceID: instance, AppAuthID: r["app_auth_id"],
				})
			}), nil
		},
	}.command(env)
}

// each makes a job of each row.
func each(rows []row, outcomes []outcome, do func(ctx context.Context, r row) error) []job {
	jobs := make([]job, len(rows))
	for i, r := range rows {
		jobs[i] = job{rows: []int{i}, do: func(ctx context.Context) error {
			if err := do(ctx, r); err != nil {
				return err
			}
			outcomes[i].status = done
			return nil
		}}
	}
	return jobs
}
