// Package remote is what the commands that call a server share: where it is and who
// calls, exit statuses, tables, and what is printed in place of a call.
package remote

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/client"
)

// The exit statuses, beside 0 for what is done and 2 for what was asked wrongly.
const (
	ExitRefused     = 1 // the server refused, or did what its contract forbids
	ExitUsage       = 2
	ExitPartial     = 3   // some of it is done
	ExitUnreachable = 4   // no answer came
	ExitInterrupted = 130 // somebody stopped the program before anything was done
)

// ExitError is an error with its exit status.
type ExitError struct {
	Err    error
	Status int
}

// Error implements error.
func (e ExitError) Error() string { return e.Err.Error() }

// Unwrap returns the error without its status.
func (e ExitError) Unwrap() error { return e.Err }

// ExitStatus is the exit status that the error makes.
func (e ExitError) ExitStatus() int { return e.Status }

// Judged gives an error of a call that did nothing its exit status.
func Judged(err error) error {
	if Interrupted(err) {
		return ExitError{Err: errors.New("interrupted"), Status: ExitInterrupted}
	}
	return ExitError{Err: err, Status: StatusOf(err)}
}

// StatusOf is the exit status of an error of a call that did nothing.
func StatusOf(err error) int {
	var input *client.InputError
	switch {
	case Interrupted(err):
		return ExitInterrupted
	case errors.As(err, &input):
		return ExitUsage
	case errors.Is(err, client.ErrUnreachable):
		return ExitUnreachable
	}
	return ExitRefused
}

// Interrupted reports whether an error is that somebody stopped the program.
func Interrupted(err error) bool { return errors.Is(err, context.Canceled) }

// Group is a command that has others below it. Its example is that of the first.
func Group(use, short string, below ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short, Example: below[0].Example, Args: cobra.NoArgs,
		// Without it cobra would answer whatever is misspelt with help, and status 0.
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(below...)
	return cmd
}
