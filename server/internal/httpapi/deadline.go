package httpapi

import (
	"context"
	"sync"
	"time"
)

// deadline is the context that [context.WithTimeout] would make of a request's, made
// when somebody waits for its end and not before, since most requests are over
// before anybody does. It is safe for concurrent use.
type deadline struct {
	request context.Context
	at      time.Time

	mu   sync.Mutex
	made context.Context // nil until it is needed
	stop context.CancelFunc
	over bool // whether it was cancelled
}

// Deadline implements [context.Context].
func (d *deadline) Deadline() (time.Time, bool) {
	if earlier, ok := d.request.Deadline(); ok && earlier.Before(d.at) {
		return earlier, true
	}
	return d.at, true
}

// Done implements [context.Context].
func (d *deadline) Done() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.make().Done()
}

// Err implements [context.Context].
func (d *deadline) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.made == nil && !d.over && d.request.Err() == nil && time.Now().Before(d.at) {
		return nil
	}
	return d.make().Err()
}

// Value implements [context.Context]. Package context finds its own contexts by
// values, so that from then on the one that was made must answer.
func (d *deadline) Value(key any) any {
	d.mu.Lock()
	ctx := d.made
	d.mu.Unlock()
	if ctx == nil {
		ctx = d.request
	}
	return ctx.Value(key)
}

// make is called with mu held.
func (d *deadline) make() context.Context {
	if d.made == nil {
		d.made, d.stop = context.WithDeadline(d.request, d.at)
		if d.over {
			d.stop()
		}
	}
	return d.made
}

// cancel ends the context, for those who still hold it.
func (d *deadline) cancel() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over = true
	if d.made != nil {
		d.stop()
	}
}
