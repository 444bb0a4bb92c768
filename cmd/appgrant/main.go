// Command appgrant serves the app authorization contract, judges those who do, and
// calls them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/operate"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/services"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// The exit statuses. Commands that call a server have more, see package remote.
const (
	exitDone   = 0
	exitFailed = 1 // it was asked rightly and did not work
	exitUsage  = 2 // it was asked wrongly: a flag, a file, a variable
)

// failure marks an error that is not the asker's.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// ExitStatus is the exit status that the error makes.
func (f failure) ExitStatus() int { return exitFailed }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// run is the program: it takes all it needs and returns the exit status.
func run(ctx context.Context, args, env []string, stdout, stderr io.Writer) int {
	root := commands(env)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)

	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var judged verdict
	if errors.As(err, &judged) {
		return int(judged)
	}
	if text := err.Error(); text != "" { // else all is said already
		_, _ = fmt.Fprintf(stderr, "appgrant: %s\n", settings.Printable(text))
	}
	var known interface{ ExitStatus() int }
	if errors.As(err, &known) {
		return known.ExitStatus()
	}
	return exitUsage
}

// commands is the program's tree of commands.
func commands(env []string) *cobra.Command {
	root := &cobra.Command{
		Use:                "appgrant",
		Short:              "The contract for app authorization, as code",
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true, // an error is one line
	}
	root.AddCommand(serveCommand(env), migrateCommand(env), backupCommand(env), catalogCommand(), contractCommand(), conformanceCommand(env), sbomCommand(), versionCommand())
	root.AddCommand(services.Commands(env)...)
	root.AddCommand(operate.Commands(env)...)
	refuseUnknown(root)
	return root
}

// refuseUnknown makes an error of what cobra's own commands would answer with help, and
// status 0.
func refuseUnknown(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "completion":
			cmd.Args = cobra.NoArgs
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		case "help":
			cmd.Args = func(_ *cobra.Command, args []string) error {
				if found, rest, err := root.Find(args); err != nil || len(rest) > 0 && found.HasSubCommands() {
					return fmt.Errorf("there is no help on %q", strings.Join(args, " "))
				}
				return nil
			}
		}
	}
}
