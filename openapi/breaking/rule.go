package breaking

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/checker/metaschema"
	"github.com/oasdiff/oasdiff/diff"
)

// raised are changes that break although oasdiff has them as notes. Each has its reason.
var raised = map[string]string{
	"api-operation-id-removed":                     "generated clients name their methods by it",
	"api-security-anonymous-access-added":          "what was protected is open",
	"api-security-component-oauth-scope-removed":   "tokens can no longer be asked for with it",
	"response-header-type-compatible":              "generated clients decode it by its type",
	"response-body-type-compatible":                "generated clients decode it by its type",
	"response-property-type-compatible":            "generated clients decode it by its type",
	"optional-response-header-removed":             "who reads it, misses it",
	"response-non-success-status-removed":          "clients that handle it wait for it in vain",
	"response-optional-property-removed":           "who reads it, misses it",
	"response-optional-property-became-write-only": "who reads it, misses it",
	"request-body-default-value-changed":           "the same request means something else",
	"request-body-default-value-removed":           "the same request means something else",
	"request-property-default-value-changed":       "the same request means something else",
	"request-property-default-value-removed":       "the same request means something else",
	"request-parameter-default-value-changed":      "the same request means something else",
	"request-parameter-default-value-removed":      "the same request means something else",
	"response-body-default-value-changed":          "what is left out is filled in otherwise",
	"response-body-default-value-removed":          "what is left out is filled in otherwise",
	"response-property-default-value-changed":      "what is left out is filled in otherwise",
	"response-property-default-value-removed":      "what is left out is filled in otherwise",

	"request-body-discriminator-removed":                    "generated clients choose the type by it",
	"request-body-discriminator-property-name-changed":      "generated clients choose the type by it",
	"request-body-discriminator-mapping-changed":            "generated clients choose the type by it",
	"request-body-discriminator-mapping-deleted":            "generated clients choose the type by it",
	"request-property-discriminator-removed":                "generated clients choose the type by it",
	"request-property-discriminator-property-name-changed":  "generated clients choose the type by it",
	"request-property-discriminator-mapping-changed":        "generated clients choose the type by it",
	"request-property-discriminator-mapping-deleted":        "generated clients choose the type by it",
	"response-body-discriminator-removed":                   "generated clients choose the type by it",
	"response-body-discriminator-property-name-changed":     "generated clients choose the type by it",
	"response-body-discriminator-mapping-changed":           "generated clients choose the type by it",
	"response-body-discriminator-mapping-deleted":           "generated clients choose the type by it",
	"response-property-discriminator-removed":               "generated clients choose the type by it",
	"response-property-discriminator-property-name-changed": "generated clients choose the type by it",
	"response-property-discriminator-mapping-changed":       "generated clients choose the type by it",
	"response-property-discriminator-mapping-deleted":       "generated clients choose the type by it",
}

// textualRules are changes of words alone.
var textualRules = []string{
	"api-tag-added", "api-tag-removed", "api-security-component-oauth-scope-changed",
	"api-security-component-bearer-format-changed",
}

// ignored are what oasdiff finds and what is judged here, or nowhere, each with its reason.
var ignored = map[string]string{
	"api-schema-removed": "what referred to it tells what changed",

	"api-security-component-api-key-name-changed": "of a key that moved, it compares a name in lower case with one as written",
	"api-version-not-bumped":                      "the version is judged with everything found",
	"api-version-decreased":                       "the version is judged with everything found",
	"api-major-version-not-bumped":                "the version is judged with everything found",
}

// reworded are changes whose text at oasdiff says that a deprecation would excuse them.
var reworded = map[string]string{
	"api-path-removed-without-deprecation": "removed the path",
	"api-removed-without-deprecation":      "removed the method of the path",
}

// rulesByID are those of oasdiff.
var rulesByID = sync.OnceValue(func() map[string]checker.BackwardCompatibilityRule {
	all := map[string]checker.BackwardCompatibilityRule{}
	for _, rule := range checker.GetAllRules() {
		all[rule.Id] = rule
	}
	return all
})

// need is what a change asks for that oasdiff found at that level.
func need(id string, level checker.Level) Need {
	switch {
	case raised[id] != "":
		return Major
	case slices.Contains(textualRules, id):
		return Patch
	default:
		return needOf(level)
	}
}

// nameless reports whether the change is of a property that oasdiff has no name for, such
// as the items of a list: the difference itself tells where it is.
func nameless(change checker.Change) bool {
	isNamed := func(part string) bool { return strings.Contains(change.GetId(), "-property-"+part) }
	return (isNamed("default-value-") || isNamed("const-") || isNamed("list-of-types-")) && text(change.GetArgs()[0]) == ""
}

// checked lists what oasdiff finds.
func checked(base, revision *Contract) ([]finding, error) {
	changes, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), base.plain, revision.plain)
	if err != nil {
		return nil, fmt.Errorf("compare: %w", err)
	}
	var findings []finding
	statuses := statusesOf(base, revision)
	config := checker.NewConfig(checker.GetAllChecks(), checker.WithStabilityLevel(checker.StabilityDraft))
	for _, change := range checker.CheckBackwardCompatibilityUntilLevel(config, changes, sources, checker.INFO) {
		inWebhook := strings.HasPrefix(change.GetPath(), "webhook:") // whose directions are the other way round
		if ignored[change.GetId()] == "" && !inWebhook && !nameless(change) {
			findings = append(findings, findingOf(change, rulesByID()[change.GetId()], statuses))
		}
	}
	return findings, nil
}

func worded(change checker.Change) string {
	if text, ok := reworded[change.GetId()]; ok {
		return text
	}
	return strings.TrimSuffix(change.GetUncolorizedText(localize()), " (backward compatible)") // that is for us to say
}

var localize = sync.OnceValue(checker.NewDefaultLocalizer)

// findingOf translates a change. A status among its arguments is taken out, so that
// the same change in many answers is one.
func findingOf(change checker.Change, rule checker.BackwardCompatibilityRule, statuses map[string]bool) finding {
	f := finding{
		id: change.GetId(), need: need(change.GetId(), change.GetLevel()), args: change.GetArgs(), claims: rule.Locations,
	}
	if method := change.GetOperation(); method != "" {
		f.operation = keyOf(method, change.GetPath())
	}
	if f.id == "response-success-status-added" || f.id == "response-non-success-status-added" {
		f.need = statusNeed(text(f.args[0]), metaschema.ActionAdd)
	}
	f.change = worded(change)
	api, isAPI := change.(checker.ApiChange)
	if _, media, found := strings.Cut(api.Details, "(media type: "); found {
		f.media, _, _ = strings.Cut(media, ")")
	}
	if shared := api.GetSharedSchema(); shared != nil {
		f.shared = shared.Name
	}
	if last := len(f.args) - 1; isAPI && rule.Direction == checker.DirectionResponse && last >= 0 && statuses[text(f.args[last])] {
		f.statuses = []string{text(f.args[last])}
		api.Args = slices.Clone(f.args)
		api.Args[last] = anyStatus
		if len(f.args) > 1 {
			f.change = worded(api)
		}
	}
	if f.need == Major {
		f.consequence = consequence(rule.Rule, f.args)
	}
	return f
}

// anyStatus stands for the statuses in the text of a change until all are known.
const anyStatus = "\x00"

func statusesOf(contracts ...*Contract) map[string]bool {
	all := map[string]bool{}
	for _, c := range contracts {
		for _, op := range c.operations() {
			for status := range maps.Keys(op.Responses.Map()) {
				all[status] = true
			}
		}
	}
	return all
}

func text(arg any) string { return fmt.Sprint(arg) }
