package judge

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/appgrant/appgrant/conformance/report"
)

// judgeContract holds status, headers and body against what the contract has.
func (c *consideration) judgeContract() {
	if c.operation == nil {
		return
	}
	if c.response == nil {
		documented := slices.Sorted(maps.Keys(c.operation.spec.Responses.Map()))
		c.find(report.Contract, "", "the status %d is not documented for %s, which has %s", c.Status, c.operation.ID, strings.Join(documented, ", "))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(c.response.Headers)) {
		c.judgeHeader(name, c.response.Headers[name].Value)
	}
	media := c.response.Content.Get("application/json")
	if media == nil || !c.hasBody {
		return
	}
	schema := media.Schema.Value
	for _, problem := range problems(schema.VisitJSON(c.decoded, openapi3.VisitAsResponse(), openapi3.MultiErrors(), openapi3.DisableSchemaErrorDetails())) {
		c.find(report.Contract, problem.pointer, "%s", problem.text)
	}
	if c.Strict {
		c.judgeMembers("", schema, c.decoded)
	}
}

func (c *consideration) judgeHeader(name string, header *openapi3.Header) {
	_, ruledWhole := header.Extensions["x-ruling"].(string)
	if !c.Rulings && ruledWhole {
		return
	}
	values := c.Header.Values(name)
	if len(values) == 0 {
		if header.Required {
			c.find(report.Contract, name, "the header is missing")
		}
		return
	}
	for _, problem := range problems(header.Schema.Value.VisitJSON(values[0])) {
		c.find(report.Contract, name, "%q: %s", values[0], problem.text)
	}
}

// judgeMembers finds members that the schema does not have.
func (c *consideration) judgeMembers(at string, schema *openapi3.Schema, value any) {
	switch v := value.(type) {
	case map[string]any:
		properties := propertiesOf(schema)
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if property := properties[name]; property != nil {
				c.judgeMembers(at+"/"+name, property.Value, v[name])
			} else {
				c.find(report.Wire, at+"/"+name, "the contract has no such member")
			}
		}
	case []any:
		for i, item := range v {
			if schema.Items != nil {
				c.judgeMembers(fmt.Sprintf("%s/%d", at, i), schema.Items.Value, item)
			}
		}
	}
}

// propertiesOf are the properties of a schema and of those it is made of.
func propertiesOf(schema *openapi3.Schema) openapi3.Schemas {
	if len(schema.AllOf) == 0 {
		return schema.Properties
	}
	all := maps.Clone(schema.Properties)
	if all == nil {
		all = openapi3.Schemas{}
	}
	for _, part := range schema.AllOf {
		maps.Copy(all, propertiesOf(part.Value))
	}
	return all
}

// problem is one thing that a schema has against a value.
type problem struct {
	pointer string // JSON pointer into the value
	path    []string
	keyword string // of the schema
	text    string
}

// problems takes an error of kin-openapi apart.
func problems(err error) []problem {
	switch e := err.(type) { //nolint:errorlint // a MultiError and a SchemaError are what they are
	case nil:
		return nil
	case openapi3.MultiError:
		var all []problem
		for _, one := range e {
			all = append(all, problems(one)...)
		}
		return all
	case *openapi3.SchemaError:
		if len(e.JSONPointer()) == 0 && e.Origin != nil {
			if inner := problems(e.Origin); len(inner) > 0 {
				return inner
			}
		}
		path := e.JSONPointer()
		pointer := strings.Join(append([]string{""}, path...), "/")
		return []problem{{pointer, path, e.SchemaField, e.Reason}}
	default:
		return []problem{{text: err.Error()}}
	}
}
