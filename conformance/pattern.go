package conformance

import (
	"errors"
	"regexp"
	"strings"
)

// compile makes a pattern of case IDs: * stands for any part of a name between
// slashes, ** for any names at all, the rest for itself. A pattern that is the
// beginning of IDs up to a slash stands for all of those.
func compile(pattern string) (func(id string) bool, error) {
	if strings.TrimSpace(pattern) == "" {
		return nil, errors.New("an empty pattern matches no case")
	}
	text := regexp.QuoteMeta(strings.TrimSuffix(pattern, "/"))
	text = strings.ReplaceAll(text, `\*\*`, `.*`)
	text = strings.ReplaceAll(text, `\*`, `[^/]*`)
	syntax, err := regexp.Compile(`^` + text + `(/.*)?$`)
	if err != nil {
		return nil, err
	}
	return syntax.MatchString, nil
}
