package client

import (
	"context"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// The defaults of a [Client].
const (
	DefaultTimeout     = 30 * time.Second
	DefaultConcurrency = 4
)

// maxAnswer is how long an answer may be, in bytes: several times what the largest
// request that is allowed can bring about.
const maxAnswer = 32 << 20

// Option changes how a [Client] works.
type Option func(*settings) error

type settings struct {
	client    *http.Client
	source    TokenSource
	timeout   time.Duration
	retry     Retry
	atOnce    int
	userAgent string
	hooks     Hooks
}

// WithToken sends one token with every call, until the program ends.
func WithToken(token string) Option {
	return func(s *settings) error {
		if problem := problemOf(token); problem != "" {
			return &InputError{Op: "New", Field: "token", Problem: problem}
		}
		s.source = fixed(token)
		return nil
	}
}

// WithTokenSource gets tokens from a source, when they are needed. They are kept until
// shortly before they expire, or until the server refuses one with 401, when the call
// is repeated once with a new one. However many calls are waiting, the source is asked
// once.
func WithTokenSource(source TokenSource) Option {
	return func(s *settings) error {
		if source == nil {
			return &InputError{Op: "New", Field: "token source", Problem: "is nil"}
		}
		s.source = source
		return nil
	}
}

// WithHTTPClient sends requests by a client of yours, for its transport, proxy or
// certificates. It is copied; the copy follows no redirect. A transport that repeats
// requests by itself breaks what this package says about repeating.
func WithHTTPClient(hc *http.Client) Option {
	return func(s *settings) error {
		if hc == nil {
			return &InputError{Op: "New", Field: "HTTP client", Problem: "is nil"}
		}
		s.client = hc
		return nil
	}
}

// WithTimeout says how long an attempt may take, from connecting to the answer's last
// byte. One that takes longer is context.DeadlineExceeded. It also bounds how long a call
// waits for a token.
func WithTimeout(d time.Duration) Option {
	return func(s *settings) error {
		if d <= 0 {
			return &InputError{Op: "New", Field: "timeout", Problem: "is not positive"}
		}
		s.timeout = d
		return nil
	}
}

// WithRetry says how often calls are repeated and how long they wait.
func WithRetry(r Retry) Option {
	return func(s *settings) error {
		if r.Attempts < 0 || r.Wait < 0 || r.MaxWait < 0 {
			return &InputError{Op: "New", Field: "retry", Problem: "has a negative member"}
		}
		s.retry = r
		return nil
	}
}

// WithConcurrency says how many requests of one call may be under way at a time. API
// Gateway has been seen to fail authorizations at the same time with APIG.3500; 1 avoids
// that.
func WithConcurrency(n int) Option {
	return func(s *settings) error {
		if n < 1 {
			return &InputError{Op: "New", Field: "concurrency", Problem: "is less than 1"}
		}
		s.atOnce = n
		return nil
	}
}

// WithUserAgent puts your program's name, such as "deployer/1.2", in front of this
// package's in the header User-Agent.
func WithUserAgent(name string) Option {
	return func(s *settings) error {
		if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' }) {
			return &InputError{Op: "New", Field: "user agent", Problem: "is not printable ASCII"}
		}
		s.userAgent = name
		return nil
	}
}

// WithHooks lets you watch the calls.
func WithHooks(h Hooks) Option {
	return func(s *settings) error { s.hooks = h; return nil }
}

// Hooks watch calls, for traces, logs and counts. A list that is sent in several
// requests is as many calls. All are optional, are called in the order of this list
// and, for calls that run at the same time, concurrently.
type Hooks struct {
	// Start begins a call. What it returns is the context of the rest of the call,
	// where a span may be put.
	Start func(ctx context.Context, op string) context.Context
	// Request sees each request before it is sent, and may add headers to it, other
	// than Accept, User-Agent and X-Auth-Token. The token is not there yet.
	Request func(ctx context.Context, req *http.Request)
	// Attempt is told what came of it.
	Attempt func(ctx context.Context, a Attempt)
	// End ends the call, with the error that it has.
	End func(ctx context.Context, op string, err error)
}

// Attempt is one request and its answer.
type Attempt struct {
	Op        string        // the call, such as APIG.AuthorizeApps
	Number    int           // 1 is the first
	Status    int           // of the answer, 0 if none came or a success was not whole
	RequestID string        // of the answer, empty if there is none
	Duration  time.Duration // from the beginning to the end of the answer
	Err       error         // why no whole answer came
}

func (s settings) httpClient() *http.Client {
	var hc http.Client
	if s.client != nil {
		hc = *s.client
	} else if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		own := standard.Clone()
		own.MaxIdleConnsPerHost = own.MaxIdleConns
		hc.Transport = own
	}
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &hc
}

const module = "github.com/appgrant/appgrant"

// version is that of this module in the program that has it.
var version = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	found := ""
	if info.Main.Path == module {
		found = info.Main.Version
	}
	for _, dep := range info.Deps {
		if dep.Path == module {
			found = dep.Version
		}
	}
	if found == "" || found == "(devel)" {
		return "devel"
	}
	return found
})

func userAgent(name string) string {
	return strings.TrimSpace(name + " appgrant-go/" + version())
}
