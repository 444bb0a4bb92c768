package remote

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// command is one that does the same for each of its rows.
type command struct {
	use, short, long, example string
	columns                   []column
	// flags adds those that are the same for all rows; those named must have a value.
	flags     func(cmd *cobra.Command)
	mandatory []string
	// destructive is what many rows need a yes for, such as "cancel %d authorizations".
	destructive string
	// check refuses flags that don't fit together; may be nil.
	check func() error
	// jobs divides the rows.
	jobs func(c *client.Client, project string, rows []row, outcomes []outcome) ([]job, error)
}

// job is the rows that one call does. do fills their outcomes, and returns an error if
// they have none.
type job struct {
	rows []int
	do   func(ctx context.Context) error
}

// command makes it one of cobra's.
func (c command) command(env settings.Env) *cobra.Command {
	t := target{env: env}
	var in input
	var yes bool
	var atOnce int
	cmd := &cobra.Command{
		Use: c.use, Short: c.short, Long: c.long + "\n\n" + exitStatuses, Example: c.example,
	}
	if c.columns[len(c.columns)-1].flag != "" {
		cmd.Args = cobra.NoArgs
	}
	flags := cmd.Flags()
	t.add(flags, "token")
	in.add(cmd, c.columns)
	flags.IntVar(&atOnce, "concurrency", client.DefaultConcurrency, "how many requests may be under way at a time")
	if c.destructive != "" {
		flags.BoolVarP(&yes, "yes", "y", false, "don't ask before doing it to many")
	}
	if c.flags != nil {
		c.flags(cmd)
	}
	complete(cmd, map[string][]string{"output": {asTable, asJSON}})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := t.read(flags); err != nil {
			return err
		}
		if err := t.mandatory(flags, append([]string{"endpoint", "project"}, c.mandatory...)...); err != nil {
			return err
		}
		switch {
		case atOnce < 1:
			return errors.New("--concurrency is less than 1")
		case in.file == "-" && t.token.file == "-":
			return fmt.Errorf("--file and --%s-file can't both be standard input", t.token.name)
		}
		if c.check != nil {
			if err := c.check(); err != nil {
				return err
			}
		}
		rows, err := in.read(args, cmd.InOrStdin())
		if err != nil {
			return err
		}
		api, err := t.client(cmd)
		if err != nil {
			return err
		}
		defer api.CloseIdleConnections()
		w := &work{columns: c.columns, rows: rows, outcomes: make([]outcome, len(rows)), atOnce: atOnce, dryRun: t.dryRun}
		jobs, err := c.jobs(api, t.project, rows, w.outcomes)
		if err != nil {
			return err
		}
		if c.destructive != "" && len(rows) > 1 && !yes && !t.dryRun {
			question := fmt.Sprintf(c.destructive, len(rows)) + fmt.Sprintf(" of project %s at %s", t.project, t.endpoint)
			if err := confirm(cmd, question, in.file == "-" || t.token.file == "-"); err != nil {
				return err
			}
		}
		w.run(cmd.Context(), jobs, cmd.ErrOrStderr())
		return w.report(cmd.OutOrStdout(), t.format)
	}
	return cmd
}
