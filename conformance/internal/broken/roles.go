package broken

import (
	"net/http"
	"slices"
)

var roleFaults = []Fault{
	fault("anybody-authorizes", "who owns neither API nor app may authorize", overlooking(authorizeApps, "APIG.1005")),
	fault("anybody-cancels", "who owns neither API nor app of a record may cancel it", overlooking(cancelAuthorization, "APIG.1109")),
	fault("anybody-deletes-appcodes", "who does not own an app may delete its AppCodes", overlooking(deleteAppCode, "APIG.1005")),
	fault("app-owner-may-not-cancel", "only the API's owner may cancel a record", func(c *call) *answer {
		if r, known := c.record(c.path["app_auth_id"]); known && c.op == cancelAuthorization {
			if api := named(c.realm().APIs, r.API); !api.isFor(c.caller()) {
				return orRefused(c, "APIG.1109", "No permissions to perform operations on this app authorization record.")
			}
		}
		return c.pass()
	}),
	fault("api-owner-may-not-cancel", "only the app's owner may cancel a record", func(c *call) *answer {
		if r, known := c.record(c.path["app_auth_id"]); known && c.op == cancelAuthorization {
			if app := named(c.realm().Apps, r.App); !app.isFor(c.caller()) {
				return orRefused(c, "APIG.1109", "No permissions to perform operations on this app authorization record.")
			}
		}
		return c.pass()
	}),
	fault("consumers-may-not-authorize", "only the API's owner may authorize", func(c *call) *answer {
		if c.op == authorizeApps && !c.owns(c.realm().APIs, c.list("api_ids")) {
			return orRefused(c, "APIG.1005", "No permissions to request this method")
		}
		return c.pass()
	}),
	fault("providers-may-not-authorize", "only the app's owner may authorize", func(c *call) *answer {
		if c.op == authorizeApps && !c.owns(c.realm().Apps, c.list("app_ids")) {
			return orRefused(c, "APIG.1005", "No permissions to request this method")
		}
		return c.pass()
	}),
	fault("one-pair-is-enough", "who may authorize one pair may authorize all of the request", func(c *call) *answer {
		a := c.pass()
		if c.op != authorizeApps || !a.is("APIG.1005") {
			return a
		}
		r, owned := c.realm(), false
		for _, id := range c.list("api_ids") {
			owned = owned || named(r.APIs, id).isFor(c.caller())
		}
		for _, id := range c.list("app_ids") {
			owned = owned || named(r.Apps, id).isFor(c.caller())
		}
		if b := c.asWhoeverMay(); owned && b != nil {
			return b
		}
		return a
	}),
	fault("own-pairs-alone", "pairs that the caller may not authorize are left out of the answer", ownPairsAlone),
	fault("role-before-existence", "one without a role learns nothing of what does not exist", func(c *call) *answer {
		a := c.pass()
		u := c.caller()
		switch {
		case u == nil || !u.may(c.project(), c.op) || c.ownsAnything(u):
		case c.op == authorizeApps && a.status == http.StatusNotFound, c.op == deleteAppCode && a.status == http.StatusNotFound:
			a.become(c.refusal(forbidden))
		case a.is("DLM.4018", "DLM.4063"):
			a.say("DLM.4182", "this action is illegal: only an owner of the app may do this")
		}
		return a
	}),
	fault("always-provider", "auth_role is always PROVIDER", authorizedAs(func(string) string { return "PROVIDER" })),
	fault("always-consumer", "auth_role is always CONSUMER", authorizedAs(func(string) string { return "CONSUMER" })),
	fault("one-role", "all pairs have the role of the first", afterSuccess(authorizeApps, func(_ *call, a *answer) {
		var first any
		a.each(func(item object) {
			if first == nil {
				first = item["auth_role"]
			}
			if item["auth_role"] != nil {
				item["auth_role"] = first
			}
		})
	})),
	fault("skipped-role-of-the-caller", "a SKIPPED pair has the role of the caller, not that of its record", afterSuccess(authorizeApps, func(c *call, a *answer) {
		a.each(func(item object) {
			api, _ := item["api_id"].(string)
			if statusOf(item) == "SKIPPED" {
				item["auth_role"] = "CONSUMER"
				if named(c.realm().APIs, api).isFor(c.caller()) {
					item["auth_role"] = "PROVIDER"
				}
			}
		})
	})),
}

// overlooking does what is refused for the caller's role.
func overlooking(op, code string) behaviour {
	return instead(code, func(c *call) *answer {
		if u := c.caller(); c.op != op || !u.may(c.project(), c.op) {
			return nil
		}
		return c.asWhoeverMay()
	})
}

// orRefused refuses with 403 unless something else is the matter.
func orRefused(c *call, code, text string) *answer {
	u := c.caller()
	if u == nil || !u.may(c.project(), c.op) {
		return c.pass()
	}
	if a := c.inspect(); a != nil && a.status != http.StatusForbidden {
		return a
	}
	return failure(http.StatusForbidden, code, text)
}

// owns reports whether the caller owns all of these things, unless one does not exist.
func (c *call) owns(things []thing, ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool {
		t := named(things, id)
		return t.ID != "" && !t.isFor(c.caller())
	})
}

// ownPairsAlone authorizes the APIs that the caller owns, or else the apps, if the
// whole is refused.
func ownPairsAlone(c *call) *answer {
	a := c.pass()
	if c.op != authorizeApps || !a.is("APIG.1005") {
		return a
	}
	for _, name := range []string{"api_ids", "app_ids"} {
		things := slices.Concat(c.realm().APIs, c.realm().Apps)
		own := slices.DeleteFunc(c.list(name), func(id string) bool { return !named(things, id).isFor(c.caller()) })
		if len(own) > 0 {
			c.change(func(body object) { body[name] = own })
			return c.pass()
		}
	}
	return a
}

func authorizedAs(role func(string) string) behaviour {
	return afterSuccess(authorizeApps, func(_ *call, a *answer) {
		a.each(func(item object) {
			if old, has := item["auth_role"].(string); has {
				item["auth_role"] = role(old)
			}
		})
	})
}
