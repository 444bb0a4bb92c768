package services

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
app or API that can't be authorized fails those that the flags name with it; of a file,
it fails alone.`,
		example: `  export APPGRANT_TOKEN=demo-token APPGRANT_PROJECT=0a1b2c3d4e5f60718293a4b5c6d7e8f9
  export APPGRANT_INSTANCE=f0fa1789-3b76-433b-a787-9892951c620e
  appgrant apig authorize --app 356de8eb7a8742168586e5daf5339965 --api 5f918d104dc84480a75166ba99efff21
  appgrant apig authorize --file pairs.csv --output json`,
		columns: []column{
			{name: "app_id", flag: "app", usage: "`ID` of an app", list: true},
			{name: "api_id", flag: "api", usage: "`ID` of an API", list: true},
			{name: "env_id", flag: "env", usage: "`ID` of the environment", value: client.DefaultEnv},
		},
		flags: func(cmd *cobra.Command) {
			cmd.Flags().StringVar(&instance, "instance", "", "`ID` of the gateway instance")
		},
		mandatory: []string{"instance"},
		again:     "the same command does the rest",
		jobs: func(b batch) ([]job, error) {
			a := authorizing{batch: b, instance: instance, rowOf: map[pair]int{}}
			for i := range b.values {
				a.rowOf[pair{b.get(i, "env_id"), b.get(i, "app_id"), b.get(i, "api_id")}] = i
			}
			return a.jobs(), nil
		},
	}.command(env)
}

// authorizing authorizes the pairs of many rows.
type authorizing struct {
	batch
	instance string
	rowOf    map[pair]int
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
func (a *authorizing) jobs() (jobs []job) {
	type place struct{ env, app string }
	apis := map[place][]string{}
	var places []place
	for i := range a.values {
		p := place{a.get(i, "env_id"), a.get(i, "app_id")}
		if apis[p] == nil {
			places = append(places, p)
		}
		apis[p] = append(apis[p], a.get(i, "api_id"))
	}
	type set struct{ env, apis string }
	at := map[set]int{}
	var products []product
	for _, p := range places {
		sorted := slices.Sorted(slices.Values(apis[p]))
		key := set{p.env, strings.Join(sorted, "\x00")}
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
	return job{rows: rows, do: func(ctx context.Context) ([]job, error) { return a.do(ctx, p) }}
}

// do sends a product. If it is refused, nothing of it is done; then, of a file, its
// halves are sent, until what can't be done is alone.
func (a *authorizing) do(ctx context.Context, p product) ([]job, error) {
	ctx, request := withRequestID(ctx)
	result, err := a.client.APIG.AuthorizeApps(ctx, client.AppsToAuthorize{
		ProjectID: a.project, InstanceID: a.instance, EnvID: p.env, AppIDs: p.apps, APIIDs: p.apis,
	})
	if a.fromFile && len(result.Auths) == 0 {
		if parts := a.divide(p, err); parts != nil {
			return parts, nil
		}
	}
	for _, auth := range result.Auths {
		o := &a.outcomes[a.rowOf[pair{p.env, auth.AppID, auth.APIID}]]
		o.requestID = *request
		switch auth.AuthResult.Status {
		case client.StatusFailed:
			o.status, o.err = failed, &client.ItemError{
				AppID: auth.AppID, APIID: auth.APIID, Code: auth.AuthResult.ErrorCode, Message: auth.AuthResult.ErrorMsg,
			}
			continue
		case client.StatusSuccess:
			o.status = done
		case client.StatusSkipped:
			o.status = skipped
		}
		o.id, o.role, o.at = auth.ID, string(auth.AuthRole), auth.AuthTimeText
	}
	if len(result.Auths) == len(p.apps)*len(p.apis) {
		return nil, nil // each row has its own
	}
	return nil, err
}

// divide makes two of a product where one app or API may be the reason for an error.
func (a *authorizing) divide(p product, err error) []job {
	const unknownAPI, unknownApp = client.Code("APIG.3002"), client.Code("APIG.3004")
	byApp := func(apps []string) job { return a.job(product{p.env, apps, p.apis}) }
	byAPI := func(apis []string) job { return a.job(product{p.env, p.apps, apis}) }
	either := errors.Is(err, client.ErrForbidden) || errors.Is(err, client.ErrBadRequest)
	switch {
	case len(p.apps) > 1 && (either || errors.Is(err, unknownApp)):
		return divide(p.apps, byApp)
	case len(p.apis) > 1 && (either || errors.Is(err, unknownAPI)):
		return divide(p.apis, byAPI)
	}
	return nil
}

// ignoreMissing is a flag of commands that delete.
const ignoreMissing = "ignore-not-found"

func cancelAuthorization(env settings.Env) *cobra.Command {
	var instance string
	var lenient bool
	return command{
		use:   "cancel [ID...]",
		short: "Cancel authorizations",
		long: `Remove authorization records, by the ids that authorizing gave them, and with each
the app's access to the API.`,
		example: `  appgrant apig cancel dd29b33ae4394e3b924b582c6b40880b
  appgrant apig cancel --file ids.csv --yes`,
		columns:     []column{{name: "app_auth_id"}},
		destructive: "cancel %d authorizations",
		again:       "the same command with --" + ignoreMissing + " does the rest",
		flags: func(cmd *cobra.Command) {
			cmd.Flags().StringVar(&instance, "instance", "", "`ID` of the gateway instance")
			cmd.Flags().BoolVar(&lenient, ignoreMissing, false, "skip those that don't exist, or no longer")
		},
		mandatory: []string{"instance"},
		jobs: func(b batch) ([]job, error) {
			return b.each(nil, func(ctx context.Context, i int) error {
				err := b.client.APIG.CancelAuthorization(ctx, client.AuthorizationToCancel{
					ProjectID: b.project, InstanceID: instance, AppAuthID: b.get(i, "app_auth_id"),
				})
				return b.unlessMissing(i, err, lenient, "APIG.3009")
			}), nil
		},
	}.command(env)
}
