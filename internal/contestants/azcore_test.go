package contestants

import (
	"io"
	"testing"
	"time"
)

func TestAzcore(t *testing.T) {
	ms := time.Millisecond
	growing := []within{{640 * ms, 1040 * ms}, {1920 * ms, 3120 * ms}, {4480 * ms, 7280 * ms}}
	twos := exactly(2e9, 2e9, 2e9)
	testBehaviours(t, "azcore", []behaviour{
		{what: "500", say: status(500), waits: growing, status: 500},
		{what: "408", say: status(408), waits: growing, status: 408},
		{what: "501", say: status(501), status: 501},
		{what: "505", say: status(505), status: 505},
		{what: "error", say: failure(io.ErrUnexpectedEOF), waits: growing, err: "unexpected EOF"},
		{what: "seconds", say: status(429, "Retry-After", "2"), waits: twos, status: 429},
		{what: "500 and seconds", say: status(500, "Retry-After", "2"), waits: twos, status: 500},
		{what: "a date", say: inSeconds(2*time.Second, 503), waits: twos, status: 503},
		{what: "a date gone by", say: inSeconds(-2*time.Second, 503), waits: growing, status: 503},
		{what: "retry-after-ms", say: status(503, "Retry-After-Ms", "150", "Retry-After", "2"), waits: exactly(150*ms, 150*ms, 150*ms), status: 503},
		{what: "x-ms-retry-after-ms", say: status(503, "X-Ms-Retry-After-Ms", "150", "Retry-After", "2"), waits: exactly(150*ms, 150*ms, 150*ms), status: 503},
		{what: "60 s", say: status(503, "Retry-After", "60"), waits: exactly(6e10, 6e10, 6e10), status: 503},
		{what: "61 s", say: status(503, "Retry-After", "61"), status: 503}, // longer than the cap: it gives up
		{what: "negative", say: status(503, "Retry-After", "-5"), waits: growing, status: 503},
		{what: "overflow", say: status(503, "Retry-After", "10000000000"), waits: growing, status: 503},
		{what: "POST", method: "POST", say: status(503), waits: growing, status: 503},
		{what: "no retries", with: map[string]string{"max_retries": "0"}, say: status(503), status: 503},
		// The library takes "no delay" for an overflow, and waits as long as it may.
		{what: "no delay", with: map[string]string{"retry_delay": "0s"}, say: status(503), waits: exactly(6e10, 6e10, 6e10), status: 503},
		{what: "deadline", timeout: 100 * ms, say: status(500), err: "deadline exceeded"},
	})
}
