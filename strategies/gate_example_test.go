package strategies_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// A gate decides and does nothing: the time comes in, and whoever asks does the waiting.
func ExampleTokenBucket() {
	gate := &strategies.TokenBucket{Rate: 10}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	first, second := &strategies.Call{}, &strategies.Call{}
	fmt.Println(gate.Admit(now, first).Go())
	v := gate.Admit(now, second)
	fmt.Println(v.Go(), v.Wait)
	fmt.Println(gate.Admit(now.Add(v.Wait), second).Go())

	hurried := &strategies.Call{Deadline: now.Add(150 * time.Millisecond)}
	fmt.Println(errors.Is(gate.Admit(now.Add(v.Wait), hurried).Err, strategies.ErrTooLate))
	// Output:
	// true
	// false 100ms
	// true
	// true
}
