package pages

import (
	_ "embed"
	"net/http"
	"path"

	swagger "github.com/swaggest/swgui/v5/static"
)

// referencePolicy lets a page run this server's scripts and call this server.
const referencePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var (
	//go:embed files/reference.html
	referenceHTML string
	//go:embed files/reference.js
	referenceJS string
	//go:embed files/reference.css
	referenceCSS string
	//go:embed files/demo.json
	demoJSON string
)

// reference is a page that shows a contract and lets people call its operations. Its
// paths are relative to the page.
type reference struct {
	Config
	Title string
	Root  string // where the server is
	Files string // the contract's, without what tells them apart
	Token string // what to call with; empty if it is a secret
	Other bool   // it is that of the admin contract
}

// addReference adds the pages and what they are made of.
func (cfg Config) addReference(handlers map[string]http.Handler) {
	main := reference{Config: cfg, Title: "Reference", Root: "./", Files: "openapi"}
	if cfg.Demo {
		main.Token = "demo-token"
	}
	main.add(handlers, "/docs")
	if cfg.Admin {
		reference{
			Config: cfg, Title: "Admin reference", Root: "../", Files: "admin/openapi", Token: cfg.DemoAdminToken, Other: true,
		}.add(handlers, "/docs/admin")
	}
	if cfg.Demo {
		handlers["/docs/demo.json"] = embedded("application/json", demoJSON)
	}
	handlers["/docs/reference.js"] = embedded("text/javascript; charset=utf-8", referenceJS)
	handlers["/docs/reference.css"] = embedded("text/css; charset=utf-8", referenceCSS)
	for name, mediaType := range map[string]string{
		"swagger-ui-bundle.js": "text/javascript; charset=utf-8", "swagger-ui.css": "text/css; charset=utf-8",
	} {
		f := newFile(mediaType, func() ([]byte, error) { return swagger.FS.ReadFile(name + ".gz") })
		f.zipped = true
		handlers["/docs/"+name] = f
	}
}

func (p reference) add(handlers map[string]http.Handler, at string) {
	page := newFile("text/html; charset=utf-8", func() ([]byte, error) { return render("reference", referenceHTML, p) })
	page.policy = referencePolicy
	handlers[at] = page
	// Relative links are read from the page's own place, which has no slash at its end.
	handlers[at+"/"] = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "../"+path.Base(at))
		w.WriteHeader(http.StatusPermanentRedirect)
	})
}
