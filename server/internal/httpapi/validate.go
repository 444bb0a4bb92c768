package httpapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/gin-gonic/gin"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// validate holds the request against the contract: parameters first, then the
// body. What it lets pass, the binder finds already decoded: what is bound is the
// very value that was held against the contract.
func (a *api) validate(c *gin.Context) {
	op := exchangeOf(c).operation
	if err := validateParameters(c, op); err != nil {
		a.fail(c, err)
		return
	}
	if op.body == nil {
		return
	}
	data, err := a.readBody(c)
	if err != nil {
		a.fail(c, err)
		return
	}
	media := op.body.Content.Get(c.GetHeader("Content-Type"))
	if media == nil {
		a.fail(c, &grant.Error{Kind: badMediaType})
		return
	}
	if op.reader != nil && op.reader.media == media {
		if value, ok := op.reader.read(data); ok {
			c.Request.Body = &readBody{http.NoBody, value}
			return
		}
	}
	value, err := validateBody(media.Schema.Value, data)
	if op.service == admin {
		err = inFull(err)
	}
	if err != nil {
		a.fail(c, err)
		return
	}
	c.Request.Body = validatedBody{io.NopCloser(bytes.NewReader(data)), value}
}

// Both spare a refusal the details that nobody would read.
var (
	parameterOptions = &openapi3filter.Options{
		SkipSettingDefaults:     true,
		SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.DisableSchemaErrorDetails()},
	}
	bodyOptions = []openapi3.SchemaValidationOption{openapi3.VisitAsRequest(), openapi3.DisableSchemaErrorDetails()}
)

func validateParameters(c *gin.Context, op *operation) error {
	var input *openapi3filter.RequestValidationInput
	for i := range op.parameters {
		p := &op.parameters[i]
		if p.accepts(c) {
			continue
		}
		if p.In == openapi3.ParameterInQuery && garbled(c.Request.URL.RawQuery, p.Name) {
			return &grant.Error{Kind: grant.Invalid, Field: p.Name}
		}
		if input == nil {
			input = filterInput(c)
		}
		if err := openapi3filter.ValidateParameter(c, input, p.Parameter); err != nil {
			kind := grant.Invalid
			if p.In == openapi3.ParameterInPath {
				kind = badPathID
			}
			return &grant.Error{Kind: kind, Field: p.Name, Err: err}
		}
	}
	return nil
}

func filterInput(c *gin.Context) *openapi3filter.RequestValidationInput {
	pathParams := make(map[string]string, len(c.Params))
	for _, p := range c.Params {
		pathParams[p.Key] = p.Value
	}
	return &openapi3filter.RequestValidationInput{Request: c.Request, PathParams: pathParams, Options: parameterOptions}
}

// garbled reports whether a query gives a parameter in a way that can't be parsed.
// net/url passes over such a piece, and then the parameter's default would count,
// which is not what was asked.
func garbled(query, name string) bool {
	for piece := range strings.SplitSeq(query, "&") {
		if _, err := url.ParseQuery(piece); err == nil {
			continue
		}
		for part := range strings.SplitSeq(piece, ";") { // an old separator, which net/url refuses
			key, _, _ := strings.Cut(part, "=")
			if key, err := url.QueryUnescape(key); err == nil && key == name {
				return true
			}
		}
	}
	return false
}

// readBody reads the whole body, up to the limit.
func (a *api) readBody(c *gin.Context) ([]byte, error) {
	if c.Request.ContentLength > a.MaxBody {
		if c.GetHeader("Expect") == "" { // else the client waits to be asked for it
			drain(c.Request.Body)
		}
		return nil, &grant.Error{Kind: tooLarge}
	}
	data, err := readAll(c, a.MaxBody)
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		drain(c.Request.Body)
		return nil, &grant.Error{Kind: tooLarge, Err: err}
	case errors.Is(err, context.Canceled):
		return nil, err
	case err != nil: // cut off, too slow or wrongly framed
		return nil, &grant.Error{Kind: malformed, Msg: "the body did not arrive whole", Err: err}
	}
	return data, nil
}

// trusted is for how long a body there is room before any of it has come.
const trusted = 4 << 10

// readAll reads a body to its end, up to a limit. For one whose length is known there is
// room for a byte more, which must not come.
func readAll(c *gin.Context, limit int64) ([]byte, error) {
	known := c.Request.ContentLength
	if known <= 0 || known > trusted {
		return io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, limit))
	}
	data := make([]byte, known+1)
	n, err := io.ReadFull(c.Request.Body, data)
	if int64(n) == known && errors.Is(err, io.ErrUnexpectedEOF) {
		return data[:known], nil
	}
	if err == nil {
		err = errLonger
	}
	return nil, err
}

var errLonger = errors.New("the body is longer than was declared")

// drain reads on, up to a bound, what nobody wants: many clients look for an
// answer only when they have sent everything.
func drain(body io.Reader) {
	_, _ = io.CopyN(io.Discard, body, 8<<20) // as far as it goes
}

// validateBody decodes a body and checks it, and returns the value that the
// schema was held against.
func validateBody(schema *openapi3.Schema, data []byte) (any, error) {
	value, err := decodeStrictly(data, schema)
	if err != nil {
		return nil, err
	}
	if err := schema.VisitJSON(value, bodyOptions...); err != nil {
		return nil, schemaError(err)
	}
	return value, nil
}

// schemaError classes a finding of the schema by the top-level field it is in.
func schemaError(err error) *grant.Error {
	var finding *openapi3.SchemaError
	if !errors.As(err, &finding) {
		return &grant.Error{Err: err}
	}
	path := finding.JSONPointer()
	if len(path) == 0 {
		return &grant.Error{Kind: malformed, Msg: "the body is not an object", Err: err}
	}
	kind := grant.Invalid
	switch finding.SchemaField {
	case "required", "minItems":
		kind = grant.Missing
	}
	return &grant.Error{Kind: kind, Field: path[0], Err: err}
}

// inFull has a finding name the whole way to the field, which the services' texts
// have no room for.
func inFull(err error) error {
	var classed *grant.Error
	var finding *openapi3.SchemaError
	if errors.As(err, &classed) && errors.As(classed.Err, &finding) && len(finding.JSONPointer()) > 0 {
		whole := *classed
		whole.Field = strings.Join(finding.JSONPointer(), "/")
		return &whole
	}
	return err
}

// validatedBody is a body that was read and checked. What is used is the value
// that was checked, never a second reading of the text.
type validatedBody struct {
	io.ReadCloser
	value any
}

// ValidatedValue is what the generated binder looks for.
func (b validatedBody) ValidatedValue() any { return b.value }

// readBody is a body that a [reader] has read. What it has read is used, and there is
// no text left that could be read otherwise.
type readBody struct {
	io.ReadCloser
	value any
}
