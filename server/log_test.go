package server_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appgrant/appgrant/server"
)

// maxLines is how many bytes may wait.
const maxLines = 1 << 20

// slowWriter keeps what it is given, each time when it is told to.
type slowWriter struct {
	now    chan struct{} // nil: at once
	err    error
	mu     sync.Mutex
	writes []string
}

// Write implements [io.Writer].
func (s *slowWriter) Write(p []byte) (int, error) {
	if s.now != nil {
		<-s.now
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes = append(s.writes, string(p))
	return len(p), s.err
}

func (s *slowWriter) text() string { return strings.Join(s.writes, "") }

// Lines of one goroutine keep their order, and none is lost, halved or written twice.
func TestLineWriterKeepsAll(t *testing.T) {
	t.Parallel()
	const writers, each = 8, 500
	var to slowWriter
	w := server.NewLineWriter(&to)
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			for j := range each {
				_, _ = fmt.Fprintf(w, "%d %d\n", i, j)
			}
		})
	}
	wg.Wait()
	w.Flush()
	next := [writers]int{}
	for line := range strings.Lines(to.text()) {
		var i, j int
		if _, err := fmt.Sscanf(line, "%d %d\n", &i, &j); err != nil || j != next[i] {
			t.Fatalf("%q where %d was due: %v", line, next[i], err)
		}
		next[i]++
	}
	for i, n := range next {
		if n != each {
			t.Errorf("%d lines of %d", n, i)
		}
	}
}

// What comes during a write shares the next one.
func TestLineWriterJoins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := slowWriter{now: make(chan struct{})}
		w := server.NewLineWriter(&to)
		_, _ = w.Write([]byte("a\n"))
		synctest.Wait() // the write of a is under way
		_, _ = w.Write([]byte("b\n"))
		synctest.Wait()
		_, _ = w.Write([]byte("c\n"))
		close(to.now)
		w.Flush()
		if got := fmt.Sprintf("%q", to.writes); got != `["a\n" "b\nc\n"]` {
			t.Error(got)
		}
	})
}

// Behind a reader who does not read, lines wait up to a bound, and then those who
// write them.
func TestLineWriterIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := slowWriter{now: make(chan struct{})}
		w := server.NewLineWriter(&to)
		line := bytes.Repeat([]byte("x"), maxLines/4)
		_, _ = w.Write(line)
		synctest.Wait() // the write is under way
		var written atomic.Int32
		var wg sync.WaitGroup
		wg.Go(func() {
			for range 8 {
				_, _ = w.Write(line)
				written.Add(1)
			}
		})
		synctest.Wait()
		if n := written.Load(); n != 4 {
			t.Errorf("%d lines taken", n)
		}
		close(to.now)
		wg.Wait()
		w.Flush()
		if n := len(to.text()); n != 9*len(line) {
			t.Errorf("%d bytes of %d", n, 9*len(line))
		}
	})
}

// A line longer than the bound is taken alone.
func TestLineWriterTakesALongLine(t *testing.T) {
	t.Parallel()
	var to slowWriter
	w := server.NewLineWriter(&to)
	_, _ = w.Write(make([]byte, 2*maxLines))
	w.Flush()
	if n := len(to.text()); n != 2*maxLines {
		t.Errorf("%d bytes", n)
	}
}

// A full disk keeps nobody, and what comes after it is tried again.
func TestLineWriterGoesOnAfterAnError(t *testing.T) {
	t.Parallel()
	to := slowWriter{err: errors.New("full")}
	w := server.NewLineWriter(&to)
	for range 2 {
		if n, err := w.Write([]byte("a\n")); n != 2 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		w.Flush()
	}
	if to.text() != "a\na\n" {
		t.Errorf("%q", to.text())
	}
}

// steppedWriter tells when it is asked to write, and ends when it is told to.
type steppedWriter struct{ begun, end chan struct{} }

// Write implements [io.Writer].
func (s steppedWriter) Write(p []byte) (int, error) {
	s.begun <- struct{}{}
	<-s.end
	return len(p), nil
}

// Flush waits for the lines before it, whatever comes after them.
func TestLineWriterFlushEnds(t *testing.T) {
	t.Parallel()
	to := steppedWriter{make(chan struct{}), make(chan struct{})}
	w := server.NewLineWriter(to)
	_, _ = w.Write([]byte("first\n"))
	flushed := make(chan struct{})
	go func() {
		w.Flush()
		close(flushed)
	}()
	ended := false
	for began := time.Now(); time.Since(began) < 10*time.Second; {
		<-to.begun
		select {
		case <-flushed:
			ended = true
		default:
			_, _ = w.Write([]byte("more\n")) // so that there always is a line
		}
		to.end <- struct{}{}
		if ended {
			return
		}
	}
	t.Error("it waits for lines that came later")
}
