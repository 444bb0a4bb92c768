// Package documents holds what the published documents say, as data: one file for
// each, with its URI, every row of its tables, its statuses, its examples to the
// byte, and its known mistakes. Beside that, and told apart from it, the files
// record what this project decided where the documents are silent.
package documents

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v4"
)

//go:embed *.yaml
var files embed.FS

// Document is one document, and what was decided beside it.
type Document struct {
	Name     string    `yaml:"name"` // such as apig-authorize-apps
	Service  string    `yaml:"service"`
	URI      URI       `yaml:"uri"`
	Alias    *URI      `yaml:"alias"` // a second URI of the same operation
	Statuses []Status  `yaml:"statuses"`
	Tables   []Table   `yaml:"tables"`
	Examples []Example `yaml:"examples"`
	Errata   []Erratum `yaml:"errata"`
}

// Ruled is what was decided of a thing that is documented: a value by the keyword
// that the contract has for it.
type Ruled map[string]any

// URI is where an operation is, and what it is called.
type URI struct {
	Method      string `yaml:"method"`
	Path        string `yaml:"path"`
	OperationID string `yaml:"operation_id"`
	Decided     bool   `yaml:"decided"` // the document lost it
	Ruled       Ruled  `yaml:"ruled"`   // method, operationId
}

// Status is a status code.
type Status struct {
	Code    int    `yaml:"code"`
	Reason  string `yaml:"reason"` // the phrase; empty if the document has a sentence there
	Decided bool   `yaml:"decided"`
}

// Places a table can stand in.
const (
	InPath   = "path"
	InQuery  = "query"
	InHeader = "header"
	InBody   = "body"
)

// Table is a table of parameters or members.
type Table struct {
	Name     string `yaml:"name"`     // the number the document gives it, or our words for it
	In       string `yaml:"in"`       // empty for the members of a named object
	Object   string `yaml:"object"`   // the name of that object
	Statuses []int  `yaml:"statuses"` // the answers it is about; none if it is about the request
	Decided  bool   `yaml:"decided"`  // wholly, so that each row is a decision
	Rows     []Row  `yaml:"rows"`
	// Exemplified: there is no such table. That these members exist, and of what type
	// they are, is known from an example alone.
	Exemplified bool `yaml:"exemplified"`
}

// Row is a row of a table.
type Row struct {
	Name      string   `yaml:"name"`
	Mandatory string   `yaml:"mandatory"` // Yes or No; empty where the table has no such column
	Type      string   `yaml:"type"`      // as the document writes it, such as Array of strings
	Enum      []string `yaml:"enum"`
	Default   *string  `yaml:"default"`
	Decided   bool     `yaml:"decided"`
	Ruled     Ruled    `yaml:"ruled"` // keywords of a schema; those below items are of a list's items
}

// Example is a request's or an answer's body.
type Example struct {
	Status  int    `yaml:"status"` // of the answer; 0 for a request
	Line    string `yaml:"line"`   // the request line, where the document prints one
	Text    string `yaml:"text"`   // to the byte
	Decided bool   `yaml:"decided"`
}

// Kinds of mistake.
const (
	LostURI    = "lost-uri"    // the URI is missing
	LongYear   = "long-year"   // a year of more than four digits
	AnotherApp = "another-app" // an answer names another app than its request
	PastTime   = "past-time"   // a time that must lie ahead has passed
	NoMethod   = "no-method"   // a URI without a method
)

// Erratum is a known mistake of a document.
type Erratum struct {
	Kind   string `yaml:"kind"`
	Status int    `yaml:"status"` // of the example it is in; 0 for a request
	Field  string `yaml:"field"`  // in the example, such as auths[].auth_time
	About  string `yaml:"about"`
}

// Load reads all documents, in the order of their names. The result is the
// caller's own. An error means that this build carries a broken file, which its
// tests don't let pass.
func Load() ([]Document, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	all := make([]Document, len(names))
	for i, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if all[i], err = Parse(text); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return all, nil
}

// Parse reads the file of a document. A key that is not known is an error.
func Parse(text []byte) (Document, error) {
	var d Document
	loader, err := yaml.NewLoader(bytes.NewReader(text), yaml.WithKnownFields())
	if err != nil {
		return d, err
	}
	err = loader.Load(&d)
	return d, err
}

// OperationID is what the operation is called, by the document or by decision.
func (d Document) OperationID() string { return d.URI.Name() }

// Name is the operationId, by the document or by decision.
func (u URI) Name() string {
	if id, ok := u.Ruled["operationId"].(string); ok {
		return id
	}
	return u.OperationID
}

// Request is the documented example of a request; ok is false if there is none.
func (d Document) Request() (example Example, ok bool) {
	for _, e := range d.Examples {
		if e.Status == 0 {
			return e, true
		}
	}
	return Example{}, false
}

// Responses are the examples of answers of a status, decided ones included.
func (d Document) Responses(status int) []Example {
	var found []Example
	for _, e := range d.Examples {
		if e.Status == status && status != 0 {
			found = append(found, e)
		}
	}
	return found
}

// Object is the table of a named object; ok is false if there is none.
func (d Document) Object(name string) (table Table, ok bool) {
	for _, t := range d.Tables {
		if t.Object == name && name != "" {
			return t, true
		}
	}
	return Table{}, false
}
