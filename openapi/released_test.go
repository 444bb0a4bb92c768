package openapi_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/openapi"
)

// Each released contract is in the list of sums as it was, and has the version that its
// file is named by.
func TestReleased(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("released/*.yaml")
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	var sums strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(text), filepath.Base(file))
		doc, err := openapi.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		name := map[string]string{"App authorization": "app-authorization", "App authorization, administration": "admin"}[doc.Info.Title]
		if want := "released/" + name + "-" + doc.Info.Version + ".yaml"; file != want {
			t.Errorf("%s has in it what %s should have", file, want)
		}
	}
	listed, err := os.ReadFile("released/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sums.String(), string(listed)); diff != "" {
		t.Errorf("SHA256SUMS (-want +got):\n%s", diff)
	}
}
