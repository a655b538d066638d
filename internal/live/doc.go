// Package live shows a run while it is going on: the report's page for a browser, and metrics for Prometheus.
//
// Neither may disturb what is measured. Both are fed between trials: the page is drawn from the run's files, whose rows are written when
// a trial has ended, and the metrics from the same rows. No request of a trial passes here.
package live
