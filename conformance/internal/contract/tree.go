package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/appgrant/appgrant/conformance/internal/strictjson"
)

// read reads a file in YAML or JSON into a tree of map[string]any, []any, string,
// float64, bool and nil. A member that stands there twice is an error.
func read(text []byte) (map[string]any, error) {
	tree, err := strictjson.Decode(text)
	if err != nil {
		if json.Valid(text) {
			return nil, err
		}
		if tree, err = readYAML(text); err != nil {
			return nil, err
		}
	}
	root, ok := tree.(map[string]any)
	if !ok {
		return nil, errors.New("neither YAML nor JSON with an object in it")
	}
	return root, nil
}

func readYAML(text []byte) (any, error) {
	var document yaml.Node
	if err := yaml.Load(text, &document); err != nil {
		return nil, fmt.Errorf("neither YAML nor JSON: %w", err)
	}
	textualize(&document)
	var tree any
	if err := document.Load(&tree); err != nil {
		return nil, fmt.Errorf("neither YAML nor JSON: %w", err)
	}
	return normal(tree)
}

// textualize makes texts of what YAML takes for points in time, as OpenAPI does.
func textualize(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, child := range n.Content {
		textualize(child)
	}
}

// normal brings what YAML decodes to into the types of JSON.
func normal(value any) (any, error) {
	var err error
	switch v := value.(type) {
	case map[string]any:
		for key, member := range v {
			if v[key], err = normal(member); err != nil {
				return nil, err
			}
		}
		return v, nil
	case map[any]any:
		object := make(map[string]any, len(v))
		for key, member := range v {
			name := fmt.Sprint(key)
			if _, twice := object[name]; twice {
				return nil, fmt.Errorf("the member %q stands there twice", name)
			}
			if object[name], err = normal(member); err != nil {
				return nil, err
			}
		}
		return object, nil
	case []any:
		for i, item := range v {
			if v[i], err = normal(item); err != nil {
				return nil, err
			}
		}
		return v, nil
	case int:
		return float64(v), nil
	case int64:
		return float64(v), nil
	case uint64:
		return float64(v), nil
	case nil, string, bool, float64:
		return v, nil
	default:
		return nil, fmt.Errorf("%v is no value of JSON", v)
	}
}

// canonical writes a value so that equal ones read the same.
func canonical(value any) string {
	if s, ok := value.(string); ok {
		return strconv.Quote(s)
	}
	text, err := json.Marshal(value)
	if err != nil { // an infinite number, which YAML has and JSON has not
		return fmt.Sprint(value)
	}
	return string(text)
}

// place is where a value stands in a tree; nil is the root.
type place struct {
	parent *place
	key    string
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// String is the JSON pointer.
func (p *place) String() string {
	if p == nil {
		return ""
	}
	return p.parent.String() + "/" + pointerEscapes.Replace(p.key)
}

// node is a value where it stands.
type node struct {
	value any
	at    *place
	ruled bool // an x-ruling covers it
}

// member is a member of an object that is there.
func (n node) member(key string) node {
	object, _ := n.value.(map[string]any)
	return node{object[key], &place{n.at, key}, n.ruled || rulesOn(object, key) || ruledWhole(object[key])}
}

// item is an item of a list.
func (n node) item(i int) node {
	list, _ := n.value.([]any)
	return node{list[i], &place{n.at, strconv.Itoa(i)}, n.ruled || ruledWhole(list[i])}
}

// child is the member of an object or the item of a list; ok is false if it is not
// there.
func (n node) child(key string) (child node, ok bool) {
	switch v := n.value.(type) {
	case map[string]any:
		if _, ok := v[key]; ok {
			return n.member(key), true
		}
	case []any:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(v) {
			return n.item(i), true
		}
	}
	return node{}, false
}

// text is a member that is a text, empty if it is none.
func (n node) text(key string) string {
	object, _ := n.value.(map[string]any)
	s, _ := object[key].(string)
	return s
}

const ruling = "x-ruling"

// ruledWhole reports whether an object says that all of it is a decision.
func ruledWhole(value any) bool {
	object, _ := value.(map[string]any)
	reason, _ := object[ruling].(string)
	return !blank(reason)
}

// rulesOn reports whether an object says that this member of it is a decision.
func rulesOn(object map[string]any, key string) bool {
	if key == ruling {
		return false
	}
	reasons, _ := object[ruling].(map[string]any)
	reason, _ := reasons[key].(string)
	return !blank(reason)
}

// blank reports whether a text says nothing.
func blank(text string) bool { return strings.TrimSpace(text) == "" }

// recursive reports whether some chain of references leads back to itself.
func recursive(root map[string]any) bool {
	open, done := map[string]bool{}, map[string]bool{}
	var visit func(value any) bool
	follow := func(ref string) bool {
		if open[ref] || done[ref] {
			return open[ref]
		}
		open[ref] = true
		target, ok := node{value: root}, true
		for _, key := range pointerKeys(ref) {
			if target, ok = target.child(key); !ok {
				break
			}
		}
		found := ok && visit(target.value)
		open[ref], done[ref] = false, true
		return found
	}
	visit = func(value any) bool {
		switch v := value.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok && strings.HasPrefix(ref, "#/") && follow(ref) {
				return true
			}
			for _, member := range v {
				if visit(member) {
					return true
				}
			}
		case []any:
			return slices.ContainsFunc(v, visit)
		}
		return false
	}
	return visit(root)
}
