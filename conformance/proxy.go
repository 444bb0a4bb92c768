package conformance

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/engine"
	"github.com/appgrant/appgrant/conformance/internal/exchange"
	"github.com/appgrant/appgrant/conformance/internal/judge"
	"github.com/appgrant/appgrant/conformance/report"
)

// Proxy stands between any client and a server, passes everything on as it is, and
// judges what belongs to the contract. It may be used by any number of goroutines.
type Proxy struct {
	target   *url.URL
	opts     Options
	judge    *judge.Judge
	reverse  *httputil.ReverseProxy
	started  time.Time
	mu       sync.Mutex
	observed map[observation]*report.Case
	counts   map[observation]int
	passed   int // requests that no operation takes
	broken   error
}

// observation is what exchanges are told apart by.
type observation struct {
	operation string
	status    int
}

// keepFailed is how many failed exchanges are kept of each operation and status.
const keepFailed = 20

// NewProxy makes a proxy in front of a target. It passes on what it gets but for the
// header Accept-Encoding, so that answers come uncompressed. Of the target it needs the endpoint and
// the profile: for [Region] what only this project decided is not asked. Of the options
// it needs Strict, Expected and Done, which is told each exchange, several at once.
//
// Requests and answers of the contract's operations are held in memory as a whole, up
// to 16 MiB; a longer one is passed on and counts as not judged.
func NewProxy(target Target, opts Options) (*Proxy, error) {
	endpoint, err := url.Parse(strings.TrimSuffix(target.Endpoint, "/"))
	if err != nil || endpoint.Host == "" {
		return nil, fmt.Errorf("target: the endpoint %q is no URL", target.Endpoint)
	}
	rulings := target.Profile == "" || target.Profile == Appgrant || slices.Contains(target.Features, cases.Rulings)
	services, err := judgeOfServices(judge.Options{Strict: opts.Strict, Rulings: rulings})
	if err != nil {
		return nil, err
	}
	transport := target.Transport
	if transport == nil {
		plain := http.DefaultTransport.(*http.Transport).Clone()
		plain.DisableCompression, plain.ResponseHeaderTimeout = true, max(target.Timeout, engine.DefaultTimeout)
		transport = plain
	}
	p := &Proxy{
		target: endpoint, opts: opts, judge: services, started: time.Now(),
		observed: map[observation]*report.Case{}, counts: map[observation]int{},
	}
	p.reverse = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(endpoint)
			r.Out.URL.RawQuery = r.In.URL.RawQuery // a garbled one, too
			r.Out.Header.Del("Accept-Encoding")    // what is judged is read as it is
		},
		Transport:      transport,
		ModifyResponse: p.listen,
		ErrorHandler:   p.fail,
	}
	return p, nil
}

// sent is what is remembered of a request of the contract until its answer comes.
type sent struct {
	body []byte
	at   time.Time
}

type sentKey struct{}

// errCut is the error of an answer that does not arrive whole. It is judged like others.
var errCut = errors.New("the answer did not arrive whole")

// ServeHTTP passes a request on.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if op, _ := p.judge.Find(r.Method, r.URL.EscapedPath()); op != nil {
		at := time.Now()
		data, err := io.ReadAll(io.LimitReader(r.Body, exchange.MaxBody+1))
		if err != nil {
			http.Error(w, "the request did not arrive whole", http.StatusBadRequest)
			return
		}
		rest := r.Body
		r = r.WithContext(context.WithValue(r.Context(), sentKey{}, sent{data, at}))
		r.Body = io.NopCloser(bytes.NewReader(data))
		if len(data) > exchange.MaxBody {
			r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(data), rest))
		}
	}
	p.reverse.ServeHTTP(w, r)
}

// listen judges an answer on its way.
func (p *Proxy) listen(resp *http.Response) error {
	request, ours := resp.Request.Context().Value(sentKey{}).(sent)
	if !ours {
		p.mu.Lock()
		p.passed++
		p.mu.Unlock()
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, exchange.MaxBody+1))
	if resp.Request.Context().Err() != nil {
		return errCut // the client left, and there is nothing to be judged
	}
	x := &exchange.Exchange{
		Method: resp.Request.Method, URL: resp.Request.URL, RequestHeader: resp.Request.Header,
		Status: resp.StatusCode, Header: resp.Header, Body: data, Err: err, Duration: time.Since(request.at),
	}
	if len(request.body) > 0 {
		x.RequestBody = request.body
	}
	if len(data) > exchange.MaxBody || len(request.body) > exchange.MaxBody {
		p.note(x, nil, errors.New("a body is longer than 16 MiB"))
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(data), resp.Body), resp.Body}
		return nil
	}
	p.note(x, p.judge.Judge(x, p.target.EscapedPath()), nil)
	if err != nil {
		return errCut
	}
	_ = resp.Body.Close() // it was read to its end
	resp.Body = io.NopCloser(bytes.NewReader(data))
	return nil
}

// fail answers for a target that does not.
func (p *Proxy) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil && !errors.Is(err, errCut) { // else it is the client who left
		p.mu.Lock()
		p.broken = cmp.Or(p.broken, fmt.Errorf("%s does not answer: %w", p.target, err))
		p.mu.Unlock()
	}
	http.Error(w, "the target does not answer", http.StatusBadGateway)
}

// note adds an exchange to what was observed.
func (p *Proxy) note(x *exchange.Exchange, findings []report.Finding, problem error) {
	op, _ := p.judge.Find(x.Method, strings.TrimPrefix(x.URL.EscapedPath(), p.target.EscapedPath()))
	if op == nil {
		return // it was found before
	}
	key := observation{op.ID, x.Status}
	c := report.Case{
		ID: fmt.Sprintf("proxy/%s/%d", op.ID, x.Status), Kind: "traffic", Operation: op.ID, Status: x.Status,
		Outcome: report.Pass, Duration: x.Duration, Findings: findings,
	}
	switch {
	case problem != nil:
		c.Outcome, c.Reason = report.Errored, problem.Error()
	case len(findings) > 0:
		c.Outcome = report.Fail
	}
	c = exchange.Tell(c, nil, x)
	p.mu.Lock()
	p.counts[key]++
	p.merge(key, c)
	p.mu.Unlock()
	if p.opts.Done != nil {
		p.opts.Done(c)
	}
}

// merge adds an exchange to the others of its operation and status.
func (p *Proxy) merge(key observation, c report.Case) {
	all := p.observed[key]
	if all == nil {
		all = &report.Case{}
		*all = c
		all.Findings, all.Exchanges = nil, nil
		p.observed[key] = all
	} else {
		all.Duration += c.Duration
	}
	if c.Outcome == report.Pass || len(all.Exchanges) == keepFailed {
		return
	}
	if all.Outcome != report.Fail {
		all.Outcome, all.Reason = c.Outcome, c.Reason
	}
	all.Exchanges = append(all.Exchanges, c.Exchanges...)
	for _, f := range c.Findings {
		f.Step = len(all.Exchanges)
		all.Findings = append(all.Findings, f)
	}
}

// Report is what was observed so far. That nothing of the contract passed, or that the
// target did not answer, is its Problem.
func (p *Proxy) Report() *report.Report {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := &report.Report{
		Tool: tool(), Subject: p.target.String() + " (through the proxy)", Started: p.started.UTC(),
		Duration: time.Since(p.started), Coverage: p.judge.Coverage(),
	}
	var ids []string
	for _, key := range slices.SortedFunc(maps.Keys(p.observed), func(a, b observation) int {
		return cmp.Or(strings.Compare(a.operation, b.operation), a.status-b.status)
	}) {
		c := *p.observed[key]
		c.Findings, c.Exchanges = slices.Clone(c.Findings), slices.Clone(c.Exchanges)
		c.About = fmt.Sprintf("exchanges observed: %d", p.counts[key])
		putUpWith(&c, p.opts.Expected)
		r.Cases = append(r.Cases, c)
		ids = append(ids, c.ID)
	}
	switch err := checkExpected(p.opts.Expected, ids, time.Now()); {
	case p.broken != nil:
		r.Problem = p.broken.Error()
	case len(r.Cases) == 0:
		r.Problem = fmt.Sprintf("nothing of the contract passed through (of other requests, %d)", p.passed)
	case err != nil:
		r.Problem = err.Error()
	}
	return r
}
