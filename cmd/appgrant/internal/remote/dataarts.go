package remote

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// dataArts is what the flags of a command of DataArts Studio say.
type dataArts struct {
	workspace, instance, dlmType string
	by                           string // who cancels
}

// Who cancels.
const (
	byOwner    = "owner"
	byReviewer = "reviewer"
)

// action is a method of the client, which an action without a time ignores.
type action func(c *client.DataArts, ctx context.Context, auth client.APIAuthorization, at time.Time) error

func dataArtsCommands(env settings.Env) []*cobra.Command {
	timed := func(use, short, long string, do action) *cobra.Command {
		var d dataArts
		c := d.command(use, short, long)
		c.example = "  appgrant dataarts " + use + ` --instance APIG --api 47046fe7830c1be77cb0dc23bd86afa5 \
    --app 908489209a320df61607355c57c82882 --until 2099-01-01T10:00:00Z`
		c.columns = append(c.columns, column{name: "time", flag: "until", usage: "the end, such as 2030-01-01T10:00:00Z; accurate to the hour"})
		c.jobs = d.jobs(func() action { return do })
		return c.command(env)
	}
	return []*cobra.Command{
		timed("authorize", "Authorize apps to call APIs until a time",
			`As a reviewer of the API, let the app call it until a time. An authorization that exists
is extended; it can't be shortened.`, (*client.DataArts).Authorize),
		timed("apply", "Apply for apps to call APIs until a time",
			`As an owner of the app, ask the reviewers of the API to let the app call it until a time.
For an API of one's own it takes effect at once.`, (*client.DataArts).Apply),
		timed("renew", "Apply for more time",
			`As an owner of the app, ask the reviewers of the API to extend an authorization to a
time. For an API of one's own it takes effect at once.`, (*client.DataArts).Renew),
		cancelDataArts(env),
	}
}

func cancelDataArts(env settings.Env) *cobra.Command {
	var d dataArts
	c := d.command("cancel", "Cancel the authorization of APIs for apps",
		`End an authorization: as an owner of the app at once, or as a reviewer of the API at a
time at least two days ahead.`)
	c.example = `  appgrant dataarts cancel --by owner --instance APIG \
    --api 47046fe7830c1be77cb0dc23bd86afa5 --app 908489209a320df61607355c57c82882
  appgrant dataarts cancel --by reviewer --at 2099-01-01T10:00:00Z --instance APIG \
    --api 47046fe7830c1be77cb0dc23bd86afa5 --app 908489209a320df61607355c57c82882`
	c.columns = append(c.columns, column{name: "time", flag: "at", usage: "the end, as a reviewer", optional: true})
	c.destructive = "cancel %d authorizations"
	c.mandatory = append(c.mandatory, "by")
	flags := c.flags
	c.flags = func(cmd *cobra.Command) {
		flags(cmd)
		cmd.Flags().StringVar(&d.by, "by", "", "who you are: "+byOwner+" of the app or "+byReviewer+" of the API")
		complete(cmd, map[string][]string{"by": {byOwner, byReviewer}})
	}
	c.check = func() error {
		if d.by != byOwner && d.by != byReviewer {
			return fmt.Errorf("--by is %q, neither %s nor %s", d.by, byOwner, byReviewer)
		}
		return nil
	}
	c.jobs = d.jobs(func() action {
		if d.by == byReviewer {
			return (*client.DataArts).CancelByReviewer
		}
		return func(c *client.DataArts, ctx context.Context, auth client.APIAuthorization, _ time.Time) error {
			return c.CancelByOwner(ctx, auth)
		}
	})
	return c.command(env)
}

// command is what they have in common.
func (d *dataArts) command(use, short, long string) command {
	return command{
		use: use, short: short, long: long,
		columns: []column{
			{name: "api_id", flag: "api", usage: "an API", list: true},
			{name: "app_id", flag: "app", usage: "an app", list: true},
		},
		flags: func(cmd *cobra.Command) {
			cmd.Flags().StringVar(&d.instance, "instance", "", "the cluster that the APIs run in, such as APIG")
			cmd.Flags().StringVar(&d.workspace, "workspace", "", "the workspace (default the default one)")
			cmd.Flags().StringVar(&d.dlmType, "dlm-type", "", "the edition of the data service, SHARED or EXCLUSIVE")
			complete(cmd, map[string][]string{"dlm-type": {string(client.Shared), string(client.Exclusive)}})
		},
		mandatory: []string{"instance"},
	}
}

// jobs makes a job of each row.
func (d *dataArts) jobs(do func() action) func(*client.Client, string, []row, []outcome) ([]job, error) {
	return func(c *client.Client, project string, rows []row, outcomes []outcome) ([]job, error) {
		times := make(map[string]time.Time)
		for _, r := range rows {
			text := r["time"]
			at, err := time.Parse(time.RFC3339, text)
			switch {
			case text == "" && d.by == byReviewer:
				return nil, errors.New("there is no --at; a reviewer's cancellation takes effect at a time")
			case text != "" && d.by == byOwner:
				return nil, errors.New("an owner's cancellation takes effect at once, and so has no time")
			case text != "" && err != nil:
				return nil, fmt.Errorf("the time %q is not like 2030-01-01T10:00:00Z", text)
			}
			times[text] = at
		}
		act := do()
		return each(rows, outcomes, func(ctx context.Context, r row) error {
			return act(c.DataArts, ctx, client.APIAuthorization{
				ProjectID: project, Workspace: d.workspace, InstanceID: d.instance,
				APIID: r["api_id"], AppID: r["app_id"], DlmType: client.DlmType(d.dlmType),
			}, times[r["time"]])
		}), nil
	}
}
