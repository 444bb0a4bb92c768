package client_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/appgrant/appgrant/client"
	gen "github.com/appgrant/appgrant/gen/client"
	"github.com/appgrant/appgrant/gen/types"
)

// The ids of the benchmarks' calls, and a documented answer to them.
const (
	benchProject  = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
	benchInstance = "f0fa1789-3b76-433b-a787-9892951c620e"
	benchApp      = "356de8eb7a8742168586e5daf5339965"
	benchAPI      = "5f918d104dc84480a75166ba99efff21"
	benchAuth     = "dd29b33ae4394e3b924b582c6b40880b"

	benchAnswer = `{"auths":[{"api_id":"5f918d104dc84480a75166ba99efff21","auth_result":{"status":"SUCCESS"},` +
		`"auth_time":"2020-08-04T04:02:22.482227344Z","id":"dd29b33ae4394e3b924b582c6b40880b",` +
		`"app_id":"356de8eb7a8742168586e5daf5339965","auth_role":"PROVIDER","auth_tunnel":"NORMAL"}]}`
)

// ways are the same call by this package and by the generated client, which sets the token
// and reads the answer, too.
type ways struct{ sdk, generated func(context.Context) error }

// bounded is the generated client's call with a limit in time, which this package always sets.
func (w ways) bounded(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, client.DefaultTimeout)
	defer cancel()
	return w.generated(ctx)
}

// waysOf are the calls that are measured, of a server and by a transport.
func waysOf(tb testing.TB, endpoint string, transport http.RoundTripper) map[string]ways {
	tb.Helper()
	hc := &http.Client{Transport: transport}
	sdk, err := client.New(endpoint, client.WithToken("a-token"), client.WithHTTPClient(hc))
	if err != nil {
		tb.Fatal(err)
	}
	plain, err := gen.NewClientWithResponses(endpoint, gen.WithHTTPClient(hc),
		gen.WithRequestEditorFn(func(_ context.Context, req *http.Request) error {
			req.Header.Set("X-Auth-Token", "a-token")
			return nil
		}))
	if err != nil {
		tb.Fatal(err)
	}
	return map[string]ways{
		"AuthorizeApps": {
			sdk: func(ctx context.Context) error {
				done, err := sdk.APIG.AuthorizeApps(ctx, client.AppsToAuthorize{
					ProjectID: benchProject, InstanceID: benchInstance, EnvID: client.DefaultEnv,
					AppIDs: []string{benchApp}, APIIDs: []string{benchAPI},
				})
				if err == nil && done.Auths[0].ID != benchAuth {
					tb.Error("another answer came")
				}
				return err
			},
			generated: func(ctx context.Context) error {
				done, err := plain.CreateAuthorizingAppsV2WithResponse(ctx, benchProject, benchInstance, types.AppsToAuthorize{
					EnvId: client.DefaultEnv, AppIds: []string{benchApp}, ApiIds: []string{benchAPI},
				})
				if err == nil && done.JSON201.Auths[0].Id != benchAuth {
					tb.Error("another answer came")
				}
				return err
			},
		},
		"CancelAuthorization": {
			sdk: func(ctx context.Context) error {
				return sdk.APIG.CancelAuthorization(ctx, client.AuthorizationToCancel{
					ProjectID: benchProject, InstanceID: benchInstance, AppAuthID: benchAuth,
				})
			},
			generated: func(ctx context.Context) error {
				done, err := plain.CancelingAuthorizationV2WithResponse(ctx, benchProject, benchInstance, benchAuth)
				if err == nil && done.StatusCode() != http.StatusNoContent {
					tb.Error("another answer came")
				}
				return err
			},
		},
	}
}

// answerFixed answers as documented, at once.
func answerFixed(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // what matters is the answer
	w.Header().Set("X-Request-Id", "0123456789abcdef0123456789abcdef")
	if r.Method == http.MethodDelete {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, benchAnswer)
}

func benchmarkWays(b *testing.B, name string) {
	endpoint := serve(b, http.HandlerFunc(answerFixed))
	transport := &http.Transport{MaxIdleConnsPerHost: 10}
	b.Cleanup(transport.CloseIdleConnections)
	w := waysOf(b, endpoint, transport)[name]
	for name, call := range map[string]func(context.Context) error{"sdk": w.sdk, "generated": w.generated, "bounded": w.bounded} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := call(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("ratio", func(b *testing.B) { compare(b, w) })
}

// compare makes the calls in turns, so that all meet the same machine, and tells the median, over the rounds, of this
// package's time by those of the others.
func compare(b *testing.B, w ways) {
	calls := []func(context.Context) error{w.sdk, w.generated, w.bounded}
	var byGenerated, byBounded []float64
	for round := 0; b.Loop(); round++ {
		took := make([]time.Duration, len(calls))
		for i := range 300 {
			turn := (i/10 + round) % len(calls)
			start := time.Now()
			err := calls[turn](b.Context())
			took[turn] += time.Since(start)
			if err != nil {
				b.Fatal(err)
			}
		}
		byGenerated = append(byGenerated, float64(took[0])/float64(took[1]))
		byBounded = append(byBounded, float64(took[0])/float64(took[2]))
	}
	slices.Sort(byGenerated)
	slices.Sort(byBounded)
	b.ReportMetric(byGenerated[len(byGenerated)/2], "sdk/generated")
	b.ReportMetric(byBounded[len(byBounded)/2], "sdk/bounded")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkAuthorizeApps(b *testing.B) { benchmarkWays(b, "AuthorizeApps") }

func BenchmarkCancelAuthorization(b *testing.B) { benchmarkWays(b, "CancelAuthorization") }
