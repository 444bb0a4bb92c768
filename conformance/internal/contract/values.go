package contract

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/appgrant/appgrant/conformance/documents"
	"github.com/appgrant/appgrant/conformance/internal/strictjson"
	"github.com/appgrant/appgrant/conformance/report"
)

// judgeValues completes the facts on rows by whether the contract accepts what they
// allow, under the second URI as well: each value and default that a document lists,
// some value where it lists none, and bodies with all of their fields. Whatever an
// x-ruling adds, it can't take away what is documented.
func (e *exhibition) judgeValues(ctx context.Context) {
	ops := []string{e.op}
	if e.Alias != nil {
		ops = append(ops, subjectOf(*e.Alias))
	}
	for _, op := range ops {
		for _, row := range e.documented {
			if row.in != documents.InBody {
				e.judgeParameter(op, row)
			}
		}
		statuses := map[int]bool{}
		for _, row := range e.documented {
			if row.in == documents.InBody && !statuses[row.status] {
				statuses[row.status] = true
				e.judgeBody(ctx, op, row.status)
			}
		}
	}
}

// refuse says of a row that holds so far that the contract refuses what it allows.
func (e *exhibition) refuse(row documentedRow, what string, err error) {
	if fact := &e.judged[row.fact]; fact.Verdict == report.Found {
		fact.Verdict, fact.Detail = report.Differs, fmt.Sprintf("the contract refuses %s: %s", what, firstLine(err))
	}
}

// judgeParameter tries the values of a parameter, or of an answer's header, on its
// schema.
func (e *exhibition) judgeParameter(op string, row documentedRow) {
	schema := e.parameterSchema(op, row)
	if schema == nil { // a security scheme takes any value, and what is missing is told
		return
	}
	listed := row.listed()
	for _, value := range listed {
		if err := visit(schema, value); err != nil {
			e.refuse(row, canonical(value), err)
		}
	}
	if len(listed) > 0 {
		return
	}
	if _, err := firstAccepted(schema, trial(row.Type)); err != nil {
		e.refuse(row, "every value that was tried", err)
	}
}

// parameterSchema is the schema of a parameter or header, nil if there is none.
func (e *exhibition) parameterSchema(op string, row documentedRow) *openapi3.Schema {
	method, path, _ := strings.Cut(op, " ")
	spec := e.operation(method, path)
	if spec == nil {
		return nil
	}
	if row.status != 0 {
		answer := spec.Responses.Status(row.status)
		if answer == nil || answer.Value == nil {
			return nil
		}
		for name, header := range answer.Value.Headers {
			if strings.EqualFold(name, row.Name) && header.Value != nil && header.Value.Schema != nil {
				return header.Value.Schema.Value
			}
		}
		return nil
	}
	for _, p := range slices.Concat(spec.Parameters, e.doc.Paths.Value(path).Parameters) {
		same := p.Value != nil && p.Value.In == row.in && p.Value.Schema != nil
		if same && (p.Value.Name == row.Name || row.in == documents.InHeader && strings.EqualFold(p.Value.Name, row.Name)) {
			return p.Value.Schema.Value
		}
	}
	return nil
}

// judgeBody tries a body with all documented fields, and it with each value that a
// field's row lists.
func (e *exhibition) judgeBody(ctx context.Context, op string, status int) {
	schema := e.bodySchema(op, status)
	whole := map[string]any{}
	var rows []documentedRow
	for _, row := range e.documented {
		if row.in != documents.InBody || row.status != status {
			continue
		}
		if strings.Contains(row.Type, "object") { // its members make it
			continue
		}
		value, err := firstAccepted(fieldSchema(schema, row.path), e.candidates(row))
		if err != nil {
			e.refuse(row, "every value that was tried", err)
		}
		rows = append(rows, row)
		putAt(whole, row.path, value)
	}
	if err := e.acceptBody(ctx, op, status, whole); err != nil {
		e.refuse(rows[0], "a body with all documented fields", err)
		return
	}
	for _, row := range rows {
		for _, value := range row.listed() {
			putAt(whole, row.path, row.shaped(value))
			if err := e.acceptBody(ctx, op, status, whole); err != nil {
				e.refuse(row, canonical(value), err)
			}
		}
	}
}

func (e *exhibition) acceptBody(ctx context.Context, op string, status int, body map[string]any) error {
	text := []byte(canonical(body))
	if status == 0 {
		return e.acceptRequest(ctx, e.requestOf(op, text))
	}
	return e.holdAnswer(ctx, answerOf(e.Document, op, status, text))
}

// bodySchema is the schema of a body in JSON, nil if there is none.
func (e *exhibition) bodySchema(op string, status int) *openapi3.Schema {
	method, path, _ := strings.Cut(op, " ")
	spec := e.operation(method, path)
	var content openapi3.Content
	switch {
	case spec == nil:
	case status != 0:
		if answer := spec.Responses.Status(status); answer != nil && answer.Value != nil {
			content = answer.Value.Content
		}
	case spec.RequestBody != nil && spec.RequestBody.Value != nil:
		content = spec.RequestBody.Value.Content
	}
	if media := content["application/json"]; media != nil && media.Schema != nil {
		return media.Schema.Value
	}
	return nil
}

// fieldSchema is the schema of a field, of its items if the field is a list of
// them, nil if one can't tell.
func fieldSchema(schema *openapi3.Schema, path string) *openapi3.Schema {
	for step := range strings.SplitSeq(path, ".") {
		if schema == nil {
			return nil
		}
		name, isList := strings.CutSuffix(step, "[]")
		known, _ := propertiesOf(schema)
		if schema = known[name]; isList && schema != nil {
			schema = itemsOf(schema)
		}
	}
	return schema
}

// putAt puts a value where a path such as auths[].id leads, in lists of one item.
func putAt(object map[string]any, path string, value any) {
	step, rest, more := strings.Cut(path, ".")
	name, isList := strings.CutSuffix(step, "[]")
	if !more {
		object[name] = value
		return
	}
	var inner map[string]any
	if list, ok := object[name].([]any); ok {
		inner, _ = list[0].(map[string]any)
	} else if inner, ok = object[name].(map[string]any); !ok {
		inner = map[string]any{}
		object[name] = inner
		if isList {
			object[name] = []any{inner}
		}
	}
	putAt(inner, rest, value)
}

// listed are the values that a row lists, which are all there are of a Boolean.
func (r documentedRow) listed() []any {
	var values []any
	for _, value := range r.Enum {
		values = append(values, value)
	}
	if r.Default != nil {
		values = append(values, *r.Default)
	}
	if r.Type == "Boolean" {
		values = append(values, true, false)
	}
	return values
}

// shaped is a value as the row has it: in a list if it is a list's.
func (r documentedRow) shaped(value any) any {
	if strings.HasPrefix(r.Type, "Array of ") {
		return []any{value}
	}
	return value
}

// candidates are values that a field may have, those of the document's examples
// first.
func (e *exhibition) candidates(row documentedRow) []any {
	values := row.listed()
	for _, example := range e.Examples {
		if example.Status != row.status {
			continue
		}
		tree, err := strictjson.Decode([]byte(example.Text))
		if err != nil {
			continue
		}
		values = append(values, valuesAt(tree, row.path)...)
	}
	values = append(values, trial(row.Type)...)
	for i, value := range values {
		values[i] = row.shaped(value)
	}
	return values
}

// valuesAt are the values of a field in a body, and the items of such as are lists.
func valuesAt(tree any, path string) []any {
	at := []any{tree}
	for step := range strings.SplitSeq(path, ".") {
		var next []any
		for _, value := range at {
			object, _ := value.(map[string]any)
			switch member := object[strings.TrimSuffix(step, "[]")].(type) {
			case nil:
			case []any:
				next = append(next, member...)
			default:
				next = append(next, member)
			}
		}
		at = next
	}
	return at
}

// instants are points in time in the ways that they are written in.
var instants = []string{"2020-08-04T04:02:22.482227344Z", "2031-01-01T10:00:00.000Z", "2031-01-01T10:00:00Z", "2031-01-01T10:00:00"}

// trial are values to try where a document has none.
func trial(kind string) []any {
	if strings.TrimPrefix(kind, "Array of ") == "Boolean" {
		return []any{true, false}
	}
	var values []any
	for _, text := range slices.Concat(samples, instants) {
		values = append(values, text)
	}
	return values
}

// firstAccepted is the first value that a schema accepts; if it accepts none, the
// first, and why not.
func firstAccepted(schema *openapi3.Schema, values []any) (any, error) {
	if schema == nil {
		return values[0], nil
	}
	var first error
	for _, value := range values {
		err := visit(schema, value)
		if err == nil {
			return value, nil
		}
		if first == nil {
			first = err
		}
	}
	return values[0], first
}

// visit holds a value against a schema.
func visit(schema *openapi3.Schema, value any) (err error) {
	defer recovered(&err)
	return schema.VisitJSON(value)
}
