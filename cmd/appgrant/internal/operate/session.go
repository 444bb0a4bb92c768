package operate

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/remote"
	admin "github.com/appgrant/appgrant/gen/admin/client"
	"github.com/appgrant/appgrant/gen/admin/types"
)

// maxAnswer is how long an answer may be, in bytes.
const maxAnswer = 64 << 20

var errTimeout = errors.New("the request took too long")

// session is a command over the admin contract that is being carried out.
type session struct {
	*remote.Target
	cmd  *cobra.Command
	args []string
	api  *admin.Client
	// secrets are what no text may have in it.
	secrets []string
}

// newSession begins one.
func newSession(t *remote.Target, cmd *cobra.Command, args []string) (*session, error) {
	token, err := t.Token.Value(cmd, t.DryRun)
	if err != nil {
		return nil, err
	}
	// Both contracts have the same idea of what an endpoint is.
	if _, err := remote.NewClient(t.Endpoint); err != nil {
		return nil, err
	}
	hc := t.HTTPClient(cmd.OutOrStdout())
	if hc == nil {
		hc = &http.Client{}
	}
	// A redirect would carry the token elsewhere.
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	api, err := admin.NewClient(t.Endpoint, admin.WithHTTPClient(hc), admin.WithRequestEditorFn(
		func(_ context.Context, req *http.Request) error {
			req.Header.Set("Accept", "application/json")
			req.Header.Set("User-Agent", "appgrant-cli")
			req.Header.Set("X-Auth-Token", token)
			return nil
		}))
	if err != nil {
		return nil, err
	}
	return &session{Target: t, cmd: cmd, args: args, api: api, secrets: []string{token}}, nil
}

// send makes one request of the contract.
type send func(ctx context.Context, api *admin.Client) (*http.Response, error)

// call makes one request. It returns the body of a success, which is like a value of
// the contract; if that is nil, the success has no body. Errors have exit statuses.
func (s *session) call(op string, like any, send send) (json.RawMessage, error) {
	a, err := s.exchange(op, send)
	if err == nil {
		err = s.accept(a, like)
	}
	if err != nil {
		return nil, remote.Judged(s.reword(err))
	}
	return a.body, nil
}

// minSecret is how long a secret is, in bytes. Any text may have something shorter in it.
const minSecret = 6

// reword takes out of an error's text what was sent in secret and came back.
func (s *session) reword(err error) error {
	text := err.Error()
	for _, secret := range s.secrets {
		if len(secret) >= minSecret {
			text = strings.ReplaceAll(text, secret, "(secret)")
		}
	}
	return rewordedError{err, text}
}

// rewordedError is an error with another text.
type rewordedError struct {
	error
	text string
}

// Error implements error.
func (e rewordedError) Error() string { return e.text }

func (e rewordedError) Unwrap() error { return e.error }

// reply is a whole answer.
type reply struct {
	op     string
	status int
	header http.Header
	body   []byte
}

func (s *session) exchange(op string, send send) (a reply, err error) {
	ctx, cancel := context.WithTimeoutCause(s.cmd.Context(), s.Timeout, errTimeout)
	defer cancel()
	resp, err := send(ctx, s.api)
	if err != nil {
		return reply{}, &client.Error{Op: op, Attempts: 1, Err: err}
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return reply{}, &client.Error{Op: op, Attempts: 1, Err: fmt.Errorf("the answer breaks off: %w", err)}
	}
	return reply{op, resp.StatusCode, resp.Header, body}, nil
}

// accept tells a success from all else.
func (s *session) accept(a reply, like any) error {
	want := http.StatusOK
	if like == nil {
		want = http.StatusNoContent
	}
	switch {
	case a.status == want && like == nil:
		return nil
	case a.status == want:
		return a.decode(like)
	case a.status < http.StatusBadRequest:
		return a.breaks("status", fmt.Sprintf("is not %d", want))
	}
	refusal := &client.Error{Op: a.op, Status: a.status, RequestID: a.requestID(), Attempts: 1}
	if refusal.Err = a.decode(types.Error{}); refusal.Err != nil {
		return refusal
	}
	var body types.Error
	if err := json.Unmarshal(a.body, &body); err != nil {
		return err // not after it was decoded
	}
	refusal.Code, refusal.Message = client.Code(body.ErrorCode), body.ErrorMsg
	return refusal
}

func (a reply) requestID() string { return a.header.Get("X-Request-Id") }

// breaks says that the answer breaks the contract somewhere.
func (a reply) breaks(where, problem string) error {
	return &client.AnswerError{Op: a.op, Status: a.status, RequestID: a.requestID(), Where: where, Problem: problem}
}

// decode refuses a body that is not like a value of the contract. Members that the
// contract does not have are no fault.
func (a reply) decode(like any) error {
	media, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	switch {
	case err != nil || media != "application/json":
		return a.breaks("header Content-Type", "is not application/json")
	case len(a.body) > maxAnswer:
		return a.breaks("body", fmt.Sprintf("is longer than %d bytes", maxAnswer))
	}
	shape := reflect.TypeOf(like)
	var mismatch *json.UnmarshalTypeError
	err = json.Unmarshal(a.body, reflect.New(shape).Interface())
	switch {
	case errors.As(err, &mismatch) && mismatch.Field != "":
		return a.breaks("/"+strings.ReplaceAll(mismatch.Field, ".", "/"), "is of another type")
	case errors.As(err, &mismatch):
		return a.breaks("body", "is of another type")
	case err != nil:
		return a.breaks("body", "is not JSON")
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(a.body))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return err // not after it was unmarshalled
	}
	if where, ok := lacking(shape, value, ""); ok {
		return a.breaks(cmp.Or(where, "body"), "is missing")
	}
	return nil
}

// lacking finds a place where a value has nothing although the contract requires
// something there, which generated types tell by their tags.
func lacking(shape reflect.Type, value any, at string) (where string, found bool) {
	if value == nil {
		return at, true
	}
	switch shape.Kind() {
	case reflect.Slice:
		items, _ := value.([]any)
		for i, item := range items {
			if where, found = lacking(shape.Elem(), item, at+"/"+strconv.Itoa(i)); found {
				return where, true
			}
		}
	case reflect.Struct:
		members, _ := value.(map[string]any)
		for field := range shape.Fields() {
			name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			if members[name] == nil && options != "" {
				continue
			}
			if where, found = lacking(field.Type, members[name], at+"/"+name); found {
				return where, true
			}
		}
	default: // what is there is enough
	}
	return "", false
}
