package client

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Error says that a call did not succeed: the service refused it or failed (Status is 400
// or more), or no whole answer came (Status is 0).
type Error struct {
	// Op is the call, such as APIG.AuthorizeApps.
	Op string
	// Status is that of the answer, 0 if none came.
	Status int
	// Code is the service's error_code, such as APIG.3009. It is empty if the answer
	// had none, as that of a proxy in between.
	Code Code
	// Message is the service's error_msg.
	Message string
	// RequestID is the trace id of the exchange, for those who run the service.
	RequestID string
	// RetryAfter is how long the service asked to wait, 0 if it did not.
	RetryAfter time.Duration
	// Attempts is how often the request was sent.
	Attempts int
	// MayBeDone says that the service may have done all the same what it was asked for:
	// it failed, or an answer was lost. Without it, it surely has not.
	MayBeDone bool
	// Err is the cause, if there is more to say: why no answer came, or an
	// [*AnswerError] that tells what is wrong with the answer's body.
	Err error
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op + ":")
	if e.Status != 0 {
		fmt.Fprintf(&b, " %d", e.Status)
		if e.Code == "" {
			b.WriteString(" " + http.StatusText(e.Status))
		}
	}
	if e.Code != "" {
		b.WriteString(" " + string(e.Code))
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (request %s)", e.RequestID)
	}
	var answer *AnswerError
	switch {
	case errors.As(e.Err, &answer) && errors.Is(answer, e.Err):
		b.WriteString("; " + answer.gist())
	case e.Err != nil && e.Status != 0:
		b.WriteString("; " + e.Err.Error())
	case e.Err != nil:
		b.WriteString(" " + e.Err.Error())
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (attempt %d)", e.Attempts)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is this error's code or the class of its status.
func (e *Error) Is(target error) bool {
	switch target := target.(type) {
	case Code:
		return target != "" && target == e.Code
	case class:
		if target.from == 0 {
			var ended over
			return e.Status == 0 && !errors.Is(e.Err, ErrToken) && !errors.As(e.Err, &ended)
		}
		return target.from <= e.Status && e.Status <= target.to
	}
	return false
}

// Code is an error_code of a service. errors.Is(err, Code("APIG.3009")) reports
// whether err, or one of the errors in it, has that code.
type Code string

// Error implements error.
func (c Code) Error() string { return string(c) }

// class is a range of statuses.
type class struct {
	from, to int
	name     string
}

// Error implements error.
func (c class) Error() string { return c.name }

// The classes of an [*Error], for errors.Is.
var (
	ErrBadRequest   error = class{400, 400, "bad request"}
	ErrUnauthorized error = class{401, 401, "missing, unknown or expired token"}
	ErrForbidden    error = class{403, 403, "forbidden"}
	ErrNotFound     error = class{404, 404, "not found"}
	ErrTooLarge     error = class{413, 413, "body over the limit"}
	ErrThrottled    error = class{429, 429, "too many requests"}
	ErrServer       error = class{500, 599, "the service failed"}
	// ErrUnreachable is the class of errors without an answer, where neither the
	// token source nor the end of the call's context is to blame.
	ErrUnreachable error = class{0, 0, "no answer"}
)

// ErrPartial is the class of a [*PartialError] of which something is done, for errors.Is.
var ErrPartial = errors.New("some of it is done")

// ErrToken says that the token source gave no token that can be sent.
var ErrToken = errors.New("no token")

// InputError says that a call can't be made with these arguments. Nothing was sent.
type InputError struct {
	Op      string // the call, or New
	Field   string // the argument
	Problem string // what is wrong with it
}

// Error implements error.
func (e *InputError) Error() string { return fmt.Sprintf("%s: %s %s", e.Op, e.Field, e.Problem) }

// AnswerError says that an answer is not what the contract allows. What was asked for
// may have been done.
type AnswerError struct {
	Op        string // the call
	Status    int    // of the answer
	RequestID string // of the exchange
	// Where is the place in the answer: "status", "header Content-Type", "body", or a
	// JSON pointer into the body such as /auths/3/auth_result/status.
	Where   string
	Problem string // what is wrong there
}

// Error implements error.
func (e *AnswerError) Error() string {
	request := ""
	if e.RequestID != "" {
		request = ", request " + e.RequestID
	}
	return fmt.Sprintf("%s: %s (status %d%s)", e.Op, e.gist(), e.Status, request)
}

func (e *AnswerError) gist() string {
	return fmt.Sprintf("the answer breaks the contract at %s: %s", e.Where, e.Problem)
}

// PartialError says how much of a list is done, and why the rest is not.
type PartialError struct {
	Op          string // the call
	Done, Total int    // pairs of app and API, or apps
	// Errs is why the rest is not: an [*ItemError] for each that the service could
	// not do, in the order of the result, and then what ended the call, if anything.
	Errs []error
}

// Error implements error.
func (e *PartialError) Error() string {
	text := fmt.Sprintf("%s: %d of %d done", e.Op, e.Done, e.Total)
	if len(e.Errs) > 0 {
		text += ": " + e.Errs[0].Error()
	}
	if more := len(e.Errs) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// Is reports whether target is [ErrPartial] and something is done.
func (e *PartialError) Is(target error) bool { return target == ErrPartial && e.Done > 0 }

// Unwrap returns Errs.
func (e *PartialError) Unwrap() []error { return e.Errs }

// partial is the error of a call that did done of total things, given the problems of
// single ones and of whole requests.
func partial(op string, done, total int, items, requests []error) error {
	switch {
	case len(items) == 0 && len(requests) == 0:
		return nil
	case len(items) == 0 && len(requests) == 1 && (done == 0 || done == total):
		return requests[0]
	}
	return &PartialError{Op: op, Done: done, Total: total, Errs: slices.Concat(items, requests)}
}

// ItemError says that a service could not do something for one app and API.
type ItemError struct {
	AppID, APIID string
	Code         Code   // empty in ModelArts
	Message      string // why
}

// Error implements error.
func (e *ItemError) Error() string {
	text := fmt.Sprintf("app %s, API %s: ", e.AppID, e.APIID)
	if e.Code != "" {
		text += string(e.Code) + ": "
	}
	return text + e.Message
}

// Is reports whether target is this error's code.
func (e *ItemError) Is(target error) bool { return target == e.Code && e.Code != "" }
