package httpapi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/appgrant/appgrant/openapi"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// operation is one operation of the contract, as requests need it.
type operation struct {
	id         string
	service    grant.Service
	parameters []parameter           // of the path, then query and header
	body       *openapi3.RequestBody // nil if it takes none
	reader     *reader               // nil if there is none for the body
	isControl  bool                  // one of the test controls
}

// routeKey is a method and a path as gin spells it.
type routeKey struct{ method, path string }

type operations map[routeKey]*operation

// admin stands for the operations of administering a server, as if they were a
// service.
const admin grant.Service = "admin"

// serviceOfTag says which service a tag of the contracts stands for.
var serviceOfTag = map[string]grant.Service{
	"APIG":            grant.APIG,
	"ROMA Connect":    grant.ROMA,
	"ModelArts":       grant.ModelArts,
	"DataArts Studio": grant.DataArts,

	"Catalog":       admin,
	"Records":       admin,
	"Reviews":       admin,
	"Access":        admin,
	"Test controls": admin,
}

// loadOperations reads the contracts.
func loadOperations() (operations, error) {
	ops := operations{}
	docs, err := openapi.LoadRequests()
	if err != nil {
		return nil, err
	}
	for _, doc := range docs {
		if err := ops.add(doc); err != nil {
			return nil, err
		}
	}
	return ops, nil
}

func (ops operations) add(doc *openapi3.T) error {
	for path, item := range doc.Paths.Map() {
		for method, spec := range item.Operations() {
			op := &operation{id: spec.OperationID}
			if len(spec.Tags) == 1 {
				op.service, op.isControl = serviceOfTag[spec.Tags[0]], spec.Tags[0] == "Test controls"
			}
			if op.service == "" {
				return fmt.Errorf("the tags of %s name no service", op.id)
			}
			for _, spec := range slices.Concat(item.Parameters, spec.Parameters) {
				op.parameters = append(op.parameters, newParameter(spec.Value))
			}
			if spec.RequestBody != nil {
				op.body = spec.RequestBody.Value
			}
			if goType, ok := bodies[op.id]; ok {
				op.reader = newReader(op.body.Content.Get("application/json"), goType)
			}
			ops[routeKey{method, ginPath(path)}] = op
		}
	}
	return nil
}

// ginPath spells a path of the contract as gin does: /a/{b} as /a/:b.
func ginPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}
