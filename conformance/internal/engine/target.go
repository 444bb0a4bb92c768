// Package engine runs cases: it gives each a project of its own where the target
// allows, sends the steps' requests, has the answers judged, compares them with what
// the case expects, and cleans up.
package engine

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/appgrant/appgrant/conformance/cases"
)

// Target is what is judged.
type Target struct {
	// Endpoint is the URL in front of the contract's paths.
	Endpoint *url.URL
	// Transport sends the requests; nil is one of the engine's own.
	Transport http.RoundTripper
	// Features are what it offers.
	Features []cases.Feature
	// AdminToken opens the admin contract, for the feature Admin.
	AdminToken string
	// Tokens of the users, by name, and Values of variables, for a target without the
	// feature Admin. Once has values that serve one case each.
	Tokens map[string]string
	Values map[string]string
	Once   map[string][]string
	// Timeout is how long a request may take; 0 is DefaultTimeout.
	Timeout time.Duration
}

// DefaultTimeout is how long a request may take.
const DefaultTimeout = 30 * time.Second

func (t *Target) has(f cases.Feature) bool { return slices.Contains(t.Features, f) }

// lacks is the first of the features that the target doesn't offer.
func (t *Target) lacks(features []cases.Feature) (cases.Feature, bool) {
	for _, f := range features {
		if !t.has(f) {
			return f, true
		}
	}
	return "", false
}

// prefix is the part of the endpoint's path in front of the contract's.
func (t *Target) prefix() string { return t.Endpoint.EscapedPath() }

func (t *Target) client(connections int) *http.Client {
	transport := t.Transport
	if transport == nil {
		transport = &http.Transport{
			Proxy:        http.ProxyFromEnvironment,
			MaxIdleConns: connections, MaxIdleConnsPerHost: connections,
			DisableCompression: true, IdleConnTimeout: 10 * time.Second,
		}
	}
	timeout := t.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	return &http.Client{
		Transport: transport, Timeout: timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// newID makes 32 hexadecimal digits that nothing has yet.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}
