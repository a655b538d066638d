// Package workloads holds what a trial does: the upload of objects in parts, single calls, or files that package connector moves through
// GHGA's control plane.
//
// A workload drives a contestant and nothing else. It knows neither faults nor strategies: a stack gets its requests one
// by one, an SDK gets whole objects, and both are reported the same way.
package workloads
