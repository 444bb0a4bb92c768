// Package oracle knows what errors mean: which status a code belongs to, which text
// goes with it, and what of the request that text must repeat. A schema can't say
// that, since all errors share one.
package oracle

import (
	"bytes"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

//go:embed codes.yaml
var codes []byte

// services are the tables of codes that each operation answers from, besides the
// gateway's.
var services = map[string]string{
	"CreateAuthorizingAppsV2":      "apig",
	"CancelingAuthorizationV2":     "apig",
	"DeleteAppCodeV2":              "roma",
	"DeleteApiAppAuth":             "modelarts",
	"DeleteApiAppAuthAlias":        "modelarts",
	"AuthorizeActionApiToInstance": "dataarts",
	"":                             "unrouted",
}

// Service names the service of an operation as folders of cases do, such as apig;
// it is empty for an operation of none.
func Service(operationID string) string {
	if operationID == "" {
		return ""
	}
	return services[operationID]
}

// Oracle is the table of codes. It may be used by any number of goroutines.
type Oracle struct{ tables map[string][]entry }

type entry struct {
	Status int
	Code   string
	Text   string
	syntax *regexp.Regexp
	echoes []string // placeholders in the order of syntax's groups
}

// Load reads the table that this build carries.
func Load() (*Oracle, error) {
	loader, err := yaml.NewLoader(bytes.NewReader(codes), yaml.WithKnownFields())
	if err != nil {
		return nil, fmt.Errorf("table of error codes: %w", err)
	}
	o := &Oracle{}
	if err := loader.Load(&o.tables); err != nil {
		return nil, fmt.Errorf("table of error codes: %w", err)
	}
	for _, table := range o.tables {
		for i := range table {
			if err := table[i].compile(); err != nil {
				return nil, fmt.Errorf("table of error codes: %w", err)
			}
		}
	}
	return o, nil
}

var placeholder = regexp.MustCompile(`\\\{([a-z]+)\\\}`)

func (e *entry) compile() error {
	pattern := regexp.QuoteMeta(e.Text)
	pattern = strings.NewReplacer(`\[`, `(?:`, `\]`, `)?`).Replace(pattern)
	pattern = placeholder.ReplaceAllStringFunc(pattern, func(found string) string {
		e.echoes = append(e.echoes, placeholder.FindStringSubmatch(found)[1])
		return `(.+)`
	})
	var err error
	e.syntax, err = regexp.Compile(`(?s)\A` + pattern + `\z`)
	return err
}

// Explain tells what is wrong with an error's code and text, in words; nothing if
// nothing is. operationID is the contract's, or empty for a request that no
// operation takes. echo gives what may stand in the place of a placeholder; if it
// is nil, or gives nil, anything may.
func (o *Oracle) Explain(operationID string, status int, code, text string, echo func(placeholder string) []string) []string {
	service, known := services[operationID]
	if !known {
		return nil
	}
	table := slices.Concat(o.tables["gateway"], o.tables[service])
	sameCode := slices.DeleteFunc(slices.Clone(table), func(e entry) bool { return e.Code != code })
	if len(sameCode) == 0 {
		return []string{fmt.Sprintf("%s is no code of %s", code, operationName(operationID))}
	}
	candidates := slices.DeleteFunc(slices.Clone(sameCode), func(e entry) bool { return e.Status != status && e.Status != 0 })
	if len(candidates) == 0 {
		return []string{fmt.Sprintf("%s belongs to the status %d, not to %d", code, sameCode[0].Status, status)}
	}
	var problems []string
	for _, e := range candidates {
		problem := e.explain(text, echo)
		if problem == "" {
			return nil
		}
		if !slices.Contains(problems, problem) {
			problems = append(problems, problem)
		}
	}
	return problems[len(problems)-1:]
}

// explain holds a text against the entry's.
func (e entry) explain(text string, echo func(string) []string) string {
	groups := e.syntax.FindStringSubmatch(text)
	if groups == nil {
		return fmt.Sprintf("the text of %s is %q, not like %q", e.Code, text, e.Text)
	}
	for i, name := range e.echoes {
		said := groups[i+1]
		if echo == nil || said == "" || name == "why" || name == "time" {
			continue
		}
		if may := echo(name); may != nil && !slices.Contains(may, said) {
			return fmt.Sprintf("the text of %s names %s %q, which the request does not have (it has %s)", e.Code, name, said, strings.Join(may, ", "))
		}
	}
	return ""
}

// Knows reports whether a code is in the table of an operation's service, or the
// gateway's.
func (o *Oracle) Knows(operationID, code string) bool {
	return slices.ContainsFunc(slices.Concat(o.tables["gateway"], o.tables[services[operationID]]), func(e entry) bool { return e.Code == code })
}

func operationName(id string) string {
	if id == "" {
		return "a path without operation"
	}
	return id
}
