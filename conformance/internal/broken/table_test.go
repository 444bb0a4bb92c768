package broken_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/appgrant/appgrant/conformance/internal/broken"
	"github.com/appgrant/appgrant/conformance/report"
)

var update = flag.Bool("update", false, "run every case against every fault, and write docs/broken-servers.md anew")

const tableFile = "../../../docs/broken-servers.md"

// listed is how many cases a row names.
const listed = 3

// row is a fault and what notices it.
type row struct {
	name  string
	about string
	cases []string // the first of them
	more  int
	layer report.Layer // that the first of them was found with
}

// table is the document, which says which cases notice which fault.
type table struct {
	mu   sync.Mutex
	rows map[string]row
}

var rowSyntax = regexp.MustCompile(`^\| ([a-z0-9-]+) \| (.+?) \| (.*?) \| ([a-z]*) \|$`)

var (
	caseSyntax = regexp.MustCompile("`([^`]+)`")
	moreSyntax = regexp.MustCompile(`and (\d+) more$`)
)

func readTable(t *testing.T) *table {
	t.Helper()
	all := &table{rows: map[string]row{}}
	text, err := os.ReadFile(tableFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		cells := rowSyntax.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if cells == nil {
			continue
		}
		r := row{name: cells[1], about: cells[2], layer: report.Layer(cells[4])}
		for _, found := range caseSyntax.FindAllStringSubmatch(cells[3], -1) {
			r.cases = append(r.cases, found[1])
		}
		if more := moreSyntax.FindStringSubmatch(cells[3]); more != nil {
			r.more, _ = strconv.Atoi(more[1])
		}
		all.rows[r.name] = r
	}
	return all
}

// row is what the document says about a fault.
func (all *table) row(f broken.Fault) row {
	all.mu.Lock()
	defer all.mu.Unlock()
	return all.rows[f.Name]
}

// set notes the cases that noticed a fault in each of two runs.
func (all *table) set(t *testing.T, f broken.Fault, first, second []report.Case) {
	t.Helper()
	steady := slices.DeleteFunc(slices.Clone(first), func(c report.Case) bool {
		return !slices.Contains(ids(second), c.ID)
	})
	r := row{name: f.Name, about: f.About}
	r.cases = ids(steady[:min(listed, len(steady))])
	if len(steady) == 0 {
		t.Errorf("no case notices it: %s", f.About)
	} else {
		r.layer, r.more = steady[0].Findings[0].Layer, len(steady)-len(r.cases)
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	all.rows[f.Name] = r
}

const preface = `# Broken servers

Would the conformance suite notice? The suite's tests wrap a good server in one fault at a time, and run the
cases that people wrote against it; those that are generated do not count here. Each row is a fault, the first
cases that turn red, and the yardstick that the first finding was made with: the *contract*, the *wire*
(one JSON document, its media type, trace ids), the *meaning* (codes, texts, what an answer owes to its request)
or what the case itself expects (*expectation*). The faults are in
[conformance/internal/broken](../conformance/internal/broken/broken.go).

This file is written by ` + "`go test ./conformance/internal/broken -update -timeout 1h`" + `, which runs every case
against every fault. Without ` + "`-update`" + ` the test runs the named cases, and fails if one of them does not
turn red.

| fault | what is wrong | cases that turn red | found by |
|---|---|---|---|
`

// write writes the document, or compares what it says about faults with the faults
// that there are.
func (all *table) write(t *testing.T) {
	t.Helper()
	known := map[string]bool{}
	var b strings.Builder
	b.WriteString(preface)
	for _, f := range broken.Faults() {
		r := all.rows[f.Name]
		known[f.Name] = true
		if !*update && r.about != f.About {
			t.Errorf("docs/broken-servers.md does not describe %s; run the test with -update", f.Name)
		}
		named := make([]string, len(r.cases))
		for i, id := range r.cases {
			named[i] = "`" + id + "`"
		}
		text := strings.Join(named, ", ")
		if r.more > 0 {
			text += fmt.Sprintf(" and %d more", r.more)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", f.Name, f.About, text, r.layer)
	}
	for name := range all.rows {
		if !known[name] && !*update {
			t.Errorf("docs/broken-servers.md has the fault %s, which there is not; run the test with -update", name)
		}
	}
	if !*update {
		return
	}
	if err := os.WriteFile(tableFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
