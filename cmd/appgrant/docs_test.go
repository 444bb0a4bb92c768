package main

import (
	"net/http"
	"testing"
)

// The program has pages unless it is told otherwise.
func TestDocsFlag(t *testing.T) { // not parallel: it sets a variable
	for _, test := range []struct {
		name, variable string
		args           []string
		want           int
	}{
		{name: "nothing", want: http.StatusOK},
		{name: "a flag", args: []string{"--docs=false"}, want: http.StatusNotFound},
		{name: "a variable", variable: "false", want: http.StatusNotFound},
		{name: "a flag before a variable", variable: "false", args: []string{"--docs"}, want: http.StatusOK},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.variable != "" {
				t.Setenv("APPGRANT_DOCS", test.variable)
			}
			p := start(t, test.args...)
			for _, path := range []string{"/", "/docs", "/docs/admin", "/openapi.yaml", "/admin/openapi-3.1.json"} {
				response, err := http.Get(p.url + path)
				if err != nil {
					t.Fatal(err)
				}
				_ = response.Body.Close()
				if response.StatusCode != test.want {
					t.Errorf("%s: %d, want %d", path, response.StatusCode, test.want)
				}
			}
		})
	}
}
