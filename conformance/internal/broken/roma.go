package broken

import "net/http"

var romaFaults = []Fault{
	fault("unknown-appcode-succeeds", "deleting an AppCode that does not exist is 204", instead("APIG.3082", func(*call) *answer {
		return done(http.StatusNoContent)
	})),
	fault("second-delete-succeeds", "deleting an AppCode again is 204", instead("APIG.3082", func(c *call) *answer {
		// What the catalog has and nobody finds was deleted, also by a call that is not answered yet.
		made := find(named(c.realm().Apps, c.path["app_id"]).AppCodes, func(code object) bool { return code["id"] == c.path["app_code_id"] })
		if c.op == deleteAppCode && made != nil {
			return done(http.StatusNoContent)
		}
		return nil
	})),
	fault("unknown-app-succeeds", "deleting an AppCode of an unknown app is 204", instead("APIG.3004", func(c *call) *answer {
		if c.op == deleteAppCode {
			return done(http.StatusNoContent)
		}
		return nil
	})),
	fault("unknown-app-as-appcode", "an unknown app is answered as an unknown AppCode", afterError("APIG.3004", func(c *call, a *answer) {
		if c.op == deleteAppCode {
			a.say("APIG.3082", "The AppCode does not exist.")
		}
	})),
	fault("appcode-of-any-app", "an AppCode can be deleted under another app", instead("APIG.3082", func(c *call) *answer {
		for _, app := range c.realm().Apps {
			other := c.again()
			other.move("app_id", app.ID)
			if a := other.asWhoeverMay(); a != nil && a.ok() {
				return a
			}
		}
		return nil
	})),
	fault("appcode-in-any-instance", "an AppCode can be deleted under another instance", func(c *call) *answer {
		a := c.pass()
		if c.op != deleteAppCode || !a.is("APIG.3004", "APIG.3030") {
			return a
		}
		for _, r := range c.realms() {
			other := c.again()
			other.move("instance_id", r.ID)
			if b := other.pass(); b.ok() {
				return b
			}
		}
		return a
	}),
	fault("all-appcodes", "deleting an AppCode deletes all of its app", afterSuccess(deleteAppCode, func(c *call, _ *answer) {
		for _, code := range named(c.realm().Apps, c.path["app_id"]).AppCodes {
			other := c.again()
			id, _ := code["id"].(string)
			other.move("app_code_id", id)
			other.asWhoeverMay()
		}
	})),
	fault("appcode-by-value", "an AppCode can be deleted by its value", before(func(c *call) {
		for _, app := range c.realm().Apps {
			for _, code := range app.AppCodes {
				if id, isText := code["id"].(string); isText && code["value"] == c.path["app_code_id"] {
					c.move("app_code_id", id)
				}
			}
		}
	})),
	fault("delete-answers-the-appcode", "deleting an AppCode answers 200 with what was deleted", afterSuccess(deleteAppCode, func(c *call, a *answer) {
		a.status = http.StatusOK
		a.encode(object{"id": c.path["app_code_id"], "app_id": c.path["app_id"]})
	})),
}
