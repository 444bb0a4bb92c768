package server_test

// family is how the operations of one service refuse what any of them may be
// asked.
type family struct {
	noToken, unknownToken, expiredToken failure
	wrongProject, noPermission          failure
	mediaType                           failure
	// malformed takes what the decoder says and the top-level member to blame.
	malformed func(why, member string) failure
	missing   func(field string) failure
	badValue  func(field string) failure
	badPath   func(param string) failure
}

var (
	noRoute  = failure{404, "APIGW.0101", "The API does not exist or has not been published in the environment."}
	noMethod = failure{405, "APIGW.0101", "The API does not exist or has not been published in the environment."}
	tooLarge = failure{413, "APIGW.0201", "body over the limit"}
)

// after appends what is to be named to a fixed text.
func after(text, separator, name string) string {
	if name == "" {
		return text
	}
	return text + separator + name
}

// naming is a refusal that puts a name after its fixed text.
func naming(code, text, separator string) func(name string) failure {
	return func(name string) failure { return failure{400, code, after(text, separator, name)} }
}

func parameter(text, name string) string {
	return text + ",parameterName:" + name + ". Please refer to the support documentation"
}

// families, by service. APIG and ROMA Connect speak alike.
var families = struct{ gateway, modelArts, dataArts family }{
	gateway: family{
		noToken:      failure{401, "APIG.1000", "Token missing. Log in again or try again later."},
		unknownToken: failure{401, "APIG.1002", "Incorrect token or token resolution failed"},
		expiredToken: failure{401, "APIG.1001", "Session expired"},
		wrongProject: failure{403, "APIG.1005", "No permissions to request this method"},
		noPermission: failure{403, "APIG.1005", "No permissions to request this method"},
		mediaType:    failure{400, "APIG.2000", "Parameter error."},
		malformed: func(why, member string) failure {
			return failure{400, "APIG.2000", after("Parameter error: Serialization error: "+why, ": ", member)}
		},
		missing: func(field string) failure {
			return failure{400, "APIG.2001", parameter("The request parameters must be specified", field)}
		},
		badValue: func(field string) failure {
			return failure{400, "APIG.2011", parameter("Invalid parameter value", field)}
		},
		badPath: func(param string) failure {
			if param == "app_auth_id" {
				param = "id"
			}
			return failure{400, "APIG.2012", parameter("Invalid parameter value", param)}
		},
	},
	modelArts: family{
		noToken:      failure{401, "ModelArts.0201", "Token doesn't exist."},
		unknownToken: failure{401, "ModelArts.0203", "Invalid token."},
		expiredToken: failure{401, "ModelArts.0202", "Token expired."},
		wrongProject: failure{403, "ModelArts.0210", "The project id in the request URL does not match the token."},
		noPermission: failure{403, "ModelArts.0108", "You are not authorized to perform the (DeleteApiAppAuth) operation."},
		mediaType:    failure{400, "ModelArts.0104", "Parameter error."},
		malformed:    func(_, member string) failure { return naming("ModelArts.0104", "Parameter error.", " ")(member) },
		missing:      naming("ModelArts.0104", "Parameter error.", " "),
		badValue:     naming("ModelArts.0101", "Invalid Argument.", " "),
		badPath:      naming("ModelArts.0101", "Invalid Argument.", " "),
	},
	dataArts: family{
		noToken:      failure{401, "APIGW.0301", "Incorrect IAM authentication information: x-auth-token not found"},
		unknownToken: failure{401, "APIGW.0301", "Incorrect IAM authentication information: decrypt token fail"},
		expiredToken: failure{401, "APIGW.0301", "Incorrect IAM authentication information: token expires, expires_at: 2020-01-01T00:00:00Z"},
		wrongProject: failure{403, "APIGW.0302", "The IAM user is not allowed to access the API."},
		noPermission: failure{403, "APIGW.0302", "The IAM user is not allowed to access the API."},
		mediaType:    failure{400, "DLS.1000", "process failed"},
		malformed:    func(_, member string) failure { return naming("DLS.1000", "process failed", ": ")(member) },
		missing:      naming("DLS.1000", "process failed", ": "),
		badValue:     naming("DLS.1000", "process failed", ": "),
		badPath:      naming("DLS.1000", "process failed", ": "),
	},
}

// target is an operation with a call that none of its gates would stop.
type target struct {
	name   string
	call   call
	family family
	// list and ids are top-level members of the body: the lists, and single ids.
	lists, ids []string
	// item makes an item of the first list, which has at most most of them.
	item func(id string) any
	most int
	// limit is how long ids may be.
	limit int
}

var targets = []target{
	{
		name: "apig authorize", call: authorize([]string{appOne}, []string{apiOne}), family: families.gateway,
		lists: []string{"app_ids", "api_ids"}, ids: []string{"env_id"},
		item: func(id string) any { return id }, most: 50, limit: 64,
	},
	{name: "apig cancel", call: cancel(nothing), family: families.gateway},
	{name: "roma delete", call: deleteCode(romaApp, romaCode), family: families.gateway},
	{
		name: "modelarts cancel", call: unauthorize(modelApp), family: families.modelArts,
		lists: []string{"apps"}, item: modelItem, most: 100, limit: 128,
	},
	{
		name: "modelarts alias", call: unauthorizeByAlias(modelApp), family: families.modelArts,
		lists: []string{"apps"}, item: modelItem, most: 100, limit: 128,
	},
	{
		name: "dataarts action", call: act("AUTHORIZE", future), family: families.dataArts,
		ids: []string{"api_id", "instance_id", "app_id"}, limit: 64,
	},
}

func modelItem(id string) any { return map[string]any{"app_id": id} }
