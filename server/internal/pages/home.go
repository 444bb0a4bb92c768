package pages

import (
	"bytes"
	"cmp"
	_ "embed"
	"html/template"
	"net/http"
	"runtime/debug"

	"github.com/appgrant/appgrant/openapi/bundle"
)

// homePolicy lets a page have a style and an icon, of this server, and nothing else.
const homePolicy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var (
	//go:embed files/home.html
	homeHTML string
	//go:embed files/style.css
	styleCSS string
	//go:embed files/icon.svg
	iconSVG string
)

// addHome adds the page about the server.
func (cfg Config) addHome(handlers map[string]http.Handler) {
	home := newFile("text/html; charset=utf-8", func() ([]byte, error) {
		contract, err := bundle.Contract()
		if err != nil {
			return nil, err
		}
		return render("home", homeHTML, struct {
			Config
			Program, Contract string
		}{cfg, programVersion(), contract.Version})
	})
	home.policy = homePolicy
	handlers["/"] = home
	handlers["/docs/style.css"] = embedded("text/css; charset=utf-8", styleCSS)
	handlers["/docs/icon.svg"] = embedded("image/svg+xml", iconSVG)
}

func embedded(mediaType, text string) *file {
	return newFile(mediaType, func() ([]byte, error) { return []byte(text), nil })
}

func render(name, text string, data any) ([]byte, error) {
	page, err := template.New(name).Parse(text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = page.Execute(&out, data)
	return out.Bytes(), err
}

// programVersion is the version of this module in the program that it is built into.
func programVersion() string {
	const module = "github.com/appgrant/appgrant"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	version := info.Main.Version
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			version = dependency.Version
		}
	}
	return cmp.Or(version, "(devel)")
}
