// Package faultserver injects faults in front of any http.Handler and keeps a ledger of what it did.
//
// A [Rule] says which requests, when, and what goes wrong. Everything probabilistic is decided by a pure hash of the
// seed, the rule's name, the identity of the request (operation, object, part number) and the number of the
// attempt as the server counts it. So two clients that are compared meet the same faults, at every concurrency and on
// every machine, and need not cooperate. What depends on the order of arrival by its nature (token buckets,
// [When].Every) says so in its documentation.
//
// The ledger is the ground truth: one row for every attempt that a handler saw, with the rule that acted and the hint
// that was given, one for every connection that died before its headers were complete, and one for every window of
// trouble.
//
// What can go wrong is in package faults, how much a service takes in package limits, what a request is about in package ops,
// and the API to change a server that runs in package control.
//
//	srv, err := faultserver.New(faultserver.Options{Seed: 1, Rules: rules})
//	l, err := net.Listen("tcp", "127.0.0.1:0")
//	http.Serve(srv.Listener(l), srv.Handler(backend, ops.S3))
package faultserver
