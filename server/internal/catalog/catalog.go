// Package catalog reads the YAML file that says what exists. It is strict: what
// it does not know, finds twice or cannot resolve it refuses, with the line.
package catalog

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// MaxSize is how long a catalog file may be, in bytes.
const MaxSize = 64 << 20

// Demo is the built-in catalog, whose ids and tokens the documentation uses.
//
//go:embed demo.yaml
var Demo []byte

// Problem is one thing that is wrong with a catalog file.
type Problem struct {
	Line int // counted from 1; 0 if the problem has no place
	Msg  string
}

// Problems is everything that is wrong with a catalog file, in the order found;
// never empty.
type Problems struct {
	File string
	List []Problem
}

// Error tells the first problem, with file and line.
func (p *Problems) Error() string {
	text := p.Lines()[0]
	if more := len(p.List) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// Lines tells each problem, with file and line.
func (p *Problems) Lines() []string {
	lines := make([]string, len(p.List))
	for i, problem := range p.List {
		place := p.File
		if problem.Line > 0 {
			place += fmt.Sprintf(":%d", problem.Line)
		}
		lines[i] = place + ": " + problem.Msg
	}
	return lines
}

// Parse reads a catalog. file is the name that errors call it by; every error is
// a [*Problems].
func Parse(file string, data []byte) (grant.Catalog, error) { return parse(file, data, converter{}) }

// ParsePart reads a part of a catalog, in JSON, which may refer to what exists
// already. Every error is an Invalid [*grant.Error].
func ParsePart(data []byte) (grant.Catalog, error) {
	c, err := parse("", []byte(spelledOut.Replace(string(data))), converter{part: true})
	var problems *Problems
	if errors.As(err, &problems) {
		err = &grant.Error{Kind: grant.Invalid, Field: "the catalog", Msg: problems.List[0].Msg}
	}
	return c, err
}

// spelledOut spells out those characters of JSON that YAML takes for something else.
var spelledOut = strings.NewReplacer("\u0085", `\u0085`, "\ufffe", `\ufffe`, "\uffff", `\uffff`)

func parse(file string, data []byte, c converter) (grant.Catalog, error) {
	refuse := func(list ...Problem) (grant.Catalog, error) {
		return grant.Catalog{}, &Problems{File: file, List: list}
	}
	if len(data) > MaxSize {
		return refuse(Problem{Msg: fmt.Sprintf("larger than %d bytes", MaxSize)})
	}
	var root yaml.Node
	if err := yaml.Load(data, &root); err != nil {
		return refuse(yamlProblems(err)...)
	}
	if odd := oddities(&root); len(odd) > 0 {
		return refuse(odd...)
	}
	var f fileEntry
	if err := root.Load(&f, yaml.WithKnownFields()); err != nil {
		return refuse(yamlProblems(err)...)
	}
	catalog := c.convert(f)
	if len(c.problems) > 0 {
		return refuse(c.problems...)
	}
	return catalog, nil
}

// oddities are what YAML has and a catalog has no use for, so that it can only be
// a mistake: tags, and list items that are nothing.
func oddities(n *yaml.Node) []Problem {
	var odd []Problem
	if n.Style&yaml.TaggedStyle != 0 {
		odd = append(odd, Problem{n.Line, "a tag"})
	}
	for _, child := range n.Content {
		if n.Kind == yaml.SequenceNode && child.ShortTag() == "!!null" {
			odd = append(odd, Problem{child.Line, "a list item that is nothing"})
			continue
		}
		odd = append(odd, oddities(child)...)
	}
	return odd
}

// yamlProblems puts the library's findings into words that don't mention Go.
func yamlProblems(err error) []Problem {
	var many *yaml.LoadErrors
	if errors.As(err, &many) && len(many.Errors) > 0 {
		problems := make([]Problem, 0, len(many.Errors))
		for _, e := range many.Errors {
			problems = append(problems, yamlProblem(e))
		}
		return problems
	}
	var one *yaml.LoadError
	if errors.As(err, &one) {
		return []Problem{yamlProblem(one)}
	}
	return []Problem{{Msg: err.Error()}}
}

// yamlProblem repeats nothing of the file but keys and references that are spelt
// like names: anything else may be a secret in the wrong place.
func yamlProblem(e *yaml.LoadError) Problem {
	msg := strings.TrimPrefix(e.Message, "yaml: ")
	name, isField := strings.CutPrefix(msg, "field ")
	name, _, _ = strings.Cut(name, " not found in type")
	switch {
	case isField && idSyntax.MatchString(name):
		msg = fmt.Sprintf("unknown key %q", name)
	case isField:
		msg = "unknown key"
	case strings.HasPrefix(msg, "mapping key "):
		key, where, _ := strings.Cut(strings.TrimPrefix(msg, "mapping key "), " already defined ")
		if !idSyntax.MatchString(strings.Trim(key, `"`)) {
			msg = "key already defined " + where
		}
	case strings.HasPrefix(msg, "cannot construct"), strings.ContainsAny(msg, "`'\""):
		msg = "a value of the wrong kind"
	}
	return Problem{Line: e.Mark.Line, Msg: msg}
}
