package generate

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/oracle"
)

type (
	object = map[string]any
	list   = []any
)

// answer is a status and, if it is an error, its error_code.
type answer struct {
	status int
	code   string
}

// subject is an operation of the contract and what the contract can't say of it.
type subject struct {
	lore
	chooser
	id, method, path string
	service          cases.Feature
	document         string
	parameters       openapi3.Parameters
	schema           *openapi3.Schema // of the body, nil if there is none
	example          any              // of the contract, about things that exist
}

// lore is what the contract can't say of an operation.
type lore struct {
	// parameters of the path that name what exists, except for the last thing that a
	// request without effect names.
	given object
	// idle is a body that names an unknown thing, and so changes nothing; idled what is
	// answered to it, or where there is no body, to the parameters given.
	idle  any
	idled answer
	// done is the answer to the contract's example.
	done int
	// unknown are the answers to an id that nothing has, by parameter and by pointer
	// into the body, in which * is any item.
	unknown map[string]answer
	// untouched asks whether all is as it was before.
	untouched []cases.Step
}

// farOff is an end time that stays in the future.
const farOff = "2099-01-01T10:00:00.000Z"

var lores = map[string]lore{
	"CreateAuthorizingAppsV2": {
		given: object{"project_id": "$project", "instance_id": "$apig.instance"},
		idle:  object{"env_id": "$apig.env", "app_ids": list{"$unknown"}, "api_ids": list{"$apig.api"}},
		idled: answer{404, "APIG.3004"},
		done:  201,
		unknown: map[string]answer{
			"project_id": {403, "APIG.1005"}, "instance_id": {404, "APIG.3030"},
			"/env_id": {404, "APIG.3003"}, "/app_ids/*": {404, "APIG.3004"}, "/api_ids/*": {404, "APIG.3002"},
		},
		untouched: []cases.Step{nothing("ListAuthorizations", "authorizations", object{"service": "apig"})},
	},
	"CancelingAuthorizationV2": {
		given: object{"project_id": "$project", "instance_id": "$apig.instance", "app_auth_id": "$unknown"},
		idled: answer{404, "APIG.3009"},
		unknown: map[string]answer{
			"project_id": {403, "APIG.1005"}, "instance_id": {404, "APIG.3030"}, "app_auth_id": {404, "APIG.3009"},
		},
	},
	"DeleteAppCodeV2": {
		given: object{"project_id": "$project", "instance_id": "$roma.instance", "app_id": "$roma.app", "app_code_id": "$unknown"},
		idled: answer{404, "APIG.3082"},
		unknown: map[string]answer{
			"project_id": {403, "APIG.1005"}, "instance_id": {404, "APIG.3030"},
			"app_id": {404, "APIG.3004"}, "app_code_id": {404, "APIG.3082"},
		},
	},
	"DeleteApiAppAuth":      unauthorizing,
	"DeleteApiAppAuthAlias": unauthorizing,
	"AuthorizeActionApiToInstance": {
		given: object{"project_id": "$project"},
		idle: object{
			"api_id": "$dataarts.api", "instance_id": "$dataarts.cluster", "app_id": "$unknown",
			"apply_type": "APPLY_TYPE_AUTHORIZE", "time": farOff,
		},
		idled: answer{400, "DLM.4063"},
		done:  204,
		unknown: map[string]answer{
			"project_id": {403, "APIGW.0302"}, "workspace": {400, "DLM.4001"},
			"/api_id": {400, "DLM.4018"}, "/instance_id": {400, "DLM.4215"}, "/app_id": {400, "DLM.4063"},
		},
		untouched: []cases.Step{
			nothing("ListAuthorizations", "authorizations", object{"service": "dataarts"}),
			nothing("ListApplications", "applications", nil),
			nothing("ListMessages", "messages", nil),
		},
	},
}

var unauthorizing = lore{
	given: object{"project_id": "$project", "service_id": "$modelarts.service", "api_id": "$modelarts.api"},
	idle:  object{"apps": list{object{"app_id": "$unknown"}}},
	idled: answer{status: 200},
	done:  200,
	unknown: map[string]answer{
		"project_id": {403, "ModelArts.0210"}, "service_id": {404, "ModelArts.3502"}, "api_id": {404, "ModelArts.3935"},
		"workspace_id": {400, "ModelArts.0102"}, "/workspace_id": {400, "ModelArts.0102"},
	},
	untouched: []cases.Step{nothing("ListAuthorizations", "authorizations", object{"service": "modelarts", "state": "cancelled"})},
}

// nothing expects a list of the admin contract to be empty.
func nothing(call, name string, query object) cases.Step {
	return cases.Step{
		Request: cases.Request{Path: object{"project_id": "$project"}, Query: query},
		Call:    call, Expect: cases.Expect{Status: http.StatusOK, Has: object{name: list{}}},
	}
}

// subjects are the operations of a contract, in the order of their ids. Those that
// nothing is known of are left out.
func subjects(doc *openapi3.T) []*subject {
	var all []*subject
	for path, item := range doc.Paths.Map() {
		for method, spec := range item.Operations() {
			known, has := lores[spec.OperationID]
			if !has {
				continue
			}
			s := &subject{
				lore: known, id: spec.OperationID, method: method, path: path,
				service:    cases.Feature(oracle.Service(spec.OperationID)),
				parameters: slices.Concat(item.Parameters, spec.Parameters),
			}
			s.document, _ = spec.Extensions["x-document"].(string)
			if spec.RequestBody != nil {
				media := spec.RequestBody.Value.Content.Get("application/json")
				s.schema, s.example = media.Schema.Value, exampleOf(media)
			}
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b *subject) int { return strings.Compare(a.id, b.id) })
	return all
}

// exampleOf is the example of a body, with a time that has not passed.
func exampleOf(media *openapi3.MediaType) any {
	name := slices.Sorted(maps.Keys(media.Examples))[0]
	text := marshal(media.Examples[name].Value.Value)
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		panic(err) // it was written by marshal
	}
	if o, ok := value.(object); ok && o["time"] != nil {
		o["time"] = farOff
	}
	return value
}

// marshal writes a value as JSON without escaping what only HTML minds.
func marshal(value any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(fmt.Sprintf("a value that is no JSON: %v", err))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// make makes a case of the operation.
func (s *subject) make(name, about string, kind cases.Kind, steps []cases.Step) cases.Case {
	return cases.Case{
		ID: "generated/" + s.id + "/" + name, Name: name, About: about, Kind: kind,
		Operation: s.id, Document: s.document, Generated: true,
		Needs: []cases.Feature{s.service}, Steps: steps,
	}
}

// harmless makes a case whose requests name something that does not exist, so that
// they change nothing, whatever the implementation does.
func (s *subject) harmless(name, about string, kind cases.Kind, steps []cases.Step) cases.Case {
	c := s.make(name, about, kind, steps)
	c.Harmless = true
	return c
}

// within makes a case in a project of its own, which is thrown away afterwards.
func (s *subject) within(name, about string, kind cases.Kind, steps []cases.Step) cases.Case {
	c := s.make(name, about, kind, steps)
	c.Needs = append(c.Needs, cases.Admin, cases.Rulings)
	return c
}

// idleStep is the request that changes nothing.
func (s *subject) idleStep() cases.Step {
	return cases.Step{Call: s.id, Request: cases.Request{Path: s.given, Body: s.idle}}
}

// with is a copy of parameters with another value for one.
func with(parameters object, name string, value any) object {
	all := maps.Clone(parameters)
	if all == nil {
		all = object{}
	}
	all[name] = value
	return all
}

// literal writes a text so that no variable is seen in it.
func literal(text string) string { return strings.ReplaceAll(text, "$", "$$") }

// slug is a name as names of cases are written.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '_' || r == '/' || r == ' ' })
	for i, word := range words {
		if word == "*" {
			words[i] = "item"
		}
	}
	return strings.Join(words, "-")
}
