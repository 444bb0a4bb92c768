package breaking

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Need is what a change asks of the next version.
type Need int

// The needs, from the least to the most.
const (
	None Need = iota
	Patch
	Minor
	Major
)

var needs = [...]string{"none", "patch", "minor", "major"}

func (n Need) String() string { return needs[n] }

// MarshalText writes the need's name.
func (n Need) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (n *Need) UnmarshalText(text []byte) error {
	i := slices.Index(needs[:], string(text))
	if i < 0 {
		return fmt.Errorf("%q is no need", text)
	}
	*n = Need(i)
	return nil
}

// version is a semantic version, https://semver.org, 2.0.0.
type version struct {
	text                string
	major, minor, patch uint64
	pre                 []string
}

const identifiers = `(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)`

var semantic = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-(` +
	identifiers + `(?:\.` + identifiers + `)*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$`)

func parseVersion(text string) (version, error) {
	v := version{text: text}
	parts := semantic.FindStringSubmatch(text)
	if parts == nil {
		return v, fmt.Errorf("info.version %q is not a semantic version", text)
	}
	for i, n := range []*uint64{&v.major, &v.minor, &v.patch} {
		var err error
		if *n, err = strconv.ParseUint(parts[i+1], 10, 32); err != nil {
			return v, fmt.Errorf("info.version %q: a number is too large", text)
		}
	}
	if parts[4] != "" {
		v.pre = strings.Split(parts[4], ".")
	}
	return v, nil
}

// compare orders by precedence: what is built of a version does not count.
func (v version) compare(w version) int {
	return cmp.Or(cmp.Compare(v.major, w.major), cmp.Compare(v.minor, w.minor), cmp.Compare(v.patch, w.patch), v.comparePre(w))
}

func (v version) comparePre(w version) int {
	if len(v.pre) == 0 || len(w.pre) == 0 {
		return cmp.Compare(len(w.pre), len(v.pre)) // the release comes after its candidates
	}
	for i := range min(len(v.pre), len(w.pre)) {
		a, aErr := strconv.ParseUint(v.pre[i], 10, 64)
		b, bErr := strconv.ParseUint(w.pre[i], 10, 64)
		var order int
		switch {
		case aErr == nil && bErr == nil:
			order = cmp.Compare(a, b)
		case aErr == nil:
			order = -1
		case bErr == nil:
			order = +1
		default:
			order = cmp.Compare(v.pre[i], w.pre[i])
		}
		if order != 0 {
			return order
		}
	}
	return cmp.Compare(len(v.pre), len(w.pre))
}

// next is the least release behind v that announces the need.
func (v version) next(need Need) string {
	switch need {
	case Major:
		return fmt.Sprintf("%d.0.0", v.major+1)
	case Minor:
		return fmt.Sprintf("%d.%d.0", v.major, v.minor+1)
	case Patch:
		return fmt.Sprintf("%d.%d.%d", v.major, v.minor, v.patch+1)
	default:
		return v.text
	}
}

// announces reports whether w, which follows v, has risen as much as the need asks.
func (v version) announces(need Need, w version) bool {
	switch need {
	case Major:
		return w.major > v.major
	case Minor:
		return cmp.Or(cmp.Compare(w.major, v.major), cmp.Compare(w.minor, v.minor)) > 0
	case Patch:
		return w.compare(v) > 0
	default:
		return true
	}
}
