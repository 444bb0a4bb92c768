package services

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/remote"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// exitStatuses is what help says of them.
const exitStatuses = `Exit status: 0 done, 1 refused by the server, 2 wrong usage, 3 some of it is done,
4 the server could not be reached, 130 interrupted before anything was done.`

// command is one that does the same for each of its rows.
type command struct {
	use, short, long, example string
	columns                   []column
	// flags adds those that are the same for all rows; those named must have a value.
	flags     func(cmd *cobra.Command)
	mandatory []string
	// destructive is what many rows need a yes for, such as "cancel %d authorizations".
	destructive string
	// again is how to do what is left of interrupted work.
	again string
	// check refuses flags that don't fit together; may be nil.
	check func() error
	// jobs divides the rows.
	jobs func(b batch) ([]job, error)
}

// batch is what there is to do, and by which client.
type batch struct {
	rows
	client   *client.Client
	project  string
	fromFile bool
	outcomes []outcome
}

const seeOutput = "the output tells which are left"

// command makes it one of cobra's.
func (c command) command(env settings.Env) *cobra.Command {
	t := remote.Target{Env: env}
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
	t.Add(flags, "token")
	in.add(flags, c.columns)
	flags.IntVar(&atOnce, "concurrency", client.DefaultConcurrency, "how many requests may be under way at a time")
	if c.destructive != "" {
		flags.BoolVarP(&yes, "yes", "y", false, "don't ask before doing it to several")
	}
	if c.flags != nil {
		c.flags(cmd)
	}
	t.Finish(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := t.Read(flags); err != nil {
			return err
		}
		if err := t.Mandatory(flags, append([]string{"endpoint", "project"}, c.mandatory...)...); err != nil {
			return err
		}
		switch {
		case atOnce < 1:
			return errors.New("--concurrency is less than 1")
		case in.file == "-" && t.Token.TakesStdin():
			return fmt.Errorf("--file and --%s-file can't both be standard input", t.Token.Name())
		}
		if c.check != nil {
			if err := c.check(); err != nil {
				return err
			}
		}
		list, err := in.read(cmd.Context(), args, cmd.InOrStdin())
		if err != nil {
			return remote.ReadError(err)
		}
		api, err := t.Client(cmd, client.Hooks{Attempt: noteRequest})
		if err != nil {
			return err
		}
		defer api.CloseIdleConnections()
		w := &work{rows: list, outcomes: make([]outcome, len(list.values)), atOnce: atOnce, dryRun: t.DryRun, again: c.again}
		if t.DryRun {
			w.atOnce = 1 // in the order of the rows
		}
		jobs, err := c.jobs(batch{rows: list, client: api, project: t.Project, fromFile: in.fromFile(), outcomes: w.outcomes})
		if err != nil {
			return err
		}
		if c.destructive != "" && len(list.values) > 1 && !yes && !t.DryRun {
			question := fmt.Sprintf(c.destructive, len(list.values)) + fmt.Sprintf(" of project %s at %s", t.Project, t.Endpoint)
			if err := remote.Confirm(cmd, question, in.file == "-" || t.Token.TakesStdin()); err != nil {
				return err
			}
		}
		w.run(cmd.Context(), jobs, cmd.ErrOrStderr())
		if err := t.Printed(); err != nil {
			return err
		}
		return w.report(cmd.OutOrStdout(), t.Format)
	}
	return cmd
}

// requestID is where a call leaves that of its last answer.
type requestID struct{}

// noteRequest takes note of it.
func noteRequest(ctx context.Context, a client.Attempt) {
	if at, ok := ctx.Value(requestID{}).(*string); ok {
		*at = a.RequestID
	}
}

// withRequestID is a context for one call, and where its request id will be.
func withRequestID(ctx context.Context) (context.Context, *string) {
	at := new(string)
	return context.WithValue(ctx, requestID{}, at), at
}

// each makes a job of each row or, given a key, of all rows that have the same, one after
// the other.
func (b batch) each(key func(i int) string, do func(ctx context.Context, i int) error) []job {
	var jobs []job
	at := map[string]int{}
	for i := range b.values {
		if key != nil {
			if known, same := at[key(i)]; same {
				jobs[known].rows = append(jobs[known].rows, i)
				continue
			}
			at[key(i)] = len(jobs)
		}
		jobs = append(jobs, job{rows: []int{i}})
	}
	for at := range jobs {
		j := &jobs[at]
		j.do = func(ctx context.Context) (parts []job, err error) {
			for n, i := range j.rows {
				if n > 0 && ctx.Err() != nil {
					break
				}
				o := &b.outcomes[i]
				if err = do(ctx, i); err != nil && !errors.Is(err, remote.ErrDryRun) {
					o.fail(err)
				} else if err == nil && o.status == unsent {
					o.status = done
				}
			}
			return nil, err
		}
	}
	return jobs
}

// divide makes two jobs of the halves of a list.
func divide[T any](list []T, jobOf func(half []T) job) []job {
	half := len(list) / 2
	return []job{jobOf(list[:half]), jobOf(list[half:])}
}

// unlessMissing takes the error that something does not exist for none, if that is to be
// ignored.
func (b batch) unlessMissing(i int, err error, ignore bool, code client.Code) error {
	if ignore && errors.Is(err, code) {
		b.outcomes[i].status = skipped
		return nil
	}
	return err
}
