// Package network is the way between a client and the fault server: TCP on loopback, shaped by latency and bandwidth.
//
// A [Link] is shaped on the client's side of the connection, so that what a client believes to have sent is what the
// link let through, and the kernel's buffers hide nothing. A link without latency and bandwidth adds nothing at all.
//
//	link := network.NewLink(2*time.Millisecond, 100<<20)
//	transport := &http.Transport{DialContext: link.Dial}
package network
