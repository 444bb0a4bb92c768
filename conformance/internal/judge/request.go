package judge

import (
	"encoding/json"
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/appgrant/appgrant/conformance/internal/exchange"
	"github.com/appgrant/appgrant/conformance/internal/strictjson"
)

// fault is one thing that the contract has against a request.
type fault struct {
	in      string // path, query, header or body
	name    string // the parameter, or the body's top-level member; empty is the body as a whole
	missing bool   // rather than bad
	text    string
	// documented tells that the documents say so, rather than only a ruling.
	documented bool
}

func (f fault) String() string {
	return strings.TrimSuffix(strings.Join([]string{f.in, f.name, f.text}, " "), " ")
}

// requestFaults holds the request against the contract.
func (c *consideration) requestFaults() []fault {
	var faults []fault
	query := c.URL.Query()
	for _, ref := range c.operation.parameters {
		p := ref.Value
		var values []string
		switch p.In {
		case openapi3.ParameterInPath:
			values = []string{c.path[p.Name]}
		case openapi3.ParameterInQuery:
			values = query[p.Name]
		case openapi3.ParameterInHeader:
			values = c.RequestHeader.Values(p.Name)
		}
		switch {
		case len(values) == 0 && p.Required:
			faults = append(faults, fault{p.In, p.Name, true, "is missing", true})
		case len(values) > 0:
			if found := problems(p.Schema.Value.VisitJSON(parameterValue(p.Schema.Value, values[0]))); len(found) > 0 {
				faults = append(faults, fault{p.In, p.Name, false, found[0].text, documented(found[0])})
			}
		}
	}
	if c.operation.body == nil {
		return faults
	}
	return append(faults, c.bodyFaults()...)
}

// documented reports whether the documents say what a schema has against a value: they
// know mandatory fields, types and enumerations, and no lengths or patterns.
func documented(p problem) bool {
	return p.keyword == "required" || p.keyword == "type" || p.keyword == "enum"
}

func parameterValue(schema *openapi3.Schema, text string) any {
	if schema.Type.Is(openapi3.TypeInteger) {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return float64(n)
		}
	}
	return text
}

// depth is how deep the contract lets a body be nested.
const depth = 32

func (c *consideration) bodyFaults() []fault {
	whole := func(text string) []fault {
		return []fault{{in: "body", text: text, documented: !json.Valid(c.RequestBody)}}
	}
	media, _, err := mime.ParseMediaType(c.RequestHeader.Get("Content-Type")) // whatever the charset
	switch {
	case err != nil, media != "application/json":
		return whole("is not application/json")
	case len(c.RequestBody) == 0:
		return whole("is missing")
	}
	value, err := strictjson.Decode(c.RequestBody)
	if err != nil {
		return whole(err.Error())
	}
	if strictjson.Depth(value) > depth {
		return whole("is nested too deeply")
	}
	faults := misspelt(c.operation.body, value)
	for _, p := range problems(c.operation.body.VisitJSON(value, openapi3.VisitAsRequest(), openapi3.MultiErrors(), openapi3.DisableSchemaErrorDetails())) {
		if len(p.path) == 0 {
			return whole(p.text)
		}
		missing := p.keyword == "required" || p.keyword == "minItems"
		faults = append(faults, fault{"body", p.path[0], missing, p.text, documented(p)})
	}
	return faults
}

// misspelt finds members that differ from a known name by their case alone.
func misspelt(schema *openapi3.Schema, value any) []fault {
	object, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	var faults []fault
	properties := propertiesOf(schema)
	for name, member := range object {
		property := properties[name]
		if property == nil {
			for proper := range properties {
				if strings.EqualFold(name, proper) {
					faults = append(faults, fault{"body", proper, false, "is spelt " + name, false})
				}
			}
			continue
		}
		for _, item := range items(member) {
			if property.Value.Items != nil && len(misspelt(property.Value.Items.Value, item)) > 0 {
				faults = append(faults, fault{"body", name, false, "has a misspelt member", false})
			}
		}
	}
	return faults
}

func items(value any) []any {
	list, _ := value.([]any)
	return list
}

// names are the parameters and members that faults are about, in the words of the
// services: those that are missing, or those that are bad.
func names(faults []fault, in []string, missing bool) []string {
	var all []string
	for _, f := range faults {
		if f.name != "" && f.missing == missing && slices.Contains(in, f.in) {
			all = append(all, f.name)
		}
	}
	return all
}

func unescape(segment string) string {
	if plain, err := url.PathUnescape(segment); err == nil {
		return plain
	}
	return segment
}

// hasToken reports whether the request says who is calling, whoever that is.
func (c *consideration) hasToken() bool {
	return c.RequestHeader.Get(exchange.TokenHeader) != "" || c.RequestHeader.Get("Authorization") != "" // a signature
}
