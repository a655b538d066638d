package workloads

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

// A call that is under way when the trial's time is over is cut off, whatever it is doing; one that was given up before has
// failed. Nobody sees the end coming.
func TestEndCutsOff(t *testing.T) {
	answer := func(status int, body io.Reader, header ...string) *http.Response {
		r := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(body)}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return r
	}
	refuse := func(*http.Request) (*http.Response, error) {
		return answer(503, strings.NewReader(""), "Retry-After", "60"), nil
	}
	patient := transport.Retry(func(*strategies.Call) strategies.Retrier {
		return again{}
	})(service(refuse))
	for name, tt := range map[string]struct {
		to     service
		cutOff bool
	}{
		"waiting for headers": {sleepy(time.Minute, func(*http.Request) {}), true},
		"reading the answer": {func(r *http.Request) (*http.Response, error) {
			return answer(200, slow{r.Context()}), nil
		}, true},
		"reading an error's answer": {func(r *http.Request) (*http.Response, error) {
			return answer(503, slow{r.Context()}), nil
		}, true},
		"waiting before a retry": {patient.RoundTrip, true},
		"handing on the last answer when its wait ends": {func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return refuse(r)
		}, true},
		"given up before": {refuse, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &Calls{Size: 1, Duration: 10 * time.Second, Think: 7 * time.Second}
				start := time.Now()
				ups, _ := loop(t, w, 1, 1, func(r *http.Request) (*http.Response, error) {
					if _, ok := r.Context().Deadline(); ok {
						t.Error("the trial's end is a deadline")
					}
					return tt.to(r)
				})
				if len(ups) == 0 || ups[0].Err == nil || ups[0].CutOff != tt.cutOff {
					t.Fatalf("%+v", ups)
				}
				if tt.cutOff && ups[0].Ended.Sub(start) != 10*time.Second {
					t.Errorf("it ended after %v", ups[0].Ended.Sub(start))
				}
			})
		})
	}
}

// again asks for attempts a minute apart.
type again struct{}

func (again) Next(int, strategies.Outcome) (time.Duration, bool) { return time.Minute, true }

// slow is an answer's body that does not come.
type slow struct{ ctx context.Context }

func (s slow) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, context.Cause(s.ctx)
}

// Libraries tell a context that has ended by context.Canceled, also where net/http hands the cause on.
func TestEndIsACancellation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := runner.Until(t.Context(), time.Now().Add(time.Second))
		defer cancel()
		<-ctx.Done()
		if cause := context.Cause(ctx); cause != runner.ErrOver || !errors.Is(cause, context.Canceled) || runner.ErrorKind(cause) != "canceled" {
			t.Errorf("the cause is %v", cause)
		}
		if kind := runner.ErrorKind(runner.ErrTimeout); kind != "timeout" {
			t.Errorf("the trial's timeout is %s", kind)
		}
	})
}
