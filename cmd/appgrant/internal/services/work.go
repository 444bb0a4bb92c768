package services

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/remote"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// status says how things stand with a row.
type status string

const (
	done    status = "done"
	skipped status = "skipped" // it was so before
	failed  status = "failed"
	unsure  status = "unsure" // no answer that can be relied on came; it may be done
	unsent  status = ""       // not tried
)

// outcome is what came of a row.
type outcome struct {
	status    status
	id        string // of the authorization
	role, at  string // who authorized, and when
	requestID string
	err       error
}

func (o *outcome) fail(err error) {
	var refusal *client.Error
	var answer *client.AnswerError
	o.status, o.err = failed, err
	if errors.As(err, &answer) || errors.As(err, &refusal) && refusal.Status == 0 && refusal.MayBeDone {
		o.status = unsure
	}
}

// job is the rows that one call does.
type job struct {
	rows []int
	// do fills the outcomes of rows; those that it leaves have its error. Or it
	// divides the job.
	do func(ctx context.Context) (parts []job, err error)
}

const (
	// grace is how long requests under way may take when somebody stops the program.
	grace = 5 * time.Second
	// maxLost is how many calls in a row may have no answer until the server counts as
	// gone, and maxRefused how many single rows may be refused, with nothing done before,
	// until it can't be hoped that another is not.
	maxLost    = 5
	maxRefused = 50
)

// work is rows, and what has come of them.
type work struct {
	rows
	outcomes []outcome
	atOnce   int
	dryRun   bool
	again    string // how to do what is left of interrupted work
	stopped  error  // why it did not go on

	lost, refused int // in a row
	anyDone       bool
}

// run does the jobs, some at a time. When ctx ends, or the rest can't be expected to
// work either, it starts no more; those under way may end.
func (w *work) run(ctx context.Context, queue []job, stderr io.Writer) {
	bar := w.bar(stderr)
	calls, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })()

	type result struct {
		job
		parts []job
		err   error
	}
	results := make(chan result)
	for running := 0; ; {
		for running < w.atOnce && len(queue) > 0 && w.stopped == nil {
			if w.stopped = ctx.Err(); w.stopped != nil {
				break
			}
			j := queue[0]
			queue = queue[1:]
			running++
			go func() {
				parts, err := j.do(calls)
				results <- result{j, parts, err}
			}()
		}
		if running == 0 {
			break
		}
		r := <-results
		running--
		if r.parts != nil {
			queue = append(r.parts, queue...)
			continue
		}
		w.settle(r.job, r.err)
		_ = bar.Add(len(r.rows)) // what can't be shown is not
	}
	_ = bar.Finish()
}

// settle takes note of what came of a job, and whether to go on.
func (w *work) settle(j job, err error) {
	for _, i := range j.rows {
		o := &w.outcomes[i]
		if err != nil && o.status == unsent && !errors.Is(err, remote.ErrDryRun) {
			o.fail(err)
		}
		w.anyDone = w.anyDone || o.status == done || o.status == skipped
	}
	var refusal *client.Error
	answered := errors.As(err, &refusal) && refusal.Status != 0
	switch {
	case err == nil || errors.Is(err, remote.ErrDryRun):
		w.lost, w.refused = 0, 0
	case errors.Is(err, client.ErrUnreachable):
		w.lost++
	case answered && (errors.Is(err, client.ErrForbidden) || errors.Is(err, client.ErrBadRequest)):
		w.lost = 0
		w.refused++
	}
	hopeless := errors.Is(err, client.ErrUnauthorized) || errors.Is(err, client.ErrToken) ||
		errors.Is(err, client.ErrUnreachable) && !refusal.MayBeDone ||
		w.lost >= maxLost || w.refused >= maxRefused && !w.anyDone
	if hopeless && w.stopped == nil {
		w.stopped = err
	}
}

// bar shows the progress of many rows to people.
func (w *work) bar(stderr io.Writer) *progressbar.ProgressBar {
	if w.dryRun || len(w.values) < 2 || !settings.IsTerminal(stderr) {
		stderr = io.Discard
	}
	return progressbar.NewOptions(len(w.values),
		progressbar.OptionSetWriter(stderr), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true),
		progressbar.OptionSetWidth(30), progressbar.OptionThrottle(65*time.Millisecond), progressbar.OptionClearOnFinish())
}

// report prints what came of the work. The error tells what is not done.
func (w *work) report(stdout io.Writer, format string) error {
	if !w.dryRun {
		write := w.writeTable
		if format == remote.AsJSON {
			write = w.writeJSON
		}
		if err := write(stdout); err != nil {
			return remote.ExitError{Err: err, Status: remote.ExitRefused}
		}
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
	n, total := w.count(), len(w.values)
	first := -1
	for i, o := range w.outcomes {
		if o.err != nil {
			first = i
			break
		}
	}
	if n == total || w.dryRun && first < 0 {
		return nil
	}
	text := fmt.Sprintf("%d of %d done", n, total)
	var why error
	switch {
	case remote.Interrupted(w.stopped):
		why = w.stopped
		text += "; interrupted, " + w.again
	case first >= 0:
		why = w.outcomes[first].err
		text += "; " + w.label(first) + ": " + w.outcomes[first].text()
		if total == 1 {
			text = w.outcomes[first].text()
		}
	}
	if n > 0 {
		return remote.ExitError{Err: errors.New(text), Status: remote.ExitPartial}
	}
	return remote.ExitError{Err: errors.New(text), Status: remote.StatusOf(why)}
}
