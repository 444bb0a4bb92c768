package bundle

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// inside tells for each kind of object in OpenAPI 3.0 in which of its members more
// objects are, and of which kind; "{" stands for a map of them, "[" for a list. It has
// all through which a schema is reached.
var inside = map[string]map[string]string{
	"document": {"paths": "{path", "components": "components"},
	"components": {
		"schemas": "{schema", "responses": "{response", "parameters": "{parameter",
		"requestBodies": "{body", "headers": "{parameter", "callbacks": "{callback",
	},
	"path": {
		"parameters": "[parameter", "get": "operation", "put": "operation", "post": "operation",
		"delete": "operation", "options": "operation", "head": "operation", "patch": "operation", "trace": "operation",
	},
	"operation": {"parameters": "[parameter", "requestBody": "body", "responses": "{response", "callbacks": "{callback"},
	"parameter": {"schema": "schema", "content": "{media"},
	"body":      {"content": "{media"},
	"response":  {"headers": "{parameter", "content": "{media"},
	"media":     {"schema": "schema", "encoding": "{encoding"},
	"encoding":  {"headers": "{parameter"},
	"schema": {
		"properties": "{schema", "additionalProperties": "schema", "items": "schema",
		"allOf": "[schema", "anyOf": "[schema", "oneOf": "[schema", "not": "schema",
	},
}

// upgrade makes an OpenAPI 3.1 document of one in OpenAPI 3.0, in place. What both say
// in the same words stays as it is: all but the version and some words of schemas.
func upgrade(root *yaml.Node) error {
	version := member(root, "openapi")
	if version == nil || !strings.HasPrefix(version.Value, "3.0.") {
		return errors.New("it is no OpenAPI 3.0 document")
	}
	version.Value = "3.1.0"
	return walk(root, "document")
}

// walk upgrades all schemas in an object of a kind.
func walk(n *yaml.Node, kind string) error {
	if n.Kind != yaml.MappingNode { // also "additionalProperties: false"
		return nil
	}
	if kind != "path" && member(n, "$ref") != nil && len(n.Content) > 2 {
		return fmt.Errorf("line %d: what stands beside a $ref has no effect in 3.0, and has one in 3.1", n.Line)
	}
	for i := 0; i < len(n.Content); i += 2 {
		below := inside[kind][n.Content[i].Value]
		if kind == "callback" {
			below = "path"
		}
		if below == "" {
			continue
		}
		if err := walkMember(n.Content[i+1], below); err != nil {
			return err
		}
	}
	if kind == "schema" {
		upgradeSchema(n)
	}
	return nil
}

func walkMember(n *yaml.Node, kind string) error {
	switch kind[0] {
	case '{':
		for i := 1; i < len(n.Content); i += 2 {
			if err := walk(n.Content[i], kind[1:]); err != nil {
				return err
			}
		}
	case '[':
		for _, item := range n.Content {
			if err := walk(item, kind[1:]); err != nil {
				return err
			}
		}
	default:
		return walk(n, kind)
	}
	return nil
}

// upgradeSchema says in the words of JSON Schema 2020-12 what a schema says in those of
// OpenAPI 3.0.
func upgradeSchema(schema *yaml.Node) {
	if nullable := remove(schema, "nullable"); nullable != nil && nullable.Value == "true" {
		if kind := member(schema, "type"); kind != nil { // without a type it has no effect
			*kind = *list(scalar("!!str", kind.Value), scalar("!!str", "null"))
		}
	}
	for exclusive, bound := range map[string]string{"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"} {
		if flag := remove(schema, exclusive); flag != nil && flag.Value == "true" {
			rename(schema, bound, exclusive)
		}
	}
	if example := member(schema, "example"); example != nil {
		rename(schema, "example", "examples")
		*example = *list(clone(example))
	}
	if format := member(schema, "format"); format != nil {
		switch format.Value {
		case "byte":
			rename(schema, "format", "contentEncoding")
			format.Value = "base64"
		case "binary":
			rename(schema, "format", "contentMediaType")
			format.Value = "application/octet-stream"
		}
	}
}

// member is the value of a member of a map, nil if there is none.
func member(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// remove takes a member out of a map, and gives its value back.
func remove(n *yaml.Node, name string) *yaml.Node {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			value := n.Content[i+1]
			n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
			return value
		}
	}
	return nil
}

func rename(n *yaml.Node, name, to string) {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			n.Content[i].Value = to
		}
	}
}

func clone(n *yaml.Node) *yaml.Node {
	same := *n
	return &same
}

func scalar(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

func list(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle, Content: items}
}
