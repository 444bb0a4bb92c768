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
	"syscall"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/remote"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// The exit statuses. Commands that call a server have more, see [remote].
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
	root.AddCommand(serveCommand(env), migrateCommand(env), backupCommand(env), catalogCommand(), conformanceCommand(env), versionCommand())
	root.AddCommand(remote.Commands(env)...)
	return root
}
