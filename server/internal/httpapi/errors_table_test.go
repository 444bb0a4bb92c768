package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/openapi"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// codePrefixes are the codes a service speaks. Those of the gateway in front of
// all four are DataArts Studio's too, which has no others for its tokens.
var codePrefixes = map[grant.Service][]string{
	"":              {"APIGW.", "APIG."},
	grant.APIG:      {"APIG."},
	grant.ROMA:      {"APIG."},
	grant.ModelArts: {"ModelArts."},
	grant.DataArts:  {"DLM.", "DLS.", "APIGW."},
	admin:           {"ADMIN."},
}

// onlyForTests are the answers that no contract has: test controls ask for them,
// and for the status of the second.
var onlyForTests = map[cause]answer{
	{throttled, ""}: {429, "APIGW.0308", "The throttling threshold has been reached."},
	{faulty, ""}:    {0, "APIGW.9999", "a test asked for this"},
}

// statusesOf collects the statuses the contracts have for a service's operations.
func statusesOf(t *testing.T) map[grant.Service]map[string]bool {
	t.Helper()
	statuses := map[grant.Service]map[string]bool{}
	for _, load := range []func() (*openapi3.T, error){openapi.Load, openapi.LoadAdmin} {
		doc, err := load()
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range doc.Paths.Map() {
			for _, op := range item.Operations() {
				service := serviceOfTag[op.Tags[0]]
				if statuses[service] == nil {
					statuses[service] = map[string]bool{}
				}
				for status := range op.Responses.Map() {
					statuses[service][status] = true
				}
			}
		}
	}
	return statuses
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	documented := statusesOf(t)
	if len(answers) != len(codePrefixes) {
		t.Errorf("%d tables for %d services", len(answers), len(codePrefixes))
	}
	for service, table := range answers {
		for cause, answer := range table {
			t.Run(fmt.Sprintf("%s/%s/%s", service, cause.kind, cause.field), func(t *testing.T) {
				t.Parallel()
				if want, ok := onlyForTests[cause]; ok && service == "" {
					if diff := cmp.Diff(want, answer, cmp.AllowUnexported(answer)); diff != "" {
						t.Errorf("(-want +got):\n%s", diff)
					}
					return
				}
				if answer.status < 400 || answer.status > 599 || http.StatusText(answer.status) == "" {
					t.Errorf("the status is %d", answer.status)
				}
				listed := documented[service][strconv.Itoa(answer.status)]
				if service == "" { // the gateway answers for all, and where no operation is
					listed = slices.Contains([]int{404, 405, 413, 500, 503}, answer.status)
				}
				if !listed {
					t.Errorf("the contract of %q does not list %d", service, answer.status)
				}
				if answer.text == "" || len(answer.text) > 10240 || len(answer.code) > 128 {
					t.Errorf("%q: %q", answer.code, answer.text)
				}
				if !slices.ContainsFunc(codePrefixes[service], func(p string) bool { return strings.HasPrefix(answer.code, p) && answer.code != p }) {
					t.Errorf("%q does not speak %s", service, answer.code)
				}
			})
		}
	}
}

// saidByMsg are the kinds of which the domain always says why.
var saidByMsg = map[grant.Kind]bool{grant.Illegal: true, grant.Conflict: true}

// An error that any of the tables knows has its placeholders filled, whatever it
// carries, and one that none knows is a failure of our own without a word of it.
func TestAnswerTexts(t *testing.T) {
	t.Parallel()
	for service, table := range answers {
		for cause := range table {
			for _, err := range []*grant.Error{
				{Kind: cause.kind, Field: cause.field},
				{Kind: cause.kind, Field: cause.field, Msg: "m"},
			} {
				if err.Msg == "" && saidByMsg[cause.kind] {
					continue
				}
				if text := answerTo(service, err).text; text == "" || strings.ContainsAny(text, "{}") {
					t.Errorf("%s %v: %q", service, cause, text)
				}
			}
		}
	}
	internal := map[grant.Service]answer{
		"":              {500, "APIGW.9999", "System error"},
		grant.APIG:      {500, "APIG.9999", "System error"},
		grant.ROMA:      {500, "APIG.9999", "System error"},
		grant.ModelArts: {500, "ModelArts.0010", "Internal error."},
		grant.DataArts:  {500, "DLS.1000", "process failed"},
		admin:           {500, "ADMIN.0500", "System error"},
	}
	for service, want := range internal {
		for _, err := range []*grant.Error{
			{}, {Msg: detail, Field: detail}, {Kind: "no such kind", Msg: detail}, {Kind: grant.NotFound, Field: "no such noun", Msg: detail},
		} {
			if service == admin && err.Kind == grant.NotFound { // whatever it is, the operator may know
				continue
			}
			if diff := cmp.Diff(want, answerTo(service, err), cmp.AllowUnexported(answer{})); diff != "" {
				t.Errorf("%s %v (-want +got):\n%s", service, err, diff)
			}
		}
	}
}

// Placeholders in what a caller sent are text like any other.
func TestFill(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		template   string
		field, msg string
		want       string
	}{
		{"plain", "f", "m", "plain"},
		{"{field} {msg}", "f", "m", "f m"},
		{"text{: field}", "f", "", "text: f"},
		{"text{: field}", "", "", "text"},
		{"text.{ field}", "f", "", "text. f"},
		{"text.{ field}", "", "", "text."},
		{"{field} {msg}", "{msg}", "{field}", "{msg} {field}"},
	} {
		if got := fill(test.template, &grant.Error{Field: test.field, Msg: test.msg}); got != test.want {
			t.Errorf("%q of %q and %q: %q instead of %q", test.template, test.field, test.msg, got, test.want)
		}
	}
}

// Every refusal of the domain has an answer in every service it can come from, so
// that none of them turns into a 500 unnoticed.
func TestEveryKindHasAnAnswer(t *testing.T) {
	t.Parallel()
	everywhere := []grant.Kind{
		noToken, grant.UnknownToken, grant.ExpiredToken, badMediaType, malformed, grant.Missing, grant.Invalid, badPathID,
		grant.WrongProject, grant.NoPermission, tooLarge, noRoute, noMethod,
	}
	things := map[grant.Service][]string{
		grant.APIG:      {grant.NounInstance, grant.NounEnv, grant.NounAPI, grant.NounApp, grant.NounAuthorization},
		grant.ROMA:      {grant.NounInstance, grant.NounApp, grant.NounAppCode},
		grant.ModelArts: {grant.NounWorkspace, grant.NounService, grant.NounAPI, grant.NounApp, grant.NounAuthorization},
		grant.DataArts:  {grant.NounWorkspace, grant.NounCluster, grant.NounAPI, grant.NounApp},
	}
	internal := func(s grant.Service, err *grant.Error) bool {
		return cmp.Equal(answerTo(s, err), answerTo(s, &grant.Error{}), cmp.AllowUnexported(answer{}))
	}
	for service, nouns := range things {
		for _, kind := range everywhere {
			if internal(service, &grant.Error{Kind: kind, Field: "f", Msg: "m"}) {
				t.Errorf("%s has no answer to %q", service, kind)
			}
		}
		for _, noun := range nouns {
			if internal(service, &grant.Error{Kind: grant.NotFound, Field: noun, Msg: "m"}) {
				t.Errorf("%s has no answer to an unknown %s", service, noun)
			}
		}
	}
	for _, err := range []*grant.Error{
		{Kind: noToken}, {Kind: grant.UnknownToken}, {Kind: narrowToken}, {Kind: controlsOff}, {Kind: badMediaType}, {Kind: malformed},
		{Kind: grant.Missing, Field: "f"}, {Kind: grant.Invalid, Field: "f"}, {Kind: badPathID, Field: "f"}, {Kind: tooLarge},
		{Kind: grant.Illegal, Msg: "m"}, {Kind: grant.Conflict, Msg: "m"}, {Kind: grant.WrongProject},
		{Kind: grant.NotFound, Field: grant.NounProject, Msg: "m"}, {Kind: grant.NotFound, Field: grant.NounApplication, Msg: "m"},
	} {
		if internal(admin, err) {
			t.Errorf("%s has no answer to %v", admin, err)
		}
	}
	for service, err := range map[grant.Service]*grant.Error{
		grant.APIG:      {Kind: grant.NotOwner, Field: grant.NounAuthorization},
		grant.ROMA:      {Kind: grant.NotOwner, Field: grant.NounApp},
		grant.ModelArts: {Kind: grant.Elsewhere, Field: grant.NounAPI, Msg: "m"},
		grant.DataArts:  {Kind: grant.Illegal, Msg: "m"},
	} {
		if internal(service, err) {
			t.Errorf("%s has no answer to %v", service, err)
		}
	}
}
