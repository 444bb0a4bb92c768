package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/report"
)

func TestJSONReadsBack(t *testing.T) {
	t.Parallel()
	want := sample()
	first := written(t, want.WriteJSON)
	got, err := report.ReadJSON(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !bytes.HasPrefix(first, []byte("{\n  \"tool\": ")) {
		t.Error("it is not indented")
	}
	if !bytes.Equal(first, written(t, got.WriteJSON)) {
		t.Error("it is written differently the second time")
	}
}

func TestReadJSONRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text string }{
		{"nothing", ""},
		{"half a report", `{"tool":"x"`},
		{"two reports", `{"tool":"x"}{"tool":"y"}`},
		{"something else", `[1]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if r, err := report.ReadJSON(strings.NewReader(tt.text)); err == nil {
				t.Errorf("read %+v", r)
			}
		})
	}
}
