package client_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/appgrant/appgrant/internal/alloctest"
)

// stub is a transport without a network: it gives the documented answers.
type stub struct{}

// RoundTrip implements http.RoundTripper.
func (stub) RoundTrip(req *http.Request) (*http.Response, error) {
	resp := &http.Response{
		Status: "204 No Content", StatusCode: http.StatusNoContent, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"X-Request-Id": {"0123456789abcdef0123456789abcdef"}}, Body: http.NoBody, Request: req,
	}
	if req.Method == http.MethodPost {
		resp.Status, resp.StatusCode = "201 Created", http.StatusCreated
		resp.Header["Content-Type"] = []string{"application/json"}
		resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(benchAnswer)), int64(len(benchAnswer))
	}
	return resp, nil
}

func TestAllocations(t *testing.T) { // alone, since it counts what the process allocates
	got := map[string]float64{}
	for name, w := range waysOf(t, "http://stub.test", stub{}) {
		got[name] = testing.AllocsPerRun(500, func() {
			if err := w.sdk(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	}
	alloctest.Compare(t, got)
}
