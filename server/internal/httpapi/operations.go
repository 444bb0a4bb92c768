package httpapi

import (
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/appgrant/appgrant/openapi"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// operation is one operation of the contract, as requests need it.
type operation struct {
	id         string
	service    grant.Service
	parameters []*openapi3.Parameter // of the path, then query and header
	body       *openapi3.RequestBody // nil if it takes none
}

// routeKey is a method and a path as gin spells it.
type routeKey struct{ method, path string }

type operations map[routeKey]*operation

// serviceOfTag says which service a tag of the contract stands for.
var serviceOfTag = map[string]grant.Service{
	"APIG":            grant.APIG,
	"ROMA Connect":    grant.ROMA,
	"ModelArts":       grant.ModelArts,
	"DataArts Studio": grant.DataArts,
}

// loadOperations reads the contract.
func loadOperations() (operations, error) {
	doc, err := openapi.Load()
	if err != nil {
		return nil, err
	}
	ops := operations{}
	for path, item := range doc.Paths.Map() {
		for method, spec := range item.Operations() {
			op := &operation{id: spec.OperationID}
			if len(spec.Tags) == 1 {
				op.service = serviceOfTag[spec.Tags[0]]
			}
			if op.service == "" {
				return nil, fmt.Errorf("the tags of %s name no service", op.id)
			}
			for _, parameter := range spec.Parameters {
				op.parameters = append(op.parameters, parameter.Value)
			}
			if spec.RequestBody != nil {
				op.body = spec.RequestBody.Value
			}
			ops[routeKey{method, ginPath(path)}] = op
		}
	}
	return ops, nil
}

// ginPath spells a path of the contract as gin does: /a/{b} as /a/:b.
func ginPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}
