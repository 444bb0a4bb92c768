package server_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	labelling "github.com/prometheus/common/model"

	"github.com/appgrant/appgrant/server"
)

// scraped is what /metrics said at a time.
type scraped map[string]*dto.MetricFamily

func (f *fixture) scrape(t *testing.T) (scraped, string) {
	t.Helper()
	resp, err := f.client.Get(f.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp.StatusCode, err)
	}
	if got := expfmt.ResponseFormat(resp.Header).FormatType(); got != expfmt.TypeTextPlain {
		t.Fatalf("%s is not the text format", resp.Header.Get("Content-Type"))
	}
	parser := expfmt.NewTextParser(labelling.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return families, string(raw)
}

// values are a family's numbers by the values of its labels, joined by blanks.
// Of a histogram it is the number of observations.
func (s scraped) values(family string) map[string]float64 {
	values := map[string]float64{}
	for _, m := range s[family].GetMetric() {
		var labels []string
		for _, label := range m.GetLabel() {
			labels = append(labels, label.GetValue())
		}
		value := m.GetCounter().GetValue()
		if h := m.GetHistogram(); h != nil {
			value = float64(h.GetSampleCount())
		}
		values[strings.Join(labels, " ")] = value
	}
	return values
}

// commits are how many transactions there were and how many updates they had.
func (s scraped) commits() (commits uint64, updates float64) {
	for _, m := range s["appgrant_commit_updates"].GetMetric() {
		commits, updates = commits+m.GetHistogram().GetSampleCount(), updates+m.GetHistogram().GetSampleSum()
	}
	return commits, updates
}

// atStart are the commits of a server that starts: the catalog, if it is new, and
// housekeeping.
const atStart = 2

// settled waits until a server has done what it does by itself when it starts.
func (f *fixture) settled(t *testing.T, want uint64) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		s, _ := f.scrape(t)
		commits, _ := s.commits()
		if commits == want {
			return
		}
		if commits > want || time.Now().After(deadline) {
			t.Fatalf("%d commits at the start instead of %d", commits, want)
		}
	}
}

// Requests are counted by operation and status, decisions by reason, and commits
// with their updates.
func TestMetrics(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	f.settled(t, atStart)
	_, before := f.scrape(t)
	if strings.Contains(before, "appgrant_decisions_total{") {
		t.Error("a decision has been counted before there was any")
	}
	// Each is counted when its handler returns, which is after the answer: so ask
	// without a network.
	ask := func(times int, c call) {
		for range times {
			f.doHere(t, c)
		}
	}
	question := question{"home", "apig", "gw", "dev", "alices", "shop", ""}
	unknown := question
	unknown.app = "nobody"
	ask(2, unknown.call())
	f.doHere(t, upsertProject("home", object{"apig": object{"instances": array{object{
		"id": "gw", "apis": array{object{"id": "alices", "owner": "alice", "published": array{"dev"}}},
	}}}}))
	ask(1, question.forward()) // not authorized
	ask(3, worldAuthorize("dev", []string{"shop"}, []string{"alices"}))
	ask(2, question.forward()) // authorized
	ask(1, question.call())
	ask(2, worldCancel("none"))
	ask(2, worldCancel("none").as(unknownToken))
	ask(1, worldCancel("a.b"))
	ask(1, forwardAuth("home", "apig", "alices").as("")) // no decision
	ask(4, call{method: "GET", path: "/nothing"})
	ask(1, call{method: "PUT", path: "/healthz"})

	s, _ := f.scrape(t)
	got := s.values("appgrant_requests_total")
	scrapes := got[" 200"] // by this test, which it does as often as need be
	delete(got, " 200")
	want := map[string]float64{
		"DecideAccess 200": 3, "UpsertCatalog 204": 1, "ForwardAuth 403": 1, "ForwardAuth 200": 2, "ForwardAuth 401": 1,
		"CreateAuthorizingAppsV2 201": 3, "CancelingAuthorizationV2 404": 2, "CancelingAuthorizationV2 401": 2, "CancelingAuthorizationV2 400": 1,
		" 404": 4, " 405": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	want = map[string]float64{
		"DecideAccess": 3, "UpsertCatalog": 1, "ForwardAuth": 4, "CreateAuthorizingAppsV2": 3, "CancelingAuthorizationV2": 5, "": 5 + scrapes,
	}
	if diff := cmp.Diff(want, s.values("appgrant_request_duration_seconds")); diff != "" {
		t.Errorf("durations (-want +got):\n%s", diff)
	}
	want = map[string]float64{"unknown_app": 2, "not_authorized": 1, "authorized": 3}
	if diff := cmp.Diff(want, s.values("appgrant_decisions_total")); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	// Three authorize, whether it is new or not, and one upserts; who fails changes nothing.
	commits, updates := s.commits()
	if durations := s.values("appgrant_commit_duration_seconds")[""]; commits != atStart+4 || updates != atStart+4 || durations != float64(commits) {
		t.Errorf("%d commits of %g updates, %g of them timed; want %d", commits, updates, durations, atStart+4)
	}
}

// To ask whether the server is ready, or anything else that changes nothing, is no
// commit.
func TestMetricsOfReading(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	f.settled(t, atStart)
	for range 5 {
		for _, path := range []string{"/readyz", "/healthz", "/metrics"} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				req, err := http.NewRequestWithContext(t.Context(), method, f.url+path, http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := f.client.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					t.Errorf("%s: %d", path, resp.StatusCode)
				}
			}
		}
		for name, c := range adminCalls() {
			if strings.HasPrefix(name, "List") || strings.HasPrefix(name, "Read") || name == "DecideAccess" || name == "ForwardAuth" {
				f.doHere(t, c)
			}
		}
	}
	s, _ := f.scrape(t)
	if commits, updates := s.commits(); commits != atStart || updates != atStart {
		t.Errorf("%d commits of %g updates, want %d", commits, updates, atStart)
	}
}

// Updates that wait for each other share a commit, and are counted one by one.
func TestMetricsOfBatches(t *testing.T) {
	t.Parallel()
	f := startAdmin(t, func(c *server.Config) { c.Store = filepath.Join(t.TempDir(), "store.db") }) // which one can lock
	f.settled(t, atStart)
	db, err := sql.Open("sqlite", "file:"+f.store)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lock := func(statement string) {
		t.Helper()
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	const callers = 20
	lock("BEGIN IMMEDIATE")
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() { f.doHere(t, advance("home", i)) })
	}
	time.Sleep(300 * time.Millisecond) // most of them wait by now
	lock("ROLLBACK")
	group.Wait()

	s, _ := f.scrape(t)
	if commits, updates := s.commits(); updates != atStart+callers || commits >= atStart+callers {
		t.Errorf("%d commits of %g updates, want fewer than the %d", commits, updates, atStart+callers)
	}
}

// What callers choose is no label: a label's values are those that the contracts have.
func TestMetricsAreFewAndTellNothing(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	chosen := []string{"chosen-by-caller", "c0ffee00c0ffee00c0ffee00c0ffee00"}
	for i, id := range chosen {
		f.doHere(t, call{method: "GET", path: "/" + id, token: id})
		f.doHere(t, call{method: "GET", path: "/admin/v1/projects/" + id + "/" + id, token: adminToken})
		f.doHere(t, call{method: fmt.Sprintf("CHOSEN%d", i), path: "/healthz"})
		f.doHere(t, worldAuthorize("dev", []string{id}, []string{id}).withParam("project_id", id))
		f.doHere(t, worldAuthorize(id, []string{id}, []string{id}))
		f.doHere(t, worldUnauthorize(id, id, id))
		f.doHere(t, worldAct(id, "AUTHORIZE", id, future))
		f.doHere(t, operate("ReadProject", id))
		f.doHere(t, upsertUsers(object{"name": id, "token": "token-" + id}))
		f.doHere(t, upsertProject(id, object{}))
		for _, q := range []question{{id, "apig", "gw", "dev", "alices", "shop", ""}, {"home", "apig", id, id, id, id, id}, {"home", "apig", "gw", "dev", "alices", id, id}} {
			f.doHere(t, q.call())
			f.doHere(t, q.forward())
		}
		f.doHere(t, forwardAuth("home", id, "alices"))
		f.doHere(t, operate("DecideAccess", "home").withQuery("api_id=alices&service="+id))
		f.doHere(t, addFault("home", object{"operation": "DeleteAppCodeV2", "status": 455 + i}))
		f.doHere(t, worldDeleteCode(id, id).outside(t))
	}
	s, text := f.scrape(t)
	reasons := []string{}
	for _, reason := range contract(t).operations["DecideAccess"].route.Spec.Components.Schemas["Reason"].Value.Enum {
		reasons = append(reasons, reason.(string))
	}
	number := regexp.MustCompile(`^[1-5][0-9][0-9]$`)
	labels := map[string]bool{}
	for name, family := range s {
		if !strings.HasPrefix(name, "appgrant_") {
			continue
		}
		for _, m := range family.GetMetric() {
			for _, label := range m.GetLabel() {
				labels[label.GetName()] = true
				value := label.GetValue()
				_, isOperation := contract(t).operations[value]
				switch label.GetName() {
				case "operation":
					if !isOperation && value != "" {
						t.Errorf("%s of the operation %q", name, value)
					}
				case "status":
					if !number.MatchString(value) {
						t.Errorf("%s of the status %q", name, value)
					}
				case "reason":
					if !slices.Contains(reasons, value) {
						t.Errorf("%s of the reason %q", name, value)
					}
				default:
					t.Errorf("%s has a label %q", name, label.GetName())
				}
			}
		}
	}
	if diff := cmp.Diff(map[string]bool{"operation": true, "status": true, "reason": true}, labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	// Wherever they stood, they would betray something.
	for _, secret := range append(chosen, "CHOSEN", adminToken, accessToken, "secret-token-of", "appcode-", "home", "alice", "shop", "depot") {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in the metrics", secret)
		}
	}
}
