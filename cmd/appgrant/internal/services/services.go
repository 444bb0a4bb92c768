// Package services has the commands that call the four services, by the client that
// other programs import.
package services

import (
	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/remote"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// Commands returns the commands.
func Commands(environ []string) []*cobra.Command {
	env := settings.ParseEnv(environ)
	return []*cobra.Command{
		remote.Group("apig", "Call API Gateway (APIG)", authorizeApps(env), cancelAuthorization(env)),
		remote.Group("roma", "Call ROMA Connect", deleteAppCode(env)),
		remote.Group("modelarts", "Call ModelArts", cancelAPIAuthorization(env)),
		remote.Group("dataarts", "Call DataArts Studio", dataArtsCommands(env)...),
	}
}
