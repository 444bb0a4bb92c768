package broken

import (
	"net/http"
)

var effectFaults = []Fault{
	fault("authorize-without-effect", "authorizing in APIG answers SUCCESS, and the app can't call", afterSuccess(authorizeApps, func(c *call, a *answer) {
		a.each(func(item object) {
			if id, _ := item["id"].(string); statusOf(item) == "SUCCESS" {
				c.cancel(id)
			}
		})
	})),
	fault("second-authorize-lost", "every second authorization of a project is forgotten", afterSuccess(authorizeApps, func(c *call, a *answer) {
		a.each(func(item object) {
			if id, _ := item["id"].(string); statusOf(item) == "SUCCESS" && c.count("authorizations of "+c.project())%2 == 0 {
				c.cancel(id)
			}
		})
	})),
	fault("authorize-cancels-others", "authorizing an app for an API takes its other APIs away", afterSuccess(authorizeApps, func(c *call, a *answer) {
		var made []string
		a.each(func(item object) {
			id, _ := item["id"].(string)
			made = append(made, id)
		})
		for _, r := range c.live() {
			if app := find(made, func(id string) bool { return id == r.ID }); app == "" {
				c.cancel(r.ID)
			}
		}
	})),
	fault("cancel-without-effect", "cancelling in APIG is 204, and the app can still call", afterSuccess(cancelAuthorization, func(c *call, _ *answer) {
		if r, known := c.record(c.path["app_auth_id"]); known {
			c.restore("apig", object{"instances": []object{{
				"id": r.Realm, "authorizations": []object{{"environment": r.Env, "api": r.API, "app": r.App}},
			}}})
		}
	})),
	fault("second-cancellation-lost", "only the first cancellation in a project has an effect", afterSuccess(cancelAuthorization, func(c *call, _ *answer) {
		if r, known := c.record(c.path["app_auth_id"]); known && c.count("cancellations of "+c.project()) > 1 {
			c.restore("apig", object{"instances": []object{{
				"id": r.Realm, "authorizations": []object{{"environment": r.Env, "api": r.API, "app": r.App}},
			}}})
		}
	})),
	fault("delete-without-effect", "deleting an AppCode is 204, and it still authenticates", afterSuccess(deleteAppCode, func(c *call, _ *answer) {
		app := named(c.realm().Apps, c.path["app_id"])
		code := find(app.AppCodes, func(code object) bool { return code["id"] == c.path["app_code_id"] })
		c.restore("roma", object{"instances": []object{{
			"id": c.path["instance_id"], "apps": []object{{"id": app.ID, "owners": app.Owners, "app_codes": []object{code}}},
		}}})
	})),
	fault("modelarts-without-effect", "cancelling in ModelArts is a success, and the app can still call", cancelsNothing(func(*call) bool { return true })),
	fault("alias-without-effect", "cancelling by the second path of ModelArts is a success, and the app can still call", cancelsNothing((*call).isAlias)),
	fault("leave-without-effect", "cancelling as the app's owner is 204, and the app can still call", func(c *call) *answer {
		if !c.acts("APPLY_TYPE_APP_CANCEL_AUTHORIZE") {
			return c.pass()
		}
		r, live := c.linked()
		a := c.pass()
		if a.ok() && live {
			c.restore("dataarts", object{"workspaces": []object{{
				"id": r.Realm, "authorizations": []object{{"cluster": r.Env, "api": r.API, "app": r.App, "until": r.Until}},
			}}})
		}
		return a
	}),
	fault("dataarts-authorize-without-effect", "authorizing in DataArts Studio is 204, and the app can't call", func(c *call) *answer {
		if !c.acts("APPLY_TYPE_AUTHORIZE") {
			return c.pass()
		}
		_, existed := c.linked()
		a := c.pass()
		if a.ok() && !existed {
			c.unlink()
		}
		return a
	}),
	fault("apply-without-effect", "applying is 204, and there is no application", func(c *call) *answer {
		a := c.pass()
		if a.ok() && c.acts("APPLY_TYPE_APPLY") {
			c.turnDown()
		}
		return a
	}),
	fault("renew-without-effect", "renewing is 204, and there is no application", func(c *call) *answer {
		a := c.pass()
		if a.ok() && c.acts("APPLY_TYPE_RENEW") {
			c.turnDown()
		}
		return a
	}),
	fault("refused-and-done", "an action that is refused for the role is done all the same", func(c *call) *answer {
		a := c.pass()
		if c.acts("APPLY_TYPE_AUTHORIZE") && a.is("DLM.4182") {
			c.asWhoeverMay()
		}
		return a
	}),
	fault("forbidden-and-done", "cancelling in APIG is done and then refused to one who owns neither", func(c *call) *answer {
		a := c.pass()
		if c.op == cancelAuthorization && a.is("APIG.1109") {
			c.asWhoeverMay()
		}
		return a
	}),
}

// restore makes again what was ended.
func (c *call) restore(service string, contents object) {
	c.operate(http.MethodPatch, "/admin/v1/catalog", object{"projects": []object{{"id": c.project(), service: contents}}})
}

// cancelsNothing has cancellations of ModelArts undone.
func cancelsNothing(which func(c *call) bool) behaviour {
	return afterSuccess(cancelAPI, func(c *call, a *answer) {
		if !which(c) {
			return
		}
		var again []object
		a.each(func(item object) {
			if item["success"] == true {
				again = append(again, object{"api": item["api_id"], "app": item["app_id"]})
			}
		})
		c.restore("modelarts", object{"services": []object{{"id": c.path["service_id"], "authorizations": again}}})
	})
}

// turnDown rejects what an action has asked for.
func (c *call) turnDown() {
	for _, id := range c.waiting("/applications?status=STATUS_TYPE_PENDING_APPROVAL") {
		c.operate(http.MethodPost, c.inProject("/applications/"+id+"/reject"), object{})
	}
}
