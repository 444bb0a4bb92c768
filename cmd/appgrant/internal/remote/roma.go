package remote

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

func deleteAppCode(env settings.Env) *cobra.Command {
	var instance string
	return command{
		use:   "delete-appcode [ID...]",
		short: "Delete AppCodes",
		long: `Delete AppCodes of apps, by their ids and never by their values. They can no longer
be used to authenticate.`,
		example: `  appgrant roma delete-appcode --instance a1b2c3d4-0000-4000-8000-00000000000a \
    --app cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d c0de0000000000000000000000000001
  appgrant roma delete-appcode --file appcodes.csv --yes`,
		columns: []column{
			{name: "app_id", flag: "app", usage: "the app that has the AppCode"},
			{name: "app_code_id"},
		},
		destructive: "delete %d AppCodes",
		flags: func(cmd *cobra.Command) {
			cmd.Flags().StringVar(&instance, "instance", "", "the ROMA Connect instance")
		},
		mandatory: []string{"instance"},
		jobs: func(c *client.Client, project string, rows []row, outcomes []outcome) ([]job, error) {
			return each(rows, outcomes, func(ctx context.Context, r row) error {
				return c.ROMA.DeleteAppCode(ctx, client.AppCodeToDelete{
					ProjectID: project, InstanceID: instance, AppID: r["app_id"], AppCodeID: r["app_code_id"],
				})
			}), nil
		},
	}.command(env)
}
