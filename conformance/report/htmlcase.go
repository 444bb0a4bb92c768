package report

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
)

// How much a page tells of what went wrong, in bytes: of one body or message, and
// of all findings and exchanges together.
const (
	partLimit = 4 << 10
	pageLimit = 512 << 10
)

// told is a case with its story.
type told struct {
	listed
	Verdict   string
	Findings  []Finding
	Exchanges []shown
	LeftOut   int // findings and exchanges that the page has no room for
}

// shown is an exchange as the page shows it.
type shown struct {
	Number            int
	Bad               bool // a finding was made in it
	Status            string
	Line, Took        string
	Request, Response string
	Curl              string
}

// teller tells the stories of cases until the page is full.
type teller struct{ room int }

// tell is the cases with these outcomes, in the order of the outcomes.
func (t *teller) tell(all []listed, outcomes ...Outcome) []told {
	var stories []told
	for _, o := range outcomes {
		for _, l := range all {
			if l.Outcome == o {
				stories = append(stories, t.story(l))
			}
		}
	}
	return stories
}

func (t *teller) story(l listed) told {
	s := told{listed: l, Verdict: l.verdictOn()}
	for _, f := range l.Findings {
		f.Message = clip(printable(f.Message), partLimit)
		if t.fits(f.String()) {
			s.Findings = append(s.Findings, f)
		}
	}
	for i, e := range l.Exchanges {
		x := show(i+1, e)
		x.Bad = slices.ContainsFunc(l.Findings, func(f Finding) bool { return f.Step == x.Number })
		if t.fits(x.Line + x.Request + x.Response + x.Curl) {
			s.Exchanges = append(s.Exchanges, x)
		}
	}
	s.LeftOut = len(l.Findings) - len(s.Findings) + len(l.Exchanges) - len(s.Exchanges)
	if len(s.Findings) == 0 && len(l.Findings) > 0 {
		s.Verdict = oneLine(l.gist(), 300)
	}
	return s
}

// fits takes the room for s, if there is any.
func (t *teller) fits(s string) bool {
	size := len(template.HTMLEscapeString(s))
	if size > t.room {
		return false
	}
	t.room -= size
	return true
}

func show(number int, e Exchange) shown {
	x := shown{
		Number:   number,
		Status:   "no answer",
		Line:     oneLine(e.Method+" "+e.URL, 1000),
		Took:     brief(e.Duration),
		Request:  printable(fmt.Sprintf("%s %s\n%s", e.Method, e.URL, message(e.RequestHeader, e.RequestBody))),
		Response: "no answer",
		Curl:     clip(printable(e.Curl), partLimit),
	}
	if e.Status > 0 {
		x.Status = strconv.Itoa(e.Status)
		x.Response = printable(x.Status + "\n" + message(e.ResponseHeader, e.ResponseBody))
	}
	return x
}

// message is headers and a body, with an empty line between them.
func message(header []string, body string) string {
	var b strings.Builder
	for _, line := range header {
		fmt.Fprintln(&b, line)
	}
	if body != "" {
		fmt.Fprintf(&b, "\n%s", clip(body, partLimit))
	}
	return b.String()
}
