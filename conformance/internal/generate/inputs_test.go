package generate_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/generate"
	"github.com/appgrant/appgrant/conformance/report"
	"github.com/appgrant/appgrant/openapi"
)

func inputs(t *testing.T, seed uint64, deep bool) []cases.Case {
	t.Helper()
	doc, err := openapi.Load()
	if err != nil {
		t.Fatal(err)
	}
	return generate.Inputs(doc, seed, deep)
}

// sound holds cases against what is asked of any.
func sound(t *testing.T, all []cases.Case) {
	t.Helper()
	ids := map[string]bool{}
	for _, c := range all {
		if err := c.Check(); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
		if ids[c.ID] {
			t.Errorf("%s is there twice", c.ID)
		}
		ids[c.ID] = true
		if !c.Generated || c.Document == "" || !strings.HasPrefix(c.ID, "generated/") || !strings.HasSuffix(c.ID, "/"+c.Name) {
			t.Errorf("%s: generated %v, document %q, name %q", c.ID, c.Generated, c.Document, c.Name)
		}
	}
}

func TestInputsAreSound(t *testing.T) {
	t.Parallel()
	for _, deep := range []bool{false, true} {
		sound(t, inputs(t, 1, deep))
	}
	some := ids(inputs(t, 1, false))
	for _, id := range []string{
		"generated/AuthorizeActionApiToInstance/body-time", "generated/AuthorizeActionApiToInstance/header-dlm-type",
		"generated/CancelingAuthorizationV2/body", "generated/CreateAuthorizingAppsV2/body-app-ids-item-taken",
		"generated/CreateAuthorizingAppsV2/path-instance-id", "generated/DeleteApiAppAuth/body-apps-item-app-id",
		"generated/DeleteApiAppAuthAlias/query-workspace-id", "generated/DeleteAppCodeV2/path-app-code-id",
	} {
		if !slices.Contains(some, id) {
			t.Errorf("there is no %s", id)
		}
	}
}

// Each operation, parameter and field of the contract has a case.
func TestInputsAreComplete(t *testing.T) {
	t.Parallel()
	doc, err := openapi.Load()
	if err != nil {
		t.Fatal(err)
	}
	all := ids(inputs(t, 1, false))
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			for _, p := range op.Parameters {
				name := strings.ReplaceAll(strings.ToLower(p.Value.In+"-"+p.Value.Name), "_", "-")
				if id := "generated/" + op.OperationID + "/" + name; !slices.Contains(all, id) {
					t.Errorf("there is no %s", id)
				}
			}
			if op.RequestBody == nil {
				continue
			}
			for name := range op.RequestBody.Value.Content.Get("application/json").Schema.Value.Properties {
				if id := "generated/" + op.OperationID + "/body-" + strings.ReplaceAll(name, "_", "-"); !slices.Contains(all, id) {
					t.Errorf("there is no %s", id)
				}
			}
		}
	}
}

func ids(all []cases.Case) []string {
	var ids []string
	for _, c := range all {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestInputsDependOnTheSeed(t *testing.T) {
	t.Parallel()
	first, again, other := inputs(t, 1, false), inputs(t, 1, false), inputs(t, 2, false)
	if diff := cmp.Diff(ids(first), ids(other)); diff != "" {
		t.Fatal(diff)
	}
	if !reflect.DeepEqual(first, again) {
		t.Error("a seed makes one thing and another")
	}
	for i := range first {
		if strings.Contains(first[i].ID, "/body-") && reflect.DeepEqual(first[i].Steps, other[i].Steps) && !strings.HasSuffix(first[i].ID, "-taken") {
			t.Errorf("two seeds make the same %s", first[i].ID)
		}
	}
}

func TestInputsPass(t *testing.T) {
	t.Parallel()
	open(t, nil).Run(t.Context(), inputs(t, 1, false), func(c report.Case) { tell(t, c) })
}

// Targets that have less to offer are asked less, and changed by nothing.
func TestHarmlessInputsPass(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		features []cases.Feature
	}{
		{"without rulings", []cases.Feature{cases.Admin, "apig", "roma", "modelarts", "dataarts"}},
		{"without a world", []cases.Feature{cases.Rulings, "apig", "roma", "modelarts", "dataarts"}},
		{"without either", []cases.Feature{"apig", "roma", "modelarts", "dataarts"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			outcomes := map[report.Outcome]int{}
			open(t, nil, test.features...).Run(t.Context(), inputs(t, 2, false), func(c report.Case) {
				if outcomes[c.Outcome]++; c.Outcome != report.Skipped {
					tell(t, c)
				}
			})
			if outcomes[report.Pass] < 30 || outcomes[report.Skipped] < 30 {
				t.Errorf("outcomes are %v", outcomes)
			}
		})
	}
}

// What is wrong with a server is found, by the cases that it should be found by.
func TestInputsFind(t *testing.T) {
	t.Parallel()
	const cancel, authorize = "generated/CancelingAuthorizationV2/", "generated/CreateAuthorizingAppsV2/"
	asked := []string{
		cancel + "path-app-auth-id", cancel + "token", authorize + "body-env-id", authorize + "body-env-id-taken",
		authorize + "body-app-ids-taken", authorize + "content-type",
	}
	tests := []struct {
		name   string
		damage func(http.Handler) http.Handler
		found  []string
	}{
		{"nothing wrong", nil, nil},
		{"a failure on NUL", failOnNUL, []string{cancel + "path-app-auth-id", authorize + "body-env-id"}},
		{"spaces taken off", trimSpaces, []string{cancel + "path-app-auth-id"}},
		{"an effect in spite of a refusal", authorizeAnyway, []string{authorize + "body-env-id"}},
		{"a limit of 49 apps", takeFewer, []string{authorize + "body-app-ids-taken"}},
		{"any content type", takeAnyType, []string{authorize + "content-type"}},
	}
	all := slices.DeleteFunc(inputs(t, 1, true), func(c cases.Case) bool { return !slices.Contains(asked, c.ID) })
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var found []string
			open(t, test.damage).Run(t.Context(), all, func(c report.Case) {
				if c.Outcome != report.Pass {
					found = append(found, c.ID)
				}
			})
			slices.Sort(found)
			if diff := cmp.Diff(test.found, found); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func failOnNUL(good http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "\x00") || bytes.Contains(read(r), []byte(`\u0000`)) {
			respond(w, 500, `{"error_code":"APIG.9999","error_msg":"System error"}`)
			return
		}
		good.ServeHTTP(w, r)
	})
}

func trimSpaces(good http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path, r.URL.RawPath = strings.TrimRight(r.URL.Path, " "), ""
		good.ServeHTTP(w, r)
	})
}

// authorizeAnyway does something whenever the body has a null in it, whatever it answers.
func authorizeAnyway(good http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/app-auths") && bytes.Contains(read(r), []byte("null")) {
			example := `{"env_id":"DEFAULT_ENVIRONMENT_RELEASE_ID","app_ids":["356de8eb7a8742168586e5daf5339965"],"api_ids":["5f918d104dc84480a75166ba99efff21"]}`
			anyway := r.Clone(r.Context())
			anyway.Body, anyway.ContentLength = io.NopCloser(strings.NewReader(example)), int64(len(example))
			good.ServeHTTP(httptest.NewRecorder(), anyway)
		}
		good.ServeHTTP(w, r)
	})
}

func takeFewer(good http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/app-auths") && bytes.Count(read(r), []byte("356de8eb7a8742168586e5daf5339965")) == 50 {
			respond(w, 400, `{"error_code":"APIG.2011","error_msg":"Invalid parameter value,parameterName:app_ids. Please refer to the support documentation"}`)
			return
		}
		good.ServeHTTP(w, r)
	})
}

func takeAnyType(good http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Content-Type", "application/json")
		good.ServeHTTP(w, r)
	})
}
