package bench_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/bench"
	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

func Example() {
	res, err := bench.Run(context.Background(), bench.Config{
		Scenario: "flaky",
		Set:      []string{"workload.object_size=20MiB", "workload.part_size=5MiB", "workload.concurrency=4"},
		Contestants: []bench.Contestant{{Name: "mine", New: func(c bench.Client) http.RoundTripper {
			return retrying{c.Wire}
		}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mine := res.Of("mine")[0]
	fmt.Printf("%d of %d objects got through\n", mine.Objects-mine.FailedObjects, mine.Objects)
	// Output: 2 of 2 objects got through
}

// retrying is what is benched: it tries everything again, five times in all, and waits a little longer each time.
type retrying struct{ next http.RoundTripper }

func (r retrying) RoundTrip(req *http.Request) (*http.Response, error) {
	for attempt := time.Duration(1); ; attempt++ {
		resp, err := r.next.RoundTrip(req)
		if attempt == 5 || req.GetBody == nil && req.Body != nil || err == nil && resp.StatusCode < 500 && resp.StatusCode != 429 {
			return resp, err
		}
		transport.Discard(resp)
		time.Sleep(attempt * 5 * time.Millisecond)
		req = req.Clone(req.Context())
		if req.GetBody != nil {
			req.Body, _ = req.GetBody()
		}
	}
}

// A stack of this project's own layers, held to what the scenario is to end with.
func ExampleRun_thresholds() {
	policy := strategies.Policy{Attempts: 10, Backoff: strategies.Exponential{Base: 10 * time.Millisecond}, When: strategies.Transient()}
	policy.When.AnyMethod = true
	_, err := bench.Run(context.Background(), bench.Config{
		Scenario: "flaky",
		Set: []string{
			"workload.object_size=20MiB", "workload.part_size=5MiB", "workload.concurrency=4", "oracle=false",
			"thresholds=[{metric: failed_objects, max: 0}, {metric: early, max: 0}]",
		},
		Contestants: []bench.Contestant{{Name: "mine", New: func(c bench.Client) http.RoundTripper {
			return transport.Stack(c.Wire, transport.Retry(policy.For, transport.Seeded(c.Rand)))
		}}},
	})
	fmt.Println(err)
	// Output: <nil>
}
