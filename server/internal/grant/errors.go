package grant

import (
	"errors"
	"strings"
)

// Kind classes an error by what a caller can do about it. The zero Kind is
// [Internal], so that an error nobody classified never passes for the caller's
// fault. A transport may add kinds of its own for what goes wrong before the
// domain is reached.
type Kind string

// The kinds the domain refuses with.
const (
	// Internal is a failure of this system. Its text is for the log alone.
	Internal Kind = ""
	// Missing is a mandatory input that is absent. Field names it.
	Missing Kind = "missing"
	// Invalid is an input whose value breaks its rule. Field names it.
	Invalid Kind = "invalid"
	// UnknownToken is a token that nobody has.
	UnknownToken Kind = "unknown token"
	// ExpiredToken is a token past its time. Msg is that time, in RFC 3339.
	ExpiredToken Kind = "expired token"
	// WrongProject is a caller who is no member of the project.
	WrongProject Kind = "wrong project"
	// NoPermission is a member without the permission. Msg names it.
	NoPermission Kind = "no permission"
	// NotFound is something that doesn't exist. Field is its noun, Msg its id.
	NotFound Kind = "not found"
	// Elsewhere is something that exists, but not in the realm that was named.
	// Field is its noun; Msg tells where it was looked for.
	Elsewhere Kind = "elsewhere"
	// NotOwner is a caller in the wrong role. Field is the noun of what is not
	// the caller's own.
	NotOwner Kind = "not owner"
	// Illegal is an action that the present state or the caller's role does not
	// allow. Msg says why.
	Illegal Kind = "illegal"
	// Conflict is a change that does not fit what there is. Msg says why.
	Conflict Kind = "conflict"
)

// The nouns that Field uses for things, as opposed to names of input fields.
const (
	NounInstance      = "instance"
	NounEnv           = "environment"
	NounAPI           = "api"
	NounApp           = "app"
	NounAppCode       = "app code"
	NounAuthorization = "authorization"
	NounService       = "service"
	NounWorkspace     = "workspace"
	NounCluster       = "cluster"
	NounApplication   = "application"
	NounProject       = "project"
	NounUser          = "user"
)

// Error is the one error type of this domain.
type Error struct {
	Kind  Kind
	Field string // what it is about: an input field or a noun; may be empty
	Msg   string // what the kind says it is; fit for the caller's eyes unless Kind is Internal
	Err   error  // the cause, for the log alone; may be nil
}

// Error is for logs. What callers see is made from Kind, Field and Msg.
func (e *Error) Error() string {
	kind := e.Kind
	if kind == Internal {
		kind = "internal"
	}
	parts := []string{string(kind)}
	if e.Field != "" {
		parts = append(parts, e.Field)
	}
	if e.Msg != "" {
		parts = append(parts, e.Msg)
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

func notFound(noun, id string) *Error { return &Error{Kind: NotFound, Field: noun, Msg: id} }

func illegal(why string) *Error { return &Error{Kind: Illegal, Msg: why} }

// IsNotFound reports whether something that was looked for doesn't exist.
func IsNotFound(err error) bool {
	if err == nil {
		return false
	}
	var e *Error
	return errors.As(err, &e) && e.Kind == NotFound
}
