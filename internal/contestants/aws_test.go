package contestants

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/ratebench/ratebench/internal/runner"
)

var (
	slowDown  = answer{status: 503, header: []string{"Content-Type", "application/xml"}, body: "<Error><Code>SlowDown</Code></Error>"}
	awsModes  = []string{"aws-sdk-standard", "aws-sdk-standard-2026", "aws-sdk-adaptive", "aws-sdk-adaptive-2026"}
	awsLegacy = []within{{0, 2 * time.Second}, {0, 4 * time.Second}}
)

func always(a answer) func(int, int) answer { return func(int, int) answer { return a } }

// The rows' defaults are the SDK's.
func TestAWSDefaults(t *testing.T) {
	v, err := parseAll(libraries()[slices.IndexFunc(libraries(), func(c Contestant) bool { return c.Name == "aws-sdk-standard" })], nil)
	if err != nil {
		t.Fatal(err)
	}
	if v.count("max_attempts") != retry.DefaultMaxAttempts || v.duration("max_backoff") != retry.DefaultMaxBackoff {
		t.Errorf("%v, the SDK has %d and %v", v, retry.DefaultMaxAttempts, retry.DefaultMaxBackoff)
	}
	if retry.DefaultRetryRateTokens != 500 || retry.DefaultRetryCost != 5 || retry.DefaultRetryTimeoutCost != 10 || retry.DefaultNoRetryIncrement != 1 {
		t.Error("the SDK's quota is another one than the comments say")
	}
	// A client to which nobody gave a retryer has the one that the row gives it.
	if _, ok := s3.New(s3.Options{}).Options().Retryer.(*retry.Standard); !ok {
		t.Error("the SDK's default is not the standard mode any more")
	}
	if len(retry.DefaultThrottleErrorCodes) != 14 || len(retry.DefaultRetryableHTTPStatusCodes) != 4 {
		t.Errorf("%d codes for throttling and %d statuses", len(retry.DefaultThrottleErrorCodes), len(retry.DefaultRetryableHTTPStatusCodes))
	}
}

// awsCase is what a part's attempts are answered with, and how many there are then.
var awsCases = []struct {
	what     string
	say      answer
	attempts int
}{
	{"500", answer{status: 500}, 3},
	{"502", answer{status: 502}, 3},
	{"503", answer{status: 503}, 3},
	{"504", answer{status: 504}, 3},
	{"501", answer{status: 501}, 1},
	{"404", answer{status: 404}, 1},
	{"408", answer{status: 408}, 3},
	{"429", answer{status: 429}, 1}, // not one of its statuses
	{"429 SlowDown", answer{status: 429, header: slowDown.header, body: slowDown.body}, 3},
	{"400 RequestTimeout", answer{status: 400, header: slowDown.header, body: "<Error><Code>RequestTimeout</Code></Error>"}, 3},
	{"connection", answer{err: io.ErrUnexpectedEOF}, 3},
}

func TestAWSRetries(t *testing.T) {
	for _, name := range awsModes {
		for _, tt := range awsCases {
			t.Run(name+"/"+tt.what, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := &s3Wire{say: always(tt.say)}
					_, err := upload(t, uploaderOf(t, name, nil, s3Client(w)), 3<<10, 5<<10)
					if err == nil || strings.Contains(err.Error(), "topsecret") || strings.Contains(err.Error(), "Signature") {
						t.Errorf("error %v", err)
					}
					if n := len(w.times[1]); n != tt.attempts || w.aborts != 1 {
						t.Errorf("%d attempts, want %d; aborted %d times (%v)", n, tt.attempts, w.aborts, err)
					}
				})
			})
		}
	}
}

func TestAWSWaits(t *testing.T) {
	ms := time.Millisecond
	hint := func(header, value string) answer { return answer{status: 503, header: []string{header, value}} }
	for _, tt := range []struct {
		name string
		what string
		say  answer
		want []within
	}{
		{"aws-sdk-standard", "503", answer{status: 503}, awsLegacy},
		{"aws-sdk-standard", "SlowDown", slowDown, awsLegacy},
		{"aws-sdk-standard", "Retry-After", hint("Retry-After", "60"), awsLegacy},
		{"aws-sdk-standard", "x-amz-retry-after", hint("X-Amz-Retry-After", "60000"), awsLegacy},
		{"aws-sdk-adaptive", "503", answer{status: 503}, awsLegacy},
		{"aws-sdk-standard-2026", "503", answer{status: 503}, []within{{0, 50 * ms}, {0, 100 * ms}}},
		{"aws-sdk-standard-2026", "SlowDown", slowDown, []within{{0, time.Second}, {0, 2 * time.Second}}},
		{"aws-sdk-standard-2026", "Retry-After", hint("Retry-After", "60"), []within{{0, 50 * ms}, {0, 100 * ms}}},
		{"aws-sdk-standard-2026", "x-amz-retry-after", hint("X-Amz-Retry-After", "3000"), []within{{3000 * ms, 3000 * ms}, {3000 * ms, 3000 * ms}}},
		{"aws-sdk-standard-2026", "long", hint("X-Amz-Retry-After", "60000"), []within{{5000 * ms, 5050 * ms}, {5000 * ms, 5100 * ms}}},
		{"aws-sdk-standard-2026", "short", hint("X-Amz-Retry-After", "0"), []within{{0, 50 * ms}, {0, 100 * ms}}},
		{"aws-sdk-standard-2026", "negative", hint("X-Amz-Retry-After", "-1"), []within{{0, 50 * ms}, {0, 100 * ms}}},
		{"aws-sdk-adaptive-2026", "503", answer{status: 503}, []within{{0, 50 * ms}, {0, 100 * ms}}},
	} {
		t.Run(tt.name+"/"+tt.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &s3Wire{say: always(tt.say)}
				if _, err := upload(t, uploaderOf(t, tt.name, nil, s3Client(w)), 3<<10, 5<<10); err == nil {
					t.Error("no error")
				}
				checkWaits(t, w.gaps(1), tt.want)
			})
		})
	}
	// From the fifth retry on it is 20 s without jitter.
	synctest.Test(t, func(t *testing.T) {
		w := &s3Wire{say: always(answer{status: 503})}
		_, _ = upload(t, uploaderOf(t, "aws-sdk-standard", map[string]string{"max_attempts": "8"}, s3Client(w)), 3<<10, 5<<10)
		checkWaits(t, w.gaps(1), slices.Concat([]within{{0, 2e9}, {0, 4e9}, {0, 8e9}, {0, 16e9}}, exactly(20e9, 20e9, 20e9)))
	})
}

// awsTimeout is a transport error that is a timeout.
type awsTimeout struct{}

func (awsTimeout) Error() string   { return "timeout" }
func (awsTimeout) Timeout() bool   { return true }
func (awsTimeout) Temporary() bool { return true }

// retriesLeft sends parts that fail for ever until nothing is retried any more, and returns how many retries that were.
func retriesLeft(t *testing.T, client *s3.Client, w *s3Wire, a answer) int {
	t.Helper()
	w.say = always(a)
	for retries := 0; ; {
		w.times = nil
		err := part(t, client)
		if err == nil {
			t.Fatal("no error")
		}
		if len(w.times[1]) == 1 {
			if !strings.Contains(err.Error(), "retry quota exceeded") {
				t.Errorf("the quota is gone, and the error is %v", err)
			}
			return retries
		}
		retries += len(w.times[1]) - 1
	}
}

func part(t *testing.T, client *s3.Client) error {
	_, err := client.UploadPart(countAttempts(t.Context()), &s3.UploadPartInput{
		Bucket: aws.String("bucket"), Key: aws.String("key"), UploadId: aws.String("u1"), PartNumber: aws.Int32(1), Body: strings.NewReader("part"),
	})
	return err
}

// quota is what a quota of retries is worth, in retries: after errors of a kind, and then after successes.
type quota struct{ plain, timeout, throttled, refilled, refilledLate int }

func quotaOf(t *testing.T, make func() (*s3.Client, *s3Wire)) (q quota) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		client, w := make()
		q.plain = retriesLeft(t, client, w, answer{status: 500})
		w.say = nil
		for range 1000 {
			if err := part(t, client); err != nil {
				t.Fatal(err)
			}
		}
		q.refilled = retriesLeft(t, client, w, answer{status: 500})
		client, w = make()
		q.timeout = retriesLeft(t, client, w, answer{err: awsTimeout{}})
		client, w = make()
		q.throttled = retriesLeft(t, client, w, slowDown)
		// Half of the quota spent, and 100 calls that succeed at their second attempt.
		client, w = make()
		retriesLeft(t, client, w, answer{status: 500})
		w.say = nil
		for range 20 { // to pay for one retry
			_ = part(t, client)
		}
		for range 100 {
			w.times = nil
			w.say = func(_, attempt int) answer { return answer{status: []int{500, 0}[min(attempt-1, 1)]} }
			if err := part(t, client); err != nil {
				t.Fatal(err)
			}
		}
		q.refilledLate = retriesLeft(t, client, w, answer{status: 500})
	})
	return q
}

// The quotas of the rows, and the SDK's own with the switch set, which a row of 2026 must be like.
func TestAWSQuota(t *testing.T) {
	row := func(name string) func() (*s3.Client, *s3Wire) {
		return func() (*s3.Client, *s3Wire) {
			w := &s3Wire{}
			return clientOf(uploaderOf(t, name, nil, s3Client(w))), w
		}
	}
	library := func(r func() aws.Retryer) func() (*s3.Client, *s3Wire) {
		return func() (*s3.Client, *s3Wire) {
			w := &s3Wire{}
			up, err := (&awsContestant{name: "library", retryer: func(runner.Client) aws.Retryer { return r() }}).Uploader(s3Client(w))
			if err != nil {
				t.Fatal(err)
			}
			return clientOf(up), w
		}
	}
	if got, want := quotaOf(t, row("aws-sdk-standard")), (quota{plain: 100, timeout: 50, throttled: 100, refilled: 100, refilledLate: 24}); got != want {
		t.Errorf("aws-sdk-standard: %+v, want %+v", got, want)
	}
	// In adaptive mode nothing comes back but what a retry that works has cost.
	synctest.Test(t, func(t *testing.T) {
		client, w := row("aws-sdk-adaptive")()
		first := retriesLeft(t, client, w, answer{status: 500})
		w.say = nil
		for range 1000 {
			if err := part(t, client); err != nil {
				t.Fatal(err)
			}
		}
		if then := retriesLeft(t, client, w, answer{status: 500}); first != 100 || then != 0 {
			t.Errorf("aws-sdk-adaptive: %d retries, and %d after 1000 successes; want 100 and none", first, then)
		}
	})
	ours := quotaOf(t, row("aws-sdk-standard-2026"))
	t.Setenv(awsSwitch, "true")
	if want := (quota{plain: 35, timeout: 35, throttled: 100, refilled: 35, refilledLate: 2}); ours != want {
		t.Errorf("aws-sdk-standard-2026: %+v, want %+v", ours, want)
	}
	if theirs := quotaOf(t, library(func() aws.Retryer { return retry.NewStandard() })); ours != theirs {
		t.Errorf("aws-sdk-standard-2026 %+v, the SDK with %s %+v", ours, awsSwitch, theirs)
	}
}

// The waits of a row of 2026 have the distribution of the SDK's own with the switch set: the same bounds, filled alike.
func TestAWSLike2026(t *testing.T) {
	spread := func(r aws.Retryer, attempt int, err error) (mean, most time.Duration) {
		const n = 4000
		for range n {
			d, derr := r.RetryDelay(attempt, err)
			if derr != nil {
				t.Fatal(derr)
			}
			mean += d / n
			most = max(most, d)
		}
		return mean, most
	}
	v := values{"max_attempts": 3, "max_backoff": 20 * time.Second}
	ours := newRetries2026(testClient(nil), v, retry.NewStandard())
	t.Setenv(awsSwitch, "true")
	theirs := retry.NewStandard()
	throttled := apiError("SlowDown")
	for _, err := range []error{errors.New("other"), throttled} {
		for i := range 12 {
			mean, most := spread(ours, i+1, err) // the SDK counts from 0 there
			wantMean, wantMost := spread(theirs, i, err)
			if off := float64(mean)/float64(wantMean) - 1; off < -0.06 || off > 0.06 {
				t.Errorf("%v, retry %d: %v on average, the SDK %v", err, i+1, mean, wantMean)
			}
			if off := float64(most)/float64(wantMost) - 1; off < -0.01 || off > 0.01 {
				t.Errorf("%v, retry %d: %v at most, the SDK %v", err, i+1, most, wantMost)
			}
		}
	}
}

type apiError string

func (e apiError) Error() string     { return string(e) }
func (e apiError) ErrorCode() string { return string(e) }

// With the switch set the rows would not be what they say.
func TestAWSSwitch(t *testing.T) {
	t.Setenv(awsSwitch, "true")
	for _, name := range awsModes {
		if _, err := New(name, "", nil); err == nil || !strings.Contains(err.Error(), "unset it") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAWSUpload(t *testing.T) {
	for _, name := range append(awsModes, "aws-sdk-nop") {
		synctest.Test(t, func(t *testing.T) {
			w := &s3Wire{say: func(part, attempt int) answer {
				if part == 2 && attempt == 1 {
					return answer{status: 503}
				}
				return answer{}
			}}
			c := s3Client(w)
			c.Concurrency = 3
			c.Offset = func(_, part int) time.Duration { return time.Duration(part) * time.Microsecond }
			r, err := upload(t, uploaderOf(t, name, nil, c), 11<<10, 5<<10)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if r.ETag != "whole-3" || w.complete != 1 || w.creates != 1 || len(w.times[1]) != 1 || len(w.times[2]) != 2 || len(w.times[3]) != 1 {
				t.Errorf("%s: receipt %+v after %v", name, r, w.times)
			}
			if whole := slices.Concat(w.bodies[1], w.bodies[2], w.bodies[3]); !bytes.Equal(whole, content(11<<10)) {
				t.Errorf("%s: %d bytes arrived and are not what was sent", name, len(whole))
			}
		})
	}
}

func TestAWSNopOver(t *testing.T) {
	for name, want := range map[string]string{
		"nobody": "there is no contestant", "minio-go": "no stack", "oracle": "no stack", "aws-sdk-nop": "no stack", "nested-minio": "no stack", "": "is empty",
	} {
		if _, err := New("aws-sdk-nop", "", map[string]string{"over": name}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("over %q: %v, want %q", name, err, want)
		}
	}
	// Every stack but those that retry no status retries parts below the SDK, which sends each once.
	never := []string{"no-retry", "neutron", "distant-fail"}
	for _, row := range Builtin() {
		if row.Kind != KindStack || slices.Contains(never, row.Name) || isNested(row) {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			w := &s3Wire{say: func(_, attempt int) answer { return answer{status: []int{503, 0}[min(attempt-1, 1)]} }}
			if _, err := upload(t, uploaderOf(t, "aws-sdk-nop", map[string]string{"over": row.Name}, s3Client(w)), 11<<10, 5<<10); err != nil {
				t.Errorf("over %s: %v", row.Name, err)
			}
			if whole := slices.Concat(w.bodies[1], w.bodies[2], w.bodies[3]); !bytes.Equal(whole, content(11<<10)) {
				t.Errorf("over %s: what arrived is not what was sent", row.Name)
			}
		})
	}
}
