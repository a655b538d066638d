// Package control is a REST API over a fault server that runs: its rules, phases, ledger, counters and metrics.
//
//	GET    /rules             all rules, with how often each was asked and acted
//	POST   /rules             adds one, in YAML or JSON as in a scenario
//	GET    /rules/{name}      one of them
//	PUT    /rules/{name}      replaces it
//	DELETE /rules/{name}      removes it
//	PUT    /scenario          replaces rules, phases and seed by a scenario's, as a whole or not at all
//	GET    /phases            all phases
//	POST   /phase/{name}      begins one, until the next is begun
//	POST   /reset             begins anew: time, counters, buckets, caps and the tally
//	GET    /ledger            the last rows, as JSON lines; with ?follow=1 those to come as well
//	GET    /summary           what every client did
//	GET    /metrics           for Prometheus
//	GET    /healthz           whether it is there
//
// Without a token it answers only requests that were made for this machine by name, so that a page in a browser cannot
// reach it by a name of its own (DNS rebinding), and refuses those that a page of another origin sends.
package control
