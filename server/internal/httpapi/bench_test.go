package httpapi_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/catalog"
	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/httpapi"
	"github.com/appgrant/appgrant/server/internal/instant"
	"github.com/appgrant/appgrant/server/internal/metrics"
)

func handler(tb testing.TB) http.Handler {
	tb.Helper()
	exists, err := catalog.Parse("demo", catalog.Demo)
	if err != nil {
		tb.Fatal(err)
	}
	h, err := httpapi.New(httpapi.Config{
		Authority:  grant.New(instant.New(exists), time.Now),
		Logger:     slog.New(slog.NewTextHandler(io.Discard, nil)),
		Metrics:    metrics.New(),
		MaxBody:    1 << 20,
		Timeout:    20 * time.Second,
		AdminToken: "demo-admin",
	})
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// BenchmarkAuthorize is the documented request, from the parsed headers to the
// written answer.
func BenchmarkAuthorize(b *testing.B) {
	h := handler(b)
	body := []byte(`{"env_id": "DEFAULT_ENVIRONMENT_RELEASE_ID", "app_ids": ["356de8eb7a8742168586e5daf5339965"], "api_ids": ["5f918d104dc84480a75166ba99efff21"]}`)
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, "/v2/0a1b2c3d4e5f60718293a4b5c6d7e8f9/apigw/instances/f0fa1789-3b76-433b-a787-9892951c620e/app-auths", bytes.NewReader(body))
		r.Header.Set("X-Auth-Token", "demo-token")
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusCreated {
			b.Fatal(w.Code, w.Body)
		}
	}
}
