package server

import (
	"io"
	"runtime"
	"sync"
)

// maxPending is how many bytes of lines wait at the most while others are written.
const maxPending = 1 << 20

// LineWriter writes lines of a log in the background, and those that come while it
// does in one piece. There is no timer: whoever comes while a write is under way is in
// the next. The order stays. At most 1 MiB waits; then so do those who bring more. What
// waits is lost if the process is killed. It is safe for concurrent use.
type LineWriter struct {
	to io.Writer

	mu             sync.Mutex
	changed        sync.Cond // pending got shorter, or more is written
	pending        []byte
	spare          []byte // for the next lines, while these are written
	serving        bool
	taken, written uint64 // bytes
}

// NewLineWriter makes one that writes to another writer. Whoever makes it calls Flush in
// the end.
func NewLineWriter(to io.Writer) *LineWriter {
	w := &LineWriter{to: to}
	w.changed.L = &w.mu
	return w
}

// Write takes a line, and waits while there are too many. It returns no error: who
// logs has nobody to tell, and the lines after it are worth trying.
func (w *LineWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.pending) > 0 && len(w.pending)+len(line) > maxPending {
		w.changed.Wait()
	}
	w.pending = append(w.pending, line...)
	w.taken += uint64(len(line))
	if !w.serving {
		w.serving = true
		go w.serve()
	}
	return len(line), nil
}

// serve writes what is pending until nothing is.
func (w *LineWriter) serve() {
	runtime.Gosched() // requests that are about to end have lines, too
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.pending) > 0 {
		lines := w.pending
		w.pending = w.spare[:0]
		w.changed.Broadcast()
		w.mu.Unlock()
		_, _ = w.to.Write(lines) // see Write
		w.mu.Lock()
		w.spare = lines
		w.written += uint64(len(lines))
		w.changed.Broadcast()
	}
	w.serving = false
}

// Flush waits until every line taken before has been written.
func (w *LineWriter) Flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for mark := w.taken; w.written < mark; {
		w.changed.Wait()
	}
}
