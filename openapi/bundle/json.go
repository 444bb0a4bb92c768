package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v4"
)

// encodeJSON writes YAML as JSON, its members in the order in which they stand there.
func encodeJSON(n *yaml.Node) ([]byte, error) {
	var flat, out bytes.Buffer
	if err := writeJSON(&flat, n); err != nil {
		return nil, err
	}
	if err := json.Indent(&out, flat.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func writeJSON(out *bytes.Buffer, n *yaml.Node) error {
	switch n.Kind {
	case yaml.MappingNode:
		return writeList(out, "{}", len(n.Content)/2, func(i int) error {
			key := n.Content[2*i]
			if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
				return fmt.Errorf("line %d: a key that JSON can't have", key.Line)
			}
			if err := writeScalar(out, key.Value); err != nil {
				return err
			}
			out.WriteByte(':')
			return writeJSON(out, n.Content[2*i+1])
		})
	case yaml.SequenceNode:
		return writeList(out, "[]", len(n.Content), func(i int) error { return writeJSON(out, n.Content[i]) })
	case yaml.ScalarNode:
		var value any = n.Value
		if n.Tag != "!!str" && n.Tag != "!!timestamp" { // OpenAPI has no points in time, but texts
			if err := n.Load(&value); err != nil {
				return fmt.Errorf("line %d: %w", n.Line, err)
			}
		}
		if err := writeScalar(out, value); err != nil {
			return fmt.Errorf("line %d: %w", n.Line, err)
		}
		return nil
	default:
		return fmt.Errorf("line %d: an alias, which JSON can't have", n.Line)
	}
}

// writeList writes so many items, separated by commas, between two brackets.
func writeList(out *bytes.Buffer, brackets string, count int, item func(i int) error) error {
	out.WriteByte(brackets[0])
	for i := range count {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := item(i); err != nil {
			return err
		}
	}
	out.WriteByte(brackets[1])
	return nil
}

func writeScalar(out *bytes.Buffer, value any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	out.Write(bytes.TrimSuffix(text.Bytes(), []byte("\n")))
	return nil
}
