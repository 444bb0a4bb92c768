package openapi_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/openapi"
)

func TestAdminOperations(t *testing.T) {
	t.Parallel()
	type operation struct{ Tag, Statuses, Body string }
	const (
		errors  = "400 401 403"
		list    = "200 " + errors + " 404 500"
		project = "/admin/v1/projects/{project_id}"
	)
	answer := operation{"Reviews", "200 " + errors + " 404 409 413 500", "Answer"}
	want := map[string]operation{
		"UpsertCatalog PATCH /admin/v1/catalog":                                         {"Catalog", "204 " + errors + " 409 413 500", "Catalog"},
		"ListProjects GET /admin/v1/projects":                                           {"Catalog", "200 " + errors + " 500", ""},
		"ReadProject GET " + project:                                                    {"Catalog", list, ""},
		"DeleteProject DELETE " + project:                                               {"Catalog", "204 " + errors + " 404 500", ""},
		"ListAuthorizations GET " + project + "/authorizations":                         {"Records", list, ""},
		"ListAppCodes GET " + project + "/app-codes":                                    {"Records", list, ""},
		"ListEvents GET " + project + "/events":                                         {"Records", "200 " + errors + " 500", ""},
		"ListApplications GET " + project + "/applications":                             {"Reviews", list, ""},
		"ApproveApplication POST " + project + "/applications/{application_id}/approve": answer,
		"RejectApplication POST " + project + "/applications/{application_id}/reject":   answer,
		"ListMessages GET " + project + "/messages":                                     {"Reviews", list, ""},
		"ExecuteMessage POST " + project + "/messages/{message_id}/execute":             answer,
		"DecideAccess GET " + project + "/access":                                       {"Access", "200 " + errors + " 500", ""},
		"ForwardAuth GET /admin/v1/forward-auth":                                        {"Access", "200 " + errors + " 500", ""},
		"ReadClock GET " + project + "/clock":                                           {"Test controls", list, ""},
		"SetClock PUT " + project + "/clock":                                            {"Test controls", "200 " + errors + " 404 413 500", "ClockSetting"},
		"ResetClock DELETE " + project + "/clock":                                       {"Test controls", "204 " + errors + " 404 500", ""},
		"AdvanceClock POST " + project + "/clock/advance":                               {"Test controls", "200 " + errors + " 404 413 500", "ClockAdvance"},
		"ListFaults GET " + project + "/faults":                                         {"Test controls", list, ""},
		"AddFault POST " + project + "/faults":                                          {"Test controls", "204 " + errors + " 404 409 413 500", "Fault"},
		"ClearFaults DELETE " + project + "/faults":                                     {"Test controls", "204 " + errors + " 404 500", ""},
	}
	got := map[string]operation{}
	for path, item := range contracts(t)["admin"].Paths.Map() {
		for method, op := range item.Operations() {
			o := operation{Tag: strings.Join(op.Tags, ", "), Statuses: strings.Join(slices.Sorted(maps.Keys(op.Responses.Map())), " ")}
			if op.RequestBody != nil {
				media := op.RequestBody.Value.Content["application/json"]
				o.Body = strings.TrimPrefix(media.Schema.Ref, "#/components/schemas/")
				if !op.RequestBody.Value.Required || len(media.Examples) == 0 || len(op.RequestBody.Value.Content) != 1 {
					t.Errorf("%s: the body is not mandatory, has no example, or is not JSON alone", op.OperationID)
				}
			}
			got[fmt.Sprintf("%s %s %s", op.OperationID, method, path)] = o
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
}

// The names of operations are those of methods and handlers, so that no two may
// have one, not even in different contracts.
func TestOperationNames(t *testing.T) {
	t.Parallel()
	known := map[string]string{}
	syntax := regexp.MustCompile(`^[A-Z][A-Za-z0-9]+$`)
	for name, doc := range contracts(t) {
		for _, item := range doc.Paths.Map() {
			for _, op := range item.Operations() {
				if other, twice := known[op.OperationID]; twice || !syntax.MatchString(op.OperationID) {
					t.Errorf("%s of %s (also of %q)", op.OperationID, name, other)
				}
				known[op.OperationID] = name
			}
		}
	}
}

// Both contracts know the same five permissions and the six operations that faults
// can be for, and all services.
func TestAdminEnumerations(t *testing.T) {
	t.Parallel()
	docs := contracts(t)
	var operations, permissions []any
	for _, item := range docs["services"].Paths.Map() {
		for _, op := range item.Operations() {
			operations = append(operations, op.OperationID)
			if op.OperationID != "DeleteApiAppAuthAlias" { // has the permission of the other path
				permissions = append(permissions, op.OperationID)
			}
		}
	}
	sorted := func(list []any) []string {
		texts := make([]string, len(list))
		for i, v := range list {
			texts[i], _ = v.(string)
		}
		slices.Sort(texts)
		return texts
	}
	schemas := docs["admin"].Components.Schemas
	for name, want := range map[string][]any{
		"Operation": operations, "Permission": permissions, "Service": {"apig", "roma", "modelarts", "dataarts"},
	} {
		if diff := cmp.Diff(sorted(want), sorted(schemas[name].Value.Enum)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Every operation, parameter, header and answer is told about, and every property:
// where it stands or, if it refers to a schema that speaks for itself, there.
func TestAdminIsDescribed(t *testing.T) {
	t.Parallel()
	doc := contracts(t)["admin"]
	tags := map[string]bool{}
	for _, tag := range doc.Tags {
		tags[tag.Name] = tag.Description != ""
	}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			if op.Summary == "" || op.Description == "" || strings.HasSuffix(op.Summary, ".") {
				t.Errorf("%s: summary %q, description %q", op.OperationID, op.Summary, op.Description)
			}
			if len(op.Tags) != 1 || !tags[op.Tags[0]] {
				t.Errorf("%s: tags %v", op.OperationID, op.Tags)
			}
			for _, p := range slices.Concat(item.Parameters, op.Parameters) {
				if p.Value.Description == "" || p.Value.Schema == nil {
					t.Errorf("%s: parameter %s is not described", op.OperationID, p.Value.Name)
				}
			}
			for status, response := range op.Responses.Map() {
				if response.Value.Description == nil || *response.Value.Description == "" {
					t.Errorf("%s %s is not described", op.OperationID, status)
				}
				for name, header := range response.Value.Headers {
					if header.Value.Description == "" || !header.Value.Required {
						t.Errorf("%s %s: header %s is not described or not mandatory", op.OperationID, status, name)
					}
				}
			}
		}
	}
	// These say by their names all there is to say.
	plain := map[string]bool{"Id": true, "OptionalId": true, "OptionalRealmId": true, "RealmIdentifier": true, "LongId": true, "Service": true, "Permission": true, "Operation": true}
	properties := 0
	for name, schema := range doc.Components.Schemas {
		if (schema.Value.Description == "") != plain[name] {
			t.Errorf("schema %s: description %q", name, schema.Value.Description)
		}
		for property, ref := range schema.Value.Properties {
			properties++
			if ref.Value.Description == "" && !plain[strings.TrimPrefix(ref.Ref, "#/components/schemas/")] &&
				len(ref.Value.Properties) == 0 {
				t.Errorf("%s.%s is not described", name, property)
			}
		}
		for _, required := range schema.Value.Required {
			if schema.Value.Properties[required] == nil {
				t.Errorf("%s: %s is mandatory and does not exist", name, required)
			}
		}
	}
	if properties < 50 {
		t.Errorf("%d properties; the walk misses them", properties)
	}
}

// Nothing stands in the components that no operation uses.
func TestAdminHasNothingIdle(t *testing.T) {
	t.Parallel()
	text := string(openapi.AdminYAML)
	c := contracts(t)["admin"].Components
	for kind, names := range map[string][]string{
		"schemas": slices.Collect(maps.Keys(c.Schemas)), "parameters": slices.Collect(maps.Keys(c.Parameters)),
		"responses": slices.Collect(maps.Keys(c.Responses)), "headers": slices.Collect(maps.Keys(c.Headers)),
		"requestBodies": slices.Collect(maps.Keys(c.RequestBodies)),
	} {
		for _, name := range names {
			if !strings.Contains(text, "'#/components/"+kind+"/"+name+"'") {
				t.Errorf("nobody refers to %s %s", kind, name)
			}
		}
	}
}

// Every id in a path has a bound, and every list of an answer has a cursor beside it
// if there is a limit.
func TestAdminLists(t *testing.T) {
	t.Parallel()
	for _, item := range contracts(t)["admin"].Paths.Map() {
		for _, op := range item.Operations() {
			parameters := map[string]*openapi3.Parameter{}
			for _, p := range slices.Concat(item.Parameters, op.Parameters) {
				parameters[p.Value.Name] = p.Value
				if p.Value.In == openapi3.ParameterInPath && p.Value.Schema.Value.Pattern == "" {
					t.Errorf("%s: anything goes for %s", op.OperationID, p.Value.Name)
				}
			}
			if !strings.HasPrefix(op.OperationID, "List") || op.OperationID == "ListFaults" {
				continue
			}
			page := op.Responses.Status(200).Value.Content["application/json"].Schema.Value
			if parameters["limit"] == nil || parameters["cursor"] == nil || page.Properties["next_cursor"] == nil || len(page.Properties) != 2 {
				t.Errorf("%s can't be paged through", op.OperationID)
			}
		}
	}
}
