package client

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	gen "github.com/appgrant/appgrant/gen/client"
)

// Client calls one server. Make it with [New].
type Client struct {
	APIG      *APIG      // API Gateway
	ROMA      *ROMA      // ROMA Connect
	ModelArts *ModelArts // ModelArts
	DataArts  *DataArts  // DataArts Studio

	api    *gen.Client
	http   *http.Client
	tokens *tokens // nil sends none

	timeout   time.Duration
	retry     Retry
	atOnce    int
	userAgent string
	hooks     Hooks
}

// New makes a client of the server at endpoint: scheme, host, port and, where the
// server is not at the root, the path in front of the contract's paths. Nothing is
// sent yet. The error is an [*InputError].
func New(endpoint string, opts ...Option) (*Client, error) {
	if err := checkEndpoint(endpoint); err != nil {
		return nil, err
	}
	set := settings{timeout: DefaultTimeout, atOnce: DefaultConcurrency}
	for _, opt := range opts {
		if err := opt(&set); err != nil {
			return nil, err
		}
	}
	c := &Client{
		http: set.httpClient(), timeout: set.timeout, retry: set.retry.withDefaults(),
		atOnce: set.atOnce, userAgent: userAgent(set.userAgent), hooks: set.hooks,
	}
	if set.source != nil {
		c.tokens = &tokens{source: set.source, timeout: set.timeout}
	}
	var err error
	if c.api, err = gen.NewClient(endpoint, gen.WithHTTPClient(c.http)); err != nil {
		return nil, &InputError{Op: "New", Field: "endpoint", Problem: err.Error()}
	}
	c.APIG, c.ROMA = &APIG{c}, &ROMA{c}
	c.ModelArts, c.DataArts = &ModelArts{c}, &DataArts{c}
	return c, nil
}

// String tells the server, and no secret.
func (c *Client) String() string { return "client of " + c.api.Server }

// CloseIdleConnections closes the connections that no call is using.
func (c *Client) CloseIdleConnections() { c.http.CloseIdleConnections() }

func checkEndpoint(endpoint string) error {
	wrong := func(problem string) error { return &InputError{Op: "New", Field: "endpoint", Problem: problem} }
	u, err := url.Parse(endpoint)
	switch {
	case err != nil:
		return wrong("is no URL") // and may have a password in it, so it isn't shown
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return wrong("is not like https://host or http://host:port")
	case u.User != nil:
		return wrong("has a user in it; give the token as an option")
	case strings.ContainsAny(endpoint, "?#"):
		return wrong("has a query or a fragment")
	}
	return nil
}
