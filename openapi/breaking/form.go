package breaking

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
)

// rewritten lists where two documents, as JSON, are written in different ways, if they
// say the same: in their extensions, in the order of lists, in what refers to what.
func rewritten(a, b []byte) ([]finding, error) {
	var treeA, treeB any
	if err := errors.Join(json.Unmarshal(a, &treeA), json.Unmarshal(b, &treeB)); err != nil {
		return nil, fmt.Errorf("compare the forms: %w", err)
	}
	var found []finding
	forms(nil, treeA, treeB, func(where []string) {
		found = append(found, finding{id: "form-changed", need: Patch, change: "`" + path.Join(where...) + "` is written otherwise"})
	})
	return found, nil
}

// forms calls tell for each place in which the trees differ.
func forms(where []string, a, b any, tell func(where []string)) {
	objectA, isA := a.(map[string]any)
	objectB, isB := b.(map[string]any)
	if !isA || !isB {
		if !reflect.DeepEqual(a, b) {
			tell(where)
		}
		return
	}
	for _, key := range sortedKeys(objectA, objectB, strings.Compare) {
		forms(append(slices.Clip(where), key), objectA[key], objectB[key], tell)
	}
}
