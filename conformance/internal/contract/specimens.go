package contract

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/appgrant/appgrant/conformance/internal/contract/damage"
	"github.com/appgrant/appgrant/conformance/internal/strictjson"
	"github.com/appgrant/appgrant/conformance/report"
)

// specimen is a damaged request or answer, which a contract should refuse.
type specimen struct {
	operator, what string
	decided        bool // only a decision forbids it
	accept         func(context.Context) error
}

// The operators on requests and answers beside those on bodies, in the order of
// reports.
const (
	otherStatus = "another status"
	otherMedia  = "another media type"
	noTraceID   = "no trace id, or a malformed one"
	bodyOnEmpty = "a body where there is none"
	otherCode   = "another status's or service's code"
	otherText   = "another text than the code's"
	otherMethod = "another method"
	otherPath   = "another path"
	malformedID = "a malformed id in the path"
	noToken     = "no token"
)

var specimenOperators = slices.Concat(damage.BodyOperators, []string{
	otherStatus, otherMedia, noTraceID, bodyOnEmpty, otherCode, otherText, otherMethod, otherPath, malformedID, noToken,
})

// damageExamples damages every documented example, and the requests and answers
// without a body, and counts what the contract refuses.
func (j *judgement) damageExamples(ctx context.Context, v *validator) []report.Score {
	var all []specimen
	for _, c := range j.collectors {
		s := &specimens{validator: v, collector: c, others: j.collectors}
		s.collect()
		all = append(all, s.all...)
	}
	killed := make([]bool, len(all))
	parallel(len(all), func(i int) { killed[i] = all[i].accept(ctx) != nil })
	tally := newTally("examples", specimenOperators)
	for i, s := range all {
		equivalent := ""
		if s.decided && !j.Rulings {
			equivalent = isOwnBody
		}
		tally.count(s.operator, s.what, equivalent, killed[i])
	}
	return tally.scores()
}

// specimens collects the damage to a document's examples.
type specimens struct {
	*validator
	*collector
	others []*collector
	all    []specimen
}

func (s *specimens) collect() {
	fields := map[about]expectation{}
	for _, f := range s.facts {
		for _, e := range f.expect {
			fields[e.about] = e
		}
	}
	example, _ := s.Request()
	s.request(s.requestOf(s.op, []byte(example.Text)), fields)
	for _, e := range s.Examples {
		if e.Status != 0 && !e.Decided {
			s.answer(answerOf(s.Document, s.op, e.Status, []byte(e.Text)), fields)
		}
	}
	for _, status := range s.Statuses {
		if status.Code == http.StatusNoContent {
			s.empty(answerOf(s.Document, s.op, status.Code, nil))
		}
	}
}

func (s *specimens) addRequest(operator, what string, decided bool, r request) {
	s.all = append(s.all, specimen{operator, s.Name + ": " + what, decided, func(ctx context.Context) error {
		return s.acceptRequest(ctx, r)
	}})
}

func (s *specimens) addAnswer(operator, what string, decided bool, a answer) {
	what = fmt.Sprintf("%s %d: %s", s.Name, a.status, what)
	s.all = append(s.all, specimen{operator, what, decided, func(ctx context.Context) error {
		return s.acceptAnswer(ctx, a)
	}})
}

// fieldOf tells of the fields of a body.
func fieldOf(body string, fields map[about]expectation) func(path string) damage.Field {
	return func(path string) damage.Field {
		subject := body
		if path != "" {
			subject += "." + path
		}
		required := fields[about{subject, "required"}]
		most, _ := strconv.Atoi(fields[about{subject, "maxItems"}].value)
		is := func(keyword string) bool { return fields[about{subject, keyword}].value != "" }
		return damage.Field{
			Mandatory: required.value == yes && !required.decided, MandatoryByDecision: required.value == yes && required.decided,
			Enum: is("enum"), Pattern: is("pattern"), MinItems: is("minItems"), MaxItems: most,
		}
	}
}

func (s *specimens) request(r request, fields map[about]expectation) {
	if len(r.body) > 0 {
		for _, b := range damage.Bodies(r.body, fieldOf(requestBody(s.op), fields)) {
			changed := r
			changed.body = b.Text
			s.addRequest(b.Operator, b.What, b.Decided, changed)
		}
		for _, medium := range []string{"text/plain", "application/xml", "json", "application/json-patch+json", ""} {
			s.addRequest(otherMedia, strconv.Quote(medium), false, r.with("Content-Type", medium))
		}
	} else {
		changed := r.with("Content-Type", "application/json")
		changed.body = []byte("{}")
		s.addRequest(bodyOnEmpty, "{}", false, changed)
	}
	s.addRequest(noToken, "without the header", false, r.with("X-Auth-Token", ""))
	for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"} {
		if method != r.method {
			changed := r
			changed.method = method
			s.addRequest(otherMethod, method, false, changed)
		}
	}
	s.paths(r)
}

// with is the request with another header, or without it.
func (r request) with(name, value string) request {
	r.header = r.header.Clone()
	if r.header.Set(name, value); value == "" {
		r.header.Del(name)
	}
	return r
}

// paths damages the path: each segment is missing, stands there twice, is another
// or, if it is an id, malformed.
func (s *specimens) paths(r request) {
	_, template, _ := strings.Cut(s.op, " ")
	segments, names := strings.Split(r.path, "/"), strings.Split(template, "/")
	for i := 1; i < len(segments); i++ {
		put := func(operator string, decided bool, by ...string) {
			changed := r
			changed.path = strings.Join(slices.Concat(segments[:i], by, segments[i+1:]), "/")
			if len(changed.path) < 300 {
				s.addRequest(operator, changed.path, decided, changed)
			} else {
				s.addRequest(operator, changed.path[:300]+"…", decided, changed)
			}
		}
		put(otherPath, false)
		put(otherPath, false, segments[i], segments[i])
		if !strings.HasPrefix(names[i], "{") {
			put(otherPath, false, segments[i]+"x")
			put(otherPath, false, strings.ToUpper(segments[i])+"S")
			continue
		}
		put(otherPath, false, "")
		for _, id := range []string{"a%20b", "a%2Fb", "%C3%A9", "a.b", strings.Repeat("a", 1000)} {
			put(malformedID, true, id)
		}
	}
}

var someStatuses = []int{200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 409, 413, 418, 429, 500, 503}

func (s *specimens) answer(a answer, fields map[about]expectation) {
	for _, b := range damage.Bodies(a.body, fieldOf(responseBody(s.op, strconv.Itoa(a.status)), fields)) {
		changed := a
		changed.body = b.Text
		s.addAnswer(b.Operator, b.What, b.Decided, changed)
	}
	for _, status := range someStatuses {
		if status != a.status {
			changed := a
			changed.status = status
			s.addAnswer(otherStatus, fmt.Sprintf("the example of %d", a.status), false, changed)
		}
	}
	for _, medium := range []string{"text/plain", "text/html", "application/xml", "application/problem+json", ""} {
		s.addAnswer(otherMedia, strconv.Quote(medium), false, a.with("Content-Type", medium))
	}
	s.traceIDs(a)
	if a.status >= http.StatusBadRequest {
		s.codes(a)
	}
}

// with is the answer with another header, or without it.
func (a answer) with(name, value string) answer {
	a.header = a.header.Clone()
	if a.header.Set(name, value); value == "" {
		a.header.Del(name)
	}
	return a
}

func (s *specimens) traceIDs(a answer) {
	for _, id := range []string{"", "x", samples[0][1:], samples[0] + "0", strings.ToUpper(samples[0])} {
		s.addAnswer(noTraceID, strconv.Quote(id), true, a.with("X-Request-Id", id))
	}
}

// codes gives an error the body of another status of its operation, that of another
// service's error, and other texts.
func (s *specimens) codes(a answer) {
	family := func(body []byte) string {
		code, _, _ := strings.Cut(textOf(body, "error_code"), ".")
		return code
	}
	for _, other := range s.others {
		for _, e := range other.Examples {
			if e.Status < http.StatusBadRequest {
				continue
			}
			sameOperation := other == s.collector && e.Status != a.status
			otherService := family([]byte(e.Text)) != family(a.body) && !strings.HasPrefix(family([]byte(e.Text)), "APIGW")
			if sameOperation || otherService {
				changed := a
				changed.body = []byte(e.Text)
				s.addAnswer(otherCode, textOf(changed.body, "error_code"), false, changed)
			}
		}
	}
	text := textOf(a.body, "error_msg")
	for _, wrong := range []string{"", "x" + text, strings.ToUpper(text), text[1:], "error"} {
		changed := a
		changed.body = []byte(strings.Replace(string(a.body), text, wrong, 1))
		s.addAnswer(otherText, strconv.Quote(wrong), false, changed)
	}
}

func textOf(body []byte, member string) string {
	tree, err := strictjson.Decode(body)
	if err != nil {
		return ""
	}
	return node{value: tree}.text(member)
}

// empty damages an answer without a body.
func (s *specimens) empty(a answer) {
	for _, body := range []string{"{}", "null", " "} {
		changed := a.with("Content-Type", "application/json")
		changed.body = []byte(body)
		s.addAnswer(bodyOnEmpty, body, false, changed)
	}
	for _, status := range someStatuses {
		if status != a.status {
			changed := a
			changed.status = status
			s.addAnswer(otherStatus, fmt.Sprintf("the example of %d", a.status), false, changed)
		}
	}
	s.traceIDs(a)
}
