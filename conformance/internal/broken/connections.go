package broken

import (
	"net/http"
	"strconv"
)

var connectionFaults = []Fault{
	fault("cut-answers", "every second good answer of a project breaks off in the middle", everySecond(func(_ *call, a *answer) { a.fate = cut })),
	fault("dropped-answers", "for every second change in a project the connection is closed without an answer", everySecond(func(_ *call, a *answer) { a.fate = dropped })),
	fault("long-content-length", "Content-Length says more than comes", after(func(_ *call, a *answer) {
		if len(a.body) > 0 {
			a.header.Set("Content-Length", strconv.Itoa(len(a.body)+10))
		}
	})),
	fault("short-content-length", "Content-Length says less than there is", after(func(_ *call, a *answer) {
		if len(a.body) > 0 {
			a.header.Set("Content-Length", strconv.Itoa(len(a.body)-10))
		}
	})),
	fault("content-length-on-no-content", "a 204 says that a body follows, which clients take for the next answer", after(func(_ *call, a *answer) {
		if a.status == http.StatusNoContent {
			a.header.Set("Content-Length", "2")
		}
	})),
	fault("failing-now-and-then", "every second change in a project is acknowledged with a 500", everySecond(func(c *call, a *answer) { a.become(c.refusal(systemError)) })),
	fault("cached-answers", "a request that was answered well before gets the same answer again", cachedAnswers),
}

// everySecond changes every second good answer of a project. Others are not counted,
// so that it does not matter which cases share a project.
func everySecond(change func(c *call, a *answer)) behaviour {
	return after(func(c *call, a *answer) {
		if c.op != "" && a.ok() && c.count("good answers of "+c.project())%2 == 0 {
			change(c, a)
		}
	})
}

func cachedAnswers(c *call) *answer {
	key := "answer to " + c.r.Method + c.r.RequestURI + c.r.Header.Get(tokenHeader) + string(c.body)
	if known, has := c.keep(key, nil).(*answer); has {
		again := *known
		again.header = known.header.Clone()
		again.header.Set(requestID, newID())
		return &again
	}
	a := c.pass()
	if c.op != "" && a.ok() {
		kept := *a
		kept.header = a.header.Clone()
		c.keep(key, &kept)
	}
	return a
}
