package httpapi

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"
)

// What a deadline says is what the standard library's says, whatever happens and
// whenever somebody first asks.
func TestDeadline(t *testing.T) {
	t.Parallel()
	type key struct{}
	for _, test := range []struct {
		name    string
		timeout time.Duration
		happens func(d *deadline, leave context.CancelFunc)
		want    error
	}{
		{"nothing", time.Hour, func(*deadline, context.CancelFunc) {}, nil},
		{"too late", 0, func(*deadline, context.CancelFunc) {}, context.DeadlineExceeded},
		{"client left", time.Hour, func(_ *deadline, leave context.CancelFunc) { leave() }, context.Canceled},
		{"over", time.Hour, func(d *deadline, _ context.CancelFunc) { d.cancel() }, context.Canceled},
		{"over twice", time.Hour, func(d *deadline, _ context.CancelFunc) { d.cancel(); d.cancel() }, context.Canceled},
	} {
		for asked, ask := range map[string]func(*deadline){
			"before": func(d *deadline) { _ = d.Done() }, "after": func(*deadline) {},
		} {
			t.Run(test.name+"/asked "+asked, func(t *testing.T) {
				t.Parallel()
				parent, leave := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
				defer leave()
				d := &deadline{request: parent, at: time.Now().Add(test.timeout)}
				defer d.cancel()
				ask(d)
				derived, cancel := context.WithCancel(d)
				defer cancel()
				test.happens(d, leave)
				for range 2 { // it stays as it is
					if err := d.Err(); !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
						t.Errorf("error %v instead of %v", err, test.want)
					}
				}
				if test.want != nil {
					<-d.Done()
					<-derived.Done()
					if err := context.Cause(derived); !errors.Is(err, test.want) {
						t.Errorf("the cause is %v", err)
					}
				} else {
					select {
					case <-d.Done():
						t.Error("done")
					default:
					}
				}
				if d.Value(key{}) != "value" {
					t.Error("the value is lost")
				}
				if at, ok := d.Deadline(); !ok || !at.Equal(d.at) {
					t.Errorf("deadline %v, %t", at, ok)
				}
			})
		}
	}
}

func TestDeadlineNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	parent, leave := context.WithCancel(t.Context())
	if err := (&deadline{request: parent, at: time.Now()}).Err(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("too late is %v", err)
	}
	leave()
	if err := (&deadline{request: parent, at: time.Now().Add(time.Hour)}).Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("a client who left is %v", err)
	}
	over := &deadline{request: t.Context(), at: time.Now().Add(time.Hour)}
	over.cancel()
	if err := over.Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("what is over is %v", err)
	}
	<-over.Done()
}

func TestDeadlineComes(t *testing.T) {
	t.Parallel()
	d := &deadline{request: t.Context(), at: time.Now().Add(time.Millisecond)}
	defer d.cancel()
	<-d.Done()
	if err := d.Err(); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestDeadlineOfTheRequestCounts(t *testing.T) {
	t.Parallel()
	earlier := time.Now().Add(time.Minute)
	parent, cancel := context.WithDeadline(t.Context(), earlier)
	defer cancel()
	if at, _ := (&deadline{request: parent, at: earlier.Add(time.Minute)}).Deadline(); !at.Equal(earlier) {
		t.Errorf("%v instead of %v", at, earlier)
	}
}

// A context that package context does not know costs a goroutine for each that is
// derived from it.
func TestDeadlineCostsNoGoroutine(t *testing.T) { // alone, since it counts goroutines
	d := &deadline{request: t.Context(), at: time.Now().Add(time.Hour)}
	defer d.cancel()
	before := runtime.NumGoroutine()
	for range 100 {
		_, cancel := context.WithCancel(d)
		defer cancel()
	}
	if now := runtime.NumGoroutine(); now >= before+100 {
		t.Errorf("%d goroutines more", now-before)
	}
}
