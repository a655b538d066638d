package control

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/internal/record"
)

// Metrics are what Prometheus scrapes.
type Metrics struct {
	registry *prometheus.Registry
	attempts *prometheus.CounterVec
	bytes    *prometheus.CounterVec
	took     *prometheus.HistogramVec
	rows     *prometheus.CounterVec
}

// NewMetrics makes them.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ratebench_attempts_total", Help: "Attempts by operation, status (0: no answer) and the rule that acted.",
		}, []string{"op", "status", "rule"}),
		bytes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ratebench_request_body_bytes_total", Help: "Bytes read of requests' bodies.",
		}, []string{"op"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ratebench_attempt_seconds", Help: "Time from an attempt's arrival to its end.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 10),
		}, []string{"op"}),
		rows: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ratebench_ledger_rows_total", Help: "Rows of the ledger by kind.",
		}, []string{"kind"}),
	}
	m.registry.MustRegister(m.attempts, m.bytes, m.took, m.rows)
	return m
}

// Add counts a row that is complete.
func (m *Metrics) Add(row *record.LedgerRow) {
	m.rows.WithLabelValues(row.Kind).Inc()
	if row.Kind != record.LedgerAttempt {
		return
	}
	m.attempts.WithLabelValues(row.Op, strconv.Itoa(row.Status), row.Rule).Inc()
	m.bytes.WithLabelValues(row.Op).Add(float64(row.BytesIn))
	m.took.WithLabelValues(row.Op).Observe(row.TookS)
}

// watch adds what the server itself says.
func (m *Metrics) watch(s *faultserver.Server) {
	gauge := func(name, help string, value func(faultserver.Load) int) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			return float64(value(s.LoadNow()))
		}))
	}
	gauge("ratebench_in_flight", "Attempts under way.", func(l faultserver.Load) int { return l.InFlight })
	gauge("ratebench_connections", "Connections that are open.", func(l faultserver.Load) int { return l.Connections })
}
