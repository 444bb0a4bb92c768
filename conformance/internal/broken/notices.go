package broken

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

const notice = "APPLY_TYPE_API_CANCEL_AUTHORIZE"

var noticeFaults = []Fault{
	fault("short-notice", "a notice of less than 48 hours is accepted", func(c *call) *answer {
		a := c.pass()
		if c.acts(notice) && a.is("DLM.4182") && strings.Contains(a.text("error_msg"), "two days") {
			c.setTime(c.clock().Add(49 * time.Hour))
			return c.pass()
		}
		return a
	}),
	fault("notice-before-the-cut", "the 48 hours of a notice are counted before its time is cut to the hour", func(c *call) *answer {
		a := c.pass()
		t, has := c.time()
		if has && c.acts(notice) && a.is("DLM.4182") && strings.Contains(a.text("error_msg"), "two days") && !t.Before(c.clock().Add(48*time.Hour)) {
			c.setTime(t.Add(time.Hour))
			return c.pass()
		}
		return a
	}),
	fault("three-days-notice", "a notice needs 72 hours", func(c *call) *answer {
		if t, has := c.time(); has && c.acts(notice) {
			if now := c.clock(); t.After(now.Add(48*time.Hour)) && t.Before(now.Add(72*time.Hour)) {
				return c.illegal("the app has at least three days to prepare")
			}
		}
		return c.pass()
	}),
	fault("exact-notice-refused", "a notice of exactly 48 hours is refused", func(c *call) *answer {
		if t, has := c.time(); has && c.acts(notice) && t.Truncate(time.Hour).Equal(c.clock().Add(48*time.Hour)) {
			return c.illegal("the app has at least two days to prepare")
		}
		return c.pass()
	}),
	fault("notice-at-once", "a notice ends the authorization at once", afterSuccess(act, func(c *call, _ *answer) {
		if !c.acts(notice) {
			return
		}
		for _, id := range c.waiting("/messages?status=STATUS_TYPE_PENDING_CHECK") {
			c.operate(http.MethodPost, c.inProject("/messages/"+url.PathEscape(id)+"/execute"), object{})
		}
	})),
	fault("deadline-ignored", "after the deadline of a notice the app can still call", func(c *call) *answer {
		if t, has := c.time(); has && c.acts(notice) && !t.Truncate(time.Hour).Before(c.clock().Add(48*time.Hour)) {
			c.setTime(t.AddDate(20, 0, 0))
		}
		return c.pass()
	}),
	fault("deadline-an-hour-late", "the app can still call for an hour after the deadline of a notice", func(c *call) *answer {
		if t, has := c.time(); has && c.acts(notice) && !t.Truncate(time.Hour).Before(c.clock().Add(48*time.Hour)) {
			c.setTime(t.Add(time.Hour))
		}
		return c.pass()
	}),
	fault("notice-without-effect", "a notice is 204 and is not given", func(c *call) *answer {
		if !c.acts(notice) {
			return c.pass()
		}
		if _, live := c.linked(); !live || len(c.waiting("/messages?status=STATUS_TYPE_PENDING_CHECK")) > 0 {
			return c.pass()
		}
		if t, has := c.time(); has && !t.Truncate(time.Hour).Before(c.clock().Add(48*time.Hour)) && c.permits() {
			if api := named(c.realm().APIs, c.text("api_id")); api.isFor(c.caller()) {
				return done(http.StatusNoContent)
			}
		}
		return c.pass()
	}),
	fault("notice-of-nothing", "a notice is 204 where nothing is authorized", func(c *call) *answer {
		a := c.pass()
		if c.acts(notice) && a.is("DLM.4182") && strings.Contains(a.text("error_msg"), "no authorization") {
			return done(http.StatusNoContent)
		}
		return a
	}),
	fault("second-notice", "a notice can be given twice", underNotice(notice)),
	fault("authorize-under-notice", "under notice, a reviewer can authorize", underNotice("APPLY_TYPE_AUTHORIZE")),
	fault("renew-under-notice", "under notice, an application for more time is accepted", underNotice("APPLY_TYPE_RENEW")),
	fault("notice-blocks-leaving", "under notice, the app's owner can't cancel at once", func(c *call) *answer {
		if c.acts("APPLY_TYPE_APP_CANCEL_AUTHORIZE") && len(c.waiting("/messages?status=STATUS_TYPE_PENDING_CHECK")) > 0 {
			return c.illegal("a cancellation is under way")
		}
		return c.pass()
	}),
	fault("notice-needs-no-time", "without a time, a notice is for two days", before(func(c *call) {
		if c.acts(notice) && c.text("time") == "" {
			c.setTime(c.clock().Add(49 * time.Hour))
		}
	})),
}

// underNotice answers 204, without effect, to what is refused because a cancellation
// is under way.
func underNotice(action string) behaviour {
	return func(c *call) *answer {
		a := c.pass()
		if c.acts(action) && a.is("DLM.4182") && strings.Contains(a.text("error_msg"), "under way") {
			return done(http.StatusNoContent)
		}
		return a
	}
}
