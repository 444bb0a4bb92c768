package services

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

func deleteAppCode(env settings.Env) *cobra.Command {
	var instance string
	var lenient bool
	return command{
		use:   "delete-appcode [ID...]",
		short: "Delete AppCodes",
		long: `Delete AppCodes of apps, by their ids and never by their values. They can no longer
be used to authenticate.`,
		example: `  appgrant roma delete-appcode --instance a1b2c3d4-0000-4000-8000-00000000000a \
    --app cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d c0de0000000000000000000000000001
  appgrant roma delete-appcode --file appcodes.csv --yes`,
		columns: []column{
			{name: "app_id", flag: "app", usage: "`ID` of the app that has the AppCode"},
			{name: "app_code_id"},
		},
		destructive: "delete %d AppCodes",
		again:       "the same command with --" + ignoreMissing + " does the rest",
		flags: func(cmd *cobra.Command) {
			cmd.Flags().StringVar(&instance, "instance", "", "`ID` of the ROMA Connect instance")
			cmd.Flags().BoolVar(&lenient, ignoreMissing, false, "skip those that don't exist, or no longer")
		},
		mandatory: []string{"instance"},
		jobs: func(b batch) ([]job, error) {
			return b.each(nil, func(ctx context.Context, i int) error {
				err := b.client.ROMA.DeleteAppCode(ctx, client.AppCodeToDelete{
					ProjectID: b.project, InstanceID: instance, AppID: b.get(i, "app_id"), AppCodeID: b.get(i, "app_code_id"),
				})
				return b.unlessMissing(i, err, lenient, "APIG.3082")
			}), nil
		},
	}.command(env)
}
