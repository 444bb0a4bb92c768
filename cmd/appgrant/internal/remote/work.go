package remote

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// status says how things stand with a row.
type status string

const (
	done    status = "done"
	skipped status = "skipped" // it was so before
	failed  status = "failed"
	unsure  status = "unsure" // no answer came; it may be done
	unsent  status = ""       // not tried
)

// outcome is what came of a row.
type outcome struct {
	status   status
	id       string // of the authorization
	role, at string // who authorized, and when
	err      error
}

func (o *outcome) fail(err error) {
	var answer *client.Error
	o.status, o.err = failed, err
	if errors.As(err, &answer) && answer.Status == 0 && !answer.NotDone {
		o.status = unsure
	}
}

// grace is how long requests under way may take when somebody stops the program.
const grace = 5 * time.Second

// work is rows, and what has come of them.
type work struct {
	columns  []column
	rows     []row
	outcomes []outcome
	atOnce   int
	dryRun   bool
	stopped  error // why it did not go on
}

// run does the jobs, some at a time. When ctx ends, or nothing else can be expected to
// work either, it starts no more; those under way may end.
func (w *work) run(ctx context.Context, jobs []job, stderr io.Writer) {
	if w.dryRun {
		w.atOnce = 1
	}
	bar := w.bar(stderr)
	calls, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })()

	var mu sync.Mutex
	var running sync.WaitGroup
	free := make(chan struct{}, w.atOnce)
	for _, j := range jobs {
		free <- struct{}{}
		mu.Lock()
		if w.stopped == nil {
			w.stopped = ctx.Err()
		}
		stopped := w.stopped != nil
		mu.Unlock()
		if stopped {
			break
		}
		running.Go(func() {
			defer func() { <-free }()
			err := j.do(calls)
			mu.Lock()
			defer mu.Unlock()
			if err != nil && !errors.Is(err, errDryRun) {
				for _, i := range j.rows {
					w.outcomes[i].fail(err)
				}
				if hopeless(err) && w.stopped == nil {
					w.stopped = err
				}
			}
			_ = bar.Add(len(j.rows)) // what can't be shown is not
		})
	}
	running.Wait()
	_ = bar.Finish()
}

// hopeless reports whether the other jobs would meet the same.
func hopeless(err error) bool {
	return errors.Is(err, client.ErrUnreachable) || errors.Is(err, client.ErrUnauthorized) || errors.Is(err, client.ErrToken)
}

// bar shows the progress of many rows to people.
func (w *work) bar(stderr io.Writer) *progressbar.ProgressBar {
	if w.dryRun || len(w.rows) < 2 || !settings.IsTerminal(stderr) {
		stderr = io.Discard
	}
	return progressbar.NewOptions(len(w.rows),
		progressbar.OptionSetWriter(stderr), progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(65*time.Millisecond), progressbar.OptionClearOnFinish())
}

// report prints what came of the work. The error tells what is not done.
func (w *work) report(stdout io.Writer, format string) error {
	if w.dryRun {
		return w.stopped
	}
	write := w.writeTable
	if format == asJSON {
		write = w.writeJSON
	}
	if err := write(stdout); err != nil {
		return outcomeError{err, exitRefused}
	}
	return w.err()
}

// count returns how many rows are done.
func (w *work) count() (n int) {
	for _, o := range w.outcomes {
		if o.status == done || o.status == skipped {
			n++
		}
	}
	return n
}

func (w *work) err() error {
	n, total := w.count(), len(w.rows)
	if n == total {
		return nil
	}
	var first error
	where := ""
	for i, o := range w.outcomes {
		if o.err != nil {
			first, where = o.err, w.label(w.rows[i])
			break
		}
	}
	if total == 1 && first != nil {
		return judged(first)
	}
	text := fmt.Sprintf("%d of %d done", n, total)
	switch {
	case interrupted(w.stopped):
		text += "; interrupted, the same command does the rest"
		first = w.stopped
	case first != nil:
		text += fmt.Sprintf("; %s: %v", where, first)
	}
	status := exitPartial
	var refused outcomeError
	if n == 0 && errors.As(judged(first), &refused) {
		status = refused.status
	}
	return outcomeError{errors.New(text), status}
}

func (w *work) label(r row) string {
	var parts []string
	for _, c := range w.columns {
		if r[c.name] != "" {
			parts = append(parts, c.name+" "+r[c.name])
		}
	}
	return strings.Join(parts, ", ")
}

// confirm asks the people at the terminal.
func confirm(cmd *cobra.Command, question string, taken bool) error {
	if taken || !settings.IsTerminal(cmd.InOrStdin()) {
		return fmt.Errorf("to %s give --yes, since there is nobody to ask", question)
	}
	_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "%s? [y/N] ", strings.ToUpper(question[:1])+question[1:])
	answer, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return errors.New("nothing was done")
}
