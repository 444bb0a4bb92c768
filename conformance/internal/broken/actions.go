package broken

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

var actionFaults = []Fault{
	fault("shortening-renewal", "authorizing again with an earlier end shortens the validity", func(c *call) *answer {
		a := c.pass()
		if !c.shortens(a) || !c.acts("APPLY_TYPE_AUTHORIZE") {
			return a
		}
		c.unlink()
		return c.pass()
	}),
	fault("shortening-ignored", "authorizing again with an earlier end is 204 and has no effect", func(c *call) *answer {
		a := c.pass()
		if c.shortens(a) {
			return done(http.StatusNoContent)
		}
		return a
	}),
	fault("same-end-refused", "authorizing again until the same end is refused", func(c *call) *answer {
		if t, has := c.time(); has && c.acts("APPLY_TYPE_AUTHORIZE", "APPLY_TYPE_RENEW", "APPLY_TYPE_APPLY") {
			if r, live := c.linked(); live && r.until().Equal(t.Truncate(3600e9)) {
				return c.illegal("the validity can be extended, not shortened")
			}
		}
		return c.pass()
	}),
	fault("existing-refused", "authorizing what is authorized is refused, not renewed", func(c *call) *answer {
		if c.acts("APPLY_TYPE_AUTHORIZE") {
			if r, live := c.linked(); live {
				if t, has := c.time(); has && t.After(r.until()) {
					return c.illegal("it is authorized already")
				}
			}
		}
		return c.pass()
	}),
	fault("renewal-without-effect", "authorizing again is 204 and the end stays", func(c *call) *answer {
		if t, has := c.time(); has && c.acts("APPLY_TYPE_AUTHORIZE") {
			if r, live := c.linked(); live && t.After(r.until()) {
				c.change(func(body object) { body["time"] = r.Until })
			}
		}
		return c.pass()
	}),
	fault("apply-counts-at-once", "an application needs no review", decided("APPLY_TYPE_APPLY")),
	fault("renewal-counts-at-once", "an application for more time needs no review", decided("APPLY_TYPE_RENEW")),
	fault("own-needs-review", "applying for one's own API needs a review, too", ownNeedsReview),
	fault("renewal-of-nothing", "renewing what is not authorized is an application", renewalOfNothing),
	fault("application-twice", "one can apply while an application waits", func(c *call) *answer {
		a := c.pass()
		if a.is("DLM.4182") && c.acts("APPLY_TYPE_APPLY") && strings.Contains(a.text("error_msg"), "waiting") {
			return done(http.StatusNoContent)
		}
		return a
	}),
	fault("apply-for-more-refused", "applying for what is authorized is refused", func(c *call) *answer {
		if c.acts("APPLY_TYPE_APPLY") {
			if _, live := c.linked(); live {
				return c.illegal("it is authorized already")
			}
		}
		return c.pass()
	}),
	fault("waiting-blocks-the-reviewer", "while an application waits, a reviewer can't authorize", func(c *call) *answer {
		if c.acts("APPLY_TYPE_AUTHORIZE") && len(c.waiting("/applications?status=STATUS_TYPE_PENDING_APPROVAL")) > 0 {
			return c.illegal("an application is waiting already")
		}
		return c.pass()
	}),
	fault("app-owner-authorizes", "an owner of the app may authorize it", inRole("APPLY_TYPE_AUTHORIZE", false)),
	fault("app-owner-gives-notice", "an owner of the app may cancel as a reviewer does", inRole("APPLY_TYPE_API_CANCEL_AUTHORIZE", false)),
	fault("reviewer-cancels-at-once", "a reviewer of the API may cancel as the app's owner does", inRole("APPLY_TYPE_APP_CANCEL_AUTHORIZE", true)),
	fault("reviewer-applies", "a reviewer of the API may apply for any app", inRole("APPLY_TYPE_APPLY", true)),
	fault("reviewer-renews", "a reviewer of the API may renew for any app", inRole("APPLY_TYPE_RENEW", true)),
	fault("stranger-authorizes", "whoever has the permission may authorize", func(c *call) *answer {
		a := c.pass()
		if c.acts("APPLY_TYPE_AUTHORIZE") && a.is("DLM.4182") {
			if b := c.asWhoeverMay(); b != nil && b.ok() {
				return b
			}
		}
		return a
	}),
	fault("stranger-cancels", "whoever has the permission may cancel", func(c *call) *answer {
		a := c.pass()
		if c.acts("APPLY_TYPE_APP_CANCEL_AUTHORIZE") && a.is("DLM.4182") {
			if b := c.asWhoeverMay(); b != nil && b.ok() {
				return b
			}
		}
		return a
	}),
	fault("api-owner-no-reviewer", "an API's owner is none of its reviewers", func(c *call) *answer {
		api := named(c.realm().APIs, c.text("api_id"))
		u := c.caller()
		if u != nil && api.Owner == u.Name && c.permits() && c.acts("APPLY_TYPE_AUTHORIZE", "APPLY_TYPE_API_CANCEL_AUTHORIZE") {
			for _, reviewer := range api.Reviewers {
				if reviewer == u.Name {
					return c.pass()
				}
			}
			return c.illegal("only a reviewer of the API may do this")
		}
		return c.pass()
	}),
	fault("reviewers-may-not-authorize", "only an API's owner may authorize, not its other reviewers", func(c *call) *answer {
		api := named(c.realm().APIs, c.text("api_id"))
		if u := c.caller(); u != nil && c.permits() && c.acts("APPLY_TYPE_AUTHORIZE") && api.ID != "" && api.Owner != u.Name {
			return c.illegal("only a reviewer of the API may do this")
		}
		return c.pass()
	}),
	fault("second-leave-succeeds", "cancelling as the app's owner what is not authorized is 204", func(c *call) *answer {
		a := c.pass()
		if c.acts("APPLY_TYPE_APP_CANCEL_AUTHORIZE") && a.is("DLM.4182") && strings.Contains(a.text("error_msg"), "no authorization") {
			return done(http.StatusNoContent)
		}
		return a
	}),
	fault("unknown-app-of-dataarts-succeeds", "an action for an unknown app is 204", instead("DLM.4063", func(*call) *answer { return done(http.StatusNoContent) })),
	fault("unknown-api-of-dataarts-succeeds", "an action on an unknown API is 204", instead("DLM.4018", func(*call) *answer { return done(http.StatusNoContent) })),
	fault("leaves-in-every-cluster", "cancelling as the app's owner cancels in every cluster", afterSuccess(act, func(c *call, _ *answer) {
		if c.acts("APPLY_TYPE_APP_CANCEL_AUTHORIZE") {
			for _, r := range c.live() {
				if r.App == c.text("app_id") && r.API == c.text("api_id") {
					other := c.again()
					other.change(func(body object) { body["instance_id"] = r.Env })
					other.pass()
				}
			}
		}
	})),
}

// shortens reports whether an action was refused because it would shorten.
func (c *call) shortens(a *answer) bool {
	t, has := c.time()
	if !has || !a.is("DLM.4182") || !strings.Contains(a.text("error_msg"), "shortened") {
		return false
	}
	r, live := c.linked()
	return live && t.Before(r.until())
}

// illegal refuses an action, unless something else is the matter with it.
func (c *call) illegal(why string) *answer {
	if probe := c.inspect(); probe == nil || !probe.is("DLM.4182") || !c.permits() {
		return c.pass()
	}
	return failure(http.StatusBadRequest, "DLM.4182", "this action is illegal: "+why)
}

// inRole does what is refused, for owners of the app or for reviewers of the API.
func inRole(action string, reviewers bool) behaviour {
	return func(c *call) *answer {
		a := c.pass()
		thing := named(c.realm().Apps, c.text("app_id"))
		if reviewers {
			thing = named(c.realm().APIs, c.text("api_id"))
		}
		if c.acts(action) && a.is("DLM.4182") && thing.isFor(c.caller()) {
			if b := c.asWhoeverMay(); b != nil && b.ok() {
				return b
			}
		}
		return a
	}
}

// waiting are the ids of applications or messages about what an action is about.
func (c *call) waiting(list string) []string {
	type item struct {
		ID    string `json:"id"`
		Realm string `json:"realm_id"`
		Env   string `json:"env_id"`
		API   string `json:"api_id"`
		App   string `json:"app_id"`
	}
	var page struct{ Applications, Messages []item }
	_ = json.Unmarshal(c.operate(http.MethodGet, c.inProject(list), nil).body, &page)
	var ids []string
	for _, i := range append(page.Applications, page.Messages...) {
		if i.Realm == c.realm().ID && i.Env == c.text("instance_id") && i.API == c.text("api_id") && i.App == c.text("app_id") {
			ids = append(ids, i.ID)
		}
	}
	return ids
}

// decided grants applications as soon as they are made.
func decided(action string) behaviour {
	return afterSuccess(act, func(c *call, _ *answer) {
		if !c.acts(action) {
			return
		}
		for _, id := range c.waiting("/applications?status=STATUS_TYPE_PENDING_APPROVAL") {
			c.operate(http.MethodPost, c.inProject("/applications/"+url.PathEscape(id)+"/approve"), object{})
		}
	})
}

// ownNeedsReview has another owner of the app apply, who reviews nothing.
func ownNeedsReview(c *call) *answer {
	r := c.realm()
	api, app := named(r.APIs, c.text("api_id")), named(r.Apps, c.text("app_id"))
	if !c.acts("APPLY_TYPE_APPLY") || !api.isFor(c.caller()) || !app.isFor(c.caller()) {
		return c.pass()
	}
	for _, u := range c.permitted(c.project()) {
		if app.isFor(u) && !api.isFor(u) {
			return c.as(u.Token).pass()
		}
	}
	return c.pass()
}

func renewalOfNothing(c *call) *answer {
	a := c.pass()
	if c.acts("APPLY_TYPE_RENEW") && a.is("DLM.4182") && strings.Contains(a.text("error_msg"), "no authorization") {
		return c.doing("APPLY_TYPE_APPLY").pass()
	}
	return a
}
