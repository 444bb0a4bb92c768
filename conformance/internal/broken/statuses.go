package broken

import "net/http"

var statusFaults = []Fault{
	fault("ok-for-created", "authorizing answers 200 instead of 201", turned(201, 200)),
	fault("accepted-for-created", "authorizing answers 202 instead of 201", turned(201, 202)),
	fault("ok-for-no-content", "what has nothing to say answers 200 with {} instead of 204", after(func(_ *call, a *answer) {
		if a.status == http.StatusNoContent {
			a.status = http.StatusOK
			a.encode(object{})
		}
	})),
	fault("body-on-no-content", "a 204 has the body {}", after(func(_ *call, a *answer) {
		if a.status == http.StatusNoContent {
			a.encode(object{})
		}
	})),
	fault("ok-for-errors", "errors are answered with the status 200", after(func(_ *call, a *answer) {
		if !a.ok() {
			a.status = http.StatusOK
		}
	})),
	fault("unprocessable", "422 instead of 400", turned(400, 422)),
	fault("unauthorized-as-forbidden", "403 instead of 401, with the codes of 401", turned(401, 403)),
	fault("forbidden-as-unauthorized", "401 instead of 403, with the codes of 403", turned(403, 401)),
	fault("forbidden-as-not-found", "404 instead of 403, with the codes of 403", turned(403, 404)),
	fault("not-found-as-bad-request", "400 instead of 404, with the codes of 404", turned(404, 400)),
	fault("not-found-as-failure", "what does not exist is a 500, as if the server had failed", after(func(c *call, a *answer) {
		if c.op != "" && a.status == http.StatusNotFound {
			a.become(c.refusal(systemError))
		}
	})),
	fault("dataarts-not-found", "404 in DataArts Studio for what does not exist, instead of 400", after(func(_ *call, a *answer) {
		if a.is("DLM.4001", "DLM.4018", "DLM.4063", "DLM.4215") {
			a.status = http.StatusNotFound
		}
	})),
	fault("dataarts-illegal-as-forbidden", "403 in DataArts Studio for the wrong role, instead of 400", afterError("DLM.4182", func(_ *call, a *answer) {
		a.status = http.StatusForbidden
	})),
	fault("too-large-as-bad-request", "a body over the limit is a 400 of the service, not 413", after(func(c *call, a *answer) {
		if a.status == http.StatusRequestEntityTooLarge {
			a.become(c.refusal(malformed))
		}
	})),
	fault("existing-as-conflict", "authorizing what is authorized is a 409", after(func(_ *call, a *answer) {
		if allSkipped(a) {
			a.become(failure(409, "APIG.3316", "The API authorization record already exists."))
		}
	})),
	fault("existing-as-bad-request", "authorizing what is authorized is a 400", after(func(_ *call, a *answer) {
		if allSkipped(a) {
			a.become(failure(400, "APIG.3316", "The API authorization record already exists."))
		}
	})),
	fault("cancelled-as-gone", "cancelling what was cancelled before is a 410", afterError("APIG.3009", func(c *call, a *answer) {
		if _, known := c.record(c.path["app_auth_id"]); known {
			a.status = http.StatusGone
		}
	})),
	fault("modelarts-no-content", "cancelling in ModelArts answers 204 and no results", afterSuccess(cancelAPI, func(_ *call, a *answer) {
		a.status = http.StatusNoContent
		a.empty()
	})),
}

// turned answers one status instead of another, the rest as it is.
func turned(from, to int) behaviour {
	return after(func(_ *call, a *answer) {
		if a.status == from {
			a.status = to
		}
	})
}

// allSkipped reports whether there was nothing to authorize.
func allSkipped(a *answer) bool {
	all := a.status == http.StatusCreated
	a.each(func(item object) { all = all && statusOf(item) == "SKIPPED" })
	return all
}

// statusOf is the status of an item of an authorization.
func statusOf(item object) string {
	result, _ := item["auth_result"].(object)
	status, _ := result["status"].(string)
	return status
}
