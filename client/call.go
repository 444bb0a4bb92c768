package client

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"

	gen "github.com/appgrant/appgrant/gen/client"
	"github.com/appgrant/appgrant/gen/types"
)

// call is one operation.
type call struct {
	op   string
	want int // the status of success
	// repeatable says that carrying it out twice does what once does.
	repeatable bool
	// gone is the code that says that there is nothing to delete.
	gone Code
	// send makes one request.
	send func(ctx context.Context, edit gen.RequestEditorFn) (*http.Response, error)
	// accept reads an answer of that status; nil if there is nothing to read.
	accept func(answer) error
}

// answer is a whole answer.
type answer struct {
	op     string
	status int
	header http.Header
	body   []byte
	// again says that an earlier attempt may have been carried out.
	again bool
	// cut is why the body of a refusal is not all there.
	cut error
	// token is what was sent, and must not come back in an error.
	token string
}

func (a answer) requestID() string { return hide(a.token, a.header.Get("X-Request-Id")) }

// A shorter token is no secret, and any text may have it in it.
const minSecret = 6

// hide takes a token out of what a server says.
func hide(token, text string) string {
	if len(token) < minSecret {
		return text
	}
	return strings.ReplaceAll(text, token, "(token)")
}

// breaks says that the answer breaks the contract somewhere.
func (a answer) breaks(where, problem string) error {
	return &AnswerError{Op: a.op, Status: a.status, RequestID: a.requestID(), Where: where, Problem: problem}
}

// pathError refuses ids, given as names and values, that would make another path, since
// they are empty or dots. Others are escaped, and the service says what it thinks of
// them.
func pathError(op string, ids ...string) error {
	for i := 0; i < len(ids); i += 2 {
		switch ids[i+1] {
		case "":
			return &InputError{Op: op, Field: ids[i], Problem: "is empty"}
		case ".", "..":
			return &InputError{Op: op, Field: ids[i], Problem: "is no id"}
		}
	}
	return nil
}

// do carries a call out, however often that takes.
func (c *Client) do(ctx context.Context, call call) error {
	if c.hooks.Start != nil {
		ctx = c.hooks.Start(ctx, call.op)
	}
	err := c.attempts(ctx, call)
	if c.hooks.End != nil {
		c.hooks.End(ctx, call.op, err)
	}
	return err
}

// attempts sends the request until it is done, or it can't be hoped or must not be
// tried to get it done.
func (c *Client) attempts(ctx context.Context, call call) error {
	var mayBeDone, refreshed bool
	sent := 0
	for tries := 1; ; tries++ {
		token, err := c.tokenFor(ctx)
		if err != nil {
			return &Error{Op: call.op, Attempts: sent, MayBeDone: mayBeDone, Err: err}
		}
		sent++
		a, err := c.attempt(ctx, call, sent, token)
		a.again = mayBeDone

		var problem *Error
		var safe bool // to send it again
		switch {
		case err != nil:
			problem = &Error{Op: call.op, Err: err}
			mayBeDone = mayBeDone || !neverSent(err)
			safe = passes(ctx, err) && (call.repeatable || neverSent(err))
		case a.status == call.want && call.accept == nil:
			return nil
		case a.status == call.want:
			return call.accept(a)
		case a.status < 400:
			return a.breaks("status", fmt.Sprintf("is not %d", call.want))
		default:
			problem = refusal(a)
			if mayBeDone && call.gone != "" && a.status == http.StatusNotFound && problem.Code == call.gone {
				return nil
			}
			mayBeDone = mayBeDone || a.status >= 500
			safe = a.status == http.StatusTooManyRequests ||
				call.repeatable && (a.status >= 500 && a.status != http.StatusNotImplemented || a.cut != nil && passes(ctx, a.cut))
		}
		problem.Attempts, problem.MayBeDone = sent, mayBeDone
		if a.status == http.StatusUnauthorized && !refreshed && c.tokens != nil && c.tokens.refused(token) {
			refreshed = true
			another, err := c.tokens.get(ctx)
			if err == nil && another != token {
				tries--
				continue
			}
			if err != nil {
				problem.Err = err
			}
		}
		if !safe || !c.wait(ctx, tries, problem) {
			return problem
		}
	}
}

// wait waits before the next try, if there is to be one.
func (c *Client) wait(ctx context.Context, tries int, problem *Error) bool {
	wait, more := c.retry.after(tries, problem.RetryAfter)
	if deadline, ok := ctx.Deadline(); !more || ok && time.Until(deadline) <= wait {
		return false
	}
	select {
	case <-time.After(wait):
		return true
	case <-ctx.Done():
		if problem.Err == nil {
			problem.Err = ended(ctx)
		} else {
			problem.Err = fmt.Errorf("%w; %w", problem.Err, ended(ctx))
		}
		return false
	}
}

// tokenFor is the token to send, empty if there is none. It fails if the call is over.
func (c *Client) tokenFor(ctx context.Context) (string, error) {
	switch {
	case ctx.Err() != nil:
		return "", ended(ctx)
	case c.tokens == nil:
		return "", nil
	}
	return c.tokens.get(ctx)
}

// attempt sends the request once. An error means that no whole answer came.
func (c *Client) attempt(ctx context.Context, call call, n int, token string) (a answer, err error) {
	begin := time.Now()
	a = answer{op: call.op, token: token}
	if c.hooks.Attempt != nil {
		defer func() {
			seen := Attempt{
				Op: call.op, Number: n, Status: a.status, RequestID: a.requestID(), Duration: time.Since(begin), Err: err,
			}
			if err == nil {
				seen.Err = a.cut
			}
			c.hooks.Attempt(ctx, seen)
		}()
	}
	timed, cancel := context.WithTimeoutCause(ctx, c.timeout, errTimeout)
	defer cancel()
	resp, err := call.send(timed, func(_ context.Context, req *http.Request) error {
		if c.hooks.Request != nil {
			if err := c.show(ctx, req); err != nil {
				return err
			}
		}
		if !call.repeatable { // with these net/http would repeat it by itself
			req.Header.Del("Idempotency-Key")
			req.Header.Del("X-Idempotency-Key")
		}
		values := [...]string{"application/json", c.userAgent, token} // one piece of memory for all
		req.Header["Accept"], req.Header["User-Agent"] = values[0:1:1], values[1:2:2]
		if delete(req.Header, "X-Auth-Token"); token != "" {
			req.Header["X-Auth-Token"] = values[2:3:3]
		}
		return nil
	})
	if err != nil {
		return a, cause(ctx, timed, token, err)
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	if resp.StatusCode == http.StatusSwitchingProtocols {
		a.status, a.header = resp.StatusCode, resp.Header // its body ends when the server wants, not with the context
		return a, nil
	}
	body, err := readBody(resp)
	if err != nil {
		err = cause(ctx, timed, token, fmt.Errorf("the answer breaks off: %w", err))
		if resp.StatusCode < 400 {
			return a, err
		}
		a.cut = err
	}
	a.status, a.header, a.body = resp.StatusCode, resp.Header, body
	return a, nil
}

// readBody reads a body, as far as a byte more than an answer may have.
func readBody(resp *http.Response) ([]byte, error) {
	if resp.Body == http.NoBody {
		return nil, nil
	}
	const atFirst, atOnce = 512, 64 << 10
	size := max(atFirst, min(resp.ContentLength+1, atOnce)) // one more, so that the end is seen without more room
	body := make([]byte, 0, size)
	for len(body) <= maxAnswer {
		n, err := resp.Body.Read(body[len(body):min(cap(body), maxAnswer+1)])
		body = body[:len(body)+n]
		if errors.Is(err, io.EOF) {
			return body, nil
		}
		if err != nil {
			return body, err
		}
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
	}
	return body, nil
}

// show lets the hook see a copy of the request, which never has the token, also if it is
// kept, and takes the headers that the hook adds.
func (c *Client) show(ctx context.Context, req *http.Request) (err error) {
	seen := req.Clone(ctx)
	if req.GetBody != nil {
		if seen.Body, err = req.GetBody(); err != nil {
			return err
		}
	}
	c.hooks.Request(ctx, seen)
	req.Header = seen.Header.Clone()
	return nil
}

var errTimeout = fmt.Errorf("the attempt took too long: %w", context.DeadlineExceeded)

// cause puts in front of an attempt's error why the attempt or the call ended, if it
// did and the error does not say so, and takes the token out of what the server said.
func cause(ctx, attempt context.Context, token string, err error) error {
	if text := err.Error(); hide(token, text) != text {
		err = &reworded{err, hide(token, text)}
	}
	switch why := context.Cause(attempt); {
	case ctx.Err() != nil:
		err = over{withCause(ctx.Err(), withCause(context.Cause(ctx), err))}
	case why != nil:
		err = withCause(why, err)
	}
	return err
}

// withCause puts why in front of an error, unless that says so.
func withCause(why, err error) error {
	if errors.Is(err, why) {
		return err
	}
	return fmt.Errorf("%w: %w", why, err)
}

// reworded is an error whose text has something in it that must not be told.
type reworded struct {
	err  error
	text string
}

// Error implements error.
func (e *reworded) Error() string { return e.text }

// Is says what the error itself would.
func (e *reworded) Is(target error) bool { return errors.Is(e.err, target) }

// As hands out those errors in it that have no words of a server in them.
func (e *reworded) As(target any) bool {
	switch target.(type) {
	case **net.OpError, **tls.CertificateVerificationError:
		return errors.As(e.err, target)
	}
	return false
}

// over is an error that says that the call's context ended.
type over struct{ error }

// Unwrap returns why.
func (e over) Unwrap() error { return e.error }

// ended is why a context ended.
func ended(ctx context.Context) error { return over{withCause(ctx.Err(), context.Cause(ctx))} }

// neverSent reports whether the request surely did not reach the server.
func neverSent(err error) bool {
	var op *net.OpError
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") || errors.As(err, &certificate)
}

// passes reports whether what went wrong may be right next time.
func passes(ctx context.Context, err error) bool {
	var certificate *tls.CertificateVerificationError
	return ctx.Err() == nil && !errors.As(err, &certificate)
}

// refusal is an answer with a status of 400 or more.
func refusal(a answer) *Error {
	problem := &Error{Op: a.op, Status: a.status, RequestID: a.requestID(), RetryAfter: retryAfter(a.header)}
	if a.cut != nil {
		problem.Err = a.cut
		return problem
	}
	var body types.Error
	if problem.Err = a.decode(&body); problem.Err != nil {
		return problem
	}
	if body.ErrorCode == "" {
		problem.Err = a.breaks("/error_code", "is missing or empty")
	} else if body.ErrorMsg == "" {
		problem.Err = a.breaks("/error_msg", "is missing or empty")
	}
	problem.Code, problem.Message = Code(hide(a.token, body.ErrorCode)), hide(a.token, body.ErrorMsg)
	return problem
}

// decode reads the body. What the contract does not have is left out.
func (a answer) decode(into any) error {
	const want = "application/json"
	media := a.header.Get("Content-Type")
	var err error
	if media != want {
		media, _, err = mime.ParseMediaType(media)
	}
	switch {
	case err != nil || media != want:
		return a.breaks("header Content-Type", "is not application/json")
	case len(a.body) > maxAnswer:
		return a.breaks("body", fmt.Sprintf("is longer than %d bytes", maxAnswer))
	}
	if err = json.Unmarshal(a.body, into); err == nil {
		return nil
	}
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return a.breaks(cmp.Or(pointerAt(a.body, mismatch.Offset), "body"), "is of another type")
	}
	return a.breaks("body", "is not JSON")
}
