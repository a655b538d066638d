// Package network is the way between clients and the fault server: TCP on loopback, or memory for virtual time. Both
// are shaped by the same model of latency and bandwidth.
//
// A [Link] over TCP is shaped on the client's side of the connection, so that what a client believes to have sent is what
// the link let through, and the kernel's buffers hide nothing. A link without latency and bandwidth adds nothing at all.
//
// [Memory] has connections of its own, with the buffers, the half close and the errors of TCP on Linux. Nothing in it
// waits for the system, so it works in a bubble of testing/synctest, and every round trip costs at least 100 µs there.
//
//	link := network.TCP{}.Link(2*time.Millisecond, 100<<20)
//	transport := &http.Transport{DialContext: link.Dial}
package network
