package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// load is what a generator does: on each of some connections one request after the
// other, each sent when the one before was answered.
type load struct {
	Endpoint    string // http://HOST:PORT
	What        string // a key of requests
	Connections int
	For         time.Duration
	World       world
	First       uint64 // the pair to begin with; each request takes the next
	Known       uint64 // how many pairs are authorized, from the first on
}

// outcome is what came of a load.
type outcome struct {
	Requests uint64
	Next     uint64 // the first pair that was not asked for
	Took     time.Duration
	P50, P99 time.Duration
	CPU      time.Duration // of the server, filled in by who runs it
}

// perSecond is the throughput.
func (o outcome) perSecond() float64 { return float64(o.Requests) / o.Took.Seconds() }

// cpuEach is the server's CPU time for a request.
func (o outcome) cpuEach() time.Duration {
	if o.Requests == 0 {
		return 0
	}
	return o.CPU / time.Duration(o.Requests)
}

// request is one kind of request, and the status it is to be answered with.
type request struct {
	method string
	path   string
	want   int
	// fill completes a request for the n-th pair.
	fill func(r *fasthttp.Request, l load, n uint64)
	// most is how often it can be sent without repeating itself; nil: at will.
	most func(w world) uint64
	// before is a request that is sent before each, and not measured; with what was
	// answered to it, path is completed.
	before string
}

const (
	authorizePath = "/v2/" + project + "/apigw/instances/" + instance + "/app-auths"
	adminPath     = "/admin/v1/projects/" + project
)

var requests = map[string]request{
	// The documented authorization request.
	"authorize": {method: "POST", path: authorizePath, want: 201, most: world.pairs, fill: func(r *fasthttp.Request, l load, n uint64) {
		app, api := l.World.pair(n)
		b := append(r.Body()[:0], `{"env_id": "`+env+`", "app_ids": ["`...)
		b = append(append(append(b, app...), `"], "api_ids": ["`...), api...)
		r.SetBody(append(b, `"]}`...))
	}},
	// Cancelling what was authorized just before.
	"cancel": {method: "DELETE", path: authorizePath + "/", want: 204, before: "authorize"},
	// bulkApps × bulkAPIs at once.
	"bulk": {method: "POST", path: authorizePath, want: 201, most: world.bulks, fill: func(r *fasthttp.Request, l load, n uint64) {
		r.SetBody(l.World.bulk(int(n)))
	}},
	// A page of an app's authorizations.
	"list": {method: "GET", want: 200, fill: func(r *fasthttp.Request, l load, n uint64) {
		app, _ := l.World.pair(scatter(n) % l.Known)
		r.SetRequestURI(l.Endpoint + adminPath + "/authorizations?limit=100&app_id=" + app)
		r.Header.Set("X-Auth-Token", adminToken)
	}},
	// May an app call an API?
	"access": {method: "GET", want: 200, fill: func(r *fasthttp.Request, l load, n uint64) {
		app, api := l.World.pair(scatter(n) % l.Known)
		r.SetRequestURI(l.Endpoint + adminPath + "/access?service=apig&realm_id=" + instance + "&env_id=" + env + "&api_id=" + api + "&app_id=" + app)
		r.Header.Set("X-Auth-Token", adminToken)
	}},
	// The same as gateways ask.
	"forward-auth": {method: "GET", path: "/admin/v1/forward-auth", want: 200, fill: func(r *fasthttp.Request, l load, n uint64) {
		app, api := l.World.pair(scatter(n) % l.Known)
		r.Header.Set("X-Auth-Token", adminToken)
		r.Header.Set("X-Appgrant-Project", project)
		r.Header.Set("X-Appgrant-Service", "apig")
		r.Header.Set("X-Appgrant-Realm", instance)
		r.Header.Set("X-Appgrant-Env", env)
		r.Header.Set("X-Appgrant-Api", api)
		r.Header.Set("X-Appgrant-App", app)
	}},
}

func (w world) pair(i uint64) (app, api string) {
	return appID(int(i / uint64(w.APIs) % uint64(w.Apps))), apiID(int(i % uint64(w.APIs)))
}

// The size of a bulk request.
const (
	bulkApps = 30
	bulkAPIs = 100
)

// pairs and bulks are how many pairs there are, and how many requests for many.
func (w world) pairs() uint64 { return uint64(w.Apps) * uint64(w.APIs) }
func (w world) bulks() uint64 { return uint64(w.Apps/bulkApps) * uint64(w.APIs/bulkAPIs) }

// bulk is the body of the n-th request for bulkApps × bulkAPIs pairs, none of which
// is in another.
func (w world) bulk(n int) []byte {
	columns := w.APIs / bulkAPIs
	body := struct {
		Env  string   `json:"env_id"`
		Apps []string `json:"app_ids"`
		APIs []string `json:"api_ids"`
	}{Env: env}
	for i := range bulkApps {
		body.Apps = append(body.Apps, appID((n/columns*bulkApps+i)%w.Apps))
	}
	for i := range bulkAPIs {
		body.APIs = append(body.APIs, apiID(n%columns*bulkAPIs+i))
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // texts always encode
	}
	return text
}

// generate is the generator's process: it reads a load from its argument and writes
// the outcome to standard output.
func generate(ctx context.Context, text string) error {
	var l load
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return err
	}
	o, err := l.run(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(o)
}

// run puts the load on. Each connection is opened with a request that does not count,
// and there are no others if the load is to last no time.
func (l load) run(ctx context.Context) (outcome, error) {
	if _, ok := requests[l.What]; !ok {
		return outcome{}, fmt.Errorf("no request is called %q", l.What)
	}
	client := &fasthttp.Client{
		MaxConnsPerHost: l.Connections, MaxResponseBodySize: 16 << 20, ReadTimeout: 30 * time.Second, NoDefaultUserAgentHeader: true,
	}
	defer client.CloseIdleConnections()
	var (
		next      atomic.Uint64
		latencies = make([][]time.Duration, l.Connections)
		failures  = make([]error, l.Connections)
		ready, wg sync.WaitGroup
		start     = make(chan struct{})
		began     time.Time
	)
	next.Store(l.First)
	ready.Add(l.Connections)
	for i := range l.Connections {
		wg.Go(func() {
			c := connection{load: l, client: client}
			_, failures[i] = c.call(l.What, next.Add(1)-1)
			ready.Done()
			<-start
			for failures[i] == nil && ctx.Err() == nil && time.Since(began) < l.For {
				var took time.Duration
				took, failures[i] = c.call(l.What, next.Add(1)-1)
				latencies[i] = append(latencies[i], took)
			}
		})
	}
	ready.Wait()
	began = time.Now()
	close(start)
	wg.Wait()
	o := outcome{Next: next.Load(), Took: time.Since(began)}
	if err := errors.Join(append(failures, ctx.Err())...); err != nil {
		return o, err
	}
	all := slices.Concat(latencies...)
	slices.Sort(all)
	if o.Requests = uint64(len(all)); o.Requests > 0 {
		o.P50, o.P99 = all[len(all)/2], all[(len(all)*99+99)/100-1]
	}
	return o, nil
}

// connection is one client that waits for each answer.
type connection struct {
	load
	client   *fasthttp.Client
	request  fasthttp.Request
	response fasthttp.Response
}

// call sends a request of a kind and says how long that took.
func (c *connection) call(what string, n uint64) (time.Duration, error) {
	kind := requests[what]
	suffix := ""
	if kind.before != "" {
		if _, err := c.call(kind.before, n); err != nil {
			return 0, err
		}
		suffix = idIn(c.response.Body())
	}
	r := &c.request
	r.Reset()
	r.SetRequestURI(c.Endpoint + kind.path + suffix)
	r.Header.SetMethod(kind.method)
	r.Header.Set("X-Auth-Token", userToken)
	r.Header.SetContentType("application/json")
	if kind.fill != nil {
		kind.fill(r, c.load, n)
	}
	if kind.most != nil && n >= kind.most(c.World) {
		return 0, fmt.Errorf("%s: there is nothing left that is not authorized", what)
	}
	sent := time.Now()
	if err := c.client.Do(r, &c.response); err != nil {
		return 0, err
	}
	took := time.Since(sent)
	if got := c.response.StatusCode(); got != kind.want {
		return took, fmt.Errorf("%s: status %d: %s", what, got, c.response.Body())
	}
	return took, nil
}

// idIn is the id of an answer's first authorization.
func idIn(answer []byte) string {
	_, rest, _ := bytes.Cut(answer, []byte(`"id":"`))
	id, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(id)
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}
