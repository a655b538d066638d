// Package target brings up the server side of a run: a backend, the fault server in front of it, and the network
// between it and the clients.
//
// A [Site] stands for a whole run: it knows the scenario, and a real S3 endpoint if the run is against one. It opens one
// [runner.Target] for every trial, with a fault server, a ledger and, if embedded, a backend of its own, all on free
// ports of the loopback interface.
package target
