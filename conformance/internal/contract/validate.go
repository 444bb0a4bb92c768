package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/appgrant/appgrant/conformance/internal/oracle"
	"github.com/appgrant/appgrant/conformance/internal/strictjson"
	"github.com/appgrant/appgrant/openapi"
)

// request is a request as it goes over the wire.
type request struct {
	method, path string // the path escaped
	header       http.Header
	body         []byte
}

// answer is an answer of an operation.
type answer struct {
	op     string // method and path, as in subjects
	id     string // the operationId that the oracle knows
	status int
	header http.Header
	body   []byte
}

// validator holds requests and answers against a contract, as one who uses it would.
// It may be used by any number of goroutines.
type validator struct {
	doc   *openapi3.T
	codes *oracle.Oracle
}

// newValidator loads a contract with everything that loading checks. A panic in it
// counts as refusal: the file may be anybody's.
func newValidator(spec []byte, codes *oracle.Oracle) (v *validator, err error) {
	defer recovered(&err)
	doc, err := openapi.Parse(spec)
	if err != nil {
		return nil, err
	}
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			nameJSON(operation)
		}
	}
	return &validator{doc, codes}, nil
}

// nameJSON gives bodies in JSON the plain name of that media type.
func nameJSON(operation *openapi3.Operation) {
	var contents []openapi3.Content
	if operation.RequestBody != nil && operation.RequestBody.Value != nil {
		contents = append(contents, operation.RequestBody.Value.Content)
	}
	for _, response := range operation.Responses.Map() {
		if response.Value != nil {
			contents = append(contents, response.Value.Content)
		}
	}
	for _, content := range contents {
		for _, medium := range sortedKeys(content) {
			if plain := plainMedium(medium); content[plain] == nil {
				content[plain] = content[medium]
				delete(content, medium)
			}
		}
	}
}

func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("panic: %v", r)
	}
}

// acceptRequest is nil if the contract takes the request.
func (v *validator) acceptRequest(ctx context.Context, r request) (err error) {
	defer recovered(&err)
	path, parameters := v.find(r.method, r.path)
	if path == "" {
		return fmt.Errorf("no operation takes %s %s", r.method, r.path)
	}
	input, err := v.input(ctx, r, path, parameters)
	if err != nil {
		return err
	}
	if err := openapi3filter.ValidateRequest(ctx, input); err != nil {
		return err
	}
	body := input.Route.Operation.RequestBody
	if body == nil {
		if len(r.body) > 0 {
			return errors.New("there is a body where the contract has none")
		}
		return nil
	}
	return holdBody(body.Value.Content.Get(r.header.Get("Content-Type")), r.body)
}

// acceptAnswer is nil if the contract and the meaning of codes allow the answer.
func (v *validator) acceptAnswer(ctx context.Context, a answer) error {
	if err := v.holdAnswer(ctx, a); err != nil || len(a.body) == 0 {
		return err
	}
	return v.meaning(a)
}

// holdAnswer is nil if the contract allows the answer.
func (v *validator) holdAnswer(ctx context.Context, a answer) (err error) {
	defer recovered(&err)
	method, path, _ := strings.Cut(a.op, " ")
	if v.operation(method, path) == nil {
		return fmt.Errorf("there is no operation %s", a.op)
	}
	input, err := v.input(ctx, request{method: method, path: path}, path, nil)
	if err != nil {
		return err
	}
	spec := input.Route.Operation.Responses.Status(a.status)
	if spec == nil {
		return fmt.Errorf("the status %d is not in the contract", a.status)
	}
	output := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: a.status, Header: a.header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	output.SetBodyBytes(a.body)
	if err := openapi3filter.ValidateResponse(ctx, output); err != nil {
		return err
	}
	if len(spec.Value.Content) == 0 {
		if len(a.body) > 0 {
			return fmt.Errorf("%d has a body and should have none", a.status)
		}
		return nil
	}
	return holdBody(spec.Value.Content.Get(a.header.Get("Content-Type")), a.body)
}

// meaning holds an error's code and text against those there are.
func (v *validator) meaning(a answer) error {
	if a.status < http.StatusBadRequest {
		return nil
	}
	decoded, err := strictjson.Decode(a.body)
	if err != nil {
		return err
	}
	object, _ := decoded.(map[string]any)
	code, _ := object["error_code"].(string)
	text, _ := object["error_msg"].(string)
	if problems := v.codes.Explain(a.id, a.status, code, text, nil); len(problems) > 0 {
		return errors.New(strings.Join(problems, "; "))
	}
	return nil
}

// holdBody asks what kin-openapi does not: exactly one JSON document, no member
// twice, no member that the schema doesn't have.
func holdBody(media *openapi3.MediaType, body []byte) error {
	if media == nil || media.Schema == nil {
		return errors.New("the contract has no schema for the body")
	}
	value, err := strictjson.Decode(body)
	if err != nil {
		return err
	}
	return holdMembers("", media.Schema.Value, value)
}

func holdMembers(at string, schema *openapi3.Schema, value any) error {
	switch v := value.(type) {
	case map[string]any:
		known, open := propertiesOf(schema)
		for _, name := range sortedKeys(v) {
			property := known[name]
			if property == nil && !open {
				return fmt.Errorf("the contract has no member %s/%s", at, name)
			}
			if property == nil {
				continue
			}
			if err := holdMembers(at+"/"+name, property, v[name]); err != nil {
				return err
			}
		}
	case []any:
		items := itemsOf(schema)
		for i, item := range v {
			if items == nil {
				break
			}
			if err := holdMembers(fmt.Sprintf("%s/%d", at, i), items, item); err != nil {
				return err
			}
		}
	}
	return nil
}

// propertiesOf are the properties of a schema and of those it is made of; open is
// true if there may be others, as far as one can tell.
func propertiesOf(schema *openapi3.Schema) (known map[string]*openapi3.Schema, open bool) {
	known = map[string]*openapi3.Schema{}
	for name, property := range schema.Properties {
		known[name] = property.Value
	}
	open = len(schema.OneOf)+len(schema.AnyOf) > 0 || schema.AdditionalProperties.Schema != nil
	for _, part := range schema.AllOf {
		properties, more := propertiesOf(part.Value)
		for name, property := range properties {
			known[name] = property
		}
		open = open || more
	}
	return known, open
}

func itemsOf(schema *openapi3.Schema) *openapi3.Schema {
	if schema.Items != nil {
		return schema.Items.Value
	}
	for _, part := range schema.AllOf {
		if items := itemsOf(part.Value); items != nil {
			return items
		}
	}
	return nil
}

func (v *validator) operation(method, path string) *openapi3.Operation {
	item := v.doc.Paths.Value(path)
	if item == nil {
		return nil
	}
	return item.GetOperation(method)
}

// find is the path of the operation that takes a request, and its parameters.
func (v *validator) find(method, path string) (string, map[string]string) {
	for _, template := range v.doc.Paths.InMatchingOrder() {
		if v.operation(method, template) == nil {
			continue
		}
		if parameters, ok := match(template, path); ok {
			return template, parameters
		}
	}
	return "", nil
}

func match(template, path string) (map[string]string, bool) {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	parameters := map[string]string{}
	for i, segment := range want {
		name, isParameter := strings.CutPrefix(segment, "{")
		switch value, err := url.PathUnescape(got[i]); {
		case err != nil || value == "" && i > 0:
			return nil, false
		case isParameter:
			parameters[strings.TrimSuffix(name, "}")] = value
		case segment != value:
			return nil, false
		}
	}
	return parameters, true
}

func (v *validator) input(ctx context.Context, r request, path string, parameters map[string]string) (*openapi3filter.RequestValidationInput, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, "http://contract.example"+r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	if r.header != nil {
		req.Header = r.header.Clone()
	}
	return &openapi3filter.RequestValidationInput{
		Request: req, PathParams: parameters,
		Route: &routers.Route{
			Spec: v.doc, Path: path, PathItem: v.doc.Paths.Value(path), Method: r.method, Operation: v.operation(r.method, path),
		},
		Options: &openapi3filter.Options{SkipSettingDefaults: true, AuthenticationFunc: authenticate},
	}, nil
}

// authenticate asks whether the credential is there.
func authenticate(_ context.Context, input *openapi3filter.AuthenticationInput) error {
	scheme := input.SecurityScheme
	if scheme.Type == "apiKey" && scheme.In == "header" && input.RequestValidationInput.Request.Header.Get(scheme.Name) != "" {
		return nil
	}
	return fmt.Errorf("%s is missing", input.SecuritySchemeName)
}
