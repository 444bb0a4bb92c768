package judge

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/appgrant/appgrant/conformance/report"
)

// The groups of things that can be exercised, in the order reports show them.
const (
	operations = iota
	statuses
	parameters
	requestFields
	requestValues
	responseFields
	responseValues
	groups
)

var groupNames = [groups]string{
	"operations", "statuses", "parameters", "request fields", "request values", "response fields", "response values",
}

// excuses are why a black box can't provoke something, by what its name ends with.
var excuses = map[string]string{
	"/auth_tunnel = GREEN": "the document calls it not supported at present",
	"/auth_whitelist":      "belongs to the green channel, which is not supported at present",
	"/auth_whitelist/*":    "belongs to the green channel, which is not supported at present",
	"/auth_blacklist":      "belongs to the green channel, which is not supported at present",
	"/auth_blacklist/*":    "belongs to the green channel, which is not supported at present",
	"/visit_params":        "no documented request makes one",
	"/request_id":          "only errors of the gateway in front have it",
}

// coverage counts what was exercised.
type coverage struct {
	mu    sync.Mutex
	times [groups]map[string]int // every thing of the contract is in it, with 0 at first
}

func newCoverage(all []*Operation) *coverage {
	c := &coverage{}
	for i := range c.times {
		c.times[i] = map[string]int{}
	}
	for _, op := range all {
		c.times[operations][op.ID] = 0
		for _, p := range op.parameters {
			c.times[parameters][parameterName(op, p.Value)] = 0
		}
		c.enter(op.ID+" request ", op.body, requestFields, requestValues)
		for status, response := range op.spec.Responses.Map() {
			name := op.ID + " " + status
			c.times[statuses][name] = 0
			if media := response.Value.Content.Get("application/json"); media != nil {
				c.enter(name+" ", media.Schema.Value, responseFields, responseValues)
			}
		}
	}
	return c
}

func parameterName(op *Operation, p *openapi3.Parameter) string {
	return fmt.Sprintf("%s %s %s", op.ID, p.In, p.Name)
}

// enter notes what there is in a schema.
func (c *coverage) enter(at string, schema *openapi3.Schema, fields, values int) {
	if schema == nil {
		return
	}
	for _, value := range schema.Enum {
		c.times[values][fmt.Sprintf("%s = %v", at, value)] = 0
	}
	for name, property := range propertiesOf(schema) {
		c.times[fields][at+"/"+name] = 0
		c.enter(at+"/"+name, property.Value, fields, values)
	}
	if schema.Items != nil {
		c.enter(at+"/*", schema.Items.Value, fields, values)
	}
}

// count notes what an exchange has exercised. A request's body counts if it was taken.
func (c *coverage) count(x *consideration) {
	if x.operation == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	op := x.operation
	c.times[operations][op.ID]++
	query := x.URL.Query()
	for _, ref := range op.parameters {
		p := ref.Value
		if p.In == openapi3.ParameterInPath || query.Has(p.Name) && p.In == openapi3.ParameterInQuery || x.RequestHeader.Get(p.Name) != "" && p.In == openapi3.ParameterInHeader {
			c.times[parameters][parameterName(op, p)]++
		}
	}
	if x.Status < 400 && op.body != nil {
		c.note(op.ID+" request ", op.body, x.sent(), requestFields, requestValues)
	}
	if x.response == nil {
		return
	}
	name := fmt.Sprintf("%s %d", op.ID, x.Status)
	c.times[statuses][name]++
	if media := x.response.Content.Get("application/json"); media != nil {
		c.note(name+" ", media.Schema.Value, x.decoded, responseFields, responseValues)
	}
}

// note counts what of a schema a value has.
func (c *coverage) note(at string, schema *openapi3.Schema, value any, fields, values int) {
	if one := fmt.Sprintf("%s = %v", at, value); len(schema.Enum) > 0 {
		if _, known := c.times[values][one]; known {
			c.times[values][one]++
		}
	}
	switch v := value.(type) {
	case map[string]any:
		for name, property := range propertiesOf(schema) {
			if member, has := v[name]; has {
				c.times[fields][at+"/"+name]++
				c.note(at+"/"+name, property.Value, member, fields, values)
			}
		}
	case []any:
		for _, item := range v {
			if schema.Items != nil {
				c.note(at+"/*", schema.Items.Value, item, fields, values)
			}
		}
	}
}

// Coverage is what was exercised so far.
func (j *Judge) Coverage() *report.Coverage {
	c := j.coverage
	c.mu.Lock()
	defer c.mu.Unlock()
	all := &report.Coverage{}
	for i, times := range c.times {
		group := report.CoverageGroup{Name: groupNames[i]}
		for _, name := range slices.Sorted(maps.Keys(times)) {
			item := report.CoverageItem{Name: name, Times: times[name]}
			if item.Times == 0 {
				item.Excuse = excuse(item.Name)
			}
			group.Items = append(group.Items, item)
		}
		all.Groups = append(all.Groups, group)
	}
	return all
}

func excuse(name string) string {
	for suffix, reason := range excuses {
		if strings.HasSuffix(name, suffix) {
			return reason
		}
	}
	return ""
}
