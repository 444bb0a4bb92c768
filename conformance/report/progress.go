package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// Progress shows a run while it lasts. On a terminal it is one line, rewritten with
// each case, below what went wrong so far; elsewhere it is a line for each case that
// went wrong. Its methods may be called concurrently. What w refuses is lost.
type Progress struct {
	mu       sync.Mutex
	w        io.Writer
	total    int
	terminal bool

	done    int
	counts  map[Outcome]int
	current string
	width   int // of the line now on the terminal
}

// NewProgress shows a run of total cases on w.
func NewProgress(w io.Writer, total int, terminal bool) *Progress {
	return &Progress{w: w, total: total, terminal: terminal, counts: map[Outcome]int{}}
}

// Begin says that a case is under way.
func (p *Progress) Begin(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current = id
	p.rewrite(p.status())
}

// Add says what came of a case.
func (p *Progress) Add(c Case) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	p.counts[c.Outcome]++
	if looks[c.Outcome].bad >= looks[UnexpectedPass].bad {
		p.rewrite("")
		_, _ = fmt.Fprintf(p.w, "%s %s %s: %s\n", looks[c.Outcome].Sign, looks[c.Outcome].Label, oneLine(c.ID, 200), oneLine(c.gist(), 300))
	}
	p.rewrite(p.status())
}

// Close takes the line away.
func (p *Progress) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rewrite("")
}

// gist is what is wrong with a case in a line.
func (c Case) gist() string {
	if len(c.Findings) == 0 {
		return c.verdictOn()
	}
	return c.Findings[0].String()
}

// status is the line, without the colours that would make its width hard to know.
func (p *Progress) status() string {
	parts := []string{fmt.Sprintf("%s · %d of %d", percent(p.done, p.total), p.done, p.total)}
	for _, o := range Outcomes {
		if n := p.counts[o]; n > 0 && o != Pass {
			parts = append(parts, fmt.Sprintf("%d %s", n, looks[o].Label))
		}
	}
	return strings.Join(append(parts, p.current), " · ")
}

// rewrite puts s in place of the line, if there is a terminal to put it on.
func (p *Progress) rewrite(s string) {
	if !p.terminal {
		return
	}
	const columns = 79
	s = oneLine(s, columns)
	n := utf8.RuneCountInString(s)
	blank := strings.Repeat(" ", max(p.width-n, 0))
	p.width = n
	line := "\r" + s + blank
	if s == "" {
		line += "\r"
	}
	_, _ = fmt.Fprint(p.w, line)
}
