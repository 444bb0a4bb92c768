package contract

import (
	"mime"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// about is what a statement is about: a subject, such as
// "POST /v2/… request body.app_ids[]", and what is said of it, such as "type".
type about struct{ subject, predicate string }

// statement is one thing that a contract says.
type statement struct {
	about
	value string // canonical
	at    *place
	// ruled: an x-ruling marks it as a decision.
	ruled bool
	// own: one that stands below the operation does, not only one that is on the
	// operation as a whole or further out.
	own bool
	// shared: it comes from a security requirement that all operations share, and
	// with it its mark.
	shared bool
}

// Predicates that are no keyword of OpenAPI.
const (
	present   = "present"    // the subject is there
	mediaType = "media type" // a body may have it
	example   = "example"
	broken    = "broken" // it can't be read; never covered by an x-ruling
	unused    = "unused" // no operation reaches it
)

// yes is the value of what is present or required.
const yes = "true"

// several reports whether a subject may have several values of a predicate.
func several(predicate string) bool { return predicate == mediaType || predicate == example }

// prose are the members that say nothing to a program, wherever they stand.
var prose = map[string]bool{
	"title": true, "summary": true, "description": true, "externalDocs": true, "$comment": true,
	ruling: true,
}

// extension reports whether a member is somebody's extension of OpenAPI, which is
// prose wherever nothing here knows it.
func extension(key string) bool { return strings.HasPrefix(key, "x-") }

// documentKey names, in an operation, the document that it is from.
const documentKey = "x-document"

// silent are the values that say what holds without them, too.
var silent = map[string]string{
	"required":         "false",
	"deprecated":       "false",
	"nullable":         "false",
	"readOnly":         "false",
	"writeOnly":        "false",
	"uniqueItems":      "false",
	"exclusiveMinimum": "false",
	"exclusiveMaximum": "false",
	"allowEmptyValue":  "false",
	"allowReserved":    "false",
	"minItems":         "0",
	"minLength":        "0",
	"minProperties":    "0",

	"additionalProperties": "true",
	"jsonSchemaDialect":    `"https://spec.openapis.org/oas/3.1/dialect/base"`,
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// field is the subject of a member of an object.
func field(subject, name string) string {
	if !plainName.MatchString(name) {
		name = strconv.Quote(name)
	}
	return subject + "." + name
}

// parameterSubject is the subject of a parameter, or of an answer's header.
func parameterSubject(of, in, name string) string {
	if in == "header" {
		name = textproto.CanonicalMIMEHeaderKey(name)
	}
	return of + " " + in + " " + name
}

func requestBody(operation string) string { return operation + " request body" }

func response(operation, status string) string { return operation + " " + status }

func responseBody(operation, status string) string { return operation + " " + status + " body" }

// plainMedium is a media type without what it says anyway: JSON is in UTF-8.
func plainMedium(medium string) string {
	name, parameters, err := mime.ParseMediaType(medium)
	if err != nil || name != "application/json" || len(parameters) > 1 {
		return medium
	}
	if charset, ok := parameters["charset"]; len(parameters) == 1 && (!ok || !strings.EqualFold(charset, "utf-8")) {
		return medium
	}
	return name
}

// ofMedia is the subject of a body in one media type; JSON is taken for granted.
func ofMedia(body, medium string) string {
	if medium == "application/json" {
		return body
	}
	return body + " (" + medium + ")"
}

// set writes a list whose order means nothing so that equal ones read the same.
func set(values []any) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = canonical(value)
	}
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), ", ")
}
