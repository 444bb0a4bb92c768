package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// Token is what a caller shows in the header X-Auth-Token.
type Token struct {
	Value string
	// Expires is when it ends; zero if that is not known.
	Expires time.Time
}

// String hides the token.
func (t Token) String() string { return "(token)" }

// LogValue hides the token.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }

// GoString hides the token.
func (t Token) GoString() string { return "client.Token(hidden)" }

// TokenSource hands out tokens, for instance by asking the identity service. It should
// not keep them, since one that was refused would come back. Its errors end the calls that
// wait; a source that may fail for a moment should try again by itself. It is called from
// one goroutine at a time, with a context that lives as long as an attempt may, and not as
// long as the call that happened to need a token, since others may be waiting for it.
type TokenSource interface {
	Token(ctx context.Context) (Token, error)
}

// TokenFunc is a function as a [TokenSource].
type TokenFunc func(ctx context.Context) (Token, error)

// Token implements [TokenSource].
func (f TokenFunc) Token(ctx context.Context) (Token, error) { return f(ctx) }

// fixed is a source that has only one.
type fixed string

// Token implements [TokenSource].
func (f fixed) Token(context.Context) (Token, error) { return Token{Value: string(f)}, nil }

// A token is replaced this long before it expires, but not in the first four fifths of
// its life. If that does not work while the old one still does, there is a pause.
const (
	early      = time.Minute
	retryToken = time.Second
)

// tokens keeps the token of a source.
type tokens struct {
	source  TokenSource
	timeout time.Duration

	mu        sync.Mutex
	current   Token     // empty if there is none
	refreshAt time.Time // when to replace it; zero is never
	fetching  *fetch    // under way; nil if none is
}

// fetch is one call of a source that many may wait for.
type fetch struct {
	done  chan struct{}
	token Token
	err   error
}

// get returns the current token, or waits for another. While one is being replaced
// that has not expired yet, it will do.
func (t *tokens) get(ctx context.Context) (string, error) {
	t.mu.Lock()
	now := time.Now()
	current := t.current
	usable := current.Value != "" && (current.Expires.IsZero() || now.Before(current.Expires))
	due := !usable || !t.refreshAt.IsZero() && !now.Before(t.refreshAt)
	if due && t.fetching == nil {
		t.fetching = &fetch{done: make(chan struct{})}
		go t.fetch(context.WithoutCancel(ctx), t.fetching)
	}
	fetching := t.fetching
	t.mu.Unlock()
	if usable {
		return current.Value, nil
	}
	patience := time.NewTimer(t.timeout)
	defer patience.Stop()
	select {
	case <-fetching.done:
		return fetching.token.Value, fetching.err
	case <-ctx.Done():
		return "", ended(ctx)
	case <-patience.C: // the source takes no notice of its context
		return "", fmt.Errorf("%w: its source took too long", ErrToken)
	}
}

// fetch asks the source and tells everybody who waits.
func (t *tokens) fetch(ctx context.Context, f *fetch) {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	f.err = fmt.Errorf("%w: its source ended", ErrToken) // unless it returns
	defer t.settle(f)
	token, err := t.source.Token(ctx)
	if problem := problemOf(token.Value); err == nil && problem != "" {
		err = errors.New("the token " + problem)
	}
	if f.token, f.err = token, err; err != nil {
		f.err = fmt.Errorf("%w: %w", ErrToken, err)
	}
}

// settle takes what a fetch brought.
func (t *tokens) settle(f *fetch) {
	t.mu.Lock()
	now := time.Now()
	switch life := f.token.Expires.Sub(now); {
	case f.err != nil:
		t.refreshAt = now.Add(retryToken)
	case f.token.Expires.IsZero():
		t.current, t.refreshAt = f.token, time.Time{}
	default:
		t.current, t.refreshAt = f.token, f.token.Expires.Add(-min(early, life/5))
	}
	t.fetching = nil
	t.mu.Unlock()
	close(f.done)
}

// refused takes note that the server did not take a token, and reports whether the
// source may have another.
func (t *tokens) refused(token string) bool {
	if _, only := t.source.(fixed); only {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.Value == token {
		t.current = Token{}
	}
	return true
}

// maxToken is how long a token may be (openapi: X-Auth-Token).
const maxToken = 65536

// problemOf is why a token can't be sent.
func problemOf(token string) string {
	switch {
	case token == "":
		return "is empty"
	case len(token) > maxToken:
		return fmt.Sprintf("is longer than %d characters", maxToken)
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "has characters other than printable ASCII"
	}
	return ""
}
