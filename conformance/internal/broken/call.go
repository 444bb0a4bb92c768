package broken

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

const tokenHeader = "X-Auth-Token"

// The operations of the contract. The alias of cancelAPI counts as the same.
const (
	authorizeApps       = "CreateAuthorizingAppsV2"
	cancelAuthorization = "CancelingAuthorizationV2"
	deleteAppCode       = "DeleteAppCodeV2"
	cancelAPI           = "DeleteApiAppAuth"
	act                 = "AuthorizeActionApiToInstance"
)

// route is where an operation is.
type route struct{ op, service, method, path string }

var routes = []route{
	{authorizeApps, "apig", http.MethodPost, "/v2/{project_id}/apigw/instances/{instance_id}/app-auths"},
	{cancelAuthorization, "apig", http.MethodDelete, "/v2/{project_id}/apigw/instances/{instance_id}/app-auths/{app_auth_id}"},
	{deleteAppCode, "roma", http.MethodDelete, "/v2/{project_id}/apic/instances/{instance_id}/apps/{app_id}/app-codes/{app_code_id}"},
	{cancelAPI, "modelarts", http.MethodDelete, "/v1/{project_id}/services/{service_id}/app-auth-apis/{api_id}/app-auth-api"},
	{cancelAPI, "modelarts", http.MethodDelete, "/v1/{project_id}/app-auth/{service_id}/apis/{api_id}/auths"},
	{act, "dataarts", http.MethodPost, "/v1/{project_id}/service/apis/authorize/action"},
}

func (r route) isAlias() bool { return strings.HasSuffix(r.path, "/auths") && r.op == cancelAPI }

// call is one request on its way to the good server.
type call struct {
	*memory
	route               // empty outside the contract
	r     *http.Request // its own copy
	body  []byte
	path  map[string]string // the parameters of the path
}

// mostBody is how much of a body is read, in bytes: more than a server takes.
const mostBody = 4 << 20

func newCall(m *memory, r *http.Request) *call {
	c := &call{memory: m, r: r.Clone(r.Context()), path: map[string]string{}}
	c.body, _ = io.ReadAll(io.LimitReader(r.Body, mostBody)) // what is not whole stays so
	segments := strings.Split(r.URL.EscapedPath(), "/")
	for _, candidate := range routes {
		if parameters := matching(candidate.path, segments); parameters != nil && candidate.method == r.Method {
			c.route, c.path = candidate, parameters
		}
	}
	return c
}

func matching(path string, segments []string) map[string]string {
	names := strings.Split(path, "/")
	if len(names) != len(segments) {
		return nil
	}
	parameters := map[string]string{}
	for i, name := range names {
		if !strings.HasPrefix(name, "{") {
			if name != segments[i] {
				return nil
			}
			continue
		}
		value, err := url.PathUnescape(segments[i])
		if err != nil || value == "" {
			return nil
		}
		parameters[strings.Trim(name, "{}")] = value
	}
	return parameters
}

// pass has the good server answer.
func (c *call) pass() *answer {
	r := c.r.Clone(c.r.Context())
	r.Body, r.ContentLength = http.NoBody, int64(len(c.body))
	if len(c.body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(c.body))
	}
	a := newAnswer()
	c.good.ServeHTTP(a, r)
	a.header.Del("Content-Length") // the body may be changed
	c.learn(c, a)
	return a
}

// again is a copy of the call, to be sent besides.
func (c *call) again() *call {
	other := *c
	other.r = c.r.Clone(c.r.Context())
	other.path = map[string]string{}
	for name, value := range c.path {
		other.path[name] = value
	}
	return &other
}

// as is the same call by somebody else.
func (c *call) as(token string) *call {
	other := c.again()
	other.r.Header.Set(tokenHeader, token)
	return other
}

// project is the one that the call is about.
func (c *call) project() string { return c.path["project_id"] }

// move changes a parameter of the path.
func (c *call) move(name, value string) {
	c.path[name] = value
	segments := strings.Split(c.route.path, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			segments[i] = url.PathEscape(c.path[strings.Trim(segment, "{}")])
		}
	}
	c.redirect(strings.Join(segments, "/"))
}

// redirect sends the call to another path, which is escaped.
func (c *call) redirect(path string) {
	plain, err := url.PathUnescape(path)
	if err != nil {
		return
	}
	c.r.URL.Path, c.r.URL.RawPath = plain, path
	c.r.RequestURI = c.r.URL.RequestURI()
}

// query changes the query.
func (c *call) query(change func(url.Values)) {
	values := c.r.URL.Query()
	change(values)
	c.r.URL.RawQuery = values.Encode()
	c.r.RequestURI = c.r.URL.RequestURI()
}

// sent is the body, nil unless it is an object. A member that is there twice counts
// as its last.
func (c *call) sent() object {
	var body object
	if json.Unmarshal(c.body, &body) != nil {
		return nil
	}
	return body
}

// send changes the body.
func (c *call) send(body any) { c.body = encoded(body) }

// change changes the body, if it is an object.
func (c *call) change(change func(body object)) {
	if body := c.sent(); body != nil {
		change(body)
		c.send(body)
	}
}

func (c *call) text(name string) string {
	text, _ := c.sent()[name].(string)
	return text
}

// list is a list of texts in the body.
func (c *call) list(name string) []string {
	items, _ := c.sent()[name].([]any)
	var texts []string
	for _, item := range items {
		if text, isText := item.(string); isText {
			texts = append(texts, text)
		}
	}
	return texts
}

// apps are those that a ModelArts body names.
func (c *call) apps() []string {
	items, _ := c.sent()["apps"].([]any)
	var ids []string
	for _, item := range items {
		if app, isObject := item.(object); isObject {
			id, _ := app["app_id"].(string)
			ids = append(ids, id)
		}
	}
	return ids
}

// acts reports whether the call is one of these actions of DataArts Studio.
func (c *call) acts(types ...string) bool {
	for _, t := range types {
		if c.op == act && c.text("apply_type") == t {
			return true
		}
	}
	return false
}

// refusal is the error by which the call's service refuses for a cause.
func (c *call) refusal(why cause) *answer {
	e, known := refusals[c.service][why]
	if !known {
		e = refusals["apig"][why]
	}
	return failure(e.status, e.code, e.text)
}

// cause is why a call is refused.
type cause int

const (
	malformed cause = iota
	noToken
	unknownToken
	forbidden
	systemError
)

type refused struct {
	status     int
	code, text string
}

var refusals = map[string]map[cause]refused{
	"apig": gatewayRefusals,
	"roma": gatewayRefusals,
	"modelarts": {
		malformed:    {400, "ModelArts.0104", "Parameter error."},
		noToken:      {401, "ModelArts.0201", "Token doesn't exist."},
		unknownToken: {401, "ModelArts.0203", "Invalid token."},
		forbidden:    {403, "ModelArts.0108", "You are not authorized to perform the (DeleteApiAppAuth) operation."},
		systemError:  {500, "ModelArts.0010", "Internal error."},
	},
	"dataarts": {
		malformed:    {400, "DLS.1000", "process failed"},
		noToken:      {401, "APIGW.0301", "Incorrect IAM authentication information: x-auth-token not found"},
		unknownToken: {401, "APIGW.0301", "Incorrect IAM authentication information: decrypt token fail"},
		forbidden:    {403, "APIGW.0302", "The IAM user is not allowed to access the API."},
		systemError:  {500, "DLS.1000", "process failed"},
	},
}

var gatewayRefusals = map[cause]refused{
	malformed:    {400, "APIG.2000", "Parameter error."},
	noToken:      {401, "APIG.1000", "Token missing. Log in again or try again later."},
	unknownToken: {401, "APIG.1002", "Incorrect token or token resolution failed"},
	forbidden:    {403, "APIG.1005", "No permissions to request this method"},
	systemError:  {500, "APIG.9999", "System error"},
}
