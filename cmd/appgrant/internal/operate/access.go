package operate

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/remote"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
	admin "github.com/appgrant/appgrant/gen/admin/client"
	"github.com/appgrant/appgrant/gen/admin/types"
)

// errNo is that an app may not call an API. All about it is said already.
var errNo = remote.ExitError{Err: errors.New(""), Status: remote.ExitRefused}

func decideAccess(env settings.Env) *cobra.Command {
	var service, realm, environment, api, app, codeFile string
	return adminCommand{
		use: "access", short: "Decide whether an app may call an API",
		long: `Tell whether an app may call an API now, why, and by which authorization. What does not
exist is a reason, no error.

The app is named by its id or by an AppCode. An AppCode is a secret, and so stands in a file
or in the variable APPGRANT_APP_CODE, which --app alone overrules. With --app and
--app-code-file, the AppCode must be that app's.`,
		statuses: `Exit status: 0 it may, 1 it may not, or the server refused to tell and an error says so,
2 wrong usage, 4 the server could not be reached.`,
		example: `  export APPGRANT_ADMIN_TOKEN=demo-admin APPGRANT_PROJECT=0a1b2c3d4e5f60718293a4b5c6d7e8f9
  appgrant access --service modelarts --api logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2 \
    --app fb1a9eadd87b48abbd74b8ba1755dffd
  appgrant access --service roma --api b7e0c9d8a6f54e3c8b1a2d3c4e5f6071 --app-code-file code.txt`,
		flags: func(cmd *cobra.Command) {
			flags := cmd.Flags()
			flags.StringVar(&service, "service", "", "the service: "+strings.Join(services, ", "))
			flags.StringVar(&realm, "realm", "", "the gateway instance, ModelArts service or workspace (default the one that has the API)")
			flags.StringVar(&environment, "env", "", "the environment or, in DataArts Studio, the cluster (default "+client.DefaultEnv+" in apig and roma)")
			flags.StringVar(&api, "api", "", "the API")
			flags.StringVar(&app, "app", "", "the app")
			flags.StringVar(&codeFile, "app-code-file", "", "file with an AppCode of the app; - is standard input")
			remote.Complete(cmd, "service", services...)
		},
		stdin: func([]string) string {
			if codeFile == "-" {
				return "--app-code-file"
			}
			return ""
		},
		do: func(s *session) error {
			if err := s.Mandatory(s.cmd.Flags(), "service", "api"); err != nil {
				return err
			}
			if err := oneOf("service", service, services); err != nil {
				return err
			}
			if environment == "" && (service == string(types.Apig) || service == string(types.Roma)) {
				environment = client.DefaultEnv
			}
			code, err := s.appCode(app, codeFile)
			if err != nil {
				return err
			}
			body, err := s.call("DecideAccess", types.Decision{}, func(ctx context.Context, a *admin.Client) (*http.Response, error) {
				return a.DecideAccess(ctx, s.Project, &types.DecideAccessParams{
					Service: types.Service(service), ApiId: api, RealmId: optional(realm), EnvId: optional(environment),
					AppId: optional(app), XApigAppCode: optional(code),
				})
			})
			if err != nil {
				return err
			}
			var decision types.Decision
			if err := json.Unmarshal(body, &decision); err != nil {
				return err
			}
			err = s.show(body, []string{
				"allowed", "reason", "at", "realm_id", "app_id",
				"authorization.id", "authorization.role", "authorization.state", "authorization.until",
			})
			if err == nil && !decision.Allowed {
				return errNo
			}
			return err
		},
	}.command(env)
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// appCode reads the AppCode that stands for the app, or for none if the app will do.
func (s *session) appCode(app, file string) (string, error) {
	if app != "" && file == "" {
		return "", nil
	}
	if s.DryRun && (file != "" || s.Env["APPGRANT_APP_CODE"] != "") {
		return "none", nil // what is printed names the variable
	}
	code, err := s.Env.Token("app-code", file, remote.Reader(s.cmd))
	switch {
	case err != nil:
		return "", remote.ReadError(err)
	case code == "" && app == "":
		return "", errors.New("there is no --app, nor an AppCode: set APPGRANT_APP_CODE, or give --app-code-file")
	}
	if code != "" {
		s.secrets = append(s.secrets, code)
	}
	return code, nil
}
