package live

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/units"
)

// Metrics are what Prometheus scrapes of a run: what is done of it, and the sums and last numbers of each contestant in each cell.
// They change when a trial begins and when one ends. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry

	planned, done, underWay prometheus.Gauge
	ended                   *prometheus.GaugeVec // by outcome

	trials     *prometheus.CounterVec // by cell and status
	begin, end *prometheus.GaugeVec   // by cell
	gauges     []gauge
	counters   []counter
}

// gauge is a number of the last trial of a cell that counts.
type gauge struct {
	vec *prometheus.GaugeVec
	get func(*record.Trial) *float64 // nil: the trial has none
}

// counter is a sum over the trials of a cell.
type counter struct {
	vec *prometheus.CounterVec
	get func(*record.Trial) float64
}

var cellLabels = []string{"contestant", "part_size", "concurrency"}

// NewMetrics makes the metrics of a run. done is how many trials a run that is resumed has already.
func NewMetrics(m *record.Manifest, done int) *Metrics {
	x := &Metrics{
		registry: prometheus.NewRegistry(),
		planned:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "ratebench_run_trials_planned", Help: "Trials that the run has in all."}),
		done:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "ratebench_run_trials_done", Help: "Trials that have ended, those before the run was resumed included."}),
		underWay: prometheus.NewGauge(prometheus.GaugeOpts{Name: "ratebench_run_trials_under_way", Help: "Trials that have begun and not ended."}),
		ended: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "ratebench_run_end_timestamp_seconds", Help: "When the run ended, and how. Not there before.",
		}, []string{"outcome"}),
		trials: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ratebench_trials_total", Help: "Trials that have ended, by status: ok, failed or invalid.",
		}, append(cellLabels[:3:3], "status")),
		begin: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "ratebench_trial_start_timestamp_seconds", Help: "When the last trial of the cell began.",
		}, cellLabels),
		end: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "ratebench_trial_end_timestamp_seconds", Help: "When the rows of the last trial of the cell that has ended were written.",
		}, cellLabels),
		gauges: gauges(), counters: counters(),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "ratebench_run_info", Help: "1, with what is being run in the labels.",
		ConstLabels: prometheus.Labels{"scenario": m.Scenario, "clock": m.Clock, "backend": m.Backend, "version": m.Versions["ratebench"]},
	})
	start := prometheus.NewGauge(prometheus.GaugeOpts{Name: "ratebench_run_start_timestamp_seconds", Help: "When the run began, or was resumed."})
	info.Set(1)
	start.Set(timestamp())
	x.planned.Set(float64(m.Trials))
	x.done.Set(float64(done))
	x.registry.MustRegister(info, start, x.planned, x.done, x.underWay, x.ended, x.trials, x.begin, x.end)
	for _, g := range x.gauges {
		x.registry.MustRegister(g.vec)
	}
	for _, c := range x.counters {
		x.registry.MustRegister(c.vec)
	}
	return x
}

// gauges are numbers of the last trial.
func gauges() []gauge {
	of := func(name, help string, get func(*record.Trial) *float64) gauge {
		return gauge{prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "ratebench_trial_" + name, Help: help + " Of the cell's last trial; not there if that does not count."}, cellLabels), get}
	}
	return []gauge{
		of("goodput_bytes_per_second", "Goodput.", func(t *record.Trial) *float64 { v := t.GoodputMiBs * float64(units.MiB); return &v }),
		of("efficiency_ratio", "Goodput divided by the oracle's.", func(t *record.Trial) *float64 { return t.Efficiency }),
		of("amplification_ratio", "Attempts divided by calls.", func(t *record.Trial) *float64 { return &t.Amplification }),
		of("recovery_seconds", "Time from the end of the trouble until goodput was back; +Inf if that was not seen.", func(t *record.Trial) *float64 {
			if t.RecoveryS != nil && t.RecoveryCensored {
				never := math.Inf(1)
				return &never
			}
			return t.RecoveryS
		}),
		of("p95_seconds", "95 of 100 parts or calls were done within this; +Inf if fewer were when the trial ended.", func(t *record.Trial) *float64 {
			if t.P95Censored {
				never := math.Inf(1)
				return &never
			}
			if t.P95S == 0 {
				return nil // none was done
			}
			return &t.P95S
		}),
	}
}

// counters are sums over trials.
func counters() []counter {
	of := func(name, help string, get func(*record.Trial) float64) counter {
		return counter{prometheus.NewCounterVec(prometheus.CounterOpts{Name: "ratebench_run_" + name + "_total", Help: help + " Added up when a trial ends."}, cellLabels), get}
	}
	return []counter{
		of("calls", "Calls.", func(t *record.Trial) float64 { return float64(t.Calls) }),
		of("failed_calls", "Calls that were given up.", func(t *record.Trial) float64 { return float64(t.FailedCalls) }),
		of("attempts", "Attempts on the wire.", func(t *record.Trial) float64 { return float64(t.Attempts) }),
		of("retries", "Attempts after the first of their call.", func(t *record.Trial) float64 { return float64(t.Retries) }),
		of("throttled_attempts", "Attempts that were told to slow down.", func(t *record.Trial) float64 { return float64(t.Throttled) }),
		of("early_attempts", "Attempts sent before a hint to wait had run out.", func(t *record.Trial) float64 { return float64(t.Early) }),
		of("objects", "Objects, or calls of that workload, that were begun.", func(t *record.Trial) float64 { return float64(t.Objects) }),
		of("failed_objects", "Objects that were given up.", func(t *record.Trial) float64 { return float64(t.FailedObjects) }),
		of("verified_bytes", "Bytes of objects that arrived as they were sent.", func(t *record.Trial) float64 { return float64(t.Bytes) }),
		of("wasted_bytes", "Bytes of bodies sent in attempts that did not succeed.", func(t *record.Trial) float64 { return float64(t.WastedBytes) }),
	}
}

// Note takes a step of the run.
func (x *Metrics) Note(e runner.Event) {
	cell := []string{e.Trial.Contestant, units.Size(e.Trial.PartSize).String(), strconv.Itoa(e.Trial.Concurrency)}
	if e.Row == nil {
		x.underWay.Inc()
		x.begin.WithLabelValues(cell...).Set(timestamp())
		return
	}
	x.underWay.Dec()
	x.done.Inc()
	x.end.WithLabelValues(cell...).Set(timestamp())
	x.trials.WithLabelValues(append(cell[:3:3], e.Row.Status)...).Inc()
	for _, c := range x.counters {
		c.vec.WithLabelValues(cell...).Add(c.get(e.Row))
	}
	for _, g := range x.gauges {
		if v := g.get(e.Row); v != nil && e.Row.Status == record.TrialOK {
			g.vec.WithLabelValues(cell...).Set(*v)
		} else {
			g.vec.DeleteLabelValues(cell...)
		}
	}
}

// End notes that the run has ended, and how: one of the outcomes of a manifest.
func (x *Metrics) End(outcome string) {
	x.underWay.Set(0) // what was dropped never ends
	x.ended.WithLabelValues(outcome).Set(timestamp())
}

// Handler answers a scrape.
func (x *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(x.registry, promhttp.HandlerOpts{})
}

// timestamp is now, as Prometheus counts.
func timestamp() float64 { return float64(time.Now().UnixMilli()) / 1000 }
