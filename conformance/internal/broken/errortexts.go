package broken

import (
	"regexp"
	"strings"
)

var errorFaults = []Fault{
	fault("unauthorized-with-the-code-of-forbidden", "a 401 of APIG has the error_code of a 403", after(func(_ *call, a *answer) {
		if a.status == 401 && strings.HasPrefix(a.code(), "APIG.") {
			a.say("APIG.1005", "No permissions to request this method")
		}
	})),
	fault("forbidden-with-the-code-of-unauthorized", "a 403 of APIG has the error_code of a 401", afterError("APIG.1005", func(_ *call, a *answer) {
		a.say("APIG.1002", "Incorrect token or token resolution failed")
	})),
	fault("apig-codes-in-modelarts", "ModelArts speaks the codes of APIG", after(func(c *call, a *answer) {
		if c.op == cancelAPI && !a.ok() {
			a.say(map[int]string{400: "APIG.2000", 401: "APIG.1002", 403: "APIG.1005", 404: "APIG.3002", 413: "APIG.2000"}[a.status], "")
		}
	})),
	fault("apig-codes-in-dataarts", "DataArts Studio speaks the codes of APIG", after(func(c *call, a *answer) {
		if c.op == act && !a.ok() {
			a.say(map[int]string{400: "APIG.2000", 401: "APIG.1002", 403: "APIG.1005"}[a.status], "")
		}
	})),
	fault("gateway-codes-in-apig", "APIG answers a 401 with the gateway's APIGW.0301", after(func(_ *call, a *answer) {
		if a.status == 401 && strings.HasPrefix(a.code(), "APIG.") {
			a.become(failure(401, "APIGW.0301", "Incorrect IAM authentication information: decrypt token fail"))
		}
	})),
	fault("expired-as-unknown", "an expired token is answered like an unknown one", after(func(c *call, a *answer) {
		if u := c.caller(); u != nil && u.expired() && a.status == 401 {
			a.become(c.refusal(unknownToken))
		}
	})),
	fault("missing-as-unknown-token", "a missing token is answered like an unknown one", after(func(c *call, a *answer) {
		if c.r.Header.Get(tokenHeader) == "" && a.status == 401 {
			a.become(c.refusal(unknownToken))
		}
	})),
	fault("reworded", "texts of APIG's 404 end in a full stop", after(func(_ *call, a *answer) {
		if a.status == 404 && strings.HasPrefix(a.code(), "APIG.") {
			a.say("", a.text("error_msg")+".")
		}
	})),
	fault("text-without-id", "the 404 of an app does not name it", afterError("APIG.3004", func(_ *call, a *answer) { a.say("", "App does not exist") })),
	fault("wrong-id-in-text", "the 404 of an app names another id", afterError("APIG.3004", func(_ *call, a *answer) { a.say("", "App "+newID()+" does not exist") })),
	fault("other-app-in-text", "the 404 of an app names the last of those asked for, not the unknown one", afterError("APIG.3004", func(c *call, a *answer) {
		if ids := c.list("app_ids"); len(ids) > 0 {
			a.say("", "App "+ids[len(ids)-1]+" does not exist")
		}
	})),
	fault("wrong-api-in-modelarts-text", "the 404 of ModelArts names the service where it means the API", afterError("ModelArts.3935", func(c *call, a *answer) {
		a.say("", "The app-auth API "+c.path["service_id"]+" does not exist.")
	})),
	fault("app-auth-id-for-id", "APIG.2012 says app_auth_id, not id", blaming("APIG.2012", "id", "app_auth_id")),
	fault("env-blamed-for-api", "APIG.2011 blames env_id for a bad api_ids", blaming("APIG.2011", "api_ids", "env_id")),
	fault("whole-body-blamed", "APIG.2001 names no member but the body", afterError("APIG.2001", func(_ *call, a *answer) {
		a.say("", named2001.ReplaceAllString(a.text("error_msg"), "parameterName:body."))
	})),
	fault("bad-path-as-bad-body", "a bad id in the path is APIG.2011, not APIG.2012", recoded("APIG.2012", "APIG.2011")),
	fault("bad-value-as-missing", "a bad value is APIG.2001, as if it were missing", afterError("APIG.2011", func(_ *call, a *answer) {
		a.say("APIG.2001", strings.Replace(a.text("error_msg"), "Invalid parameter value", "The request parameters must be specified", 1))
	})),
	fault("missing-as-bad-value", "a missing member is APIG.2011, as if its value were bad", afterError("APIG.2001", func(_ *call, a *answer) {
		a.say("APIG.2011", strings.Replace(a.text("error_msg"), "The request parameters must be specified", "Invalid parameter value", 1))
	})),
	fault("modelarts-codes-swapped", "ModelArts calls a missing field an invalid argument", afterError("ModelArts.0104", func(_ *call, a *answer) {
		a.say("ModelArts.0101", strings.Replace(a.text("error_msg"), "Parameter error.", "Invalid Argument.", 1))
	})),
	fault("modelarts-no-name", "ModelArts does not name the field that is missing", afterError("ModelArts.0104", func(_ *call, a *answer) { a.say("", "Parameter error.") })),
	fault("dataarts-no-name", "DataArts Studio does not name the field that is wrong", afterError("DLS.1000", func(_ *call, a *answer) { a.say("", "process failed") })),
	fault("dataarts-api-as-app", "DataArts Studio calls an unknown API an unknown app", afterError("DLM.4018", func(_ *call, a *answer) { a.say("DLM.4063", "application not found") })),
	fault("dataarts-cluster-as-workspace", "DataArts Studio calls an unknown cluster an unknown workspace", afterError("DLM.4215", func(_ *call, a *answer) {
		a.say("DLM.4001", "instance or workspace does not exist")
	})),
	fault("dataarts-one-code", "DataArts Studio has DLS.1000 for what does not exist", after(func(_ *call, a *answer) {
		if a.is("DLM.4001", "DLM.4018", "DLM.4063", "DLM.4215") {
			a.say("DLS.1000", "process failed")
		}
	})),
	fault("env-as-api", "an unknown environment is answered as an unknown API", afterError("APIG.3003", func(c *call, a *answer) {
		a.say("APIG.3002", "API "+c.text("env_id")+" does not exist")
	})),
	fault("appcode-as-app", "an unknown AppCode is answered as an unknown app", afterError("APIG.3082", func(c *call, a *answer) {
		a.say("APIG.3004", "App "+c.path["app_id"]+" does not exist")
	})),
	fault("elsewhere-as-not-found", "ModelArts says 404 of an API of another service", afterError("ModelArts.3936", func(c *call, a *answer) {
		a.become(failure(404, "ModelArts.3935", "The app-auth API "+c.path["api_id"]+" does not exist."))
	})),
	fault("token-in-text", "the text of a 401 repeats the token", after(func(c *call, a *answer) {
		if a.status == 401 {
			a.say("", a.text("error_msg")+": "+c.r.Header.Get(tokenHeader))
		}
	})),
	fault("token-in-header", "answers repeat the token in a header", after(func(c *call, a *answer) {
		if token := c.r.Header.Get(tokenHeader); token != "" {
			a.header.Set(tokenHeader, token)
		}
	})),
	fault("database-error-in-text", "the 404 of an AppCode has the text of the database", afterError("APIG.3082", func(_ *call, a *answer) {
		a.say("", "sql: no rows in result set")
	})),
	fault("decoder-error-in-text", "the 400 of a malformed body has the text of Go's decoder", afterError("APIG.2000", func(_ *call, a *answer) {
		a.say("", "Parameter error: Serialization error: json: cannot unmarshal array into Go value of type types.AppsToAuthorize")
	})),
	fault("go-type-in-text", "the reason for an illegal action is Go's", afterError("DLM.4182", func(_ *call, a *answer) {
		a.say("", `this action is illegal: &grant.Error{Kind:"illegal", Field:"", Msg:""}`)
	})),
}

var named2001 = regexp.MustCompile(`parameterName:\w+\.`)

// blaming names another parameter in the text of an error.
func blaming(code, right, wrong string) behaviour {
	return afterError(code, func(_ *call, a *answer) {
		a.say("", strings.Replace(a.text("error_msg"), "parameterName:"+right+".", "parameterName:"+wrong+".", 1))
	})
}

// recoded has another code for the same error.
func recoded(from, to string) behaviour {
	return afterError(from, func(_ *call, a *answer) { a.say(to, "") })
}
