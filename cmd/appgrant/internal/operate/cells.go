package operate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// cells are the members of an object that a table shows. A name like a.b is a member b
// of the member a. What is no object is a cell of its own.
func cells(object json.RawMessage, names []string) ([]string, error) {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(object))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, is := value.(map[string]any); !is {
		return []string{cell(value)}, nil
	}
	line := make([]string, len(names))
	for i, name := range names {
		member := value
		for part := range strings.SplitSeq(name, ".") {
			members, _ := member.(map[string]any)
			member = members[part]
		}
		line[i] = cell(member)
	}
	return line, nil
}

// cell is a value in a table. Of a list it has the first, and how many more there are.
func cell(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case []any:
		switch len(v) {
		case 0:
			return ""
		case 1:
			return cell(v[0])
		}
		return fmt.Sprintf("%s +%d", cell(v[0]), len(v)-1)
	case map[string]any: // the pair of a fault
		return cell(v["app_id"]) + ":" + cell(v["api_id"])
	}
	return fmt.Sprint(value)
}
