// Package strictjson reads JSON the way the wire means it: one document, in UTF-8,
// no member twice. encoding/json lets the rest pass.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"unicode/utf8"
)

// MaxDepth is how deep a document may be nested.
const MaxDepth = 1000

// Decode reads exactly one document. Its values are those of encoding/json, but that
// a number beyond a float64 is the greatest there is.
func Decode(data []byte) (any, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := value(d, 0)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errors.New("the JSON ends early")
	}
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("bytes after the JSON document")
	}
	return v, nil
}

func value(d *json.Decoder, depth int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	if depth > MaxDepth {
		return nil, errors.New("nested too deeply")
	}
	if n, ok := token.(json.Number); ok {
		f, _ := n.Float64() // infinite if it is beyond all bounds
		return max(-math.MaxFloat64, min(f, math.MaxFloat64)), nil
	}
	switch token {
	case json.Delim('{'):
		return object(d, depth)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			item, err := value(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err := d.Token()
		return list, err
	default:
		return token, nil
	}
}

func object(d *json.Decoder, depth int) (any, error) {
	members := map[string]any{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, ok := token.(string)
		if !ok {
			return nil, errors.New("a member without a name")
		}
		if _, twice := members[name]; twice {
			return nil, fmt.Errorf("the member %q stands there twice", name)
		}
		if members[name], err = value(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return members, err
}

// Depth is how deep a decoded value is nested: 0 for what is neither a list nor an
// object.
func Depth(value any) int {
	deepest := 0
	switch v := value.(type) {
	case map[string]any:
		for _, member := range v {
			deepest = max(deepest, Depth(member))
		}
	case []any:
		for _, item := range v {
			deepest = max(deepest, Depth(item))
		}
	default:
		return 0
	}
	return deepest + 1
}
