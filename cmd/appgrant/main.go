// Command appgrant runs the server of the app authorization contract.
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
	"github.com/spf13/pflag"
)

// The exit statuses.
const (
	exitDone   = 0
	exitFailed = 1 // it was asked rightly and did not work
	exitUsage  = 2 // it was asked wrongly: a flag, a file, a variable
)

// failure marks an error that is not the asker's.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// run is the program: it takes all it needs and returns the exit status.
func run(ctx context.Context, args, env []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:                "appgrant",
		Short:              "The contract for app authorization, as code",
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true, // an error is one line
	}
	root.AddCommand(serveCommand(env), migrateCommand(env), backupCommand(env), catalogCommand(), conformanceCommand(env), versionCommand())
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
	line := strings.Join(strings.Fields(err.Error()), " ")
	_, _ = fmt.Fprintf(stderr, "appgrant: %s\n", line)
	var f failure
	if errors.As(err, &f) {
		return exitFailed
	}
	return exitUsage
}

// flagsFromEnv sets each flag that is not on the command line from its variable,
// APPGRANT_DATA_DIR for --data-dir.
func flagsFromEnv(flags *pflag.FlagSet, env environment) error {
	var problem error
	flags.VisitAll(func(f *pflag.Flag) {
		name := envName(f.Name)
		value, ok := env[name]
		if !ok || f.Changed || problem != nil {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			problem = fmt.Errorf("%s: %w", name, err)
		}
	})
	return problem
}

// environment is the process's variables by name.
type environment map[string]string

func parseEnv(env []string) environment {
	values := make(environment, len(env))
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		values[name] = value
	}
	return values
}

func (e environment) lookup(name string) (value string, known bool) {
	value, known = e[name]
	return value, known
}

func envName(flag string) string {
	return "APPGRANT_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}
