// Package judge holds exchanges against the contract, whoever sent them: what the
// contract has for the status, what the wire asks of any answer, and what the answer
// means in the light of its request. It also counts what was exercised.
package judge

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/appgrant/appgrant/conformance/internal/exchange"
	"github.com/appgrant/appgrant/conformance/internal/oracle"
	"github.com/appgrant/appgrant/conformance/report"
)

// Options say how strict a judge is.
type Options struct {
	// Rulings holds answers to what this project decided where the documents are
	// silent, too: texts, headers and members that only a ruling asks for.
	Rulings bool
	// Strict finds fault with members that the contract does not have.
	Strict bool
}

// Judge holds exchanges against one contract. It may be used by any number of
// goroutines.
type Judge struct {
	Options
	oracle     *oracle.Oracle
	operations []*Operation
	coverage   *coverage

	mu  sync.Mutex
	ids map[string]bool // the trace ids seen
}

// Operation is one operation of a contract.
type Operation struct {
	ID, Method, Path string
	spec             *openapi3.Operation
	parameters       openapi3.Parameters
	body             *openapi3.Schema // of the request, nil if it has none
	segments         []string
}

// New makes a judge of a contract.
func New(doc *openapi3.T, opts Options) (*Judge, error) {
	codes, err := oracle.Load()
	if err != nil {
		return nil, err
	}
	j := &Judge{Options: opts, oracle: codes, ids: map[string]bool{}}
	for _, path := range doc.Paths.InMatchingOrder() {
		item := doc.Paths.Value(path)
		for method, spec := range item.Operations() {
			op := &Operation{
				ID: spec.OperationID, Method: method, Path: path, spec: spec, segments: strings.Split(path, "/"),
				parameters: slices.Concat(item.Parameters, spec.Parameters),
			}
			if spec.RequestBody != nil {
				if media := spec.RequestBody.Value.Content.Get("application/json"); media != nil {
					op.body = media.Schema.Value
				}
			}
			j.operations = append(j.operations, op)
		}
	}
	slices.SortFunc(j.operations, func(a, b *Operation) int { return strings.Compare(a.ID, b.ID) })
	j.coverage = newCoverage(j.operations)
	return j, nil
}

// Operation is the operation of that id, nil if there is none.
func (j *Judge) Operation(id string) *Operation {
	for _, op := range j.operations {
		if op.ID == id {
			return op
		}
	}
	return nil
}

// Find is the operation that takes a request, nil if none does, with the parameters
// of its path. The path is escaped, as it stands in the request line.
func (j *Judge) Find(method, path string) (*Operation, map[string]string) {
	for _, op := range j.operations {
		if op.Method == method {
			if parameters := op.match(path); parameters != nil {
				return op, parameters
			}
		}
	}
	return nil, nil
}

func (op *Operation) match(path string) map[string]string {
	segments := strings.Split(path, "/")
	if len(segments) != len(op.segments) {
		return nil
	}
	parameters := map[string]string{}
	for i, template := range op.segments {
		if name, isParameter := strings.CutPrefix(template, "{"); isParameter {
			if segments[i] == "" && i == len(segments)-1 {
				return nil // a slash at the end; elsewhere it is an id, if a bad one
			}
			parameters[strings.TrimSuffix(name, "}")] = unescape(segments[i])
		} else if template != segments[i] {
			return nil
		}
	}
	return parameters
}

// Judge holds one exchange against the contract, and counts it. prefix is the part of
// the URL's path in front of the contract's.
func (j *Judge) Judge(x *exchange.Exchange, prefix string) []report.Finding {
	c := j.consider(x, prefix)
	if c == nil {
		return nil
	}
	if x.Err != nil {
		c.find(report.Wire, "", "no whole answer: %v", x.Err)
		return c.findings
	}
	c.judgeWire()
	c.judgeContract()
	c.judgeMeaning()
	j.coverage.count(c)
	return c.findings
}

// consideration is one exchange under judgement.
type consideration struct {
	*Judge
	*exchange.Exchange
	operation *Operation // nil if none takes it
	path      map[string]string
	faults    []fault // what the contract has against the request
	hasBody   bool    // the answer has one, and it is JSON
	decoded   any     // what it is; null is nil
	response  *openapi3.Response
	findings  []report.Finding
}

func (j *Judge) consider(x *exchange.Exchange, prefix string) *consideration {
	c := &consideration{Judge: j, Exchange: x}
	path, below := strings.CutPrefix(x.URL.EscapedPath(), prefix)
	if !below {
		return nil
	}
	c.operation, c.path = j.Find(x.Method, path)
	if c.operation != nil {
		c.faults = c.requestFaults()
		if response := c.operation.spec.Responses.Status(x.Status); response != nil {
			c.response = response.Value
		}
	}
	return c
}

func (c *consideration) find(layer report.Layer, where, format string, args ...any) {
	c.findings = append(c.findings, report.Finding{Layer: layer, Where: where, Message: fmt.Sprintf(format, args...)})
}

// id is the operation's id, empty if no operation takes the request.
func (c *consideration) id() string {
	if c.operation == nil {
		return ""
	}
	return c.operation.ID
}

// isHead reports whether the answer has no body because of the method.
func (c *consideration) isHead() bool { return c.Method == http.MethodHead }
