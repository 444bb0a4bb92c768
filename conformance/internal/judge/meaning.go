package judge

import (
	"net/http"
	"slices"
	"strings"

	"github.com/appgrant/appgrant/conformance/report"
)

// judgeMeaning asks whether the answer fits its request.
func (c *consideration) judgeMeaning() {
	if c.operation != nil && !c.hasToken() && c.Status != http.StatusUnauthorized && c.Status < 500 && c.Status != http.StatusTooManyRequests {
		c.find(report.Meaning, "", "the request has no token and the answer is %d, not 401", c.Status)
	}
	if c.Status >= 400 {
		c.judgeError()
		return
	}
	if c.operation == nil {
		return
	}
	for _, f := range c.faults {
		if f.documented || c.Rulings {
			c.find(report.Meaning, "", "%d, though the request breaks the contract: %s", c.Status, f)
			return
		}
	}
	if relate := relations[c.operation.ID]; relate != nil && c.hasBody {
		relate(c)
	}
}

// judgeError holds code and text of an error against the table of them.
func (c *consideration) judgeError() {
	body, _ := c.decoded.(map[string]any)
	code, hasCode := body["error_code"].(string)
	text, hasText := body["error_msg"].(string)
	if !hasCode || !hasText {
		if c.operation == nil && c.hasBody {
			c.find(report.Meaning, "", "an error without error_code and error_msg")
		}
		return // the contract has something to say to that
	}
	if c.Rulings || c.oracle.Knows(c.id(), code) { // a service may have codes that nobody has published
		for _, wrong := range c.oracle.Explain(c.id(), c.Status, code, text, c.echo) {
			c.find(report.Meaning, "/error_msg", "%s", wrong)
		}
	}
	if !c.Rulings {
		return
	}
	said, has := body["request_id"]
	switch gateway := strings.HasPrefix(code, "APIGW."); {
	case gateway && said != c.Header.Get(requestID):
		c.find(report.Meaning, "/request_id", "is %v and not the trace id %s", said, c.Header.Get(requestID))
	case !gateway && has:
		c.find(report.Meaning, "/request_id", "is there, which only errors of the gateway (APIGW) have")
	}
}

// mostPairs is how many pairs one request may authorize; the schema can't say it.
const mostPairs = 10_000

// echo tells what may stand for a placeholder in an error's text: what the request
// has, or what is wrong with it. Nil is anything.
func (c *consideration) echo(placeholder string) []string {
	body, _ := c.sent().(map[string]any)
	switch placeholder {
	case "missing", "field", "parameter", "name":
		return c.blame(placeholder, body)
	case "operation":
		return []string{strings.TrimSuffix(c.id(), "Alias")}
	case "api":
		return append(texts(c.path["api_id"], body["api_id"]), texts(items(body["api_ids"])...)...)
	case "app":
		return append(texts(c.path["app_id"], body["app_id"]), slices.Concat(texts(items(body["app_ids"])...), appIDs(body))...)
	case "env":
		return texts(body["env_id"])
	case "instance":
		return texts(c.path["instance_id"], body["instance_id"])
	case "record":
		return texts(c.path["app_auth_id"])
	case "service":
		return texts(c.path["service_id"])
	case "workspace":
		return texts(c.URL.Query().Get("workspace_id"), body["workspace_id"])
	default:
		return nil
	}
}

// blame are the names an error may give for what is wrong with the request.
func (c *consideration) blame(placeholder string, body map[string]any) []string {
	if !c.Rulings && len(c.faults) == 0 {
		return nil // the target may be stricter than the contract
	}
	blamed := []string{}
	switch placeholder {
	case "missing":
		return append(blamed, names(c.faults, []string{"body"}, true)...)
	case "field":
		if len(items(body["app_ids"]))*len(items(body["api_ids"])) > mostPairs {
			blamed = append(blamed, "app_ids", "api_ids")
		}
		return append(blamed, names(c.faults, []string{"body"}, false)...)
	case "parameter":
		for _, name := range names(c.faults, []string{"path"}, false) {
			if name == "app_auth_id" {
				name = "id"
			}
			blamed = append(blamed, name)
		}
		return blamed
	default:
		anywhere := []string{"path", "query", "header", "body"}
		blamed = append(names(c.faults, anywhere, true), names(c.faults, anywhere, false)...)
		if len(c.faults) == 0 || c.faults[0].name == "" { // what the schema can't say
			for name := range propertiesOf(c.operation.body) {
				blamed = append(blamed, name)
			}
			blamed = append(blamed, "workspace", "workspace_id")
		}
		return blamed
	}
}

// sent is the request's body, decoded, as far as it can be.
func (c *consideration) sent() any {
	value, _ := decodeLoosely(c.RequestBody)
	return value
}

// texts are those of the values that are texts and not empty.
func texts(values ...any) []string {
	all := []string{}
	for _, v := range values {
		if text, ok := v.(string); ok && text != "" {
			all = append(all, text)
		}
	}
	return all
}

// appIDs are the apps that a body names one by one.
func appIDs(body map[string]any) []string {
	var all []string
	for _, app := range items(body["apps"]) {
		all = append(all, texts(appOf(app))...)
	}
	return all
}
