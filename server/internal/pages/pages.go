// Package pages is what people read in a browser: a page about the server, an
// interactive reference of each contract, and the contracts as files. All of it is
// embedded and needs nothing from elsewhere; each file is made once, when it is first
// asked for.
package pages

import (
	"net/http"

	"github.com/appgrant/appgrant/openapi/bundle"
)

// Config says what the server has to show.
type Config struct {
	// Admin tells that the server has the operations of the admin contract.
	Admin bool
	// Demo tells that what exists is the built-in demo, whose tokens everybody may read.
	Demo bool
	// DemoAdminToken is the admin token of a demo; empty if it is a secret.
	DemoAdminToken string
}

// New returns a handler for each path. They answer GET and HEAD, and panic if this
// build carries a broken contract, which its tests don't let pass. Links are relative,
// so that the pages may stand under a prefix.
func New(cfg Config) map[string]http.Handler {
	handlers := map[string]http.Handler{}
	cfg.addHome(handlers)
	addContract(handlers, "/openapi", bundle.Contract)
	cfg.addReference(handlers)
	if cfg.Admin {
		addContract(handlers, "/admin/openapi", bundle.Admin)
	}
	return handlers
}

// addContract adds the files of a contract, byte for byte those of the bundle.
func addContract(handlers map[string]http.Handler, path string, contract func() (bundle.Bundle, error)) {
	add := func(name, mediaType string, edition func(bundle.Bundle) []byte) {
		handlers[path+name] = newFile(mediaType, func() ([]byte, error) {
			b, err := contract()
			return edition(b), err
		})
	}
	add(".yaml", "application/yaml", func(b bundle.Bundle) []byte { return b.YAML })
	add(".json", "application/json", func(b bundle.Bundle) []byte { return b.JSON })
	add("-3.1.yaml", "application/yaml", func(b bundle.Bundle) []byte { return b.YAML31 })
	add("-3.1.json", "application/json", func(b bundle.Bundle) []byte { return b.JSON31 })
}
