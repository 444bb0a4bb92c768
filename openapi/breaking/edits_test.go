package breaking_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/openapi"
	"github.com/appgrant/appgrant/openapi/breaking"
)

var update = flag.Bool("update", false, "write testdata/edits.json")

const (
	all      = "AuthorizeActionApiToInstance CancelingAuthorizationV2 CreateAuthorizingAppsV2 DeleteApiAppAuth DeleteApiAppAuthAlias DeleteAppCodeV2"
	deletion = "DeleteApiAppAuth DeleteApiAppAuthAlias"
	whole    = "" // of the contract as a whole
)

type object = map[string]any

// edits are changes of the contract. Each is judged by the finding id, in exactly the
// operations named; testdata/edits.json has all findings in full. Where back is set,
// the change the other way round is found under that id, in the same operations.
var edits = []struct {
	name string
	edit edit
	asks breaking.Need
	id   string
	in   string
	back string
}{
	// Nothing changes, or only how it is written.
	{"members in another order", func(document) {}, breaking.None, "", whole, ""},
	{"a schema wrapped in allOf", set("components schemas AppsToAuthorize properties app_ids items", object{"allOf": []any{object{"$ref": "#/components/schemas/Id"}}}), breaking.Patch, "form-changed", whole, ""},
	{"an extension added", set("authorize x-internal", true), breaking.Patch, "form-changed", whole, ""},
	{"an extension removed", remove("authorize x-document"), breaking.Patch, "form-changed", whole, ""},
	{"extensions by which oasdiff excuses", both(set("authorize x-stability-level", "draft"), set("authorize x-sunset", "2000-01-01")), breaking.Patch, "form-changed", whole, ""},
	{"security told by each operation", both(remove("security"), func(d document) {
		for _, path := range []string{"authorize", "cancel", "delete-code", "unauthorize", "act", "paths /v1/{project_id}/app-auth/{service_id}/apis/{api_id}/auths delete"} {
			set(path+" security", []any{object{"XAuthToken": []any{}}})(d)
		}
	}), breaking.Patch, "form-changed", whole, ""},
	{"a parameter told by the path", both(
		set("paths /v2/{project_id}/apigw/instances/{instance_id}/app-auths parameters", []any{object{"name": "project_id", "in": "path", "required": true, "schema": object{"$ref": "#/components/schemas/Id"}, "description": "The project whose gateway it is."}}),
		without("authorize parameters", 0)), breaking.Patch, "form-changed", whole, ""},
	{"enumeration in another order", set("components schemas AuthResult properties status enum", []any{"FAILED", "SUCCESS", "SKIPPED"}), breaking.Patch, "form-changed", whole, ""},
	{"mandatory members in another order", set("components schemas AppsToAuthorize required", []any{"api_ids", "env_id", "app_ids"}), breaking.Patch, "form-changed", whole, ""},
	{"a default of OpenAPI written down", both(set("authorize parameters 0 style", "simple"), set("authorize parameters 0 explode", false)), breaking.Patch, "form-changed", whole, ""},
	{"additional properties allowed in so many words", set("components schemas Error additionalProperties", true), breaking.Patch, "form-changed", whole, ""},
	{"an unused component added", set("components schemas Unused", object{"type": "string"}), breaking.Patch, "form-changed", whole, ""},
	{"a header in another case", rename("authorize responses 201 headers X-Request-Id", "x-request-id"), breaking.Patch, "form-changed", whole, ""},

	// Words.
	{"a description changed", set("authorize description", "Else."), breaking.Patch, "text-changed", "CreateAuthorizingAppsV2", "text-changed"},
	{"a description removed", remove("components schemas Error description"), breaking.Patch, "text-removed", all, "text-added"},
	{"a summary changed", set("act summary", "Else"), breaking.Patch, "text-changed", "AuthorizeActionApiToInstance", ""},
	{"the contact changed", set("info contact name", "somebody"), breaking.Patch, "text-changed", whole, ""},
	{"an example's summary changed", set("authorize requestBody content application/json examples oneAppOneApi summary", "Else"), breaking.Patch, "text-changed", "CreateAuthorizingAppsV2", ""},
	{"a tag removed from an operation", remove("authorize tags"), breaking.Major, "operation-tag-changed", "CreateAuthorizingAppsV2", "operation-tag-changed"},
	{"an operation's tag changed", set("authorize tags 0", "ModelArts"), breaking.Major, "operation-tag-changed", "CreateAuthorizingAppsV2", "operation-tag-changed"},
	{"a second tag added to an operation", add("authorize tags", "More"), breaking.Patch, "api-tag-added", "CreateAuthorizingAppsV2", "api-tag-removed"},
	{"a tag's description changed", set("tags 0 description", "Else."), breaking.Patch, "text-changed", whole, ""},
	{"the later edition of OpenAPI", set("openapi", "3.1.0"), breaking.Patch, "openapi-edition-changed", whole, ""},

	// Names of shared schemas.
	{"everything inlined", inline, breaking.Major, "schema-name-removed", all, "schema-name-added"},
	{"a schema inlined", func(d document) {
		set("components schemas AuthorizationRecords properties auths items", d.find(steps("components schemas ApiAuthRelations")))(d)
	}, breaking.Major, "schema-name-removed", "CreateAuthorizingAppsV2", "schema-name-added"},
	{"a schema renamed", renameSchema("AppsToAuthorize", "Pairs"), breaking.Major, "schema-name-removed", "CreateAuthorizingAppsV2", "schema-name-removed"},
	{"the pattern of a shared schema rewritten", set("components schemas Id pattern", "^[0-9A-Za-z_-]{1,64}$"), breaking.Major, "schema-pattern-changed", "AuthorizeActionApiToInstance CancelingAuthorizationV2 CreateAuthorizingAppsV2 DeleteAppCodeV2", "schema-pattern-changed"},

	// Operations.
	{"an operation added", set("paths /v2/new", object{"get": object{"operationId": "New", "responses": object{"200": object{"description": "d"}}}}), breaking.Minor, "endpoint-added", "New", "api-path-removed-without-deprecation"},
	{"a method added", set("paths /v2/{project_id}/apigw/instances/{instance_id}/app-auths get", object{"operationId": "New", "parameters": []any{object{"name": "project_id", "in": "path", "required": true, "schema": object{"type": "string"}}, object{"name": "instance_id", "in": "path", "required": true, "schema": object{"type": "string"}}}, "responses": object{"200": object{"description": "d"}}}), breaking.Minor, "endpoint-added", "New", "api-removed-without-deprecation"},
	{"an operation removed", remove("paths /v1/{project_id}/service/apis/authorize/action"), breaking.Major, "api-path-removed-without-deprecation", "AuthorizeActionApiToInstance", "endpoint-added"},
	{"an operation at another path", rename("paths /v1/{project_id}/service/apis/authorize/action", "/v2/{project_id}/service/apis/authorize/action"), breaking.Major, "api-path-removed-without-deprecation", "AuthorizeActionApiToInstance", ""},
	{"an operation by another method", rename("authorize", "put"), breaking.Major, "api-removed-without-deprecation", "CreateAuthorizingAppsV2", ""},
	{"a path parameter renamed", both(
		rename("paths /v1/{project_id}/service/apis/authorize/action", "/v1/{project}/service/apis/authorize/action"),
		set("paths /v1/{project}/service/apis/authorize/action post parameters 0 name", "project")), breaking.Major, "path-parameter-renamed", "AuthorizeActionApiToInstance", "path-parameter-renamed"},
	{"an operationId changed", set("authorize operationId", "AuthorizeApps"), breaking.Major, "api-operation-id-removed", "CreateAuthorizingAppsV2", ""},
	{"an operationId removed", remove("authorize operationId"), breaking.Major, "api-operation-id-removed", "CreateAuthorizingAppsV2", ""},
	{"an operation deprecated", set("authorize deprecated", true), breaking.Minor, "deprecation-added", "CreateAuthorizingAppsV2", "deprecation-removed"},

	// Addresses and credentials.
	{"a server added", add("servers", object{"url": "https://appgrant.test"}), breaking.Minor, "server-added", all, "server-removed"},
	{"a server's address changed", set("servers 0 url", "{endpoint}/api"), breaking.Major, "server-removed", all, "server-removed"},
	{"a server's default changed", set("servers 0 variables endpoint default", "http://127.0.0.1:80"), breaking.Major, "server-changed", all, ""},
	{"the servers removed", remove("servers"), breaking.Major, "server-removed", all, "server-added"},
	{"security removed", remove("security"), breaking.Major, "api-security-anonymous-access-added", all, "api-security-anonymous-access-removed"},
	{"security removed from an operation", set("authorize security", []any{}), breaking.Major, "api-security-anonymous-access-added", "CreateAuthorizingAppsV2", "api-security-anonymous-access-removed"},
	{"security made optional", add("security", object{}), breaking.Major, "api-security-anonymous-access-added", all, "api-security-anonymous-access-removed"},
	{"another kind of credentials accepted", both(
		set("components securitySchemes Key", object{"type": "apiKey", "in": "header", "name": "X-Key"}),
		add("security", object{"Key": []any{}})), breaking.Minor, "api-security-added", all, "api-security-removed"},
	{"more credentials asked for", both(
		set("components securitySchemes Key", object{"type": "apiKey", "in": "header", "name": "X-Key"}),
		set("security 0 Key", []any{})), breaking.Major, "api-security-removed", all, ""},
	{"the token in another header", set("components securitySchemes XAuthToken name", "X-Token"), breaking.Major, "api-key-name-changed", whole, "api-key-name-changed"},
	{"the token in the query", set("components securitySchemes XAuthToken in", "query"), breaking.Major, "api-security-component-api-key-in-changed", whole, ""},

	// Parameters.
	{"an optional parameter added", add("authorize parameters", object{"name": "p", "in": "query", "schema": object{"type": "string"}}), breaking.Minor, "new-optional-request-parameter", "CreateAuthorizingAppsV2", "request-parameter-removed"},
	{"a mandatory parameter added", add("authorize parameters", object{"name": "p", "in": "query", "required": true, "schema": object{"type": "string"}}), breaking.Major, "new-required-request-parameter", "CreateAuthorizingAppsV2", "request-parameter-removed"},
	{"a parameter removed", without("act parameters", 2), breaking.Major, "request-parameter-removed", "AuthorizeActionApiToInstance", "new-optional-request-parameter"},
	{"a parameter renamed", set("act parameters 1 name", "space"), breaking.Major, "request-parameter-removed", "AuthorizeActionApiToInstance", ""},
	{"a parameter made mandatory", set("act parameters 1 required", true), breaking.Major, "request-parameter-became-required", "AuthorizeActionApiToInstance", "request-parameter-became-optional"},
	{"a parameter's value removed", without("act parameters 2 schema enum", 0), breaking.Major, "request-parameter-enum-value-removed", "AuthorizeActionApiToInstance", "request-parameter-enum-value-added"},
	{"a parameter's value added", add("act parameters 2 schema enum", "BOTH"), breaking.Minor, "request-parameter-enum-value-added", "AuthorizeActionApiToInstance", "request-parameter-enum-value-removed"},
	{"a parameter's default changed", set("components parameters ModelArtsWorkspaceId schema default", "1"), breaking.Major, "request-parameter-default-value-changed", deletion, ""},
	{"a parameter's default removed", remove("components parameters ModelArtsWorkspaceId schema default"), breaking.Major, "request-parameter-default-value-removed", deletion, "request-parameter-default-value-added"},
	{"a parameter's pattern narrowed", set("authorize parameters 0 schema", object{"type": "string", "pattern": "^[0-9a-f]{32}$"}), breaking.Major, "request-parameter-pattern-changed", "CreateAuthorizingAppsV2", ""},
	{"a parameter's pattern removed", set("authorize parameters 0 schema", object{"type": "string"}), breaking.Minor, "request-parameter-pattern-removed", "CreateAuthorizingAppsV2", "request-parameter-pattern-added"},
	{"a parameter's length limited", set("authorize parameters 0 schema", object{"allOf": []any{object{"$ref": "#/components/schemas/Id"}}, "maxLength": 60}), breaking.Major, "request-parameter-max-length-set", "CreateAuthorizingAppsV2", ""},
	{"a parameter's type changed", set("authorize parameters 0 schema", object{"type": "integer"}), breaking.Major, "request-parameter-type-changed", "CreateAuthorizingAppsV2", ""},
	{"a parameter written otherwise", set("authorize parameters 0 style", "label"), breaking.Major, "parameter-style-changed", "CreateAuthorizingAppsV2", ""},
	{"a parameter's example added", set("authorize parameters 0 example", "0"), breaking.Minor, "example-added", "CreateAuthorizingAppsV2", "example-removed"},
	{"a parameter deprecated", set("act parameters 2 deprecated", true), breaking.Minor, "deprecation-added", "AuthorizeActionApiToInstance", ""},

	// Bodies of requests.
	{"an optional member added to a request", set("components schemas AppsToAuthorize properties note", object{"type": "string"}), breaking.Minor, "new-optional-request-property", "CreateAuthorizingAppsV2", "request-property-removed"},
	{"a mandatory member added to a request", both(
		set("components schemas AuthorizationAction properties note", object{"type": "string"}),
		add("components schemas AuthorizationAction required", "note"),
		set("act requestBody content application/json examples", nil)), breaking.Major, "new-required-request-property", "AuthorizeActionApiToInstance", "request-property-removed"},
	{"a member of a request removed", remove("components schemas AuthorizationAction properties time"), breaking.Major, "request-property-removed", "AuthorizeActionApiToInstance", "new-optional-request-property"},
	{"a member of a request made mandatory", add("components schemas AuthorizationAction required", "time"), breaking.Major, "request-property-became-required", "AuthorizeActionApiToInstance", "request-property-became-optional"},
	{"a member of a request made read-only", both(
		set("components schemas AuthorizationAction properties time readOnly", true),
		set("act requestBody content application/json examples", nil)), breaking.Major, "request-optional-property-became-read-only", "AuthorizeActionApiToInstance", "request-optional-property-became-not-read-only"},
	{"fewer items allowed", set("components schemas AppsToAuthorize properties app_ids maxItems", 49), breaking.Major, "request-property-max-items-decreased", "CreateAuthorizingAppsV2", "request-property-max-items-increased"},
	{"more items allowed", set("components schemas AppsToAuthorize properties app_ids maxItems", 51), breaking.Minor, "request-property-max-items-increased", "CreateAuthorizingAppsV2", ""},
	{"more items asked for", both(
		set("components schemas AppsToUnauthorize properties apps minItems", 2),
		set("components requestBodies AppsToUnauthorize content application/json examples", nil)), breaking.Major, "request-property-min-items-increased", deletion, ""},
	{"distinct items asked for", set("components schemas AppsToAuthorize properties app_ids uniqueItems", true), breaking.Major, "request-property-unique-items-set", "CreateAuthorizingAppsV2", ""},
	{"unknown members refused", set("components schemas AppsToAuthorize additionalProperties", false), breaking.Major, "schema-additionalProperties-added", "CreateAuthorizingAppsV2", "schema-additionalProperties-removed"},
	{"some members excluded", set("components schemas AppsToAuthorize not", object{"required": []any{"none"}}), breaking.Major, "schema-not-added", "CreateAuthorizingAppsV2", "schema-not-removed"},
	{"an action added", add("components schemas AuthorizationAction properties apply_type enum", "NEW"), breaking.Minor, "request-property-enum-value-added", "AuthorizeActionApiToInstance", "request-property-enum-value-removed"},
	{"an action removed", without("components schemas AuthorizationAction properties apply_type enum", 4), breaking.Major, "request-property-enum-value-removed", "AuthorizeActionApiToInstance", ""},
	{"a member's type changed", both(
		set("components schemas AuthorizationAction properties time", object{"type": "integer"}),
		set("act requestBody content application/json examples", nil)), breaking.Major, "request-property-type-changed", "AuthorizeActionApiToInstance", ""},
	{"a member's pattern changed", set("components schemas AuthorizationAction properties time pattern", "^2.*$"), breaking.Major, "request-property-pattern-changed", "AuthorizeActionApiToInstance", ""},
	{"a member's format set", set("components schemas AuthorizationAction properties time format", "date-time"), breaking.Major, "request-property-type-changed", "AuthorizeActionApiToInstance", ""},
	{"a member's default changed", set("components schemas AppsToUnauthorize properties workspace_id default", "1"), breaking.Major, "request-property-default-value-changed", deletion, ""},
	{"a body made optional", set("components requestBodies AppsToUnauthorize required", false), breaking.Minor, "request-body-became-optional", deletion, "request-body-became-required"},
	{"a body removed", remove("authorize requestBody"), breaking.Major, "request-body-removed", "CreateAuthorizingAppsV2", "request-body-added-required"},
	{"another media type in requests", rename("authorize requestBody content application/json", "application/yaml"), breaking.Major, "request-body-media-type-removed", "CreateAuthorizingAppsV2", ""},
	{"one more media type in requests", set("authorize requestBody content application/yaml", object{}), breaking.Minor, "request-body-media-type-added", "CreateAuthorizingAppsV2", "request-body-media-type-removed"},
	{"an example of a request changed", set("authorize requestBody content application/json examples oneAppOneApi value env_id", "other"), breaking.Major, "example-changed", "CreateAuthorizingAppsV2", "example-changed"},
	{"an example of a request removed", remove("authorize requestBody content application/json examples oneAppOneApi"), breaking.Major, "example-removed", "CreateAuthorizingAppsV2", "example-added"},
	{"an example of a request renamed", rename("authorize requestBody content application/json examples oneAppOneApi", "onePair"), breaking.Major, "example-removed", "CreateAuthorizingAppsV2", ""},

	// Answers.
	{"an error's status added", set("cancel responses 429", object{"description": "d"}), breaking.Minor, "response-non-success-status-added", "CancelingAuthorizationV2", "response-non-success-status-removed"},
	{"a success added", set("cancel responses 202", object{"description": "d"}), breaking.Major, "response-success-status-added", "CancelingAuthorizationV2", "response-success-status-removed"},
	{"a redirection added", set("cancel responses 307", object{"description": "d"}), breaking.Major, "response-non-success-status-added", "CancelingAuthorizationV2", "response-non-success-status-removed"},
	{"a success's status changed", rename("cancel responses 204", "200"), breaking.Major, "response-success-status-removed", "CancelingAuthorizationV2", ""},
	{"an error's status removed", remove("authorize responses 404"), breaking.Major, "response-non-success-status-removed", "CreateAuthorizingAppsV2", ""},
	{"errors of a class told at once", set("cancel responses 4XX", object{"description": "d"}), breaking.Minor, "status-added", "CancelingAuthorizationV2", "status-removed"},
	{"any other answer allowed", set("cancel responses default", object{"description": "d"}), breaking.Major, "status-added", "CancelingAuthorizationV2", "status-removed"},
	{"a header removed", remove("authorize responses 201 headers X-Request-Id"), breaking.Major, "required-response-header-removed", "CreateAuthorizingAppsV2", "response-header-added"},
	{"an optional header added", set("authorize responses 201 headers X-New", object{"schema": object{"type": "string"}}), breaking.Minor, "response-header-added", "CreateAuthorizingAppsV2", "optional-response-header-removed"},
	{"a header made optional", set("components headers RequestId required", false), breaking.Major, "response-header-became-optional", deletion, ""},
	{"a header's pattern changed", set("components headers RequestIdRuled schema", object{"type": "string", "pattern": "^.*$"}), breaking.Major, "schema-pattern-changed", all, "schema-pattern-changed"},
	{"a header's pattern removed", set("components headers RequestIdRuled schema", object{"type": "string"}), breaking.Major, "schema-pattern-removed", all, "schema-pattern-added"},
	{"a header's type changed", set("components headers RequestIdRuled schema", object{"type": "integer"}), breaking.Major, "response-header-type-compatible", all, ""},
	{"a header's example added", set("components headers RequestId example", "00000000000000000000000000000000"), breaking.Minor, "example-added", deletion, "example-removed"},
	{"a member of an answer removed", both(
		remove("components schemas ApiAuthRelations properties auth_time")), breaking.Major, "response-optional-property-removed", "CreateAuthorizingAppsV2", "response-optional-property-added"},
	{"a mandatory member of an answer removed", both(
		remove("components schemas CancellationResults properties unauth_result"),
		remove("components schemas CancellationResults required")), breaking.Major, "response-required-property-removed", deletion, "response-required-property-added"},
	{"a member added to an answer", set("components schemas ApiAuthRelations properties note", object{"type": "string"}), breaking.Minor, "response-optional-property-added", "CreateAuthorizingAppsV2", ""},
	{"a member of an answer made optional", without("components schemas ApiAuthRelations required", 0), breaking.Major, "response-property-became-optional", "CreateAuthorizingAppsV2", "response-property-became-required"},
	{"a member of an answer made write-only", set("components schemas ApiAuthRelations properties visit_params writeOnly", true), breaking.Major, "response-optional-property-became-write-only", "CreateAuthorizingAppsV2", ""},
	{"a member of an answer may be null", set("components schemas ApiAuthRelations properties id nullable", true), breaking.Major, "response-property-became-nullable", "CreateAuthorizingAppsV2", ""},
	{"a value added to an answer", add("components schemas AuthResult properties status enum", "LATER"), breaking.Major, "response-property-enum-value-added", "CreateAuthorizingAppsV2", "response-property-enum-value-removed"},
	{"a value removed from an answer", without("components schemas ApiAuthRelations properties auth_tunnel enum", 1), breaking.Minor, "response-property-enum-value-removed", "CreateAuthorizingAppsV2", "response-property-enum-value-added"},
	{"any value allowed in an answer", remove("components schemas ApiAuthRelations properties auth_role enum"), breaking.Major, "response-property-became-not-enum", "CreateAuthorizingAppsV2", ""},
	{"an answer's default changed", set("components schemas ApiAuthRelations properties auth_tunnel default", "GREEN"), breaking.Major, "response-property-default-value-changed", "CreateAuthorizingAppsV2", ""},
	{"an answer's limit raised", set("components schemas Error properties error_msg maxLength", 20480), breaking.Major, "response-property-max-length-increased", all, "response-property-max-length-decreased"},
	{"an answer's pattern changed", set("components schemas RequestId pattern", "^[0-9a-f]{32,}$"), breaking.Major, "schema-pattern-changed", all, "schema-pattern-changed"},
	{"an answer's type changed", both(
		set("components schemas AppAuthResultInfo properties success", object{"type": "string"}),
		set("components responses ModelArtsCancelled content application/json examples", nil)), breaking.Major, "response-property-type-changed", deletion, ""},
	{"an answer's format set", set("components schemas ApiAuthRelations properties id format", "uuid"), breaking.Minor, "response-property-type-specialized", "CreateAuthorizingAppsV2", ""},
	{"unknown members ruled out of an answer", set("components schemas AuthorizationRecords additionalProperties", false), breaking.Minor, "schema-additionalProperties-added", "CreateAuthorizingAppsV2", "schema-additionalProperties-removed"},
	{"another media type in answers", rename("authorize responses 201 content application/json", "application/yaml"), breaking.Major, "response-media-type-removed", "CreateAuthorizingAppsV2", "response-media-type-removed"},
	{"one more media type in answers", set("authorize responses 201 content application/yaml", object{}), breaking.Minor, "response-media-type-added", "CreateAuthorizingAppsV2", "response-media-type-removed"},
	{"the body of an answer removed", remove("authorize responses 201 content"), breaking.Major, "response-media-type-removed", "CreateAuthorizingAppsV2", ""},
	{"an example of an answer changed", set("authorize responses 201 content application/json examples authorized value auths 0 id", "0"), breaking.Major, "example-changed", "CreateAuthorizingAppsV2", ""},
	{"an example of an answer removed", remove("components responses ModelArtsUnauthorized content application/json examples expiredToken"), breaking.Major, "example-removed", deletion, "example-added"},
	{"an example of an answer added", set("cancel responses 404 content application/json examples more", object{"value": object{"error_code": "APIG.3009", "error_msg": "m"}}), breaking.Minor, "example-added", "CancelingAuthorizationV2", "example-removed"},
	{"a link added", set("authorize responses 201 links", object{"cancel": object{"operationId": "CancelingAuthorizationV2"}}), breaking.Minor, "link-added", "CreateAuthorizingAppsV2", "link-removed"},
	{"a callback added", set("authorize callbacks", object{"done": object{"{$request.body#/url}": object{"post": object{"responses": object{"200": object{"description": "d"}}}}}}), breaking.Minor, "callback-added", "CreateAuthorizingAppsV2", "callback-removed"},
}

func TestEdits(t *testing.T) {
	t.Parallel()
	base := mustParse(t, openapi.YAML)
	golden := map[string][]breaking.Finding{}
	const file = "testdata/edits.json"
	if !*update {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &golden); err != nil {
			t.Fatal(err)
		}
		if len(golden) != len(edits) {
			t.Errorf("%s has %d edits of %d", file, len(golden), len(edits))
		}
	}
	for _, tt := range edits {
		check := func(t *testing.T) {
			d := parsed(t, openapi.YAML)
			tt.edit(d)
			revision := mustParse(t, d.text())
			r := compare(t, base, revision)
			if r.Asks != tt.asks {
				t.Errorf("asks for %v, want %v", r.Asks, tt.asks)
			}
			if want := verdictOf(tt.asks); r.Verdict != want {
				t.Errorf("%s, want %s", r.Verdict, want)
			}
			if tt.id != "" {
				has(t, r, tt.id, tt.in)
			}
			if tt.back != "" {
				has(t, compare(t, revision, base), tt.back, tt.in)
			}
			if *update {
				golden[tt.name] = r.Findings
			} else if diff := cmp.Diff(golden[tt.name], r.Findings); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		}
		if *update {
			t.Run(tt.name, check)
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			check(t)
		})
	}
	if *update {
		text, err := json.MarshalIndent(golden, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func verdictOf(asks breaking.Need) breaking.Verdict {
	switch asks {
	case breaking.None:
		return breaking.Unchanged
	case breaking.Major:
		return breaking.Breaking
	default:
		return breaking.Compatible
	}
}

// has wants a finding in exactly these operations. One that breaks must say what
// clients will see.
func has(t *testing.T, r *breaking.Report, id, in string) {
	t.Helper()
	for _, f := range r.Findings {
		var names []string
		for _, p := range f.Places {
			names = append(names, p.OperationID)
		}
		slices.Sort(names)
		if f.ID != id || strings.Join(names, " ") != in {
			continue
		}
		if (f.Asks == breaking.Major) != (f.Consequence != "") {
			t.Errorf("%s asks for %v, and its consequence is %q", id, f.Asks, f.Consequence)
		}
		return
	}
	t.Errorf("no %s in %q but %v", id, in, r.Findings)
}
