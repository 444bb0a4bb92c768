// Package remote has the commands that call a server: those of the four services, by
// the client that other programs import, and those of the admin contract.
package remote

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// The exit statuses, beside 0 for what is done and 2 for what was asked wrongly.
const (
	exitRefused     = 1 // the server refused, or did what its contract forbids
	exitUsage       = 2
	exitPartial     = 3   // some of it is done
	exitUnreachable = 4   // no answer came
	exitInterrupted = 130 // somebody stopped the program before anything was done
)

// exitStatuses is what help says of them.
const exitStatuses = `Exit status: 0 done, 1 refused by the server, 2 wrong usage, 3 some of it is done,
4 the server could not be reached, 130 interrupted before anything was done.`

// outcomeError is an error with its exit status.
type outcomeError struct {
	error
	status int
}

func (e outcomeError) Unwrap() error { return e.error }

// ExitStatus is the exit status that the error makes.
func (e outcomeError) ExitStatus() int { return e.status }

// judged gives an error of a call that did nothing its exit status.
func judged(err error) error {
	switch {
	case err == nil:
		return nil
	case interrupted(err):
		err = errors.New("interrupted")
		return outcomeError{err, exitInterrupted}
	}
	return outcomeError{err, statusOf(err)}
}

// statusOf is the exit status of an error of a call that did nothing.
func statusOf(err error) int {
	var input *client.InputError
	switch {
	case interrupted(err):
		return exitInterrupted
	case errors.As(err, &input), errors.Is(err, errDryRun):
		return exitUsage
	case errors.Is(err, client.ErrUnreachable):
		return exitUnreachable
	}
	return exitRefused
}

// interrupted reports whether an error is that somebody stopped the program.
func interrupted(err error) bool { return errors.Is(err, context.Canceled) }

// Commands returns the commands.
func Commands(environ []string) []*cobra.Command {
	env := settings.ParseEnv(environ)
	return []*cobra.Command{
		group("apig", "Call API Gateway (APIG)", authorizeApps(env), cancelAuthorization(env)),
		group("roma", "Call ROMA Connect", deleteAppCode(env)),
		group("modelarts", "Call ModelArts", cancelAPIAuthorization(env)),
		group("dataarts", "Call DataArts Studio", dataArtsCommands(env)...),
		group("admin", "Operate a server by the admin contract", adminCommands(env)...),
		decideAccess(env),
	}
}

// group is a command that has others below it. Its example is that of the first.
func group(use, short string, below ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short, Example: below[0].Example, Args: cobra.NoArgs,
		// Without it cobra would answer whatever is misspelt with help, and status 0.
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(below...)
	return cmd
}
