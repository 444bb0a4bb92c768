package breaking

import (
	"slices"
	"strings"

	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/checker/metaschema"
	"github.com/oasdiff/oasdiff/checker/rules"
)

// judgement is what a difference means that oasdiff says nothing about.
type judgement struct {
	pattern     string // of locations, with the actions if they matter: see metaschema.MatchPattern
	id          string
	effect      effect
	consequence string // empty: that of the effect and the direction
}

// effect is what a difference does to what is allowed.
type effect int

const (
	textual   effect = iota // nothing
	harmless                // nothing to those who don't use it
	breaks                  // whatever the direction
	ceiling                 // of a limit: the less, the narrower
	floor                   // of a limit: the more, the narrower
	condition               // the more conditions, the narrower; a changed one can be either
	choice                  // the more members, the wider; but no list at all is the widest
)

// judgements are looked through in this order. What is in none of them, and in no rule
// of oasdiff's, breaks: nobody knows what it means.
var judgements = []judgement{
	{"**.description", "text", textual, ""},
	{"**.summary", "text", textual, ""},
	{"**.title", "text", textual, ""},
	{"**.$comment", "text", textual, ""},
	{"**.externalDocs.**", "text", textual, ""},
	{"info.**", "text", textual, ""},
	{"tags.**", "tag", textual, ""},
	{"paths.*.*.tags:change", "operation-tag", breaks, "generated clients name the class that has the method by its first tag"},
	{"**.tags", "tag", textual, ""},
	{"components.schemas.*:remove", "schema-name", breaks, "generated code has no type of that name any more"},
	{"components.schemas.*:add", "schema-name", harmless, ""},
	{"openapi", "openapi-edition", textual, ""},
	{"**.deprecated", "deprecation", harmless, ""},

	{"**.examples.*:add", "example", harmless, ""},
	{"**.examples:set,add", "example", harmless, ""},
	{"**.example:set", "example", harmless, ""},
	{"**.examples.**", "example", breaks, "clients and tests that use the documented example find another one, or none"},
	{"**.example", "example", breaks, "clients and tests that use the documented example find another one, or none"},

	{"paths.*:change", "path-parameter-renamed", breaks, "generated clients have an argument of another name; the URL stays the same"},
	{"**.servers.*:add", "server", harmless, ""},
	{"**.servers.**", "server", breaks, "clients that take the address from the contract call another one"},
	{"**.links.*:add", "link", harmless, ""},
	{"**.links.**", "link", breaks, "clients that follow the link miss it or get elsewhere"},
	{"**.parameters.*.style", "parameter-style", breaks, misread},
	{"**.parameters.*.explode", "parameter-style", breaks, misread},
	{"**.parameters.*.allowReserved", "parameter-style", breaks, misread},
	{"paths.*.*.responses.*", "status", breaks, "clients get an answer of another status than the documented ones"}, // but see statusNeed
	{"**.callbacks.*:add", "callback", harmless, ""},
	{"**.callbacks.**", "callback", breaks, "those who are called back get something else than before"},
	{"webhooks.*:add", "webhook", harmless, ""},
	{"webhooks.**", "webhook-part", breaks, "those who are called get something else than before"},

	{"paths.*.*:add", "operation", harmless, ""},
	{"paths.*.*:remove", "operation", breaks, "calls of it are answered with 404 or 405"},
	{"**.parameters.*.required", "parameter-required", condition, ""},
	{"**.headers.*.required", "header-required", condition, ""},
	{"**.headers.*:add", "header", harmless, ""},
	{"**.requestBody.content.*", "media-type", choice, ""},
	{"**.content.*:add", "media-type", harmless, ""},
	{"**.security.*:add", "security", harmless, ""},
	{"components.securitySchemes.*.name", "api-key-name", breaks, "calls that send it under the old name are refused with 401"},
	{"components.securitySchemes.*:add,remove", "security-scheme", harmless, ""}, // what asks for it, matters
	{"components.securitySchemes.*.flows.**.scopes.*:add", "scope", harmless, ""},
	{"components.securitySchemes.*.flows.**.scopes.*:set,unset,change", "scope", textual, ""},
	{"components.securitySchemes.*.bearerFormat", "text", textual, ""},

	{"**.schema.properties.*:add", "property", harmless, ""},
	{"**.schema.properties.*:remove", "property", breaks, ""},
	{"**.schema.default:set", "schema-default", harmless, ""},
	{"**.responses.**.schema.default", "schema-default", breaks, "clients that fill in the old default read something else than was meant"},
	{"**.schema.default", "schema-default", breaks, "requests that leave it out mean something else than before"},
	{"**.schema.maximum", "schema-maximum", ceiling, ""},
	{"**.schema.exclusiveMaximum", "schema-exclusiveMaximum", ceiling, ""},
	{"**.schema.maxLength", "schema-maxLength", ceiling, ""},
	{"**.schema.maxItems", "schema-maxItems", ceiling, ""},
	{"**.schema.maxProperties", "schema-maxProperties", ceiling, ""},
	{"**.schema.maxContains", "schema-maxContains", ceiling, ""},
	{"**.schema.minimum", "schema-minimum", floor, ""},
	{"**.schema.exclusiveMinimum", "schema-exclusiveMinimum", floor, ""},
	{"**.schema.minLength", "schema-minLength", floor, ""},
	{"**.schema.minItems", "schema-minItems", floor, ""},
	{"**.schema.minProperties", "schema-minProperties", floor, ""},
	{"**.schema.minContains", "schema-minContains", floor, ""},
	{"**.schema.pattern", "schema-pattern", condition, ""},
	{"**.schema.format", "schema-format", condition, ""},
	{"**.schema.const", "schema-const", condition, ""},
	{"**.schema.multipleOf", "schema-multipleOf", condition, ""},
	{"**.schema.uniqueItems", "schema-uniqueItems", condition, ""},
	{"**.schema.items", "schema-items", condition, ""},
	{"**.schema.not", "schema-not", condition, ""},
	{"**.schema.contains", "schema-contains", condition, ""},
	{"**.schema.propertyNames", "schema-propertyNames", condition, ""},
	{"**.schema.additionalProperties", "schema-additionalProperties", condition, ""},
	{"**.schema.unevaluatedProperties", "schema-unevaluatedProperties", condition, ""},
	{"**.schema.unevaluatedItems", "schema-unevaluatedItems", condition, ""},
	{"**.schema.required", "schema-required", condition, ""},
	{"**.schema.allOf.*", "schema-allOf", condition, ""},
	{"**.schema.patternProperties.*", "schema-patternProperties", condition, ""},
	{"**.schema.nullable:set,unset", "schema-nullable", choice, ""},
	{"**.schema.type", "schema-type", choice, ""},
	{"**.schema.enum", "schema-enum", choice, ""},
	{"**.schema.anyOf.*", "schema-anyOf", choice, ""},
	{"**.schema.oneOf.*", "schema-oneOf", choice, ""},
	{"**", "unknown", breaks, ""},
}

const misread = "requests that write it as before are misread or refused with 400"

// past is the action as the end of an id.
var past = map[metaschema.Action]string{
	metaschema.ActionAdd: "added", metaschema.ActionRemove: "removed",
	metaschema.ActionSet: "added", metaschema.ActionUnset: "removed",
	metaschema.ActionChange: "changed", metaschema.ActionIncrease: "increased", metaschema.ActionDecrease: "decreased",
}

// judge finds what the difference asks for.
func (d difference) judge() finding {
	i := slices.IndexFunc(judgements, func(j judgement) bool {
		matches, _ := metaschema.MatchPattern(j.pattern, metaschema.Edit{Location: d.location, Action: d.action})
		return matches
	})
	j := judgements[i] // the last one matches everything
	f := finding{id: j.id, change: d.sentence(), consequence: j.consequence, operation: d.operation, statuses: d.statuses()}
	if verb := past[d.action]; !strings.HasSuffix(j.id, "renamed") {
		f.id += "-" + verb
	}
	switch j.effect {
	case textual:
		f.need, f.change = Patch, d.brief()
	case harmless:
		f.need = Minor
	case breaks:
		f.need = Major
	default:
		f.need = needOf(rules.DeriveLevel(d.effect(j.effect), d.direction()))
	}
	f.about = []difference{d}
	if d.location == "paths.*.*.responses.*" {
		f.need = statusNeed(d.where[len(d.where)-1], d.action)
	}
	if f.need < Major {
		f.consequence = ""
	} else if f.consequence == "" {
		f.consequence = general(d.direction())
		if sentence := categories[d.direction()][rules.KindConstraints]; sentence != "" && j.effect > breaks {
			f.consequence = sentence
		}
	}
	return f
}

func needOf(level checker.Level) Need {
	if level >= checker.WARN {
		return Major
	}
	return Minor
}

// effect is what the difference does to what is allowed.
func (d difference) effect(e effect) rules.Effect {
	less, more := rules.EffectNarrows, rules.EffectWidens
	if d.inverted {
		return rules.EffectUnknown
	}
	switch d.action {
	case metaschema.ActionIncrease, metaschema.ActionDecrease:
		if e != ceiling && e != floor {
			return rules.EffectUnknown
		}
		if (e == ceiling) == (d.action == metaschema.ActionIncrease) {
			return more
		}
		return less
	case metaschema.ActionSet:
		if e == choice && strings.HasSuffix(d.location, ".nullable") {
			return more
		}
		return less
	case metaschema.ActionUnset:
		if e == choice && strings.HasSuffix(d.location, ".nullable") {
			return less
		}
		return more
	case metaschema.ActionAdd, metaschema.ActionRemove:
		if (e == choice) == (d.action == metaschema.ActionAdd) {
			return more
		}
		return less
	default:
		return rules.EffectUnknown
	}
}

func (d difference) direction() rules.Direction {
	switch {
	case strings.Contains(d.location, ".responses."):
		return rules.DirectionResponse
	case strings.Contains(d.location, ".parameters.") || strings.Contains(d.location, ".requestBody"):
		return rules.DirectionRequest
	default:
		return rules.DirectionNone
	}
}

// statusNeed is what a new or missing status asks for. One of an error may come: a
// client takes a status it doesn't know for the general one of its class (RFC 9110,
// section 15). But it finds no result behind a success or a redirection that it
// doesn't know.
func statusNeed(status string, action metaschema.Action) Need {
	if action == metaschema.ActionAdd && (strings.HasPrefix(status, "4") || strings.HasPrefix(status, "5")) {
		return Minor
	}
	return Major
}

// statuses are those of the answer that the difference is in.
func (d difference) statuses() []string {
	if len(d.where) > 1 && d.where[0] == "responses" {
		return []string{d.where[1]}
	}
	return nil
}

// brief tells the difference without the values. The status is told apart, by where
// it shows.
func (d difference) brief() string {
	if len(d.where) == 0 {
		return past[d.action]
	}
	where := slices.Clone(d.where)
	if d.statuses() != nil && len(where) > 2 {
		where[1] = anyStatus
	}
	return past[d.action] + " `" + strings.Join(where, "/") + "`"
}

// sentence tells the difference.
func (d difference) sentence() string {
	switch {
	case strings.HasSuffix(d.from, cut) || strings.HasSuffix(d.to, cut): // what differs may be behind it
		return d.brief()
	case d.from != "" && d.to != "":
		return d.brief() + " from " + d.from + " to " + d.to
	case d.from != "":
		return d.brief() + ", which was " + d.from
	case d.to != "":
		return d.brief() + ", which is " + d.to
	default:
		return d.brief()
	}
}
