package broken_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
)

// inProcess sends requests to a handler without a network. It does what a connection
// would: an answer that was aborted, or is not as long as it says, does not come whole.
// The body of a 204 gets through, though, which net/http neither sends nor reads.
type inProcess struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (t inProcess) RoundTrip(sent *http.Request) (*http.Response, error) {
	r := sent.Clone(sent.Context())
	uri := sent.URL.RequestURI()
	var err error
	if r.URL, err = url.ParseRequestURI(uri); err != nil {
		return nil, err
	}
	r.RequestURI, r.Host, r.RemoteAddr = uri, sent.URL.Host, "192.0.2.1:1234"
	if r.Body == nil {
		r.Body = http.NoBody
	}
	defer func() { _ = r.Body.Close() }()
	w := &written{header: http.Header{}}
	aborted := w.serve(t.handler, r)
	if err := sent.Context().Err(); err != nil {
		return nil, err
	}
	if aborted && !w.flushed {
		return nil, io.EOF
	}
	return w.response(sent, aborted), nil
}

// written is what a handler writes.
type written struct {
	header  http.Header
	sent    http.Header // the header when the status was written
	status  int
	body    []byte
	flushed bool
}

func (w *written) Header() http.Header { return w.header }

func (w *written) Flush() { w.flushed = true }

func (w *written) WriteHeader(status int) {
	if w.status == 0 {
		w.status, w.sent = status, w.header.Clone()
	}
}

func (w *written) Write(data []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	w.body = append(w.body, data...)
	return len(data), nil
}

// serve reports whether the handler aborted the answer.
func (w *written) serve(handler http.Handler, r *http.Request) (aborted bool) {
	defer func() {
		switch p := recover(); {
		case p == nil:
		case errors.Is(asError(p), http.ErrAbortHandler):
			aborted = true
		default:
			panic(p)
		}
	}()
	handler.ServeHTTP(w, r)
	w.WriteHeader(http.StatusOK)
	return false
}

func asError(p any) error {
	if err, isError := p.(error); isError {
		return err
	}
	return fmt.Errorf("%v", p)
}

// response is what a client gets to see.
func (w *written) response(sent *http.Request, aborted bool) *http.Response {
	if _, has := w.sent["Content-Type"]; !has && len(w.body) > 0 {
		w.sent.Set("Content-Type", http.DetectContentType(w.body))
	}
	body, ending := w.body, io.EOF
	if aborted && w.status != http.StatusNoContent {
		ending = io.ErrUnexpectedEOF
	}
	if length, err := strconv.Atoi(w.sent.Get("Content-Length")); err == nil && w.status != http.StatusNoContent {
		if length > len(body) {
			ending = io.ErrUnexpectedEOF
		}
		body = body[:min(max(length, 0), len(body))]
	}
	if sent.Method == http.MethodHead {
		body, ending = nil, io.EOF
	}
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: io.NopCloser(&endingIn{body, ending}), ContentLength: -1, Request: sent,
	}
}

// endingIn reads bytes and then has an error.
type endingIn struct {
	data []byte
	err  error
}

func (r *endingIn) Read(p []byte) (int, error) {
	if len(r.data) == 0 {
		return 0, r.err
	}
	n := copy(p, r.data)
	r.data = r.data[n:]
	return n, nil
}
