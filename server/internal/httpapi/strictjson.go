package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// maxDepth is how deep a body may be nested. The contract needs three levels.
const maxDepth = 32

// decodeStrictly decodes a body that is exactly one JSON document in UTF-8, in
// which no object has a member twice, nor one that differs from a name in the
// schema by its case alone. Numbers become json.Number.
//
// Errors: malformed, with Field where a top-level member is to blame; Invalid for
// a wrong case, with the name the member should have.
func decodeStrictly(data []byte, schema *openapi3.Schema) (any, error) {
	if !utf8.Valid(data) {
		return nil, &grant.Error{Kind: malformed, Msg: "not UTF-8"}
	}
	d := strictDecoder{json: json.NewDecoder(bytes.NewReader(data))}
	d.json.UseNumber()
	value, err := d.value(schema)
	if err != nil {
		return nil, err
	}
	if _, err := d.json.Token(); !errors.Is(err, io.EOF) {
		return nil, &grant.Error{Kind: malformed, Msg: "bytes after the document", Err: err}
	}
	if d.misspelt != nil {
		return nil, d.misspelt
	}
	return value, nil
}

type strictDecoder struct {
	json  *json.Decoder
	depth int
	field string // the top-level member being read
	// misspelt is the first member in another case. It counts when the document has
	// turned out to be one.
	misspelt error
}

func (d *strictDecoder) refuse(msg string, err error) error {
	return &grant.Error{Kind: malformed, Field: d.field, Msg: msg, Err: err}
}

func (d *strictDecoder) token() (json.Token, error) {
	token, err := d.json.Token()
	if err == nil {
		return token, nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, &grant.Error{Kind: malformed, Msg: "unexpected end of JSON input", Err: err}
	}
	return nil, &grant.Error{Kind: malformed, Msg: "invalid JSON", Err: err}
}

// value reads one value. schema may be nil: then its members have no known names.
func (d *strictDecoder) value(schema *openapi3.Schema) (any, error) {
	token, err := d.token()
	if err != nil {
		return nil, err
	}
	if number, ok := token.(json.Number); ok && schema != nil && schema.Type.Is(openapi3.TypeInteger) {
		return plainInteger(number), nil
	}
	delim, isDelim := token.(json.Delim)
	if !isDelim {
		return token, nil
	}
	if d.depth++; d.depth > maxDepth {
		return nil, d.refuse("nested too deeply", nil)
	}
	defer func() { d.depth-- }()
	if delim == '{' {
		return d.object(schema)
	}
	return d.array(schema)
}

// plainInteger spells a number without point and exponent if it is an integer that
// is spelt with them, as the schema's integers may be and those of Go may not.
func plainInteger(n json.Number) json.Number {
	if !strings.ContainsAny(string(n), ".eE") {
		return n
	}
	f, err := n.Float64()
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return n
	}
	return json.Number(strconv.FormatInt(int64(f), 10))
}

func (d *strictDecoder) array(schema *openapi3.Schema) (any, error) {
	var items *openapi3.Schema
	if schema != nil && schema.Items != nil {
		items = schema.Items.Value
	}
	list := []any{}
	for d.json.More() {
		item, err := d.value(items)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	_, err := d.token() // the closing bracket
	return list, err
}

func (d *strictDecoder) object(schema *openapi3.Schema) (any, error) {
	var known openapi3.Schemas
	if schema != nil {
		known = schema.Properties
	}
	members := map[string]any{}
	for d.json.More() {
		token, err := d.token()
		if err != nil {
			return nil, err
		}
		name, ok := token.(string)
		if !ok {
			return nil, d.refuse("invalid JSON", nil)
		}
		property, isKnown := known[name]
		if d.depth == 1 {
			d.field = ""
			if isKnown {
				d.field = name
			}
		}
		if _, twice := members[name]; twice {
			return nil, d.refuse("duplicate member", nil)
		}
		var propertySchema *openapi3.Schema
		if isKnown {
			propertySchema = property.Value
		} else if d.misspelt == nil {
			d.misspelt = d.checkCase(known, name)
		}
		if members[name], err = d.value(propertySchema); err != nil {
			return nil, err
		}
	}
	_, err := d.token() // the closing brace
	return members, err
}

// checkCase refuses an unknown name that would be a known one in another case.
func (d *strictDecoder) checkCase(known openapi3.Schemas, name string) error {
	for proper := range known {
		if strings.EqualFold(proper, name) {
			field := d.field
			if d.depth == 1 {
				field = proper
			}
			return &grant.Error{Kind: grant.Invalid, Field: field, Err: fmt.Errorf("member %q should be spelt %q", name, proper)}
		}
	}
	return nil
}
