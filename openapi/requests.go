package openapi

import (
	_ "embed"
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
)

// Of each contract what a server needs to take requests, in JSON: no answers, no examples, no prose. A test
// holds them to the contracts.
var (
	//go:embed requests/app-authorization.json
	requests []byte
	//go:embed requests/admin.json
	adminRequests []byte
)

// LoadRequests gives both contracts as far as they are about requests: operations with their names, tags,
// parameters and bodies. It takes a fifth of the time that [Load] and [LoadAdmin] take, and of the memory. References
// are resolved, and nothing is checked, since tests do.
func LoadRequests() ([]*openapi3.T, error) {
	var docs []*openapi3.T
	for _, text := range [][]byte{requests, adminRequests} {
		doc, err := openapi3.NewLoader().LoadFromData(text)
		if err != nil {
			return nil, fmt.Errorf("parse the requests of a contract: %w", err)
		}
		docs = append(docs, doc)
	}
	return docs, nil
}
