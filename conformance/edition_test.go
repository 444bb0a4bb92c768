package conformance_test

import (
	"testing"

	"github.com/appgrant/appgrant/conformance"
	"github.com/appgrant/appgrant/conformance/report"
	"github.com/appgrant/appgrant/openapi/bundle"
)

// Every edition of the contract says what the documents and the decisions say. That
// damage to it would be noticed is judged by make conformance.
func TestEditions(t *testing.T) {
	t.Parallel()
	b, err := bundle.Contract()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range b.Files() {
		if file.Name == "VERSION" {
			continue
		}
		t.Run(file.Name, func(t *testing.T) {
			t.Parallel()
			r := conformance.Contract(t.Context(), file.Name, file.Text, conformance.ContractOptions{Rulings: true})
			if r.Exit() != report.ExitConformant {
				t.Errorf("%s: exit status %d, %s", file.Name, r.Exit(), r.Problem)
			}
		})
	}
}
