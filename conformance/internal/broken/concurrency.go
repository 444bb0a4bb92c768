package broken

import (
	"net/http"
	"time"
)

var concurrencyFaults = []Fault{
	fault("two-records-at-once", "two requests at once for one pair are both SUCCESS, with two ids", func(c *call) *answer {
		if c.op != authorizeApps {
			return c.pass()
		}
		together := c.meet()
		a := c.pass()
		if together && a.ok() {
			a.each(func(item object) {
				if statusOf(item) == "SKIPPED" {
					item["id"], item["auth_result"] = newID(), object{"status": "SUCCESS"}
				}
			})
		}
		return a
	}),
	fault("collision-fails", "of two requests at once for one pair, one is a 500", func(c *call) *answer {
		if c.op != authorizeApps {
			return c.pass()
		}
		together := c.meet()
		a := c.pass()
		if together && allSkipped(a) {
			return failure(500, "APIG.3500", "Failed to synchronize data to etcd")
		}
		return a
	}),
	fault("two-cancels-at-once", "two cancellations at once of one record are both 204", bothSucceed(cancelAuthorization, "APIG.3009")),
	fault("two-deletes-at-once", "two deletions at once of one AppCode are both 204", bothSucceed(deleteAppCode, "APIG.3082")),
	fault("two-successes-at-once", "of two cancellations at once, both are a success in ModelArts", func(c *call) *answer {
		if c.op != cancelAPI {
			return c.pass()
		}
		together := c.meet()
		live := c.live()
		a := c.pass()
		if together && a.ok() {
			a.each(func(item object) {
				if item["success"] != true && len(live) > 0 {
					delete(item, "reason")
					item["success"], item["auth_id"] = true, newID()
				}
			})
		}
		return a
	}),
	fault("two-leaves-at-once", "two cancellations at once by the app's owner are both 204", func(c *call) *answer {
		if !c.acts("APPLY_TYPE_APP_CANCEL_AUTHORIZE") {
			return c.pass()
		}
		together := c.meet()
		a := c.pass()
		if together && a.is("DLM.4182") {
			return done(http.StatusNoContent)
		}
		return a
	}),
}

// meeting is how long a request waits for another like it.
const meeting = 50 * time.Millisecond

// meet waits for the same request to come a second time, and reports whether it did.
// Requests that are sent one after the other never meet.
func (c *call) meet() bool {
	key := "meeting for " + c.r.RequestURI + string(c.body)
	mine := make(chan struct{})
	if other, waits := c.swap(key, mine).(chan struct{}); waits && other != nil {
		close(other)
		c.swap(key, nil)
		return true
	}
	select {
	case <-mine:
		return true
	case <-time.After(meeting):
		c.leave(key, mine)
		return false
	}
}

// leave stops waiting, unless another waits there by now.
func (c *call) leave(key string, mine chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept[key] == any(mine) {
		delete(c.kept, key)
	}
}

// bothSucceed has an operation succeed that comes second in a race.
func bothSucceed(op, code string) behaviour {
	return func(c *call) *answer {
		if c.op != op {
			return c.pass()
		}
		together := c.meet()
		a := c.pass()
		if together && a.is(code) {
			return done(http.StatusNoContent)
		}
		return a
	}
}
