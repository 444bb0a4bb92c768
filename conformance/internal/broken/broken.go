// Package broken has servers that are wrong in exactly one way each: a good one, with a
// fault wrapped around it. The suite runs its cases against them. A fault that turns no
// case red is one that the suite would miss in other people's servers, too.
package broken

import (
	"net/http"
	"slices"
)

// Fault is one way to be wrong.
type Fault struct {
	// Name is in lower case with hyphens.
	Name string
	// About says what is wrong, in a few words.
	About string
	// Wrap makes a good server wrong in this way. What is wrapped remembers what passed
	// through it and may be used by any number of goroutines. Operations of the admin
	// contract stay as they are.
	Wrap func(good http.Handler) http.Handler
}

// Faults are all of them, theme by theme, the crude before the subtle.
func Faults() []Fault {
	return slices.Concat(
		statusFaults, answerFaults, traceFaults, errorFaults, connectionFaults,
		authenticationFaults, permissionFaults, roleFaults,
		bodyFaults, memberFaults, idFaults, routeFaults,
		pairFaults, skippedFaults, apigFaults, romaFaults,
		modelArtsFaults, workspaceFaults, timeFaults, actionFaults, noticeFaults,
		effectFaults, concurrencyFaults,
	)
}

// behaviour answers a call in the place of the good server.
type behaviour func(c *call) *answer

// fault makes one of a behaviour.
func fault(name, about string, do behaviour) Fault {
	return Fault{name, about, func(good http.Handler) http.Handler {
		m := newMemory(good)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if isAdmin(r) {
				m.administer(w, r)
				return
			}
			do(newCall(m, r)).write(w)
		})
	}}
}

// before changes requests.
func before(change func(c *call)) behaviour {
	return func(c *call) *answer {
		change(c)
		return c.pass()
	}
}

// after changes answers.
func after(change func(c *call, a *answer)) behaviour {
	return func(c *call) *answer {
		a := c.pass()
		change(c, a)
		return a
	}
}

// afterSuccess changes, or follows up, the good answers to one operation.
func afterSuccess(op string, change func(c *call, a *answer)) behaviour {
	return after(func(c *call, a *answer) {
		if c.op == op && a.ok() {
			change(c, a)
		}
	})
}

// afterError changes the errors of one code.
func afterError(code string, change func(c *call, a *answer)) behaviour {
	return after(func(c *call, a *answer) {
		if a.code() == code {
			change(c, a)
		}
	})
}

// instead answers errors of one code otherwise, unless the other answer is nil.
func instead(code string, other behaviour) behaviour {
	return func(c *call) *answer {
		a := c.pass()
		if a.code() == code {
			if b := other(c); b != nil {
				return b
			}
		}
		return a
	}
}

// Same wraps a good server in nothing: answers are taken apart and put together again,
// as faults do.
func Same(good http.Handler) http.Handler {
	return fault("", "", after(func(_ *call, a *answer) { a.each(func(object) {}) })).Wrap(good)
}
