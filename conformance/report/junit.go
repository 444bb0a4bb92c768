package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// The elements of a JUnit report, as far as CI systems agree on them.
type (
	junitRun struct {
		XMLName xml.Name `xml:"testsuites"`
		Name    string   `xml:"name,attr"`
		junitTotals
		Suites []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name      string `xml:"name,attr"`
		Timestamp string `xml:"timestamp,attr"`
		junitTotals
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitTotals struct {
		Tests    int     `xml:"tests,attr"`
		Failures int     `xml:"failures,attr"`
		Errors   int     `xml:"errors,attr"`
		Skipped  int     `xml:"skipped,attr"`
		Time     seconds `xml:"time,attr"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name    string       `xml:"name,attr"`
		Class   string       `xml:"classname,attr"`
		Time    seconds      `xml:"time,attr"`
		Skipped *junitDetail `xml:"skipped"`
		Error   *junitDetail `xml:"error"`
		Failure *junitDetail `xml:"failure"`
	}
	junitDetail struct {
		Type    string `xml:"type,attr,omitempty"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
	seconds time.Duration
)

// MarshalText implements [encoding.TextMarshaler].
func (s seconds) MarshalText() ([]byte, error) {
	return strconv.AppendFloat(nil, time.Duration(s).Seconds(), 'f', 3, 64), nil
}

// WriteJUnit writes the report as CI systems read it: a suite for each service, and
// one each for the facts, what is untraced and the mutants, if they were looked at.
// An expected failure is a skip there, an unexpected pass a failure, and a problem
// of the whole run an error of its own.
func (r *Report) WriteJUnit(w io.Writer) error {
	var suites []junitSuite
	if r.Problem != "" {
		suites = append(suites, junitSuite{Name: "run", Cases: []junitCase{{
			Name: "problem", Class: "run",
			Error: detail("problem", r.Problem, ""),
		}}})
	}
	for _, folder := range groupBy(r.Cases, Case.folder) {
		suite := junitSuite{Name: folder.Key}
		for _, c := range folder.Items {
			suite.Cases = append(suite.Cases, c.junit())
		}
		suites = append(suites, suite)
	}
	if r.Trace != nil {
		suites = append(suites, r.Trace.junit()...)
	}

	run := junitRun{Name: printable(r.Tool), Suites: suites}
	for i := range suites {
		suites[i].Timestamp = r.Started.UTC().Format("2006-01-02T15:04:05")
		suites[i].Properties = r.properties()
		suites[i].sum()
		run.add(suites[i].junitTotals)
	}
	run.Time = seconds(r.Duration)

	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	if err := enc.Encode(run); err != nil {
		return fmt.Errorf("encode junit: %w", err)
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

func (r *Report) properties() []junitProperty {
	properties := []junitProperty{
		{"target", printable(r.Subject)},
		{"verdict", r.Verdict()},
	}
	if r.Seed != 0 {
		properties = append(properties, junitProperty{"seed", strconv.FormatUint(r.Seed, 10)})
	}
	return properties
}

func (c Case) junit() junitCase {
	folder := c.ID[:max(strings.LastIndex(c.ID, "/"), 0)]
	j := junitCase{
		Name:  printable(c.ID),
		Class: printable(strings.ReplaceAll(folder, "/", ".")),
		Time:  seconds(c.Duration),
	}
	switch c.Outcome {
	case Skipped:
		j.Skipped = detail("", c.Reason, "")
	case ExpectedFail:
		j.Skipped = detail("", c.verdictOn(), c.story())
	case UnexpectedPass:
		j.Failure = detail(string(UnexpectedPass), c.verdictOn(), "")
	case Fail:
		kind, message := string(Fail), c.verdictOn()
		if len(c.Findings) > 0 {
			kind, message = string(c.Findings[0].Layer), c.Findings[0].Message
		}
		j.Failure = detail(kind, message, c.story())
	case Errored:
		j.Error = detail(string(Errored), c.Reason, c.story())
	case Pass:
	}
	return j
}

// story is a case's findings and how to repeat its exchanges.
func (c Case) story() string {
	var b strings.Builder
	for _, f := range c.Findings {
		fmt.Fprintln(&b, f)
	}
	for _, i := range c.told() {
		e := c.Exchanges[i]
		fmt.Fprintf(&b, "\nexchange %d: %s\n%s\n", i+1, e.line(), e.Curl)
	}
	return b.String()
}

// line is an exchange in a line.
func (e Exchange) line() string {
	answer := "no answer"
	if e.Status > 0 {
		answer = strconv.Itoa(e.Status)
	}
	return fmt.Sprintf("%s %s: %s, %s", e.Method, e.URL, answer, brief(e.Duration))
}

func (t *Trace) junit() []junitSuite {
	var suites []junitSuite
	add := func(name string, cases []junitCase) {
		if len(cases) > 0 {
			suites = append(suites, junitSuite{Name: name, Cases: cases})
		}
	}

	var cases []junitCase
	for _, f := range t.Facts {
		j := junitCase{Name: printable(f.Row), Class: "facts." + printable(f.Document)}
		if !f.OK() {
			j.Failure = detail(string(f.Verdict), f.Detail, f.Pointer)
		}
		cases = append(cases, j)
	}
	add("facts", cases)

	cases = nil
	for _, u := range t.Untraced {
		cases = append(cases, junitCase{
			Name: printable(u.Pointer), Class: "untraced",
			Failure: detail("untraced", u.Says, u.Pointer),
		})
	}
	add("untraced", cases)

	cases = nil
	for _, s := range t.Mutations {
		j := junitCase{Name: printable(s.Operator), Class: "mutations." + printable(s.Of)}
		if s.Killed < s.Total {
			j.Failure = detail("survivors", fmt.Sprintf("%d of %d mutants noticed", s.Killed, s.Total),
				strings.Join(s.unnoticed(), "\n"))
		}
		cases = append(cases, j)
	}
	add("mutations", cases)
	return suites
}

// detail is an element with a message that may hold anything.
func detail(kind, message, text string) *junitDetail {
	return &junitDetail{Type: printable(kind), Message: printable(message), Text: printable(text)}
}

// sum counts the cases of a suite.
func (s *junitSuite) sum() {
	s.Tests = len(s.Cases)
	for _, c := range s.Cases {
		s.Time += c.Time
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
}

func (t *junitTotals) add(u junitTotals) {
	t.Tests += u.Tests
	t.Failures += u.Failures
	t.Errors += u.Errors
	t.Skipped += u.Skipped
	t.Time += u.Time
}
