package report_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/appgrant/appgrant/conformance/report"
)

// sample is a report with something of everything, and always the same.
func sample() *report.Report {
	return &report.Report{
		Tool:     "appgrant conformance 0.5.0",
		Subject:  "http://127.0.0.1:8080",
		Started:  time.Date(2026, 11, 22, 16, 43, 33, 987654321, time.UTC),
		Duration: 12*time.Second + 345678*time.Microsecond,
		Seed:     4242424242,
		Cases:    slices.Concat(quietCases(), []report.Case{unknownApp(), twice(), unexpected(), expected(), unjudged()}),
		Coverage: sampleCoverage(),
		Trace:    sampleTrace(),
	}
}

type sampleOperation struct {
	folder, id, document string
	statuses             []int
}

var sampleOperations = []sampleOperation{
	{"apig/authorize", "CreateAuthorizingAppsV2", "apig-authorize.md", []int{201, 400, 401, 403, 404}},
	{"apig/cancel", "CancelingAuthorizationV2", "apig-cancel.md", []int{204, 401, 403, 404}},
	{"roma/app-code", "DeleteAppCodeV2", "roma-app-code.md", []int{204, 400, 401, 403, 404}},
	{"modelarts/cancel", "DeleteApiAppAuth", "modelarts-cancel.md", []int{204, 400, 401, 403, 404}},
	{"modelarts/cancel", "DeleteApiAppAuthAlias", "modelarts-cancel.md", []int{204, 404}},
	{"dataarts/authorize", "AuthorizeActionApiToInstance", "dataarts-authorize.md", []int{200, 400, 401}},
}

// quietCases are those that say little: they passed, or were skipped.
func quietCases() []report.Case {
	var cases []report.Case
	for _, op := range sampleOperations {
		for _, status := range op.statuses {
			kinds := []string{"refuses", "boundary"}
			if status < 300 {
				kinds = []string{"works", "boundary", "effect", "repeat"}
			}
			for _, kind := range kinds {
				for i := range 2 + len(cases)%4 {
					c := report.Case{
						ID:    fmt.Sprintf("%s/%s-%d-%d", op.folder, kind, status, i+1),
						About: fmt.Sprintf("an answer of %d says what the document says", status),
						Kind:  kind, Operation: op.id, Status: status, Document: op.document,
						Generated: kind == "boundary", Outcome: report.Pass,
						Duration: time.Duration(800+37*len(cases)) * time.Microsecond,
					}
					switch {
					case kind == "effect" && i == 1:
						c.Outcome, c.Reason = report.Skipped, "the target has no admin contract"
					case op.folder == "dataarts/authorize" && kind == "boundary":
						c.Outcome, c.Reason = report.Skipped, "the target does not stop its clock"
					}
					cases = append(cases, c)
				}
			}
		}
	}
	return cases
}

const (
	sampleURL  = "http://127.0.0.1:8080/v2/0a1b2c3d4e5f60718293a4b5c6d7e8f9/apigw/instances/f0fa1789-3b76-433b-a787-9892951c620e/app-auths"
	sampleBody = `{"env_id":"DEFAULT_ENVIRONMENT_RELEASE_ID","app_ids":["356de8eb7a8742168586e5daf5339965"],"api_ids":["5f918d104dc84480a75166ba99efff21"]}`
	sampleCurl = `curl -sS -X POST '` + sampleURL + `' -H "X-Auth-Token: $TOKEN" -H 'Content-Type: application/json' -d '` + sampleBody + `'`
)

// authorize is an exchange of the sample.
func authorize(status int, body string) report.Exchange {
	return report.Exchange{
		Method: "POST", URL: sampleURL,
		RequestHeader: []string{"Content-Type: application/json", "X-Auth-Token: $TOKEN"},
		RequestBody:   sampleBody,
		Status:        status,
		ResponseHeader: []string{
			"Content-Type: application/json", "X-Request-Id: 2c9eb1538a138432018a13uuuuu00001",
		},
		ResponseBody: body,
		Duration:     3412 * time.Microsecond,
		Curl:         sampleCurl,
	}
}

func unknownApp() report.Case {
	return report.Case{
		ID: "apig/authorize/unknown-app", About: "an app that does not exist is refused", Kind: "refuses",
		Operation: "CreateAuthorizingAppsV2", Status: 404, Document: "apig-authorize.md",
		Outcome: report.Fail, Duration: 7 * time.Millisecond,
		Findings: []report.Finding{
			{Layer: report.Meaning, Step: 2, Where: "/error_code", Message: `want "APIG.3004", got "APIG.3001"`},
			{Layer: report.Contract, Step: 2, Where: "/error_msg", Message: "value is missing"},
			{Layer: report.Wire, Step: 2, Where: "X-Request-Id", Message: "two exchanges have the same id"},
		},
		Exchanges: []report.Exchange{
			authorize(201, `{"auths":[{"api_id":"5f918d104dc84480a75166ba99efff21","app_id":"356de8eb7a8742168586e5daf5339965","auth_result":{"status":"SUCCESS"},"auth_role":"PROVIDER","auth_time":"2026-11-22T16:43:33.987774000Z","auth_tunnel":"NORMAL","id":"b9e3c4881b7b388b14adbe7ec9822ab1"}]}`),
			authorize(404, `{"error_code":"APIG.3001"}`),
		},
	}
}

func twice() report.Case {
	return report.Case{
		ID: "apig/cancel/twice", About: "what was cancelled cannot be cancelled again", Kind: "repeat",
		Operation: "CancelingAuthorizationV2", Status: 404, Document: "apig-cancel.md",
		Outcome: report.Fail, Duration: 5 * time.Millisecond,
		Findings: []report.Finding{{Layer: report.Expectation, Step: 1, Message: "want 404 | 410, got 204"}},
		Exchanges: []report.Exchange{{
			Method: "DELETE", URL: sampleURL + "/b9e3c4881b7b388b14adbe7ec9822ab1", Status: 204,
			RequestHeader: []string{"X-Auth-Token: $TOKEN"}, Duration: 1800 * time.Microsecond,
			Curl: "curl -sS -X DELETE '" + sampleURL + `/b9e3c4881b7b388b14adbe7ec9822ab1' -H "X-Auth-Token: $TOKEN"`,
		}},
	}
}

func unexpected() report.Case {
	return report.Case{
		ID: "roma/app-code/last-one", About: "the last AppCode can be deleted", Kind: "effect",
		Operation: "DeleteAppCodeV2", Status: 204, Document: "roma-app-code.md",
		Outcome: report.UnexpectedPass, Reason: "the gateway keeps the last one", Duration: 4 * time.Millisecond,
	}
}

func expected() report.Case {
	return report.Case{
		ID: "modelarts/cancel/body-on-delete", About: "a DELETE takes a body", Kind: "works",
		Operation: "DeleteApiAppAuth", Status: 204, Document: "modelarts-cancel.md",
		Outcome: report.ExpectedFail, Reason: "a proxy in front drops it", Duration: 2 * time.Millisecond,
		Findings: []report.Finding{{Layer: report.Expectation, Step: 1, Message: "want 204, got 400"}},
	}
}

func unjudged() report.Case {
	return report.Case{
		ID: "dataarts/authorize/past-end", About: "an authorization ends when its time is up", Kind: "effect",
		Operation: "AuthorizeActionApiToInstance", Status: 200, Document: "dataarts-authorize.md",
		Outcome: report.Errored, Reason: "no answer within 10s", Duration: 10 * time.Second,
		Exchanges: []report.Exchange{{
			Method: "POST", URL: "http://127.0.0.1:8080/v1/0a1b2c3d4e5f60718293a4b5c6d7e8f9/service/apis/authorize/action",
			RequestHeader: []string{"Content-Type: application/json", "X-Auth-Token: $TOKEN"},
			RequestBody:   `{"api_id":"5f918d104dc84480a75166ba99efff21"}`,
			Duration:      10 * time.Second,
			Curl:          "curl -sS -X POST 'http://127.0.0.1:8080/v1/0a1b2c3d4e5f60718293a4b5c6d7e8f9/service/apis/authorize/action'",
		}},
	}
}

func sampleCoverage() *report.Coverage {
	operations := report.CoverageGroup{Name: "operations"}
	statuses := report.CoverageGroup{Name: "statuses"}
	for i, op := range sampleOperations {
		operations.Items = append(operations.Items, report.CoverageItem{Name: op.id, Times: 10 + i})
		for j, status := range append(slices.Clone(op.statuses), 500) {
			item := report.CoverageItem{Name: fmt.Sprintf("%s %d", op.id, status), Times: (i*7 + j*3) % 11}
			if status == 500 {
				item.Times, item.Excuse = 0, "no request makes a server fail"
			}
			statuses.Items = append(statuses.Items, item)
		}
	}
	fields := report.CoverageGroup{Name: "response fields"}
	values := report.CoverageGroup{Name: "response values"}
	for i := range 40 {
		fields.Items = append(fields.Items, report.CoverageItem{Name: fmt.Sprintf("CreateAuthorizingAppsV2 201 /auths/*/field_%d", i), Times: i + 1})
		values.Items = append(values.Items, report.CoverageItem{Name: fmt.Sprintf("CreateAuthorizingAppsV2 201 /auths/*/auth_role = VALUE_%d", i), Times: i % 3})
	}
	return &report.Coverage{Groups: []report.CoverageGroup{operations, statuses, fields, values}}
}

func sampleTrace() *report.Trace {
	t := new(report.Trace)
	documents := []string{"apig-authorize.md", "apig-cancel.md", "roma-app-code.md", "modelarts-cancel.md", "dataarts-authorize.md"}
	for i := range 100 {
		f := report.Fact{
			Document: documents[i/20], Row: fmt.Sprintf("Table %d, field_%d", 1+i%20/5, i),
			Decision: i%10 == 9, Verdict: report.Found,
			Pointer: fmt.Sprintf("/paths/~1v2~1{project_id}~1apigw~1instances~1{instance_id}~1app-auths/post/parameters/%d", i),
		}
		switch i {
		case 13:
			f.Verdict, f.Detail = report.Differs, "the document says at most 64 characters, the contract 65"
		case 37:
			f.Verdict, f.Pointer = report.Missing, ""
			f.Detail = "the status 403 is not in the contract"
		case 48:
			f.Verdict, f.Detail = report.Mended, `the document writes "Sring"`
		case 59:
			f.Verdict, f.Detail = report.Otherwise, "this contract lists every service in one document"
		}
		t.Facts = append(t.Facts, f)
	}
	t.Untraced = []report.Untraced{{Pointer: "/components/schemas/Problem/properties/hint", Says: "string"}}
	t.Mutations = []report.Score{
		{Of: "contract", Operator: "drop a required field", Killed: 34, Total: 34},
		{Of: "contract", Operator: "widen a pattern", Killed: 11, Total: 12, Survivors: []report.Survivor{
			{Mutant: "/components/schemas/AppId/pattern: {32} became {32,64}"},
			{Mutant: "/components/schemas/Name/pattern: .* became .{0,}", Equivalent: "both match every text"},
			{Mutant: "/components/schemas/Note/pattern: .* became .{0,}", Equivalent: "both match every text"},
		}},
		{Of: "examples", Operator: "change a type", Killed: 58, Total: 58, Survivors: []report.Survivor{
			{Mutant: "apig-authorize.md, example 2: 1 became 1.0", Equivalent: "JSON has one kind of number"},
		}},
	}
	return t
}
