package broken

import "slices"

var apigFaults = []Fault{
	fault("second-cancel-succeeds", "cancelling what was cancelled before is 204", instead("APIG.3009", func(c *call) *answer {
		if r, known := c.record(c.path["app_auth_id"]); known && r.Project == c.project() && r.Realm == c.path["instance_id"] {
			return done(204)
		}
		return nil
	})),
	fault("unknown-cancel-succeeds", "cancelling a record that never was is 204", instead("APIG.3009", func(c *call) *answer {
		if _, known := c.record(c.path["app_auth_id"]); !known {
			return done(204)
		}
		return nil
	})),
	fault("cancels-in-any-project", "a record of another project can be cancelled", instead("APIG.3009", func(c *call) *answer {
		r, known := c.record(c.path["app_auth_id"])
		if !known || r.Project == c.project() {
			return nil
		}
		other := c.again()
		other.move("project_id", r.Project)
		return other.asWhoeverMay()
	})),
	fault("cancels-in-any-instance", "a record can be cancelled under another instance", instead("APIG.3009", func(c *call) *answer {
		r, known := c.record(c.path["app_auth_id"])
		if !known || r.Project != c.project() || r.Realm == c.path["instance_id"] {
			return nil
		}
		c.move("instance_id", r.Realm)
		return c.pass()
	})),
	fault("unknown-instance-accepted", "an unknown instance is taken for the first", instead("APIG.3030", func(c *call) *answer {
		if all := c.realms(); len(all) > 0 && c.op != deleteAppCode {
			c.move("instance_id", all[0].ID)
			return c.pass()
		}
		return nil
	})),
	fault("instance-unchecked", "authorizing under an instance without the app finds it in another", instead("APIG.3004", func(c *call) *answer {
		for _, r := range c.realms() {
			if apps := c.list("app_ids"); len(apps) > 0 && len(onlyKnown(apps, r.Apps)) == len(apps) {
				c.move("instance_id", r.ID)
				return c.pass()
			}
		}
		return nil
	})),
	fault("unknown-environment-accepted", "an unknown environment is taken for the first", instead("APIG.3003", func(c *call) *answer {
		c.change(func(body object) { body["env_id"] = c.realm().Environments[0] })
		return c.pass()
	})),
	fault("environment-ignored", "whatever environment is asked for, it is the first", before(func(c *call) {
		if envs := c.realm().Environments; c.op == authorizeApps && slices.Contains(envs, c.text("env_id")) {
			c.change(func(body object) { body["env_id"] = envs[0] })
		}
	})),
	fault("every-environment", "apps are authorized in every environment", afterSuccess(authorizeApps, func(c *call, _ *answer) {
		for _, env := range c.realm().Environments {
			other := c.again()
			other.change(func(body object) { body["env_id"] = env })
			other.pass()
		}
	})),
	fault("every-api", "apps are authorized for every API of the instance", afterSuccess(authorizeApps, func(c *call, _ *answer) {
		for _, api := range c.realm().APIs {
			other := c.again()
			other.change(func(body object) { body["api_ids"] = []string{api.ID} })
			other.asWhoeverMay()
		}
	})),
	fault("every-app", "every app of the instance is authorized", afterSuccess(authorizeApps, func(c *call, _ *answer) {
		for _, app := range c.realm().Apps {
			other := c.again()
			other.change(func(body object) { body["app_ids"] = []string{app.ID} })
			other.asWhoeverMay()
		}
	})),
	fault("unpublished-refused", "an API that is not published in the environment is 404", func(c *call) *answer {
		a := c.pass()
		if c.op != authorizeApps || !a.ok() {
			return a
		}
		for _, id := range c.list("api_ids") {
			if !slices.Contains(named(c.realm().APIs, id).Published, c.text("env_id")) {
				return failure(404, "APIG.3002", "API "+id+" does not exist")
			}
		}
		return a
	}),
	fault("id-of-nothing", "the id of a new record is not the one by which it can be cancelled", afterSuccess(authorizeApps, func(_ *call, a *answer) {
		a.each(func(item object) {
			if statusOf(item) == "SUCCESS" {
				item["id"] = newID()
			}
		})
	})),
	fault("cancels-all-of-the-app", "cancelling a record cancels all records of its app", cancellingMore(func(r, other record) bool { return r.App == other.App })),
	fault("cancels-all-of-the-api", "cancelling a record cancels all records of its API", cancellingMore(func(r, other record) bool { return r.API == other.API })),
	fault("cancels-in-all-environments", "cancelling a record cancels those of other environments, too", cancellingMore(func(r, other record) bool {
		return r.App == other.App && r.API == other.API
	})),
	fault("cancelled-id-again", "authorizing again after a cancellation gives the old record back", cancelledIDAgain),
}

// cancellingMore cancels more than the record it is told to.
func cancellingMore(also func(r, other record) bool) behaviour {
	return afterSuccess(cancelAuthorization, func(c *call, _ *answer) {
		r, known := c.record(c.path["app_auth_id"])
		if !known {
			return
		}
		for _, other := range c.live() {
			if also(r, other) && other.Realm == r.Realm {
				c.cancel(other.ID)
			}
		}
	})
}

// cancelledIDAgain answers with the ids that pairs had at first.
func cancelledIDAgain(c *call) *answer {
	a := c.pass()
	if c.op == authorizeApps && a.ok() {
		a.each(func(item object) {
			if id, has := item["id"].(string); has {
				app, _ := item["app_id"].(string)
				api, _ := item["api_id"].(string)
				item["id"] = c.keep("id of "+c.project()+app+api+c.text("env_id"), id)
			}
		})
	}
	return a
}
