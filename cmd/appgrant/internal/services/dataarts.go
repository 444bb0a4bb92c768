package services

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/remote"
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

// action is one of the client's, which ignores the time if it needs none.
type action func(ctx context.Context, auth client.DataArtsAuthorization, at time.Time) error

func dataArtsCommands(env settings.Env) []*cobra.Command {
	timed := func(use, short, long string, do func(*client.DataArts) action) *cobra.Command {
		var d dataArts
		c := d.command(use, short, long)
		c.example = "  appgrant dataarts " + use + ` --instance APIG --api 47046fe7830c1be77cb0dc23bd86afa5 \
    --app 908489209a320df61607355c57c82882 --until 2099-01-01T10:00:00Z`
		c.columns = append(c.columns, column{name: "time", flag: "until", usage: "the end, a `TIME` such as 2030-01-01T10:00:00Z; accurate to the hour"})
		c.jobs = d.jobs(do)
		return c.command(env)
	}
	return []*cobra.Command{
		timed("authorize", "Authorize apps to call APIs until a time",
			`As a reviewer of the API, let the app call it until a time. An authorization that exists
is extended; it can't be shortened.`, func(c *client.DataArts) action { return c.Authorize }),
		timed("apply", "Apply for apps to call APIs until a time",
			`As an owner of the app, ask the reviewers of the API to let the app call it until a time.
For an API of one's own it takes effect at once.`, func(c *client.DataArts) action { return c.Apply }),
		timed("renew", "Apply for more time",
			`As an owner of the app, ask the reviewers of the API to extend an authorization to a
time. For an API of one's own it takes effect at once.`, func(c *client.DataArts) action { return c.Renew }),
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
	c.columns = append(c.columns, column{name: "time", flag: "at", usage: "the end, a `TIME`, as a reviewer", optional: true})
	c.destructive = "cancel %d authorizations"
	c.mandatory = append(c.mandatory, "by")
	flags := c.flags
	c.flags = func(cmd *cobra.Command) {
		flags(cmd)
		cmd.Flags().StringVar(&d.by, "by", "", "`WHO` you are: "+byOwner+" of the app or "+byReviewer+" of the API")
		remote.Complete(cmd, "by", byOwner, byReviewer)
	}
	c.check = func() error {
		if d.by != byOwner && d.by != byReviewer {
			return fmt.Errorf("--by is %q, neither %s nor %s", d.by, byOwner, byReviewer)
		}
		return nil
	}
	c.jobs = d.jobs(func(c *client.DataArts) action {
		if d.by == byReviewer {
			return c.CancelByReviewer
		}
		return func(ctx context.Context, auth client.DataArtsAuthorization, _ time.Time) error {
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
			{name: "api_id", flag: "api", usage: "`ID` of an API", list: true},
			{name: "app_id", flag: "app", usage: "`ID` of an app", list: true},
		},
		flags: func(cmd *cobra.Command) {
			cmd.Flags().StringVar(&d.instance, "instance", "", "`ID` of the cluster that the APIs run in, such as APIG")
			cmd.Flags().StringVar(&d.workspace, "workspace", "", "`ID` of the workspace (default the default one)")
			cmd.Flags().StringVar(&d.dlmType, "dlm-type", "", "the `EDITION` of the data service, SHARED or EXCLUSIVE")
			remote.Complete(cmd, "dlm-type", string(client.DlmShared), string(client.DlmExclusive))
		},
		mandatory: []string{"instance"},
		again:     seeOutput,
	}
}

// jobs makes a job of the rows of each app and API: they are done in their order, since
// one may allow or forbid the next.
func (d *dataArts) jobs(do func(*client.DataArts) action) func(batch) ([]job, error) {
	return func(b batch) ([]job, error) {
		times := make([]time.Time, len(b.values))
		for i := range b.values {
			text := b.get(i, "time")
			var err error
			if text != "" {
				times[i], err = time.Parse(time.RFC3339, text)
			}
			switch {
			case text == "" && d.by == byReviewer:
				return nil, fmt.Errorf("%s: there is no --at; a reviewer's cancellation takes effect at a time", b.label(i))
			case text != "" && d.by == byOwner:
				return nil, fmt.Errorf("%s: an owner's cancellation takes effect at once, and so has no time", b.label(i))
			case err != nil:
				return nil, fmt.Errorf("%s: the time is not like 2030-01-01T10:00:00Z", b.label(i))
			}
		}
		act := do(b.client.DataArts)
		key := func(i int) string { return b.get(i, "api_id") + "\x00" + b.get(i, "app_id") }
		return b.each(key, func(ctx context.Context, i int) error {
			return act(ctx, client.DataArtsAuthorization{
				ProjectID: b.project, Workspace: d.workspace, InstanceID: d.instance,
				APIID: b.get(i, "api_id"), AppID: b.get(i, "app_id"), DlmType: client.DlmType(d.dlmType),
			}, times[i])
		}), nil
	}
}
