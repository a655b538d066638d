package strategies_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// A policy decides; nothing here waits or sends.
func Example() {
	policy := strategies.Policy{
		Attempts: 3,
		Backoff:  strategies.Exponential{Base: 100 * time.Millisecond, Cap: 10 * time.Second},
		When:     strategies.Transient(),
	}
	retrier := policy.For(&strategies.Call{Method: "PUT", Idempotent: true, Rand: rand.New(rand.NewPCG(1, 2))})

	throttled := strategies.Outcome{Status: 429, Hint: strategies.Hint{Given: true, After: 2 * time.Second}}
	fmt.Println(retrier.Next(1, throttled))
	fmt.Println(retrier.Next(2, strategies.Outcome{Status: 404}))
	fmt.Println(retrier.Next(3, throttled))
	// Output:
	// 2s true
	// 0s false
	// 0s false
}
