package generate

import (
	"errors"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/strictjson"
)

// class is what is wrong with a request, as far as error codes tell it apart.
type class int

const (
	malformed class = iota // the body as a whole
	missing                // a field, or the items of a list
	invalid                // a field, a query parameter or a header
	badPath                // an id in the path
)

// codes are the error codes of the classes, by service.
var codes = map[cases.Feature][4]string{
	"apig":      {"APIG.2000", "APIG.2001", "APIG.2011", "APIG.2012"},
	"roma":      {"APIG.2000", "APIG.2001", "APIG.2011", "APIG.2012"},
	"modelarts": {"ModelArts.0104", "ModelArts.0104", "ModelArts.0101", "ModelArts.0101"},
	"dataarts":  {"DLS.1000", "DLS.1000", "DLS.1000", "DLS.1000"},
}

// unknownToken are the answers to a token that nobody has, by service.
var unknownToken = map[cases.Feature]answer{
	"apig": {401, "APIG.1002"}, "roma": {401, "APIG.1002"}, "modelarts": {401, "ModelArts.0203"}, "dataarts": {401, "APIGW.0301"},
}

func (s *subject) refusal(c class) answer { return answer{http.StatusBadRequest, codes[s.service][c]} }

// refusals are those of all classes.
func (s *subject) refusals() []answer {
	return []answer{s.refusal(malformed), s.refusal(missing), s.refusal(invalid), s.refusal(badPath)}
}

// mostDepth is how deep the contract lets a body be nested, mostPairs how many pairs
// it lets one request authorize.
const (
	mostDepth = 32
	mostPairs = 10_000
)

// expect is what the contract has an operation answer to a body: if it is good, what
// is answered to a request about what exists.
func (s *subject) expect(contentType, body string) cases.Expect {
	value, faults := s.hold(contentType, body)
	var answers []answer
	for _, fault := range faults {
		answers = append(answers, s.refusal(fault))
	}
	if len(faults) == 0 {
		answers = s.answers(value)
	}
	return expectAny(answers)
}

// expectAny expects one of several answers. Which of several errors comes is left
// open, and their codes are then for the judge to hold against the request.
func expectAny(answers []answer) cases.Expect {
	e := cases.Expect{Status: answers[0].status, Error: answers[0].code}
	for _, a := range answers {
		if a.status != e.Status {
			e.Statuses = append(e.Statuses, a.status)
		}
		if a.code != e.Error {
			e.Error = ""
		}
	}
	if len(e.Statuses) > 0 {
		e.Statuses, e.Status = append(e.Statuses, e.Status), 0
	}
	return e
}

// succeeds reports whether something may have changed where an answer is as expected.
func succeeds(e cases.Expect) bool { return e.Status < 300 }

// hold holds a body against the contract.
func (s *subject) hold(contentType, body string) (value any, faults []class) {
	if !isJSON(contentType) {
		return nil, []class{malformed}
	}
	value, err := strictjson.Decode([]byte(body))
	if _, isObject := value.(object); err != nil || !isObject || strictjson.Depth(value) > mostDepth {
		return nil, []class{malformed}
	}
	if misspelt(s.schema, value) {
		faults = append(faults, invalid)
	}
	return value, append(faults, faultsOf(s.schema.VisitJSON(value, openapi3.VisitAsRequest(), openapi3.MultiErrors()))...)
}

func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && media == "application/json"
}

// faultsOf takes apart what a schema has against a value.
func faultsOf(err error) []class {
	var several openapi3.MultiError
	var one *openapi3.SchemaError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &several):
		var all []class
		for _, e := range several {
			all = append(all, faultsOf(e)...)
		}
		return all
	case errors.As(err, &one) && (one.SchemaField == "required" || one.SchemaField == "minItems"):
		return []class{missing}
	default:
		return []class{invalid}
	}
}

// misspelt reports whether a value has members that differ from those of its schema
// by their case alone.
func misspelt(schema *openapi3.Schema, value any) bool {
	switch v := value.(type) {
	case object:
		for name, member := range v {
			if property := schema.Properties[name]; property != nil {
				if misspelt(property.Value, member) {
					return true
				}
			} else if slices.ContainsFunc(slices.Collect(maps.Keys(schema.Properties)), func(proper string) bool { return strings.EqualFold(name, proper) }) {
				return true
			}
		}
	case list:
		return schema.Items != nil && slices.ContainsFunc(v, func(item any) bool { return misspelt(schema.Items.Value, item) })
	}
	return false
}

// answers are those that a body may have which the schema lets pass: the operation is
// done, or something that it names does not exist, or does not do.
func (s *subject) answers(value any) []answer {
	body := value.(object)
	if distinct(body["app_ids"])*distinct(body["api_ids"]) > mostPairs {
		return []answer{s.refusal(invalid)}
	}
	var all []answer
	s.compare("", value, s.example, &all)
	if s.example.(object)["time"] != nil && !isAhead(body["time"]) {
		all = append(all, s.refusal(invalid))
	}
	if len(all) == 0 {
		all = append(all, answer{status: s.done})
	}
	return all
}

// compare finds the ids that the example does not have.
func (s *subject) compare(at string, value, known any, unknown *[]answer) {
	switch v := value.(type) {
	case object:
		known, _ := known.(object)
		for name, member := range v {
			s.compare(at+"/"+name, member, known[name], unknown)
		}
	case list:
		known, _ := known.(list)
		for _, item := range v[:min(len(v), len(known)*len(v))] {
			s.compare(at+"/*", item, known[0], unknown)
		}
	case string:
		if a, names := s.unknown[at]; names && v != known && (known != nil || v != "0") && !slices.Contains(*unknown, a) {
			*unknown = append(*unknown, a)
		}
	}
}

func distinct(value any) int {
	items, _ := value.(list)
	seen := map[any]bool{}
	for _, item := range items {
		seen[item] = true
	}
	return len(seen)
}

// isAhead reports whether a time is one, and lies in the future.
func isAhead(value any) bool {
	text, _ := value.(string)
	at, err := time.Parse(time.RFC3339, text)
	return err == nil && at.Truncate(time.Hour).After(time.Now())
}
