// Package operate has the commands over the admin contract.
package operate

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/remote"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
	"github.com/appgrant/appgrant/gen/admin/types"
)

// adminExitStatuses is what help says of them.
const adminExitStatuses = `Exit status: 0 done, 1 refused by the server, 2 wrong usage, 4 the server could not be
reached.`

// The values of enumerations, as flags have them.
var (
	services            = []string{string(types.Apig), string(types.Roma), string(types.Modelarts), string(types.Dataarts)}
	authorizationStates = []string{
		string(types.AuthorizationStateLive), string(types.AuthorizationStateCancelled),
		string(types.AuthorizationStateExpired), string(types.AuthorizationStateForced),
	}
	applicationStatuses = []string{
		string(types.STATUSTYPEPENDINGAPPROVAL), string(types.STATUSTYPEPASSED), string(types.STATUSTYPEREJECTED),
	}
	messageStatuses = []string{
		string(types.STATUSTYPEPENDINGCHECK), string(types.STATUSTYPESYNCHRONOUSEXECUTE), string(types.STATUSTYPEFORCEDCANCEL),
	}
	operations = []string{
		string(types.OperationCreateAuthorizingAppsV2), string(types.OperationCancelingAuthorizationV2),
		string(types.OperationDeleteAppCodeV2), string(types.OperationDeleteApiAppAuth),
		string(types.OperationDeleteApiAppAuthAlias), string(types.OperationAuthorizeActionApiToInstance),
	}
)

// Commands returns the commands.
func Commands(environ []string) []*cobra.Command {
	env := settings.ParseEnv(environ)
	return []*cobra.Command{
		remote.Group("admin", "Operate a server by the admin contract",
			slices.Concat(catalogCommands(env), recordCommands(env), reviewCommands(env), controlCommands(env))...),
		decideAccess(env),
	}
}

// adminCommand is a command that makes calls of the admin contract.
type adminCommand struct {
	// use is the name, and that of the argument if there is one; ID has to be an id.
	use                  string
	short, long, example string
	statuses             string // what help says of the exit statuses, if they are special
	// everywhere says that it is not about the project that a flag names.
	everywhere bool
	flags      func(cmd *cobra.Command)
	// stdin names what is read from standard input, if anything is; may be nil.
	stdin func(args []string) string
	// do carries it out. Its errors are the asker's, save those that have a status.
	do    func(s *session) error
	below []*cobra.Command
}

// command makes it one of cobra's.
func (c adminCommand) command(env settings.Env) *cobra.Command {
	t := remote.Target{Env: env}
	cmd := &cobra.Command{
		Use: c.use, Short: c.short, Long: c.long + "\n\n" + cmp.Or(c.statuses, adminExitStatuses), Example: c.example,
		Args: cobra.NoArgs,
	}
	_, arg, _ := strings.Cut(c.use, " ")
	if arg != "" {
		cmd.Args = cobra.ExactArgs(1)
	}
	cmd.AddCommand(c.below...)
	flags := cmd.Flags()
	t.AddServer(flags, "admin-token")
	wanted := []string{"endpoint"}
	if !c.everywhere {
		t.AddProject(flags)
		wanted = append(wanted, "project")
	}
	if c.flags != nil {
		c.flags(cmd)
	}
	t.Finish(cmd)
	if arg == "FILE" {
		cmd.ValidArgsFunction = nil // shells propose files
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := t.Read(flags); err != nil {
			return err
		}
		if err := t.Mandatory(flags, wanted...); err != nil {
			return err
		}
		if arg == "ID" && !isID(args[0]) {
			return fmt.Errorf("%q is no id", args[0])
		}
		if !c.everywhere && !isID(t.Project) {
			return fmt.Errorf("--project: %q is no id", t.Project)
		}
		if c.stdin != nil && t.Token.TakesStdin() {
			if what := c.stdin(args); what != "" {
				return fmt.Errorf("%s and --%s-file can't both be standard input", what, t.Token.Name())
			}
		}
		s, err := newSession(&t, cmd, args)
		if err != nil {
			return err
		}
		if err := c.do(s); !errors.Is(err, remote.ErrDryRun) {
			return err
		}
		return t.Printed()
	}
	return cmd
}

// isID refuses what would make another path of a URL. Other ids are escaped, and the
// server says what it thinks of them.
func isID(id string) bool { return id != "" && id != "." && id != ".." }

// oneOf refuses the value of a flag that is none of some.
func oneOf(flag, value string, values []string) error {
	if value != "" && values != nil && !slices.Contains(values, value) {
		return fmt.Errorf("--%s is %q, none of %s", flag, value, strings.Join(values, ", "))
	}
	return nil
}
