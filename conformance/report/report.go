// Package report is what the conformance suite says: the outcome of each case, what
// was exercised, how the contract fared against the documents, and writers that
// show it to people (a terminal, Markdown, HTML) and to programs (JSON, JUnit).
package report

import (
	"time"
)

// Outcome is how a case came out.
type Outcome string

// The outcomes, from good to bad. An expected failure and a skip do not make a
// target nonconformant; an unexpected pass and an error do not let it be called
// conformant.
const (
	Pass           Outcome = "pass"
	Skipped        Outcome = "skipped"         // the target lacks a feature it needs
	ExpectedFail   Outcome = "expected-fail"   // it failed, as the file of expected failures says
	UnexpectedPass Outcome = "unexpected-pass" // it passed, against that file
	Fail           Outcome = "fail"
	Errored        Outcome = "error" // it could not be judged
)

// Outcomes are all of them, in the order reports show them.
var Outcomes = []Outcome{Pass, Fail, ExpectedFail, UnexpectedPass, Skipped, Errored}

// Layer is the yardstick a finding was made with.
type Layer string

// The layers.
const (
	Contract    Layer = "contract"    // the status, headers and body that the contract has
	Wire        Layer = "wire"        // one JSON document, its media type, ids of exchanges
	Meaning     Layer = "meaning"     // codes, texts, and what an answer owes to its request
	Expectation Layer = "expectation" // what the case itself asks for
)

// Report is one run of the suite: of cases against a target, of a proxy, or of a
// contract against the documents.
type Report struct {
	Tool     string        `json:"tool"`    // the suite and its version
	Subject  string        `json:"subject"` // what was judged: a URL, a file
	Started  time.Time     `json:"started"`
	Duration time.Duration `json:"duration_ns"`
	Seed     uint64        `json:"seed,omitempty"` // repeats the generated cases

	// Problem says why nothing, or not everything, could be judged.
	Problem string `json:"problem,omitempty"`

	Kinds    []string  `json:"kinds,omitempty"` // of cases, in the order of the heat map
	Cases    []Case    `json:"cases,omitempty"`
	Coverage *Coverage `json:"coverage,omitempty"`
	Trace    *Trace    `json:"trace,omitempty"`
}

// Case is what came of one case.
type Case struct {
	ID        string        `json:"id"` // such as apig/authorize/unknown-app
	About     string        `json:"about,omitempty"`
	Kind      string        `json:"kind"` // a column of the heat map: works, refuses, effect, ...
	Operation string        `json:"operation"`
	Status    int           `json:"status,omitempty"` // the one it is about, a row of the heat map
	Document  string        `json:"document,omitempty"`
	Generated bool          `json:"generated,omitempty"`
	Outcome   Outcome       `json:"outcome"`
	Reason    string        `json:"reason,omitempty"` // of a skip, an expected failure or an error
	Duration  time.Duration `json:"duration_ns"`
	Findings  []Finding     `json:"findings,omitempty"`
	// Exchanges are what was sent and answered, for a case that did not pass.
	Exchanges []Exchange `json:"exchanges,omitempty"`
}

// Finding is one thing that is wrong.
type Finding struct {
	Layer   Layer  `json:"layer"`
	Step    int    `json:"step"`            // the exchange it was found in, from 1; 0 is the case as a whole
	Where   string `json:"where,omitempty"` // a header, or a JSON pointer into the body
	Message string `json:"message"`
}

// Exchange is a request and its answer, without secrets.
type Exchange struct {
	Method         string        `json:"method"`
	URL            string        `json:"url"`
	RequestHeader  []string      `json:"request_header,omitempty"` // "Name: value" lines, in order
	RequestBody    string        `json:"request_body,omitempty"`
	Status         int           `json:"status"` // 0 if no answer came
	ResponseHeader []string      `json:"response_header,omitempty"`
	ResponseBody   string        `json:"response_body,omitempty"`
	Duration       time.Duration `json:"duration_ns"`
	Curl           string        `json:"curl"` // repeats it; the token is the variable $TOKEN
}

// Coverage is what was exercised of a contract.
type Coverage struct {
	Groups []CoverageGroup `json:"groups"`
}

// CoverageGroup is one kind of thing: operations, statuses, parameters, request
// fields, response fields, request values, response values.
type CoverageGroup struct {
	Name  string         `json:"name"`
	Items []CoverageItem `json:"items"`
}

// CoverageItem is a thing of the contract and how often it was seen.
type CoverageItem struct {
	Name   string `json:"name"` // such as "CreateAuthorizingAppsV2 201 /auths/*/auth_role = PROVIDER"
	Times  int    `json:"times"`
	Excuse string `json:"excuse,omitempty"` // why no black box can provoke it
}

// Trace is how a contract and the documents fit together.
type Trace struct {
	Facts     []Fact     `json:"facts"`    // every documented fact, and every decision on record
	Untraced  []Untraced `json:"untraced"` // what is in the contract and in neither
	Mutations []Score    `json:"mutations,omitempty"`
	// Advisory says that what went unnoticed tells of the suite, and does not count
	// against the contract.
	Advisory bool `json:"advisory,omitempty"`
}

// Verdict says how a fact fared.
type Verdict string

// The verdicts.
const (
	Found     Verdict = "found"     // the contract says the same
	Missing   Verdict = "missing"   // the contract does not say it
	Differs   Verdict = "differs"   // the contract says something else
	Mended    Verdict = "mended"    // a known mistake of the document, which the contract does not repeat
	Otherwise Verdict = "otherwise" // a decision of ours that this contract takes otherwise, and may
)

// Fact is a row of a document, and where the contract has it.
type Fact struct {
	Document string  `json:"document"`
	Row      string  `json:"row"`               // such as "Table 3, env_id"
	Decision bool    `json:"decision"`          // not documented but decided
	Pointer  string  `json:"pointer,omitempty"` // JSON pointer into the contract
	Verdict  Verdict `json:"verdict"`
	Detail   string  `json:"detail,omitempty"` // what is wrong, or what was mended
}

// OK reports whether the contract may be as it is.
func (f Fact) OK() bool { return f.Verdict != Missing && f.Verdict != Differs }

// Untraced is a part of the contract that no document and no ruling accounts for.
type Untraced struct {
	Pointer string `json:"pointer"`
	Says    string `json:"says"`
}

// Score is how many of one operator's mutants were noticed.
type Score struct {
	Of        string     `json:"of"` // what was damaged: contract, examples
	Operator  string     `json:"operator"`
	Killed    int        `json:"killed"`
	Total     int        `json:"total"` // without equivalent ones
	Survivors []Survivor `json:"survivors,omitempty"`
}

// Survivor is a mutant nobody noticed.
type Survivor struct {
	Mutant     string `json:"mutant"`
	Equivalent string `json:"equivalent,omitempty"` // why it says the same as the original; empty if it does not
}
