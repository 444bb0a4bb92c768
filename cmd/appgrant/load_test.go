package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	admintypes "github.com/appgrant/appgrant/gen/admin/types"
	"github.com/appgrant/appgrant/gen/types"
)

// The load has a project of its own, with this many APIs and apps, and a user who
// may do everything there.
const (
	loadProject = "10ad0000000000000000000000000000"
	loadToken   = "load-token"
	loadAPIs    = 6
	loadApps    = 6
	loadEnv     = "DEV"
)

// load is clients that authorize, cancel and ask at random, and what they were told.
type load struct {
	*testing.T
	client *http.Client

	mu        sync.Mutex
	urls      []string
	made      map[string]string // records by the request that made them, each acknowledged
	ended     map[string]string // likewise, by the request that cancelled them
	uncertain map[string]bool   // records that were to be cancelled when the answer got lost
}

func newLoad(t *testing.T, urls ...string) *load {
	t.Helper()
	l := &load{
		T: t, client: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}, urls: urls,
		made: map[string]string{}, ended: map[string]string{}, uncertain: map[string]bool{},
	}
	gateway := admintypes.Gateway{Id: "gateway", Environments: []string{loadEnv}}
	for i := range loadAPIs {
		gateway.Apis = append(gateway.Apis, admintypes.GatewayApi{Id: fmt.Sprintf("api-%d", i), Owner: "loader", Published: []string{loadEnv}})
	}
	for i := range loadApps {
		gateway.Apps = append(gateway.Apps, admintypes.GatewayApp{Id: fmt.Sprintf("app-%d", i)})
	}
	catalog := admintypes.Catalog{
		Users: []admintypes.User{{Name: "loader", Token: loadToken, MemberOf: []admintypes.Membership{{
			Project: loadProject, Permissions: []admintypes.Permission{"CreateAuthorizingAppsV2", "CancelingAuthorizationV2"},
		}}}},
		Projects: []admintypes.Project{{Id: loadProject, Apig: admintypes.Gateways{Instances: []admintypes.Gateway{gateway}}}},
	}
	if status, _, err := l.call(urls[0], http.MethodPatch, "/admin/v1/catalog", demoAdminToken, catalog, nil); err != nil || status != http.StatusNoContent {
		t.Fatalf("set the project up: %d %v", status, err)
	}
	return l
}

// call sends a request, and returns the status and the request's id.
func (l *load) call(url, method, path, token string, body, answer any) (int, string, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, "", err
	}
	request, err := http.NewRequestWithContext(l.Context(), method, url+path, bytes.NewReader(text))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("X-Auth-Token", token)
	request.Header.Set("Content-Type", "application/json")
	response, err := l.client.Do(request)
	if err != nil {
		return 0, "", err
	}
	data, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err == nil && answer != nil && response.StatusCode < 300 {
		err = json.Unmarshal(data, answer)
	}
	return response.StatusCode, response.Header.Get("X-Request-Id"), err
}

// run lets clients loose until ctx ends. Each has an app of its own besides those
// that all share, and of that one knows at any time whether it may call.
func (l *load) run(ctx context.Context, clients int) {
	var group sync.WaitGroup
	for i := range clients {
		group.Go(func() {
			for ctx.Err() == nil {
				api, app := fmt.Sprintf("api-%d", rand.IntN(loadAPIs)), fmt.Sprintf("app-%d", rand.IntN(loadApps))
				if id, ok := l.authorize(api, app); ok && rand.IntN(2) == 0 {
					l.cancel(id)
				}
				if rand.IntN(4) == 0 {
					l.alone(i)
				}
			}
		})
	}
	group.Wait()
}

// counts returns how many records were made and cancelled.
func (l *load) counts() (made, ended int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.made), len(l.ended)
}

// await waits until as many were made and cancelled, or a minute.
func (l *load) await(made, ended int) {
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(10 * time.Millisecond) {
		if m, e := l.counts(); m >= made && e >= ended {
			return
		}
	}
}

func (l *load) anyURL() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.urls[rand.IntN(len(l.urls))]
}

const gatewayPath = "/v2/" + loadProject + "/apigw/instances/gateway/app-auths"

// authorize returns the record of a pair, whoever made it.
func (l *load) authorize(api, app string) (id string, ok bool) {
	var answer types.AuthorizationRecords
	status, request, err := l.call(l.anyURL(), http.MethodPost, gatewayPath, loadToken,
		types.AppsToAuthorize{EnvId: loadEnv, ApiIds: []string{api}, AppIds: []string{app}}, &answer)
	if err != nil { // the server may have died; nobody was told anything
		return "", false
	}
	if status != http.StatusCreated {
		l.Errorf("authorize: %d", status)
		return "", false
	}
	record := answer.Auths[0]
	if record.AuthResult.Status == types.SUCCESS {
		l.mu.Lock()
		l.made[record.Id] = request
		l.mu.Unlock()
	}
	return record.Id, true
}

func (l *load) cancel(id string) (ok bool) {
	status, request, err := l.call(l.anyURL(), http.MethodDelete, gatewayPath+"/"+id, loadToken, nil, nil)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err != nil:
		l.uncertain[id] = true
	case status == http.StatusNoContent:
		if other := l.ended[id]; other != "" {
			l.Errorf("%s was cancelled by %s and %s", id, other, request)
		}
		l.ended[id] = request
	case status != http.StatusNotFound: // somebody else was faster
		l.Errorf("cancel: %d", status)
	}
	return err == nil && status == http.StatusNoContent
}

// alone authorizes and cancels where nobody else does, asking on any server after
// each whether that is what holds now.
func (l *load) alone(client int) {
	api, app := fmt.Sprintf("own-%d", client), "app-0"
	id, ok := l.authorize(api, app)
	if !ok {
		return
	}
	l.wantAllowed(api, app, true)
	if l.cancel(id) {
		l.wantAllowed(api, app, false)
	}
}

func (l *load) wantAllowed(api, app string, want bool) {
	var decision admintypes.Decision
	status, _, err := l.call(l.anyURL(), http.MethodGet,
		fmt.Sprintf("/admin/v1/projects/%s/access?service=apig&env_id=%s&api_id=%s&app_id=%s", loadProject, loadEnv, api, app), demoAdminToken, nil, &decision)
	if err == nil && (status != http.StatusOK || decision.Allowed != want) {
		l.Errorf("decision on %s and %s: %d %s, want allowed %t", api, app, status, decision.Reason, want)
	}
}

// addOwnAPIs makes what alone needs.
func (l *load) addOwnAPIs(clients int) {
	l.Helper()
	gateway := admintypes.Gateway{Id: "gateway"}
	for i := range clients {
		gateway.Apis = append(gateway.Apis, admintypes.GatewayApi{Id: fmt.Sprintf("own-%d", i), Owner: "loader", Published: []string{loadEnv}})
	}
	catalog := admintypes.Catalog{Projects: []admintypes.Project{{Id: loadProject, Apig: admintypes.Gateways{Instances: []admintypes.Gateway{gateway}}}}}
	if status, _, err := l.call(l.urls[0], http.MethodPatch, "/admin/v1/catalog", demoAdminToken, catalog, nil); err != nil || status != http.StatusNoContent {
		l.Fatalf("add APIs: %d %v", status, err)
	}
}

// verify holds what is recorded against what was acknowledged.
func (l *load) verify() {
	l.Helper()
	records := map[string]admintypes.Authorization{}
	live := map[string]string{}
	for cursor := ""; ; {
		var page admintypes.AuthorizationPage
		l.list("authorizations", cursor, &page)
		for _, a := range page.Authorizations {
			if _, twice := records[a.Id]; twice {
				l.Errorf("%s is listed twice", a.Id)
			}
			records[a.Id] = a
			if pair := a.ApiId + "/" + a.AppId; a.State == "live" {
				if live[pair] != "" {
					l.Errorf("%s has two live records", pair)
				}
				live[pair] = a.Id
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	events := map[string][]string{} // records by the request that changed them
	for cursor := ""; ; {
		var page admintypes.EventPage
		l.list("events", cursor, &page)
		for _, e := range page.Events {
			if _, twice := events[e.RequestId]; twice {
				l.Errorf("two events of the request %s", e.RequestId)
			}
			events[e.RequestId] = e.AuthorizationIds
		}
		if len(page.Events) == 0 {
			break
		}
		cursor = page.NextCursor
	}

	for id, request := range l.made {
		record, ok := records[id]
		switch {
		case !ok:
			l.Errorf("%s was acknowledged and is lost", id)
		case l.ended[id] != "" && record.State != "cancelled":
			l.Errorf("%s was cancelled and is %s", id, record.State)
		case l.ended[id] == "" && !l.uncertain[id] && record.State != "live":
			l.Errorf("%s is %s, and nobody cancelled it", id, record.State)
		}
		if !slices.Equal(events[request], []string{id}) {
			l.Errorf("the trail of %s, which made %s, is %v", request, id, events[request])
		}
	}
	for id, request := range l.ended {
		if !slices.Equal(events[request], []string{id}) {
			l.Errorf("the trail of %s, which cancelled %s, is %v", request, id, events[request])
		}
	}
	if len(l.made) == 0 || len(l.ended) == 0 {
		l.Errorf("%d made and %d cancelled: the load did nothing", len(l.made), len(l.ended))
	}
	l.Logf("%d records made and %d cancelled, each acknowledged; %d on record", len(l.made), len(l.ended), len(records))
}

func (l *load) list(what, cursor string, page any) {
	l.Helper()
	path := fmt.Sprintf("/admin/v1/projects/%s/%s?limit=500", loadProject, what)
	if cursor != "" {
		path += "&cursor=" + cursor
	}
	if status, _, err := l.call(l.urls[0], http.MethodGet, path, demoAdminToken, nil, page); err != nil || status != http.StatusOK {
		l.Fatalf("list %s: %d %v", what, status, err)
	}
}
