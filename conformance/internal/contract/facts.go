package contract

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/appgrant/appgrant/conformance/documents"
	"github.com/appgrant/appgrant/conformance/internal/strictjson"
)

// fact is a row of a document, or a decision, as the statements that a contract
// owes to it.
type fact struct {
	document, row string
	decision      bool
	expect        []expectation
	// example is the one it is about, if it is about one; one without a text is a
	// request or an answer without a body.
	example *documents.Example
	// twins are two operations that say the same, the second as the first.
	twins [2]string
}

// expectation is a statement that a contract should make.
type expectation struct {
	about
	value   string // empty if nothing should be said
	decided bool   // marked by an x-ruling, then; else not
	anyMark bool   // marked or not
}

// documentedRow is a row of a table about a body or parameters.
type documentedRow struct {
	documents.Row
	fact   int    // its index
	status int    // of the answer, 0 for the request
	in     string // body, path, query or header
	path   string // in a body, such as auths[].id
}

// collector turns a document into facts about one operation.
type collector struct {
	documents.Document
	op    string // the subject, method and path
	facts []fact
	// documented are the rows of tables that are no decision.
	documented []documentedRow
	// may are statements that the document accounts for, but does not ask for.
	may map[about]map[string]bool
}

// collect gives the facts of a document on the operation that a contract has for
// it, and on its second URI.
func collect(d documents.Document, op string) *collector {
	c := &collector{Document: d, op: op, may: map[about]map[string]bool{}}
	c.uri()
	c.rows()
	c.examples()
	if d.Alias != nil {
		c.alias()
	}
	return c
}

func (c *collector) add(f fact) {
	f.document = c.Name
	c.facts = append(c.facts, f)
}

// subjectOf is the subject of an operation.
func subjectOf(u documents.URI) string {
	method := u.Method
	if decided, ok := u.Ruled["method"].(string); ok {
		method = decided
	}
	return method + " " + u.Path
}

func (c *collector) uri() {
	// OpenAPI has no place for the mark of a path: a mark on it would cover all
	// that is below. So the one of the operationId stands for both.
	lost := c.URI.Decided
	f := fact{row: "URI", decision: lost, expect: []expectation{
		{about{subjectOf(c.URI), present}, yes, lost, lost},
		{about{"path " + c.URI.Path, present}, yes, lost, lost},
	}}
	if _, ok := c.Request(); !ok {
		f.example = &documents.Example{}
	}
	c.add(f)
	if _, path, _ := strings.Cut(c.op, " "); c.op != subjectOf(c.URI) {
		c.allow(about{c.op, present}, yes)
		c.allow(about{"path " + path, present}, yes)
	}
	c.allow(about{c.op, documentKey}, canonical(c.Name))
	_, decided := c.URI.Ruled["operationId"]
	c.add(fact{row: "operationId", decision: decided, expect: []expectation{
		{about: about{c.op, "operationId"}, value: canonical(c.URI.Name()), decided: decided},
	}})
}

func (c *collector) allow(a about, value string) {
	if c.may[a] == nil {
		c.may[a] = map[string]bool{}
	}
	c.may[a][value] = true
}

// rows are the statuses and the tables.
func (c *collector) rows() {
	for _, s := range c.Statuses {
		code := strconv.Itoa(s.Code)
		f := fact{row: "status " + code, decision: s.Decided, expect: []expectation{
			{about: about{response(c.op, code), present}, value: yes, decided: s.Decided},
		}}
		if s.Code == http.StatusNoContent {
			f.example = &documents.Example{Status: s.Code}
		}
		c.add(f)
	}
	for _, t := range c.Tables {
		switch {
		case t.In == "":
		case len(t.Statuses) == 0:
			c.table(t, t.Name, 0)
		default:
			for _, status := range t.Statuses {
				name := t.Name
				if len(t.Statuses) > 1 {
					name += " of " + strconv.Itoa(status)
				}
				c.table(t, name, status)
			}
		}
	}
}

// table collects the rows of a table on the request, whose status is 0, or an answer.
func (c *collector) table(t documents.Table, name string, status int) {
	subject, body := c.op, requestBody(c.op)
	if status != 0 {
		code := strconv.Itoa(status)
		subject, body = response(c.op, code), responseBody(c.op, code)
	}
	if t.In == documents.InBody {
		expect := []expectation{
			{about: about{body, mediaType}, value: canonical("application/json"), decided: t.Decided},
			{about: about{body, "type"}, value: canonical("object"), decided: t.Decided},
		}
		if len(t.Statuses) == 0 {
			expect = append(expect, expectation{about: about{body, present}, value: yes, decided: t.Decided})
			for _, r := range t.Rows { // a body with a mandatory member is mandatory
				if r.Mandatory == "Yes" {
					expect = append(expect, expectation{about: about{body, "required"}, value: yes, decided: t.Decided})
					break
				}
			}
		}
		c.add(fact{row: name, decision: t.Decided, expect: expect})
	}
	for _, r := range t.Rows {
		of := field(body, r.Name)
		if t.In != documents.InBody {
			of = parameterSubject(subject, t.In, r.Name)
		}
		at := documentedRow{Row: r, status: status, in: t.In, path: r.Name}
		c.row(at, name, of, t.Decided || r.Decided)
	}
}

// row collects a row, and what was decided of it.
func (c *collector) row(r documentedRow, table, subject string, decided bool) {
	f := fact{row: table + ", " + r.Name, decision: decided}
	say := func(of, predicate, value string) {
		f.expect = append(f.expect, expectation{about: about{of, predicate}, value: value, decided: decided})
	}
	say(subject, present, yes)
	switch r.Mandatory {
	case "Yes":
		say(subject, "required", yes)
	case "No":
		say(subject, "required", "")
	}
	object := ""
	if of, isList := strings.CutPrefix(r.Type, "Array of "); isList {
		say(subject, "type", canonical("array"))
		var name string
		name, object = typeOf(strings.TrimSuffix(of, "s"))
		say(subject+"[]", "type", canonical(name))
	} else {
		var name string
		name, object = typeOf(r.Type)
		say(subject, "type", canonical(name))
	}
	r.values(subject, say)
	if !decided {
		r.fact = len(c.facts)
		c.documented = append(c.documented, r)
		r.whole(subject, say)
	}
	ruled := ruledOf(f.row, subject, r.Ruled)
	if decided { // one decision, with all that belongs to it
		for _, part := range ruled {
			f.expect = append(f.expect, part.expect...)
		}
		ruled = nil
	}
	c.add(f)
	for _, part := range ruled {
		c.add(part)
	}
	if members, ok := c.Object(object); ok {
		if strings.HasPrefix(r.Type, "Array of ") {
			subject += "[]"
			r.path += "[]"
		}
		for _, m := range members.Rows {
			at := documentedRow{Row: m, status: r.status, in: r.in, path: r.path + "." + m.Name}
			c.row(at, members.Name, field(subject, m.Name), decided || m.Decided)
		}
	}
}

// values says which values a row lists.
func (r documentedRow) values(subject string, say func(of, predicate, value string)) {
	if len(r.Enum) > 0 {
		values := make([]any, len(r.Enum))
		for i, v := range r.Enum {
			values[i] = v
		}
		say(subject, "enum", set(values))
	}
	if r.Default != nil {
		say(subject, "default", canonical(*r.Default))
	}
}

// whole says of a documented row that it has values of its type and no others, and
// that it may stand where it is documented.
func (r documentedRow) whole(subject string, say func(of, predicate, value string)) {
	say(subject, "nullable", "")
	if strings.HasPrefix(r.Type, "Array of ") {
		say(subject+"[]", "nullable", "")
	}
	if r.status == 0 {
		say(subject, "readOnly", "")
	} else {
		say(subject, "writeOnly", "")
	}
}

// typeOf is the type of a schema for a type as documents write it, and the name of
// the object if it is one.
func typeOf(written string) (name, object string) {
	if object, ok := strings.CutSuffix(written, " object"); ok {
		return "object", object
	}
	return strings.ToLower(written), ""
}

// ruledOf are the decisions on a row, in the order of their keywords.
func ruledOf(row, subject string, ruled documents.Ruled) []fact {
	var facts []fact
	for _, keyword := range sortedKeys(ruled) {
		if items, ok := ruled[keyword].(documents.Ruled); ok && keyword == "items" {
			facts = append(facts, ruledOf(row+"[]", subject+"[]", items)...)
			continue
		}
		facts = append(facts, fact{row: row + ": " + keyword, decision: true, expect: []expectation{
			{about: about{subject, keyword}, value: canonical(ruled[keyword]), decided: true},
		}})
	}
	return facts
}

func (c *collector) examples() {
	count := map[int]int{}
	for _, e := range c.Examples {
		body, row := requestBody(c.op), "example request"
		if e.Status != 0 {
			body, row = responseBody(c.op, strconv.Itoa(e.Status)), fmt.Sprintf("example response %d", e.Status)
		}
		if count[e.Status]++; count[e.Status] > 1 {
			row += fmt.Sprintf(" (%d)", count[e.Status])
		}
		value, err := strictjson.Decode([]byte(e.Text))
		if err != nil { // the tests of documents don't let it pass
			value = e.Text
		}
		c.add(fact{row: row, decision: e.Decided, example: &e, expect: []expectation{
			{about: about{body, example}, value: canonical(value), decided: e.Decided},
		}})
		if !e.Decided {
			c.mayShow(body, value)
		}
	}
}

// mayShow allows the values of an example to be examples of their fields.
func (c *collector) mayShow(subject string, value any) {
	c.allow(about{subject, example}, canonical(value))
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			c.mayShow(field(subject, name), member)
		}
	case []any:
		for _, item := range v {
			c.mayShow(subject+"[]", item)
		}
	}
}

// alias collects the second URI, under which all holds that holds under the first.
func (c *collector) alias() {
	u := *c.Alias
	op := subjectOf(u)
	c.add(fact{row: "second URI", expect: []expectation{{about: about{"path " + u.Path, present}, value: yes}}})
	c.add(fact{row: "second URI: method", decision: true, expect: []expectation{
		{about: about{op, present}, value: yes, decided: true},
	}})
	c.add(fact{row: "second URI: operationId", decision: true, expect: []expectation{
		{about: about{op, "operationId"}, value: canonical(u.Name()), decided: true},
	}})
	d := c.Document
	d.Alias = nil
	c.allow(about{op, documentKey}, canonical(c.Name))
	documented := fact{row: "second URI: the same operation", twins: [2]string{c.op, op}}
	decided := fact{row: "second URI: the same decisions", decision: true}
	same := &collector{Document: d, op: op, may: c.may}
	same.rows()
	same.examples()
	for _, f := range same.facts {
		for _, e := range f.expect {
			e.anyMark = !e.decided
			if e.decided {
				decided.expect = append(decided.expect, e)
			} else {
				documented.expect = append(documented.expect, e)
			}
		}
	}
	c.add(documented)
	c.add(decided)
}
