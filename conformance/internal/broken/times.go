package broken

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

var timeFaults = []Fault{
	fault("rounded-up", "an end time is rounded up to the hour", retimed(func(t time.Time) time.Time { return t.Add(time.Hour - time.Nanosecond).Truncate(time.Hour) })),
	fault("rounded", "an end time is rounded to the nearest hour", retimed(func(t time.Time) time.Time { return t.Add(30 * time.Minute).Truncate(time.Hour) })),
	fault("ends-an-hour-late", "the app can still call in the hour that the end time begins", retimed(func(t time.Time) time.Time { return t.Add(time.Hour) })),
	fault("ends-an-hour-early", "the app can no longer call in the last hour before the end time", retimed(func(t time.Time) time.Time { return t.Add(-time.Hour) })),
	fault("ends-with-the-day", "an end time is cut to the day", retimed(func(t time.Time) time.Time { return t.Truncate(24 * time.Hour) })),
	fault("never-ends", "authorizations do not end", func(c *call) *answer {
		if t, has := c.time(); has && c.acts("APPLY_TYPE_AUTHORIZE") && t.After(c.clock()) {
			c.setTime(t.AddDate(50, 0, 0))
		}
		return c.pass()
	}),
	fault("minutes-refused", "a time that is not at the full hour is refused", refusing(func(c *call) bool {
		t, has := c.time()
		return c.op == act && has && !t.Equal(t.Truncate(time.Hour))
	})),
	fault("fractions-refused", "a time with fractions of a second is refused", refusing(func(c *call) bool {
		return c.op == act && strings.Contains(c.text("time"), ".")
	})),
	fault("zero-offset-refused", "a time with +00:00 is refused", refusing(func(c *call) bool {
		return c.op == act && strings.HasSuffix(c.text("time"), "+00:00")
	})),
	fault("any-offset-accepted", "a time may be in any zone", before(func(c *call) {
		if t, err := time.Parse(time.RFC3339, c.text("time")); c.op == act && err == nil {
			c.setTime(t)
		}
	})),
	fault("no-zone-accepted", "a time without zone is taken for UTC", before(func(c *call) {
		if t, err := time.Parse("2006-01-02T15:04:05", c.text("time")); c.op == act && err == nil {
			c.setTime(t)
		}
	})),
	fault("date-accepted", "a date will do for a time", before(func(c *call) {
		if t, err := time.Parse(time.DateOnly, c.text("time")); c.op == act && err == nil {
			c.setTime(t)
		}
	})),
	fault("blank-accepted", "a time may have a blank for its T", before(func(c *call) {
		if t, err := time.Parse("2006-01-02 15:04:05Z07:00", c.text("time")); c.op == act && err == nil {
			c.setTime(t)
		}
	})),
	fault("impossible-date-accepted", "30 February is taken for 2 March", before(func(c *call) {
		if text := c.text("time"); c.op == act && impossible.MatchString(text) {
			c.change(func(body object) { body["time"] = impossible.ReplaceAllString(text, "$1-03-02T") })
		}
	})),
	fault("impossible-date-fails", "30 February is a 500", after(func(c *call, a *answer) {
		if c.op == act && a.status == http.StatusBadRequest && impossible.MatchString(c.text("time")) {
			a.become(c.refusal(systemError))
		}
	})),
	fault("past-accepted", "a time in the past is accepted and has no effect", func(c *call) *answer {
		a := c.pass()
		if _, has := c.time(); has && a.is("DLS.1000") {
			c.setTime(c.clock().AddDate(1, 0, 0))
			if c.effectless() {
				return done(http.StatusNoContent)
			}
		}
		return a
	}),
	fault("present-hour-accepted", "the present hour is taken for the next", func(c *call) *answer {
		if t, has := c.time(); has && c.op == act && t.Truncate(time.Hour).Equal(c.clock().Truncate(time.Hour)) {
			c.setTime(t.Add(time.Hour))
		}
		return c.pass()
	}),
	fault("past-as-illegal", "a time in the past is DLM.4182", func(c *call) *answer {
		a := c.pass()
		if t, has := c.time(); has && a.is("DLS.1000") && !t.After(c.clock()) {
			a.say("DLM.4182", "this action is illegal: the time has passed")
		}
		return a
	}),
	fault("time-before-role", "a time in the past is refused before the role", func(c *call) *answer {
		a := c.pass()
		if t, has := c.time(); has && a.is("DLM.4182") && !t.After(c.clock()) {
			a.say("DLS.1000", "process failed: time")
		}
		return a
	}),
	fault("no-time-needed", "without a time, an authorization is for a year", before(func(c *call) {
		if c.op == act && c.text("time") == "" && !c.acts("APPLY_TYPE_APP_CANCEL_AUTHORIZE") {
			c.setTime(c.clock().AddDate(1, 0, 0))
		}
	})),
	fault("time-needed-to-cancel", "to cancel as the app's owner a time is needed", refusing(func(c *call) bool {
		return c.acts("APPLY_TYPE_APP_CANCEL_AUTHORIZE") && c.sent()["time"] == nil
	})),
	fault("time-refused-to-cancel", "to cancel as the app's owner no time may be given", refusing(func(c *call) bool {
		return c.acts("APPLY_TYPE_APP_CANCEL_AUTHORIZE") && c.sent()["time"] != nil
	})),
	fault("past-refused-to-cancel", "to cancel as the app's owner the time must lie in the future", refusing(func(c *call) bool {
		t, has := c.time()
		return has && c.acts("APPLY_TYPE_APP_CANCEL_AUTHORIZE") && !t.After(c.clock())
	})),
	fault("bad-time-accepted-to-cancel", "to cancel as the app's owner the time may be anything", before(func(c *call) {
		if c.acts("APPLY_TYPE_APP_CANCEL_AUTHORIZE") {
			c.change(func(body object) { delete(body, "time") })
		}
	})),
}

var impossible = regexp.MustCompile(`^(\d{4})-02-(?:29|30|31)T`)

// time is the one in the body of an action that the contract accepts, and whether
// there is one.
func (c *call) time() (time.Time, bool) {
	text := c.text("time")
	t, err := time.Parse(time.RFC3339, text)
	_, offset := t.Zone()
	return t.UTC(), c.op == act && err == nil && offset == 0
}

func (c *call) setTime(t time.Time) {
	c.change(func(body object) { body["time"] = t.UTC().Format("2006-01-02T15:04:05.999999999Z") })
}

// retimed changes the end times that are asked for and lie in the future.
func retimed(change func(t time.Time) time.Time) behaviour {
	return func(c *call) *answer {
		t, has := c.time()
		if !has || c.acts("APPLY_TYPE_API_CANCEL_AUTHORIZE", "APPLY_TYPE_APP_CANCEL_AUTHORIZE") {
			return c.pass()
		}
		if now := c.clock(); t.Truncate(time.Hour).After(now) && change(t).After(now) {
			c.setTime(change(t))
		}
		return c.pass()
	}
}

// effectless does an action, undoes it if it made an authorization, and reports
// whether it was done.
func (c *call) effectless() bool {
	if _, existed := c.linked(); existed {
		return true
	}
	if a := c.pass(); !a.ok() {
		return false
	}
	c.unlink()
	return true
}

// linked is the live authorization that an action is about, if there is one.
func (c *call) linked() (record, bool) {
	for _, r := range c.live() {
		if r.Realm == c.realm().ID && r.Env == c.text("instance_id") && r.API == c.text("api_id") && r.App == c.text("app_id") {
			return r, true
		}
	}
	return record{}, false
}

// unlink ends the authorization that an action is about.
func (c *call) unlink() { c.doing("APPLY_TYPE_APP_CANCEL_AUTHORIZE").asWhoeverMay() }

// doing is another action on the same authorization.
func (c *call) doing(action string) *call {
	other := c.again()
	other.change(func(body object) { body["apply_type"] = action })
	return other
}

// until is the end of a record.
func (r record) until() time.Time {
	t, _ := time.Parse(time.RFC3339, r.Until)
	return t
}
