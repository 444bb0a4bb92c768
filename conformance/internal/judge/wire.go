package judge

import (
	"mime"
	"net/http"
	"regexp"
	"strings"

	"github.com/appgrant/appgrant/conformance/internal/exchange"
	"github.com/appgrant/appgrant/conformance/internal/strictjson"
	"github.com/appgrant/appgrant/conformance/report"
)

// requestID is the header of an exchange's trace id.
const requestID = "X-Request-Id"

// maxIDs bounds the memory of the trace ids seen: those beyond are not compared.
const maxIDs = 1 << 20

// judgeWire asks what any answer owes, whatever it says.
func (c *consideration) judgeWire() {
	if c.Status == http.StatusNoContent || c.isHead() || c.response != nil && len(c.response.Content) == 0 {
		if len(c.Body) > 0 {
			c.find(report.Wire, "", "%d has a body of %d bytes and should have none", c.Status, len(c.Body))
		}
		// Clients do not read it, and take it for the beginning of the next answer.
		if length := c.Header.Get("Content-Length"); c.Status == http.StatusNoContent && length != "" && length != "0" {
			c.find(report.Wire, "Content-Length", "is %s on a 204", length)
		}
	} else {
		c.judgeBody()
	}
	c.judgeTraceID()
	for _, token := range c.RequestHeader.Values(exchange.TokenHeader) {
		if len(token) < 8 {
			continue // a text so short may stand there by chance
		}
		if strings.Contains(string(c.Body), token) {
			c.find(report.Wire, "", "the answer has the caller's token in it")
		}
		for name, values := range c.Header {
			if strings.Contains(strings.Join(values, "\n"), token) {
				c.find(report.Wire, name, "the header has the caller's token in it")
			}
		}
	}
}

func (c *consideration) judgeBody() {
	if len(c.Body) == 0 {
		c.find(report.Wire, "", "%d has no body", c.Status)
		return
	}
	media, parameters, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	charset := strings.ToLower(parameters["charset"])
	if err != nil || media != "application/json" || charset != "" && charset != "utf-8" {
		c.find(report.Wire, "Content-Type", "is %q, not application/json", c.Header.Get("Content-Type"))
	}
	if c.decoded, err = strictjson.Decode(c.Body); err != nil {
		c.find(report.Wire, "", "the body is not one JSON document: %v", err)
		return
	}
	c.hasBody = true
}

// shaped is what a trace id looks like that a server made; others may be a proxy's.
var shaped = regexp.MustCompile(`^[0-9a-f]{32}$`)

func (c *consideration) judgeTraceID() {
	values := c.Header.Values(requestID)
	if len(values) > 1 {
		c.find(report.Wire, requestID, "stands there %d times", len(values))
	}
	if len(values) != 1 || !shaped.MatchString(values[0]) {
		return // the contract has something to say to that
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids[values[0]] {
		c.find(report.Wire, requestID, "%s was another exchange's already", values[0])
	}
	if len(c.ids) < maxIDs {
		c.ids[values[0]] = true
	}
}
