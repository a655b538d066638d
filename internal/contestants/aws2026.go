package contestants

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ratebench/ratebench/internal/runner"
)

// retries2026 is a retryer of the SDK with what AWS_NEW_RETRIES_2026=true changes about it, for a process where that is not
// set. The SDK asks the environment at every attempt, so there is no way to have its own code for both in one process. What
// the switch does in version 1.47 and where it is done here:
//
//   - A retry costs 14 of the quota of 500, after a throttling answer 5; a timeout is nothing special: awsCosts2026.
//   - Only a first attempt that succeeds gives 1 back. The adaptive limiter learns of first attempts only as well, since the
//     SDK tells it by the same way: GetAttemptToken.
//   - A wait is U[0,1) · min(x · 2^i, cap), i from 0, x 50 ms, or 1 s after a throttling answer: RetryDelay.
//   - A header x-amz-retry-after of n milliseconds is obeyed within [wait, wait + 5 s]: RetryDelay.
//
// A test runs the SDK with the switch set beside this. The waits are drawn from the client's seed; the SDK draws its own from
// crypto/rand.
type retries2026 struct {
	aws.RetryerV2
	longest   time.Duration
	throttles retry.IsErrorThrottles

	mu  sync.Mutex
	rnd *rand.Rand
}

func newRetries2026(c runner.Client, v values, inner aws.RetryerV2) *retries2026 {
	rnd := child(c)
	if rnd == nil {
		rnd = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	return &retries2026{RetryerV2: inner, longest: v.duration("max_backoff"), throttles: awsThrottles, rnd: rnd}
}

// The constants of 2026 that are not the SDK's today.
const (
	awsCost2026     = 14
	awsBase2026     = 50 * time.Millisecond
	awsThrottled    = time.Second
	awsHintOvertime = 5 * time.Second
)

var awsThrottles = retry.IsErrorThrottles(retry.DefaultThrottles)

// awsCosts2026 sets the costs. Without the switch the SDK knows two kinds of error: timeouts, and the rest. So throttling takes
// the place of the timeouts, which serve nothing else.
func awsCosts2026(o *retry.StandardOptions) {
	o.RetryCost, o.RetryTimeoutCost = awsCost2026, retry.DefaultThrottlingRetryCost
	o.Timeouts = []retry.IsErrorTimeout{retry.IsErrorTimeoutFunc(awsThrottles.IsErrorThrottle)}
}

// RetryDelay implements aws.Retryer. attempt is that which failed, from 1.
func (r *retries2026) RetryDelay(attempt int, err error) (time.Duration, error) {
	base := awsBase2026
	if r.throttles.IsErrorThrottle(err) == aws.TrueTernary {
		base = awsThrottled
	}
	r.mu.Lock()
	u := r.rnd.Float64()
	r.mu.Unlock()
	wait := time.Duration(u * min(float64(base)*math.Exp2(float64(attempt-1)), float64(r.longest)))
	if after, ok := awsHint(err); ok {
		wait = min(max(after, wait), wait+awsHintOvertime)
	}
	return wait, nil
}

// awsHint reads x-amz-retry-after, in milliseconds.
func awsHint(err error) (time.Duration, bool) {
	var answer *smithyhttp.ResponseError
	if !errors.As(err, &answer) || answer.Response == nil || answer.Response.Response == nil {
		return 0, false
	}
	ms, err := strconv.ParseInt(answer.Response.Header.Get("X-Amz-Retry-After"), 10, 64)
	return time.Duration(ms) * time.Millisecond, err == nil && ms >= 0
}

// GetAttemptToken implements aws.RetryerV2.
func (r *retries2026) GetAttemptToken(ctx context.Context) (func(error) error, error) {
	release, err := r.RetryerV2.GetAttemptToken(ctx)
	if n, ok := ctx.Value(attemptsKey{}).(*int); ok {
		if *n++; *n > 1 {
			release = func(error) error { return nil }
		}
	}
	return release, err
}

type attemptsKey struct{}

// countAttempts makes a context for one request of the SDK, in which its attempts are counted. The SDK does not tell a
// retryer which attempt it is.
func countAttempts(ctx context.Context) context.Context {
	return context.WithValue(ctx, attemptsKey{}, new(int))
}
