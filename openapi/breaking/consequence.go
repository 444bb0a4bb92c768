package breaking

import (
	"path"
	"strconv"
	"strings"

	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/checker/rules"
)

// consequences are what clients will see, by patterns of oasdiff's ids. {0} is the
// first argument of the change's text.
var consequences = []struct{ ids, sentence string }{
	{"api-path-removed-*", "calls of it are answered with 404"},
	{"api-removed-*", "calls of it are answered with 405"},
	{"api-operation-id-removed", "generated clients have no method of the name {0} any more"},
	{"api-*security-removed", "calls that authenticate by {0} are refused with 401, or it no longer protects anything"},
	{"api-*security-scope-added", "calls with a token that lacks the scope {0} are refused with 403"},
	{"api-security-anonymous-access-removed", "calls without credentials are refused with 401"},
	{"api-security-anonymous-access-added", "calls without credentials are served, though the operation was protected"},
	{"api-security-component-oauth-scope-removed", "tokens can't be asked for with that scope any more"},
	{"webhook-removed", "those who wait to be called wait in vain"},

	{"new-required-request-parameter", "requests without {1} are refused with 400"},
	{"new-request-path-parameter", "calls of the old path are answered with 404"},
	{"new-required-request-*", "requests without it are refused with 400"},
	{"request-body-added-required", "requests without a body are refused with 400"},
	{"request-body-became-required", "requests without a body are refused with 400"},
	{"request-parameter-became-required", "requests without {1} are refused with 400"},
	{"request-property-became-required*", "requests without {0} are refused with 400"},
	{"request-body-removed", "the body of requests is no longer read"},
	{"request-body-media-type-removed", "requests with a body of the type {0} are refused"},
	{"request-parameter-removed*", "what requests say with {1} is ignored"},
	{"request-property-removed*", "what requests say with {0} is ignored or refused"},
	{"request-*-default-value-*", "requests that leave it out mean something else than before"},
	{"request-*enum-value-removed", "requests with {0} are refused with 400"},
	{"request-*-pattern-changed", "requests with a value that fitted the old pattern and not the new one are refused with 400"},
	{"request-*-became-read-only", "what requests say with {0} is ignored or refused"},
	{"request-*-discriminator-*", "generated clients send a type that isn't recognized"},

	{"response-success-status-added", "clients that know the other successes take {0} for a failure, or don't find its result"},
	{"response-non-success-status-added", "clients that don't know {0} don't find what they asked for"},
	{"response-*status-removed", "clients that handle {0} wait for it in vain and get something they don't handle"},
	{"*response-header-removed", "clients that read the header {0} find it missing"},
	{"response-*-property-removed*", "clients that read {0} find it missing"},
	{"response-*-became-write-only", "clients that read {0} find it missing"},
	{"response-*-became-optional", "clients that count on {0} may find it missing"},
	{"response-*-became-nullable", "clients that count on a value may get null"},
	{"response-*enum-value-added", "clients may get {0}, which they don't know"},
	{"response-*-pattern-changed", "clients that hold {0} against the old pattern may find that it doesn't fit"},
	{"response-media-type-removed", "clients that read {0} only get something else"},
	{"response-*-default-value-*", "clients that fill in the old default read something else than was meant"},
	{"response-*-discriminator-*", "generated clients don't recognize the type, or take it for another one"},
}

// categories are what clients will see, by what a rule is about.
var categories = map[rules.Direction]map[rules.Kind]string{
	rules.DirectionRequest: {
		rules.KindExistence:    "requests that did not have it, or did, are refused with 400",
		rules.KindRequiredness: "requests that leave it out, or send null, are refused with 400",
		rules.KindMutability:   "requests that set it, or leave it out, are refused with 400",
		rules.KindType:         "requests that write it as before are refused with 400",
		rules.KindConstraints:  "requests with a value that was allowed are refused with 400",
		rules.KindValues:       "requests with a value that was allowed are refused with 400",
		rules.KindStructure:    "requests of a shape that was allowed are refused with 400",
		rules.KindLifecycle:    "clients have less time to stop using it than they were told",
	},
	rules.DirectionResponse: {
		rules.KindExistence:    "clients that read it may find it missing",
		rules.KindRequiredness: "clients that count on it may find it missing or null",
		rules.KindMutability:   "clients that read it may find it missing",
		rules.KindType:         "clients that decode it as before fail",
		rules.KindConstraints:  "clients that rely on the limits may get a value outside of them",
		rules.KindValues:       "clients may get a value that they don't know",
		rules.KindStructure:    "clients may get a shape that they don't know",
		rules.KindLifecycle:    "clients have less time to stop using it than they were told",
	},
	rules.DirectionNone: {
		rules.KindExistence: "calls of it, as they were made, are refused",
		rules.KindType:      "calls with credentials of the documented kind are refused with 401",
		rules.KindLifecycle: "clients have less time to stop using it than they were told",
	},
}

// consequence is what clients will see of a change, in one line.
func consequence(rule rules.Rule, args []any) string {
	if sentence, ok := specific(rule, args); ok {
		return sentence
	}
	return general(rule.Direction)
}

// specific finds no more than the tables have.
func specific(rule rules.Rule, args []any) (sentence string, ok bool) {
	for _, c := range consequences {
		if matches, _ := path.Match(c.ids, rule.Id); matches {
			return filled(c.sentence, args), true
		}
	}
	sentence, ok = categories[rule.Direction][rule.Kind]
	return sentence, ok
}

func filled(sentence string, args []any) string {
	for i, arg := range args {
		sentence = strings.ReplaceAll(sentence, "{"+strconv.Itoa(i)+"}", "`"+text(arg)+"`")
	}
	return sentence
}

// general is what can be said of any change.
func general(direction checker.Direction) string {
	switch direction {
	case rules.DirectionRequest:
		return "requests that were accepted may be refused with 400, or mean something else"
	case rules.DirectionResponse:
		return "clients may get what they don't know or miss what they rely on"
	default:
		return "clients that rely on it as it was may fail"
	}
}
