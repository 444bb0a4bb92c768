package documents_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/documents"
)

func load(t *testing.T) []documents.Document {
	t.Helper()
	all, err := documents.Load()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// What each document has, in numbers. A row that gets lost is noticed here.
func TestLoad(t *testing.T) {
	t.Parallel()
	type sum struct {
		Operation                                string
		Statuses, Tables, Rows, Examples, Errata int
	}
	want := map[string]sum{
		"apig-authorize-apps":                    {"CreateAuthorizingAppsV2", 6, 11, 32, 7, 1},
		"apig-cancel-authorization":              {"CancelingAuthorizationV2", 6, 7, 14, 5, 0},
		"dataarts-api-authorization-operations":  {"AuthorizeActionApiToInstance", 1, 2, 6, 1, 2},
		"modelarts-cancel-api-app-authorization": {"DeleteApiAppAuth", 3, 11, 20, 2, 2},
		"roma-delete-appcode":                    {"DeleteAppCodeV2", 6, 7, 15, 5, 0},
	}
	got := map[string]sum{}
	for _, d := range load(t) {
		s := sum{Operation: d.OperationID(), Errata: len(d.Errata)}
		for _, x := range d.Statuses {
			s.Statuses += documented(x.Decided)
		}
		for _, x := range d.Examples {
			s.Examples += documented(x.Decided)
		}
		for _, table := range d.Tables {
			s.Tables += documented(table.Decided || table.Exemplified)
			for _, row := range table.Rows {
				s.Rows += documented(table.Decided || table.Exemplified || row.Decided)
			}
		}
		got[d.Name] = s
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("documented (-want +got):\n%s", diff)
	}
}

func documented(decided bool) int {
	if decided {
		return 0
	}
	return 1
}

// The examples are the documents' to the byte; the sums were taken when they were
// compared with the published pages.
func TestExamplesToTheByte(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"apig-authorize-apps":                    "4979c3769deec295",
		"apig-cancel-authorization":              "2b42c4e78459a45f",
		"dataarts-api-authorization-operations":  "38ce616d42213f17",
		"modelarts-cancel-api-app-authorization": "22c6e0c111daf032",
		"roma-delete-appcode":                    "f49232bbfe015b55",
	}
	got := map[string]string{}
	for _, d := range load(t) {
		h := sha256.New()
		for _, e := range d.Examples {
			if !e.Decided {
				h.Write([]byte(e.Text + "\x00"))
			}
		}
		got[d.Name] = hex.EncodeToString(h.Sum(nil)[:8])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sums of the examples (-want +got):\n%s", diff)
	}
}

// A document agrees with itself: tables are about statuses that there are, objects
// that are named are there, examples are JSON and mistakes are where they are said
// to be.
func TestCoherence(t *testing.T) {
	t.Parallel()
	for _, d := range load(t) {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			var codes []int
			for _, s := range d.Statuses {
				codes = append(codes, s.Code)
				if s.Reason == "Content Too Large" { // net/http has the older phrase
					continue
				}
				if s.Reason != "" && s.Reason != http.StatusText(s.Code) {
					t.Errorf("the reason of %d is %q", s.Code, s.Reason)
				}
			}
			for _, table := range d.Tables {
				coherentTable(t, d, table, codes)
			}
			for _, e := range d.Examples {
				if e.Status != 0 && !slices.Contains(codes, e.Status) {
					t.Errorf("an example of %d, which is no status", e.Status)
				}
				if !json.Valid([]byte(e.Text)) {
					t.Errorf("no JSON: %s", e.Text)
				}
				method, url, found := strings.Cut(e.Line, " ")
				if found && (method != d.URI.Method || url != "https://{endpoint}"+d.URI.Path) {
					t.Errorf("the request line %q is not that of the URI", e.Line)
				}
			}
		})
	}
}

func coherentTable(t *testing.T, d documents.Document, table documents.Table, codes []int) {
	t.Helper()
	if (table.In == "") == (table.Object == "") {
		t.Errorf("%s: neither in a place nor an object's", table.Name)
	}
	for _, status := range table.Statuses {
		if !slices.Contains(codes, status) {
			t.Errorf("%s: %d is no status", table.Name, status)
		}
	}
	for _, row := range table.Rows {
		hasColumn := len(table.Statuses) == 0 && table.Object == ""
		if hasColumn && row.Mandatory != "Yes" && row.Mandatory != "No" {
			t.Errorf("%s, %s: mandatory is %q", table.Name, row.Name, row.Mandatory)
		}
		name, isObject := strings.CutSuffix(strings.TrimSuffix(row.Type, "s"), " object")
		name = strings.TrimPrefix(name, "Array of ")
		if _, ok := d.Object(name); ok != isObject {
			t.Errorf("%s, %s: of type %q, whose table is there: %t", table.Name, row.Name, row.Type, ok)
		}
	}
}

// Each mistake is really in its example.
func TestErrata(t *testing.T) {
	t.Parallel()
	for _, d := range load(t) {
		for _, e := range d.Errata {
			switch e.Kind {
			case documents.LostURI:
				if !d.URI.Decided {
					t.Errorf("%s: the URI is not decided", d.Name)
				}
			case documents.NoMethod:
				if d.Alias == nil || d.Alias.Method != "" || d.Alias.Ruled["method"] == nil {
					t.Errorf("%s: the second URI has a method", d.Name)
				}
			case documents.LongYear:
				value := d.Responses(e.Status)[0].Text
				if !strings.Contains(value, `"22020-08-04T04:02:22.482227344Z"`) {
					t.Errorf("%s: no long year in %s", d.Name, value)
				}
			case documents.PastTime:
				request, _ := d.Request()
				if !strings.Contains(request.Text, `"2021-01-01T10:00:00.000Z"`) {
					t.Errorf("%s: no past time in %s", d.Name, request.Text)
				}
			case documents.AnotherApp:
				request, _ := d.Request()
				if strings.Contains(request.Text, "logic-app-9b9acb40") {
					t.Errorf("%s: the same app in %s", d.Name, request.Text)
				}
			default:
				t.Errorf("%s: a mistake of no known kind, %q", d.Name, e.Kind)
			}
		}
	}
}

func TestResponses(t *testing.T) {
	t.Parallel()
	for _, d := range load(t) {
		if d.Name != "modelarts-cancel-api-app-authorization" {
			continue
		}
		if got := len(d.Responses(401)); got != 2 {
			t.Errorf("%d examples of 401, want 2", got)
		}
		if got := d.Responses(0); got != nil {
			t.Errorf("the request among the answers: %v", got)
		}
		if e, ok := d.Request(); !ok || !strings.HasPrefix(e.Text, "{\n\"apps\"") {
			t.Errorf("the request is %q, %t", e.Text, ok)
		}
		return
	}
	t.Error("the document is not there")
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text string }{
		{"an unknown key", "name: a\nsurplus: b\n"},
		{"an unknown key of a row", "tables:\n  - rows:\n      - {name: a, obligatory: 'Yes'}\n"},
		{"a key twice", "name: a\nname: b\n"},
		{"another type", "statuses: 204\n"},
		{"no YAML", "name: ["},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if d, err := documents.Parse([]byte(tt.text)); err == nil {
				t.Errorf("accepted: %+v", d)
			}
		})
	}
}
