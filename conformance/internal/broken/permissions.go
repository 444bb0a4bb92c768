package broken

import "net/http"

var permissionFaults = []Fault{
	fault("members-may-all", "members of a project need no permission", admitting(func(c *call) bool {
		u := c.caller()
		return u != nil && !u.expired() && u.membership(c.project()) != nil && !u.may(c.project(), c.op)
	})),
	fault("members-may-cancel", "members of a project need no permission to cancel in ModelArts", admitting(func(c *call) bool {
		u := c.caller()
		return c.op == cancelAPI && u != nil && !u.expired() && u.membership(c.project()) != nil && !u.may(c.project(), c.op)
	})),
	fault("any-project", "users may act in projects they do not belong to", admitting(func(c *call) bool {
		u := c.caller()
		return u != nil && !u.expired() && u.membership(c.project()) == nil
	})),
	fault("alias-for-members", "the second path of ModelArts asks for no permission", admitting(func(c *call) bool {
		u := c.caller()
		return c.isAlias() && u != nil && !u.expired() && u.membership(c.project()) != nil && !u.may(c.project(), c.op)
	})),
	fault("alias-permission", "the second path of ModelArts asks for a permission of its own, which nobody has", func(c *call) *answer {
		u := c.caller()
		if c.isAlias() && u != nil && u.may(c.project(), c.op) {
			if a := c.inspect(); a == nil || a.ok() {
				return failure(403, "ModelArts.0108", "You are not authorized to perform the (DeleteApiAppAuthAlias) operation.")
			}
		}
		return c.pass()
	}),
	fault("alias-named", "the 403 of ModelArts names the operation of the second path", after(func(c *call, a *answer) {
		if c.isAlias() && a.is("ModelArts.0108") {
			a.say("", "You are not authorized to perform the (DeleteApiAppAuthAlias) operation.")
		}
	})),
	fault("wrong-project-as-no-permission", "ModelArts says 0108 of a project that is not the token's, not 0210", afterError("ModelArts.0210", func(c *call, a *answer) {
		a.become(c.refusal(forbidden))
	})),
	fault("no-permission-as-wrong-project", "ModelArts says 0210 of a missing permission, not 0108", afterError("ModelArts.0108", func(_ *call, a *answer) {
		a.say("ModelArts.0210", "The project id in the request URL does not match the token.")
	})),
	fault("unknown-project-not-found", "a project that the user does not belong to is 404", func(c *call) *answer {
		a := c.pass()
		if u := c.caller(); a.status == http.StatusForbidden && u != nil && u.membership(c.project()) == nil {
			a.become(failure(404, "APIG.3030", "The instance does not exist;id:"+c.path["instance_id"]))
		}
		return a
	}),
	fault("permission-before-validation", "a bad request without permission is 403, not 400", func(c *call) *answer {
		a := c.pass()
		if u := c.caller(); c.op != "" && a.status == http.StatusBadRequest && u != nil && !u.may(c.project(), c.op) {
			a.become(c.refusal(forbidden))
		}
		return a
	}),
	fault("existence-before-permission", "somebody without permission learns by a 404 what does not exist", func(c *call) *answer {
		a := c.pass()
		if u := c.caller(); a.status == http.StatusForbidden && u != nil && !u.may(c.project(), c.op) {
			if b := c.inspect(); b != nil && (b.status == http.StatusNotFound || b.is("DLM.4001", "DLM.4018", "DLM.4063", "DLM.4215")) {
				return b
			}
		}
		return a
	}),
}
