package breaking

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/load"

	"github.com/appgrant/appgrant/openapi"
)

// MaxSize is how long an OpenAPI file may be, in bytes.
const MaxSize = 16 << 20

// Contract is an OpenAPI document in the form in which two are compared: the same
// promises are the same whichever way they were written.
type Contract struct {
	version version
	doc     *openapi3.T                 // whole
	plain   *load.SpecInfo              // without extensions and deprecations, by which oasdiff excuses changes
	names   map[*openapi3.Schema]string // of the schemas of doc that have one
	reached reach
	form    []byte // all that is written, as JSON, but for the version
}

// Version is the contract's own version.
func (c *Contract) Version() string { return c.version.text }

// Parse reads an OpenAPI document of version 3, YAML or JSON, of at most [MaxSize]
// bytes. Its version must be a semantic one, and it must refer to nothing outside
// itself: no file is opened and no address called.
func Parse(text []byte) (*Contract, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("it is longer than %d MiB", MaxSize>>20)
	}
	valid, err := openapi.Parse(text) // before it is reshaped
	if err != nil {
		return nil, err
	}
	c := &Contract{}
	if c.version, err = parseVersion(valid.Info.Version); err != nil {
		return nil, err
	}
	c.reached = reachOf(valid)
	valid.Info.Version = ""
	if c.form, err = valid.MarshalJSON(); err != nil {
		return nil, fmt.Errorf("write as JSON: %w", err)
	}
	whole, names, err := reshape(text)
	if err != nil {
		return nil, err
	}
	c.doc, c.names = whole.Spec, names
	if c.plain, _, err = reshape(text); err != nil {
		return nil, err
	}
	strip(c.plain.Spec)
	return c, nil
}

// reshape reads a document and brings each promise to where it takes effect: what is
// shared by operations to each of them, what is put together with allOf to one schema.
// The names are those of schemas as they were before.
func reshape(text []byte) (info *load.SpecInfo, names map[*openapi3.Schema]string, err error) {
	naming := func(_ *openapi3.Loader, infos []*load.SpecInfo) ([]*load.SpecInfo, error) {
		names = namesOf(infos[0].Spec)
		return infos, nil
	}
	info, err = load.NewSpecInfoFromData(openapi3.NewLoader(), text, "contract",
		load.WithFlattenParams(), naming, load.WithFlattenAllOf(), load.WithLowercaseHeaders())
	if err != nil {
		return nil, nil, fmt.Errorf("merge allOf: %w", err)
	}
	doc := info.Spec
	for _, item := range doc.Paths.Map() {
		servers := item.Servers
		if servers == nil {
			servers = doc.Servers
		}
		for _, op := range item.Operations() {
			if op.Security == nil {
				op.Security = openapi3.NewSecurityRequirements()
				*op.Security = append(*op.Security, doc.Security...)
			}
			if op.Servers == nil && servers != nil {
				op.Servers = &openapi3.Servers{}
				*op.Servers = append(*op.Servers, servers...)
			}
		}
		item.Servers = nil
	}
	doc.Servers, doc.Security = nil, nil
	return info, names, nil
}

// operationKey finds an operation in either contract: its method, and its path
// without the parameters' names.
type operationKey struct{ method, path string }

var pathParameter = regexp.MustCompile(`\{([^}]*)\}`)

func keyOf(method, path string) operationKey {
	return operationKey{strings.ToUpper(method), pathParameter.ReplaceAllString(path, "{}")}
}

// operation is one with where it was found.
type operation struct {
	*openapi3.Operation
	path string
}

func (c *Contract) operations() map[operationKey]operation {
	ops := map[operationKey]operation{}
	for path, item := range c.doc.Paths.Map() {
		for method, op := range item.Operations() {
			ops[keyOf(method, path)] = operation{op, path}
		}
	}
	return ops
}

// unlike reports whether the contracts are of different things.
func (c *Contract) unlike(other *Contract) bool {
	a, b := c.operations(), other.operations()
	for key := range a {
		if _, both := b[key]; both {
			return false
		}
	}
	return len(a) > 0 && len(b) > 0 && c.doc.Info.Title != other.doc.Info.Title
}
