// Package exchange sends requests as they are, bad ones included, and keeps what was
// sent and what was answered.
package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/appgrant/appgrant/conformance/report"
)

// TokenHeader carries the caller's token.
const TokenHeader = "X-Auth-Token"

// MaxBody is how much of an answer is read, in bytes. A longer one counts as broken.
const MaxBody = 16 << 20

// Exchange is a request and its answer.
type Exchange struct {
	Method        string
	URL           *url.URL
	RequestHeader http.Header
	RequestBody   []byte

	Status   int // 0 if no answer came
	Header   http.Header
	Body     []byte
	Err      error // the answer did not come, or not whole
	Duration time.Duration
}

// Do sends the request of an exchange and completes it with the answer. Redirects are
// answers like others.
func (x *Exchange) Do(ctx context.Context, client *http.Client) {
	start := time.Now()
	defer func() { x.Duration = time.Since(start) }()
	var body io.Reader
	if x.RequestBody != nil {
		body = bytes.NewReader(x.RequestBody)
	}
	req, err := http.NewRequestWithContext(ctx, x.Method, x.URL.String(), body)
	if err != nil {
		x.Err = err
		return
	}
	req.Header = x.RequestHeader.Clone()
	resp, err := client.Do(req)
	if err != nil {
		x.Err = err
		return
	}
	defer func() { _ = resp.Body.Close() }()
	x.Status, x.Header = resp.StatusCode, resp.Header
	x.Body, x.Err = io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
	if len(x.Body) > MaxBody {
		x.Err = fmt.Errorf("the answer is longer than %d bytes", MaxBody)
	}
}

// Unreachable reports whether nobody answered at all.
func (x *Exchange) Unreachable() bool {
	return x.Status == 0 && x.Err != nil && !errors.Is(x.Err, context.Canceled)
}

// Refused reports whether there was not even a connection.
func (x *Exchange) Refused() bool {
	var op *net.OpError
	return x.Status == 0 && errors.As(x.Err, &op) && op.Op == "dial"
}

// secret are headers whose values nobody must see.
var secret = []string{TokenHeader, "Authorization", "X-Apig-Appcode", "Cookie", "Set-Cookie"}

const redacted = "***"

// most is how much of a body a report shows, in bytes.
const most = 4 << 10

// Secrets are what nobody must see, wherever it stands.
type Secrets []string

// leastSecret is how long a secret is at least that is looked for everywhere: a shorter
// one may stand somewhere by chance, and is not guessed from there either.
const leastSecret = 8

// Hide takes the secrets out of a text, also as JSON and URLs write them.
func (s Secrets) Hide(text string) string {
	for _, secret := range s {
		if len(secret) < leastSecret {
			continue
		}
		written, _ := json.Marshal(secret) // texts always can be
		for _, form := range []string{secret, strings.Trim(string(written), `"`), url.QueryEscape(secret), url.PathEscape(secret)} {
			text = strings.ReplaceAll(text, form, redacted)
		}
	}
	return text
}

// Secrets are those that the request has.
func (x *Exchange) Secrets() Secrets {
	var all Secrets
	for _, name := range secret {
		all = append(all, x.RequestHeader.Values(name)...)
	}
	return all
}

// Tell is a case without secrets: those given and those of its exchanges, which are
// added to it if it did not pass.
func Tell(c report.Case, secrets Secrets, exchanges ...*Exchange) report.Case {
	for _, x := range exchanges {
		secrets = append(secrets, x.Secrets()...)
	}
	if c.Outcome != report.Pass {
		for _, x := range exchanges {
			c.Exchanges = append(c.Exchanges, x.Report(secrets))
		}
	}
	c.Reason = secrets.Hide(c.Reason)
	for i, f := range c.Findings {
		c.Findings[i].Message, c.Findings[i].Where = secrets.Hide(f.Message), secrets.Hide(f.Where)
	}
	return c
}

// Report is the exchange as reports show it: without the secrets, long bodies cut.
// Whatever of the secrets given stands elsewhere is taken out as well.
func (x *Exchange) Report(secrets Secrets) report.Exchange {
	hide := append(slices.Clone(secrets), x.Secrets()...).Hide
	r := report.Exchange{
		Method: x.Method, URL: hide(x.URL.String()), Status: x.Status, Duration: x.Duration,
		RequestHeader: headerLines(x.RequestHeader, hide), RequestBody: hide(cut(x.RequestBody)),
		ResponseHeader: headerLines(x.Header, hide), ResponseBody: hide(cut(x.Body)),
		Curl: hide(x.curl()),
	}
	if x.Err != nil {
		r.ResponseBody += hide("[" + x.Err.Error() + "]")
	}
	return r
}

func headerLines(h http.Header, hide func(string) string) []string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			if slices.Contains(secret, name) && value != "" {
				value = redacted
			}
			lines = append(lines, name+": "+hide(value))
		}
	}
	return lines
}

func cut(body []byte) string {
	if len(body) > most {
		return fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(string(body[:most]), "�"), len(body))
	}
	return strings.ToValidUTF8(string(body), "�")
}

// curl is the command that sends the same again; the token is the variable TOKEN.
func (x *Exchange) curl() string {
	var b strings.Builder
	method := "-X " + quote(x.Method)
	if x.Method == http.MethodHead {
		method = "--head"
	}
	fmt.Fprintf(&b, "curl -ig --path-as-is %s %s", method, quote(x.URL.String()))
	for _, name := range slices.Sorted(maps.Keys(x.RequestHeader)) {
		for _, value := range x.RequestHeader[name] {
			switch {
			case value == "":
				fmt.Fprintf(&b, " -H %s", quote(name+";"))
			case name == TokenHeader:
				fmt.Fprintf(&b, ` -H "%s: $TOKEN"`, TokenHeader)
			case slices.Contains(secret, name):
				fmt.Fprintf(&b, ` -H "%s: $SECRET"`, name)
			default:
				fmt.Fprintf(&b, " -H %s", quote(name+": "+value))
			}
		}
	}
	if x.RequestBody != nil && x.RequestHeader.Get("Content-Type") == "" {
		b.WriteString(" -H Content-Type:") // else curl sends one
	}
	switch {
	case x.RequestBody == nil:
	case len(x.RequestBody) > most:
		fmt.Fprintf(&b, " --data-binary @- # a body of %d bytes", len(x.RequestBody))
	case !utf8.Valid(x.RequestBody) || bytes.ContainsRune(x.RequestBody, 0):
		return fmt.Sprintf("printf %s | %s --data-binary @-", quote(octal(x.RequestBody)), b.String())
	default:
		fmt.Fprintf(&b, " --data-binary %s", quote(string(x.RequestBody)))
	}
	return b.String()
}

// octal writes bytes as printf reads them.
func octal(data []byte) string {
	var b strings.Builder
	for _, c := range data {
		if c >= ' ' && c < 0x7f && c != '\\' && c != '%' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, `\%03o`, c)
		}
	}
	return b.String()
}

// quote puts a text into the shell's single quotes where it needs them.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("-_./:=@,", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
