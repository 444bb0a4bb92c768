// Package openapi holds the hand-written contracts, that of the five operations
// and that of administering a server, and hands them out: as the bytes of the file
// and as a checked, resolved document.
package openapi

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// YAML is the contract as it is written, in OpenAPI 3.0.3.
//
//go:embed app-authorization.yaml
var YAML []byte

// AdminYAML is the contract of administering a server, likewise.
//
//go:embed admin.yaml
var AdminYAML []byte

// Load is Parse of the contract. An error means that this build carries a broken
// contract, which its tests don't let pass.
func Load() (*openapi3.T, error) { return Parse(YAML) }

// LoadAdmin is Load for the contract of administering a server.
func LoadAdmin() (*openapi3.T, error) { return Parse(AdminYAML) }

// Parse reads an OpenAPI document, resolves its references and validates it
// whole: structure, patterns, defaults and every example against its schema. The
// result is the caller's own.
func Parse(text []byte) (*openapi3.T, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(text)
	if err != nil {
		return nil, fmt.Errorf("parse the contract: %w", err)
	}
	if err := doc.Validate(loader.Context); err != nil {
		return nil, fmt.Errorf("validate the contract: %w", err)
	}
	return doc, nil
}

// Version is the contract's info.version, without the rest being read.
func Version() string {
	_, info, _ := strings.Cut(string(YAML), "\ninfo:\n")
	_, version, _ := strings.Cut(info, "\n  version: ")
	version, _, _ = strings.Cut(version, "\n")
	return version
}
