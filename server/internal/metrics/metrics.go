// Package metrics counts what a server does, for Prometheus. No label has an id or
// a name of a user, a project or anything in it.
package metrics

import (
	"maps"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are those of one server. They are safe for concurrent use.
type Metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	commits   prometheus.Histogram
	batches   prometheus.Histogram
	decisions *prometheus.CounterVec

	// known are the series that requests have been counted by. To find one by its
	// labels costs as much as to count a request ten times.
	known atomic.Pointer[map[answered]series]
}

// New makes metrics, all zero, and those of the process besides.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "appgrant_requests_total",
			Help: "Requests answered, by operationId (empty outside the contracts) and status.",
		}, []string{"operation", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "appgrant_request_duration_seconds",
			Help:    "Time from a request's headers to its answer, by operationId.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 2.5, 14), // to 15 s
		}, []string{"operation"}),
		commits: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "appgrant_commit_duration_seconds",
			Help:    "Time of a database transaction that was committed, begun to durable.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 2.5, 14),
		}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "appgrant_commit_updates",
			Help:    "How many updates shared a commit.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 9), // to 256
		}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "appgrant_decisions_total",
			Help: "Access decisions, by reason; only authorized is a yes.",
		}, []string{"reason"}),
	}
	m.registry.MustRegister(m.requests, m.durations, m.commits, m.batches, m.decisions,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Answered counts a request.
func (m *Metrics) Answered(operation string, status int, took time.Duration) {
	s := m.seriesOf(answered{operation, status})
	s.requests.Inc()
	s.durations.Observe(took.Seconds())
}

// Committed counts a database transaction.
func (m *Metrics) Committed(updates int, took time.Duration) {
	m.commits.Observe(took.Seconds())
	m.batches.Observe(float64(updates))
}

// Decided counts an access decision.
func (m *Metrics) Decided(reason string) { m.decisions.WithLabelValues(reason).Inc() }

// Handler shows the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// answered is what tells the counts of requests apart.
type answered struct {
	operation string
	status    int
}

type series struct {
	requests  prometheus.Counter
	durations prometheus.Observer
}

// seriesOf returns what counts such requests. There are as many as there are pairs of
// operation and status.
func (m *Metrics) seriesOf(key answered) series {
	if known := m.known.Load(); known != nil {
		if s, ok := (*known)[key]; ok {
			return s
		}
	}
	return m.newSeries(key)
}

func (m *Metrics) newSeries(key answered) series {
	s := series{m.requests.WithLabelValues(key.operation, strconv.Itoa(key.status)), m.durations.WithLabelValues(key.operation)}
	for {
		old := m.known.Load()
		more := map[answered]series{key: s}
		if old != nil {
			maps.Copy(more, *old)
		}
		if m.known.CompareAndSwap(old, &more) {
			return s
		}
	}
}
