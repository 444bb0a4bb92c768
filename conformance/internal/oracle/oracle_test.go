package oracle_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/internal/oracle"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	codes, err := oracle.Load()
	if err != nil {
		t.Fatal(err)
	}
	echo := func(placeholder string) []string {
		return map[string][]string{
			"app": {"a1", "a2"}, "field": {"api_ids"}, "parameter": {"id"}, "operation": {"DeleteApiAppAuth"}, "name": {"apps"},
			"api": {"p"}, "service": {"s"},
		}[placeholder]
	}
	const apig, modelArts, dataArts = "CreateAuthorizingAppsV2", "DeleteApiAppAuthAlias", "AuthorizeActionApiToInstance"
	tests := []struct {
		name, operation string
		status          int
		code, text      string
		want            []string
	}{
		{"right", apig, 404, "APIG.3004", "App a2 does not exist", nil},
		{"another id", apig, 404, "APIG.3004", "App a3 does not exist", []string{`the text of APIG.3004 names app "a3", which the request does not have (it has a1, a2)`}},
		{"another text", apig, 404, "APIG.3004", "App a1 is unknown", []string{`the text of APIG.3004 is "App a1 is unknown", not like "App {app} does not exist"`}},
		{"more text", apig, 404, "APIG.3004", "App a1 does not exist\n", []string{`the text of APIG.3004 is "App a1 does not exist\n", not like "App {app} does not exist"`}},
		{"another status", apig, 401, "APIG.1005", "No permissions to request this method", []string{"APIG.1005 belongs to the status 403, not to 401"}},
		{"another service", apig, 400, "ModelArts.0104", "Parameter error.", []string{"ModelArts.0104 is no code of CreateAuthorizingAppsV2"}},
		{"ROMA Connect speaks like APIG", "DeleteAppCodeV2", 404, "APIG.3082", "The AppCode does not exist.", nil},
		{"a name that is not to blame", apig, 400, "APIG.2011", "Invalid parameter value,parameterName:env_id. Please refer to the support documentation", []string{`the text of APIG.2011 names field "env_id", which the request does not have (it has api_ids)`}},
		{"words of the server's own", apig, 400, "APIG.2000", "Parameter error: Serialization error: unexpected end of JSON input", nil},
		{"none", apig, 400, "APIG.2000", "Parameter error.", nil},
		{"the alias has the permission of the other", modelArts, 403, "ModelArts.0108", "You are not authorized to perform the (DeleteApiAppAuth) operation.", nil},
		{"two names", modelArts, 403, "ModelArts.3936", "The app-auth API p does not belong to service t.", []string{`the text of ModelArts.3936 names service "t", which the request does not have (it has s)`}},
		{"a name that may be missing", modelArts, 400, "ModelArts.0104", "Parameter error.", nil},
		{"a name that may be there", modelArts, 400, "ModelArts.0104", "Parameter error. apps", nil},
		{"one of several texts", dataArts, 401, "APIGW.0301", "Incorrect IAM authentication information: decrypt token fail", nil},
		{"none of several texts", dataArts, 401, "APIGW.0301", "no", []string{`the text of APIGW.0301 is "no", not like "Incorrect IAM authentication information: token expires, expires_at: {time}"`}},
		{"one code with two statuses", dataArts, 500, "DLS.1000", "process failed", nil},
		{"the gateway in front", dataArts, 413, "APIGW.0201", "body over the limit", nil},
		{"no operation", "", 404, "APIGW.0101", "The API does not exist or has not been published in the environment.", nil},
		{"no operation, a service's code", "", 404, "APIG.3004", "App a1 does not exist", []string{"APIG.3004 is no code of a path without operation"}},
		{"an operation nobody knows", "ListProjects", 404, "ADMIN.0404", "?", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, codes.Explain(tt.operation, tt.status, tt.code, tt.text, echo)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
