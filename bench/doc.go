// Package bench benches your own http.RoundTripper from a Go test: it lets it upload through a service that throttles and
// fails, under one of the scenarios that ship with ratebench or one of your own, and says what got through, what it cost
// the server and how long it took to recover.
//
// Ten lines are enough:
//
//	res, err := bench.Run(t.Context(), bench.Config{
//		Scenario: "throttle",
//		Contestants: []bench.Contestant{{Name: "mine", New: func(c bench.Client) http.RoundTripper {
//			return retry.New(c.Wire) // what you want to know about, around the wire
//		}}},
//		Against: []string{"exponential"},
//	})
//	if err != nil {
//		t.Fatal(err)
//	}
//	if mine := res.Of("mine")[0]; mine.Early > 0 || mine.Efficiency < 0.9 {
//		t.Errorf("%.0f attempts were early; %.0f %% of what is possible", mine.Early, 100*mine.Efficiency)
//	}
//
// A stack of transport.New logs every retry by default; in its configuration, Hooks: []transport.Hooks{} silences it.
//
// What the numbers are worth:
//
//   - Every contestant meets the same faults: they are dealt by a hash of seed, part and attempt, not by chance.
//   - The server keeps its own record of every attempt. Where the client's record differs from it, the trial fails.
//   - Every object is verified past the faults. Only verified bytes are goodput.
//   - The oracle runs beside: a client that is told the server's plan. Efficiency is your goodput ÷ the oracle's. It is a
//     yardstick and no competitor; Set: []string{"oracle=false"} leaves it out.
//
// A scenario's thresholds are checked, so that a test fails by itself: Set: []string{"thresholds=[{metric: early, max: 0}]"}
// is all it takes. An injected fault is no failure, and an object that a contestant gives up is none either: both are results.
//
// # Virtual time
//
// Within a bubble of testing/synctest the same trials run in virtual time, over a network in memory: waiting costs nothing,
// and the same seed gives the same numbers to the last digit. Nothing has to be said about it:
//
//	synctest.Test(t, func(t *testing.T) {
//		res, err := bench.Run(t.Context(), config) // thirty seconds of uploads in three
//		...
//	})
//
// The context has to be the bubble's own. Virtual time does not know how fast a machine is; where nothing in the scenario
// limits the speed, a warning says so. A contestant that waits by anything but timers of package time, or leaves goroutines
// behind, cannot run so.
package bench
