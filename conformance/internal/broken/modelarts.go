package broken

import (
	"net/http"
	"net/url"
	"slices"
)

var modelArtsFaults = []Fault{
	fault("results-reversed", "the results of ModelArts are in the opposite order", results(func(items []object) []object {
		slices.Reverse(items)
		return items
	})),
	fault("results-sorted", "the results of ModelArts are sorted by app", results(func(items []object) []object {
		slices.SortFunc(items, func(a, b object) int {
			x, _ := a["app_id"].(string)
			y, _ := b["app_id"].(string)
			if x < y {
				return -1
			}
			return 1
		})
		return items
	})),
	fault("successes-first", "the results of ModelArts have the failures at the end", results(func(items []object) []object {
		slices.SortStableFunc(items, func(a, b object) int {
			if a["success"] == b["success"] {
				return 0
			}
			if a["success"] == true {
				return -1
			}
			return 1
		})
		return items
	})),
	fault("failures-missing", "the results of ModelArts have the successes alone", results(func(items []object) []object {
		return slices.DeleteFunc(items, func(item object) bool { return item["success"] != true })
	})),
	fault("success-without-auth-id", "a success of ModelArts has no auth_id", results(func(items []object) []object {
		for _, item := range items {
			delete(item, "auth_id")
		}
		return items
	})),
	fault("success-with-invented-auth-id", "the auth_id of a success of ModelArts is no record's", results(func(items []object) []object {
		for _, item := range items {
			if item["success"] == true {
				item["auth_id"] = newID()
			}
		}
		return items
	})),
	fault("success-with-reason", "a success of ModelArts has a reason", results(func(items []object) []object {
		for _, item := range items {
			if item["success"] == true {
				item["reason"] = "ok"
			}
		}
		return items
	})),
	fault("success-with-empty-reason", "a success of ModelArts has an empty reason", results(func(items []object) []object {
		for _, item := range items {
			if item["success"] == true {
				item["reason"] = ""
			}
		}
		return items
	})),
	fault("failure-without-reason", "a failure of ModelArts has no reason", results(func(items []object) []object {
		for _, item := range items {
			delete(item, "reason")
		}
		return items
	})),
	fault("failure-with-auth-id", "a failure of ModelArts has an auth_id", results(func(items []object) []object {
		for _, item := range items {
			if item["success"] != true {
				item["auth_id"] = newID()
			}
		}
		return items
	})),
	fault("failure-as-success", "an app that was not authorized is a success of ModelArts", results(func(items []object) []object {
		for _, item := range items {
			if item["success"] != true {
				delete(item, "reason")
				item["success"], item["auth_id"] = true, newID()
			}
		}
		return items
	})),
	fault("service-for-api", "api_id in the results of ModelArts is the service's id", afterSuccess(cancelAPI, func(c *call, a *answer) {
		a.each(func(item object) { item["api_id"] = c.path["service_id"] })
	})),
	fault("unauthorized-app-not-found", "one app that is not authorized makes a 404 of the whole request in ModelArts", refusingFailures(func(*call, []object) bool { return true })),
	fault("all-failed-not-found", "if no app is authorized, ModelArts answers 404", refusingFailures(func(_ *call, items []object) bool {
		return !slices.ContainsFunc(items, func(item object) bool { return item["success"] == true })
	})),
	fault("stops-at-the-first-failure", "ModelArts cancels for the apps up to the first that is not authorized", stopsAtFailure),
	fault("repeated-app-twice", "an app that is named twice has two results in ModelArts", afterSuccess(cancelAPI, func(c *call, a *answer) {
		a.items(func(items []object) []object {
			var all []object
			for _, app := range c.apps() {
				all = append(all, find(items, func(item object) bool { return item["app_id"] == app }))
			}
			return all
		})
	})),
	fault("repeated-app-fails", "an app that is named twice is a failure the second time in ModelArts", afterSuccess(cancelAPI, func(c *call, a *answer) {
		a.items(func(items []object) []object {
			apps := c.apps()
			for i, app := range apps {
				if slices.Contains(apps[:i], app) {
					items = append(items, object{
						"api_id": c.path["api_id"], "app_id": app, "success": false, "reason": "Application " + app + " does not exist.",
					})
				}
			}
			return items
		})
	})),
	fault("first-app-of-the-body", "ModelArts cancels for the first app alone, and answers for all", func(c *call) *answer {
		apps := c.apps()
		if c.op == cancelAPI && len(apps) > 1 && c.permits() {
			return c.pretend(apps[:1])
		}
		return c.pass()
	}),
	fault("body-ignored", "ModelArts cancels for all apps of the API, whatever the body says", afterSuccess(cancelAPI, func(c *call, _ *answer) {
		var rest []object
		for _, r := range c.live() {
			if r.Realm == c.path["service_id"] && r.API == c.path["api_id"] {
				rest = append(rest, object{"app_id": r.App})
			}
		}
		other := c.again()
		other.change(func(body object) { body["apps"] = rest })
		other.pass()
	})),
	fault("any-service", "ModelArts cancels for an API of another service", instead("ModelArts.3936", func(c *call) *answer {
		for _, r := range c.realms() {
			if named(r.APIs, c.path["api_id"]).ID != "" {
				c.move("service_id", r.ID)
				c.query(func(values url.Values) { values.Set("workspace_id", r.Workspace) })
				c.change(func(body object) { delete(body, "workspace_id") })
				return c.pass()
			}
		}
		return nil
	})),
	fault("unknown-api-succeeds", "of an unknown API, ModelArts says that no app is authorized, in a 200", instead("ModelArts.3935", func(c *call) *answer {
		var items []object
		for _, app := range distinct(c.apps()) {
			items = append(items, object{
				"api_id": c.path["api_id"], "app_id": app, "success": false, "reason": "The app-auth API " + c.path["api_id"] + " does not exist.",
			})
		}
		a := done(http.StatusOK)
		a.encode(object{"unauth_result": items})
		return a
	})),
}

// results changes those of ModelArts.
func results(change func(items []object) []object) behaviour {
	return afterSuccess(cancelAPI, func(_ *call, a *answer) { a.items(change) })
}

// refusingFailures answers 404 for an app that is not authorized.
func refusingFailures(which func(c *call, items []object) bool) behaviour {
	return afterSuccess(cancelAPI, func(c *call, a *answer) {
		failed := ""
		a.items(func(items []object) []object {
			for _, item := range items {
				if app, _ := item["app_id"].(string); item["success"] != true && which(c, items) {
					failed = app
				}
			}
			return items
		})
		if failed != "" {
			a.become(failure(404, "ModelArts.3923", "Application "+failed+" does not exist."))
		}
	})
}

// permits reports whether the caller may use the operation.
func (c *call) permits() bool {
	u := c.caller()
	return u != nil && u.may(c.project(), c.op)
}

// pretend cancels for some of the apps, and answers as if for all.
func (c *call) pretend(some []string) *answer {
	authorized := map[string]string{}
	for _, r := range c.live() {
		if r.Realm == c.path["service_id"] && r.API == c.path["api_id"] {
			authorized[r.App] = r.ID
		}
	}
	all := distinct(c.apps())
	if slices.ContainsFunc(all, func(app string) bool { return authorized[app] == "" }) {
		return c.pass()
	}
	var apps []object
	for _, app := range some {
		apps = append(apps, object{"app_id": app})
	}
	c.change(func(body object) { body["apps"] = apps })
	a := c.pass()
	if a.ok() {
		a.items(func([]object) []object {
			var items []object
			for _, app := range all {
				items = append(items, object{"api_id": c.path["api_id"], "app_id": app, "success": true, "auth_id": authorized[app]})
			}
			return items
		})
	}
	return a
}

// stopsAtFailure cancels for no app behind one that is not authorized.
func stopsAtFailure(c *call) *answer {
	if c.op != cancelAPI || !c.permits() {
		return c.pass()
	}
	live := c.live()
	apps := distinct(c.apps())
	for i, app := range apps {
		authorized := slices.ContainsFunc(live, func(r record) bool {
			return r.App == app && r.Realm == c.path["service_id"] && r.API == c.path["api_id"]
		})
		if authorized {
			continue
		}
		rest := apps[i+1:]
		c.change(func(body object) {
			list, _ := body["apps"].([]any)
			body["apps"] = slices.DeleteFunc(list, func(item any) bool {
				one, isObject := item.(object)
				id, _ := one["app_id"].(string)
				return isObject && slices.Contains(rest, id)
			})
		})
		a := c.pass()
		if a.ok() {
			a.items(func(items []object) []object {
				for _, skippedApp := range rest {
					items = append(items, object{"api_id": c.path["api_id"], "app_id": skippedApp, "success": false, "reason": "not tried"})
				}
				return items
			})
		}
		return a
	}
	return c.pass()
}
