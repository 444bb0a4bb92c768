package servertest_test

import (
	"fmt"
	"runtime"
	"testing"
)

// witness is a test that is meant to fail.
type witness struct {
	testing.TB
	helpers map[string]bool // functions
	end     []func()
	said    string
	where   string // the file that is said to have failed it
}

// observe runs what is meant to fail, to its end.
func observe(t *testing.T, do func(testing.TB)) *witness {
	t.Helper()
	w := &witness{TB: t, helpers: map[string]bool{}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		do(w)
	}()
	<-done
	for _, f := range w.end {
		f()
	}
	return w
}

// expect makes sure how it failed, and that the caller's file is told as the place.
func (w *witness) expect(t *testing.T, said string) {
	t.Helper()
	if w.said != said {
		t.Errorf("the test failed with %q, want %q", w.said, said)
	}
	if want := callers()[1].File; w.where != want {
		t.Errorf("it failed in %s, want %s", w.where, want)
	}
}

// Helper implements [testing.TB].
func (w *witness) Helper() { w.helpers[callers()[1].Function] = true }

// Cleanup implements [testing.TB].
func (w *witness) Cleanup(f func()) { w.end = append(w.end, f) }

// Fatalf implements [testing.TB].
func (w *witness) Fatalf(format string, args ...any) {
	w.said = fmt.Sprintf(format, args...)
	for _, f := range callers()[1:] {
		if !w.helpers[f.Function] {
			w.where = f.File
			break
		}
	}
	runtime.Goexit()
}

// callers are those of the caller, itself first.
func callers() (list []runtime.Frame) {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		list = append(list, f)
		if !more {
			return list
		}
	}
}
