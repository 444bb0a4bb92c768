package broken

import (
	"net/http"
	"strings"
)

var authenticationFaults = []Fault{
	fault("no-token-needed", "who sends no token may do everything", admitting(func(c *call) bool { return c.r.Header.Get(tokenHeader) == "" })),
	fault("unknown-token-accepted", "an unknown token may do everything", admitting(func(c *call) bool {
		return c.r.Header.Get(tokenHeader) != "" && c.caller() == nil
	})),
	fault("expired-token-accepted", "an expired token is as good as any", admitting(func(c *call) bool { u := c.caller(); return u != nil && u.expired() })),
	fault("two-tokens-accepted", "of two tokens, the first counts", before(func(c *call) {
		if tokens := c.r.Header.Values(tokenHeader); len(tokens) > 1 {
			c.r.Header.Set(tokenHeader, tokens[0])
		}
	})),
	fault("token-in-any-case", "tokens are compared without regard to case", before(func(c *call) {
		if c.caller() == nil {
			c.r.Header.Set(tokenHeader, strings.ToLower(c.r.Header.Get(tokenHeader)))
		}
	})),
	fault("token-in-the-query", "a token in the query will do", before(func(c *call) {
		if token := c.r.URL.Query().Get(tokenHeader); c.r.Header.Get(tokenHeader) == "" && token != "" {
			c.r.Header.Set(tokenHeader, token)
		}
	})),
	fault("validation-before-authentication", "a bad request of somebody unknown is 400, not 401", func(c *call) *answer {
		a := c.pass()
		if c.op != "" && a.status == http.StatusUnauthorized {
			if b := c.asPowerless(); b != nil && b.status == http.StatusBadRequest {
				return b
			}
		}
		return a
	}),
	fault("existence-before-authentication", "somebody unknown learns by a 404 what does not exist", func(c *call) *answer {
		a := c.pass()
		if a.status == http.StatusUnauthorized {
			if b := c.inspect(); b != nil && b.status == http.StatusNotFound {
				return b
			}
		}
		return a
	}),
}

// admitting lets callers in, as if they had every permission.
func admitting(who func(c *call) bool) behaviour {
	return func(c *call) *answer {
		if c.op != "" && who(c) {
			if a := c.asWhoeverMay(); a != nil {
				return a
			}
		}
		return c.pass()
	}
}

// inspect finds out whether what the call names exists, and changes nothing. It is
// nil if that can't be told.
func (c *call) inspect() *answer {
	probe := c.again()
	if c.op == cancelAPI {
		probe.change(func(body object) { body["apps"] = []object{{"app_id": newID()}} })
		return probe.asPermitted()
	}
	for _, u := range c.permitted(c.project()) {
		if !c.ownsAnything(u) {
			return probe.as(u.Token).pass()
		}
	}
	return nil
}

// ownsAnything reports whether a user has a role anywhere in the call's service.
func (c *call) ownsAnything(u *user) bool {
	for _, r := range c.realms() {
		for _, things := range [][]thing{r.APIs, r.Apps} {
			for _, t := range things {
				if t.isFor(u) {
					return true
				}
			}
		}
	}
	return false
}
