package generate

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/appgrant/appgrant/conformance/cases"
)

// either expects an answer to a step where it is sure: what the contract refuses, of
// the targets that are held to rulings; that something does not exist, where all else
// does. Otherwise it expects a refusal, or what an idle request is answered.
func (s *subject) either(step cases.Step, want answer) []cases.Step {
	sure := cases.Admin
	if slices.Contains(s.refusals(), want) {
		sure = cases.Rulings
	}
	strict, loose := step, step
	strict.When, strict.Expect = []cases.Feature{sure}, expectAny([]answer{want})
	loose.Unless, loose.Expect = []cases.Feature{sure}, s.loosely()
	return []cases.Step{strict, loose}
}

// loosely expects any refusal, or what an idle request is answered.
func (s *subject) loosely() cases.Expect {
	statuses := []int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound}
	if s.idled.status < 300 {
		statuses = append(statuses, s.idled.status)
	}
	return cases.Expect{Statuses: statuses}
}

// ofParameters makes a case for each parameter, and those about parameters, headers
// and tokens in general.
func (s *subject) ofParameters() []cases.Case {
	var all []cases.Case
	for _, ref := range s.parameters {
		p := ref.Value
		var steps []cases.Step
		var kind cases.Kind
		switch p.In {
		case openapi3.ParameterInPath:
			steps, kind = s.pathSteps(p), cases.IDs
		case openapi3.ParameterInQuery:
			steps, kind = s.querySteps(p), cases.Fields
		default:
			steps, kind = s.headerSteps(p), cases.Fields
		}
		about := fmt.Sprintf("What the contract refuses in the %s parameter %s is refused, and the rest is taken.", p.In, p.Name)
		all = append(all, s.harmless(p.In+"-"+slug(p.Name), about, kind, steps))
	}
	all = append(all,
		s.harmless("query", "Query parameters that the contract does not have mean nothing.", cases.Fields, s.strayQueries()),
		s.harmless("headers", "Headers that the contract does not have mean nothing.", cases.Fields, s.strayHeaders()),
		s.harmless("token", "A text that is no token is none, whatever it looks like.", cases.Auth, s.tokens()))
	if s.schema == nil {
		all = append(all, s.harmless("body", "A body means nothing to an operation that has none.", cases.Bodies, s.strayBodies()))
	}
	return all
}

// want is the answer to a text for a parameter.
func (s *subject) want(p *openapi3.Parameter, text string) answer {
	unknown, names := s.unknown[p.Name]
	switch {
	case p.Schema.Value.VisitJSON(text) != nil && p.In == openapi3.ParameterInPath:
		return s.refusal(badPath)
	case p.Schema.Value.VisitJSON(text) != nil:
		return s.refusal(invalid)
	case names && text != p.Schema.Value.Default:
		return unknown
	default:
		return s.idled
	}
}

// escapes are ids as they stand in a request line, each with what it means.
var escapes = map[string]string{
	"%2F": "/", "a%2Fb": "a/b", "..%2F..%2Fa": "../../a", "%2E%2E": "..", "%00": "\x00", "a%0D%0Ab": "a\r\nb", "%20": " ", "a+b": "a+b",
	"%FF": "\xff", "%C0%AF": "\xc0\xaf", "%ED%A0%80": "\xed\xa0\x80", "%E2%80%AE": "\u202e", "%252F": "%2F", "a;b": "a;b", "%61": "a", "%5F%2d": "_-",
}

func (s *subject) pathSteps(p *openapi3.Parameter) []cases.Step {
	var steps []cases.Step
	for _, text := range s.texts(p.Schema.Value) {
		if text == "" || text == "." || text == ".." {
			continue // another path
		}
		step := s.idleStep()
		step.Path = with(step.Path, p.Name, literal(text))
		steps = append(steps, s.either(step, s.want(p, text))...)
	}
	for _, escaped := range s.some(4, sortedKeys(escapes)) {
		step := s.atURL("")
		step.URL = s.url(with(s.given, p.Name, escaped))
		steps = append(steps, s.either(step, s.want(p, escapes[escaped]))...)
	}
	return steps
}

// url is the operation's path with parameters that are escaped already.
func (s *subject) url(parameters object) string {
	path := s.path
	for name, value := range parameters {
		path = strings.ReplaceAll(path, "{"+name+"}", value.(string))
	}
	return path
}

// atURL is the idle request with a query that is escaped already.
func (s *subject) atURL(query string) cases.Step {
	return cases.Step{Method: s.method, URL: s.url(s.given) + query, Request: cases.Request{Body: s.idle}}
}

func (s *subject) querySteps(p *openapi3.Parameter) []cases.Step {
	var steps []cases.Step
	ask := func(value any, want answer) {
		step := s.idleStep()
		step.Query = object{p.Name: value}
		steps = append(steps, s.either(step, want)...)
	}
	for _, text := range s.texts(p.Schema.Value) {
		ask(literal(text), s.want(p, text))
	}
	usual, _ := p.Schema.Value.Default.(string)
	ask(usual, s.idled)
	refused := s.refusal(invalid)
	ask(list{" ", usual}, refused)
	for _, query := range []string{"=%zz", "=%", "=%2", "=0%00", "=+", "=%FF", "=%20"} {
		steps = append(steps, s.either(s.atURL("?"+p.Name+query), refused)...)
	}
	is := p.Name + "=" + usual
	for _, query := range []string{is + "&" + is, is + "&" + p.Name + "=%zz", is + ";x=1", p.Name} { // which may be read in more than one way
		step := s.atURL("?" + query)
		step.Expect = s.loosely()
		steps = append(steps, step)
	}
	return steps
}

func (s *subject) headerSteps(p *openapi3.Parameter) []cases.Step {
	var steps []cases.Step
	for _, text := range append(s.texts(p.Schema.Value), enumOf(p.Schema.Value)...) {
		if !sendable(text) || text == "" {
			continue
		}
		step := s.idleStep()
		step.Header = object{p.Name: literal(text)}
		steps = append(steps, s.either(step, s.want(p, text))...)
	}
	return steps
}

func enumOf(schema *openapi3.Schema) []string {
	var all []string
	for _, value := range schema.Enum {
		all = append(all, value.(string))
	}
	if usual, has := schema.Default.(string); has {
		all = append(all, usual)
	}
	return all
}

// sendable reports whether a header can have a value, and has it still on arrival.
func sendable(text string) bool {
	control := func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
	return strings.IndexFunc(text, control) < 0 && strings.Trim(text, " \t") == text
}

func (s *subject) strayQueries() []cases.Step {
	var steps []cases.Step
	for _, query := range s.some(5, []string{
		"?", "?x", "?x=", "?=x", "?x=1&x=2", "?app_id=a&env_id=b", "?x=%zz", "?%zz=1", "?;", "?x=1;y=2", "?&&&", "?x=%00", "?x[]=1&x[a]=2",
		"?X-Auth-Token=x", "?_method=DELETE", "?callback=f", "?__proto__=1", "?WORKSPACE_ID=none", "?x=" + strings.Repeat("x", 4000),
	}) {
		steps = append(steps, s.either(s.atURL(query), s.idled)...)
	}
	return steps
}

// strayHeaders are odd but legal headers.
var strayHeaders = []string{
	"X-HTTP-Method-Override: GET", "X-Original-URL: /admin/v1/catalog", "X-Rewrite-Url: /healthz", "X-Forwarded-Prefix: /x",
	"X-Forwarded-Host: a.example", "X-Forwarded-Proto: https", "X-Forwarded-For: 127.0.0.1", "Forwarded: for=unknown;by=_x",
	"Accept: text/html", "Accept: application/xml;q=0.9, */*;q=0.1", "Accept: ", "Accept-Language: xx-YY", "Accept-Charset: utf-16",
	"Range: bytes=0-1", `If-Match: "x"`, "If-None-Match: *", "If-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT",
	"Cookie: a=b; X-Auth-Token=x; =; ;;", "Authorization: Basic Og==", "Authorization: SDK-HMAC-SHA256 Access=x",
	"Origin: http://a.example", "Origin: null", "Referer: javascript:alert(1)", "User-Agent: ${jndi:ldap://127.0.0.1/a}", "User-Agent: ",
	"X-Project-Id: another", "X-Sdk-Date: 20191115T033655Z", "X-Language: en-us", "x-!#$%&'*+.^_`|~0: a legal name",
	"X-Latin: \xe9\xff", "X-Utf8: é😀\u202e", "X-Tab: a\tb", "X-Long: " + strings.Repeat("x", 8000), "X-Empty: ",
	"Cache-Control: no-cache", "DNT: 1", "Via: 1.0 a, 1.1 b", `Warning: 199 - "x"`, "Max-Forwards: 0", "Save-Data: on",
}

func (s *subject) strayHeaders() []cases.Step {
	var steps []cases.Step
	for _, line := range s.some(6, strayHeaders) {
		name, value, _ := strings.Cut(line, ": ")
		step := s.idleStep()
		step.Header = object{literal(name): literal(value)}
		steps = append(steps, s.either(step, s.idled)...)
	}
	return steps
}

// tokens send texts in the place of a token.
func (s *subject) tokens() []cases.Step {
	var steps []cases.Step
	for _, text := range s.some(6, slices.Concat(plain, attacks, []string{"é😀", "\xff\xfe", "Bearer a", strings.Repeat("x", 8000)})) {
		if !sendable(text) {
			continue
		}
		step := s.idleStep()
		step.Header = object{"X-Auth-Token": literal(text)}
		strict, loose := step, step
		strict.When, strict.Expect = []cases.Feature{cases.Rulings}, expectAny([]answer{unknownToken[s.service]})
		loose.Unless, loose.Expect = []cases.Feature{cases.Rulings}, cases.Expect{Status: http.StatusUnauthorized}
		steps = append(steps, strict, loose)
	}
	return steps
}

func (s *subject) strayBodies() []cases.Step {
	var steps []cases.Step
	for _, body := range []string{
		"", " ", "{}", "null", "[]", "x", "{", `{"app_auth_id":"x"}`, `{"a":1,"a":2}`, "\xff\xfe", "\x00", `{"id":"$unknown2"}`, strings.Repeat("[", 10_000), strings.Repeat("x", 50_000),
	} {
		for _, contentType := range []string{"", "text/plain", "none"} {
			step := s.idleStep()
			step.Raw, step.ContentType = &body, contentType
			steps = append(steps, s.either(step, s.idled)...)
		}
	}
	return steps
}
