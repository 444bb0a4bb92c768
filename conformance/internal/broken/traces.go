package broken

import "strings"

var traceFaults = []Fault{
	fault("no-trace-id", "answers have no X-Request-Id", after(func(_ *call, a *answer) { a.header.Del(requestID) })),
	fault("no-trace-id-on-success", "good answers have no X-Request-Id", after(func(_ *call, a *answer) {
		if a.ok() {
			a.header.Del(requestID)
		}
	})),
	fault("no-trace-id-unauthorized", "a 401 has no X-Request-Id", after(func(_ *call, a *answer) {
		if a.status == 401 {
			a.header.Del(requestID)
		}
	})),
	fault("no-trace-id-unrouted", "unknown paths and methods are answered without X-Request-Id", after(func(c *call, a *answer) {
		if c.op == "" {
			a.header.Del(requestID)
			a.edit(func(body object) { delete(body, "request_id") })
		}
	})),
	fault("trace-id-as-uuid", "X-Request-Id has hyphens", traced(func(_ *call, id string) string { return id[:8] + "-" + id[8:12] + "-" + id[12:] })),
	fault("trace-id-in-capitals", "X-Request-Id is in capitals", traced(func(_ *call, id string) string { return strings.ToUpper(id) })),
	fault("short-trace-id", "X-Request-Id has 31 digits", traced(func(_ *call, id string) string { return id[1:] })),
	fault("one-trace-id", "all good answers of a project have the same X-Request-Id", traced(func(c *call, id string) string {
		return c.keep("trace id of "+c.project(), id).(string)
	})),
	fault("trace-id-of-the-last", "a change has the X-Request-Id of the change before", traced(func(c *call, id string) string {
		if last, has := c.swap("trace id of "+c.project(), id).(string); has {
			return last
		}
		return id
	})),
	fault("two-trace-ids", "X-Request-Id stands there twice", after(func(_ *call, a *answer) { a.header.Add(requestID, newID()) })),
	fault("another-request-id", "request_id in the body is not that of the header", after(func(_ *call, a *answer) {
		a.edit(func(body object) {
			if _, has := body["request_id"]; has {
				body["request_id"] = newID()
			}
		})
	})),
	fault("no-request-id", "errors of the gateway lack request_id", after(func(_ *call, a *answer) { a.edit(func(body object) { delete(body, "request_id") }) })),
	fault("request-id-everywhere", "errors of the services have request_id, too", after(func(_ *call, a *answer) {
		if !a.ok() {
			a.edit(func(body object) { body["request_id"] = a.header.Get(requestID) })
		}
	})),
}

// traced changes the trace ids of answers: of good ones alone, and in the body, too.
func traced(change func(c *call, id string) string) behaviour {
	return after(func(c *call, a *answer) {
		if id := a.header.Get(requestID); a.ok() && id != "" {
			a.header.Set(requestID, change(c, id))
		}
	})
}
