package main

import (
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
	Pairs       int    // for bulk: apps × 100 APIs
}

// outcome is what came of a load.
type outcome struct {
	Requests  uint64
	Next      uint64 // the first pair that was not asked for
	Took      time.Duration
	P50, P99  time.Duration
	CPU       time.Duration // of the server, filled in by who runs it
	BytesRead uint64
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
	// fill completes a request for a pair.
	fill func(r *fasthttp.Request, l load, pair uint64)
}

const authorizePath = "/v2/" + project + "/apigw/instances/" + instance + "/app-auths"

var requests = map[string]request{
	// The documented authorization request, each for a pair of its own.
	"authorize": {"POST", authorizePath, 201, func(r *fasthttp.Request, l load, pair uint64) {
		app, api := l.World.pair(pair)
		b := append(r.Body()[:0], `{"env_id": "`+env+`", "app_ids": ["`...)
		b = append(append(append(b, app...), `"], "api_ids": ["`...), api...)
		r.SetBody(append(b, `"]}`...))
	}},
	// The same, 30 apps × 100 APIs at once.
	"bulk": {"POST", authorizePath, 201, func(r *fasthttp.Request, l load, n uint64) {
		r.SetBody(l.World.bulk(int(n)))
	}},
	// May an app call an API? As gateways ask.
	"forward-auth": {"GET", "/admin/v1/forward-auth", 200, func(r *fasthttp.Request, l load, pair uint64) {
		app, api := l.World.pair(scatter(pair) % l.First)
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
func generate(text string) error {
	var l load
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return err
	}
	o, err := l.run()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(o)
}

func (l load) run() (outcome, error) {
	kind, ok := requests[l.What]
	if !ok {
		return outcome{}, fmt.Errorf("no request is called %q", l.What)
	}
	client := &fasthttp.Client{
		MaxConnsPerHost: l.Connections, MaxResponseBodySize: 16 << 20, ReadTimeout: 30 * time.Second, NoDefaultUserAgentHeader: true,
	}
	var (
		next      atomic.Uint64
		read      atomic.Uint64
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
			r, w := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			r.SetRequestURI(l.Endpoint + kind.path)
			r.Header.SetMethod(kind.method)
			r.Header.SetContentType("application/json")
			r.Header.Set("X-Auth-Token", userToken)
			send := func() error {
				kind.fill(r, l, next.Add(1)-1)
				if err := client.Do(r, w); err != nil {
					return err
				}
				if w.StatusCode() != kind.want {
					return fmt.Errorf("status %d: %s", w.StatusCode(), w.Body())
				}
				return nil
			}
			failures[i] = send() // connects
			ready.Done()
			<-start
			for failures[i] == nil && time.Since(began) < l.For {
				sent := time.Now()
				failures[i] = send()
				latencies[i] = append(latencies[i], time.Since(sent))
				read.Add(uint64(len(w.Body())))
			}
		})
	}
	ready.Wait()
	began = time.Now()
	close(start)
	wg.Wait()
	took := time.Since(began)
	if err := errors.Join(failures...); err != nil {
		return outcome{}, err
	}
	all := slices.Concat(latencies...)
	slices.Sort(all)
	return outcome{
		Requests: uint64(len(all)), Next: next.Load(), Took: took,
		P50: all[len(all)/2], P99: all[len(all)*99/100], BytesRead: read.Load(),
	}, nil
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}
