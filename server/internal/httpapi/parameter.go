package httpapi

import (
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"
)

// parameter is a parameter of an operation.
type parameter struct {
	*openapi3.Parameter
	key  string    // a header's name as net/http spells it
	text *textRule // nil if it is not a plain text
}

func newParameter(spec *openapi3.Parameter) parameter {
	p := parameter{Parameter: spec, key: http.CanonicalHeaderKey(spec.Name)}
	if spec.Schema != nil && spec.Content == nil && spec.Style == "" && spec.Explode == nil && !spec.AllowEmptyValue {
		p.text = newTextRule(spec.Schema.Value)
	}
	return p
}

// accepts reports whether a request surely has the parameter as the contract wants
// it. Of all others openapi3filter says whether they do.
func (p *parameter) accepts(c *gin.Context) bool {
	if p.text == nil {
		return false
	}
	switch p.In {
	case openapi3.ParameterInPath:
		value := c.Param(p.Name)
		return value != "" && p.text.accepts(value)
	case openapi3.ParameterInHeader:
		values, ok := c.Request.Header[p.key]
		if !ok {
			return !p.Required
		}
		return len(values) == 1 && p.text.accepts(values[0])
	case openapi3.ParameterInQuery:
		value, times, plain := inQuery(c.Request.URL.RawQuery, p.Name)
		if times == 0 {
			return plain && !p.Required
		}
		return plain && times == 1 && p.text.accepts(value)
	}
	return false
}

// inQuery returns a parameter's first value in a query and how often it is there. It
// only knows short queries in which no byte stands for another; net/url has an opinion
// on long ones.
func inQuery(query, name string) (value string, times int, plain bool) {
	if len(query) > 4<<10 || strings.ContainsAny(query, "%+;") {
		return "", 0, false
	}
	for query != "" {
		var piece string
		piece, query, _ = strings.Cut(query, "&")
		if key, v, _ := strings.Cut(piece, "="); piece != "" && key == name {
			if times++; times == 1 {
				value = v
			}
		}
	}
	return value, times, true
}
