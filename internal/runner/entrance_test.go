package runner

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/internal/record"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(""))}
}

func newPut(ctx context.Context) *http.Request {
	r, _ := http.NewRequestWithContext(ctx, "PUT", "http://s3/bucket/key", strings.NewReader("x"))
	return r
}

// steps plays net/http: what a trace is told, and when.
type steps struct {
	*httptrace.ClientTrace
	conn net.Conn
}

func stepsOf(r *http.Request) steps {
	conn, _ := net.Pipe()
	return steps{httptrace.ContextClientTrace(r.Context()), conn}
}

func (s steps) got()  { s.GotConn(httptrace.GotConnInfo{Conn: s.conn}) }
func (s steps) sent() { s.WroteRequest(httptrace.WroteRequestInfo{}) }

func TestRecorderWireTimes(t *testing.T) {
	wait := func(seconds int) { time.Sleep(time.Duration(seconds) * time.Second) }
	lost := errors.New("lost")
	for _, c := range []struct {
		name                      string
		wire                      func(s steps) error
		took, connection, sending float64
	}{
		{"all of it", func(s steps) error {
			wait(1)
			s.got()
			wait(2)
			s.sent()
			wait(3)
			return nil
		}, 6, 1, 2},
		{"an answer before the request was written", func(s steps) error { wait(1); s.got(); wait(2); return nil }, 3, 1, 2},
		{"no connection", func(s steps) error { wait(4); return lost }, 4, 4, -1},
		{"lost while sending", func(s steps) error { wait(1); s.got(); wait(2); return lost }, 3, 1, 2},
		{"repeated by net/http", func(s steps) error {
			wait(1)
			s.got()
			wait(2)
			s.sent()
			s.got()
			wait(3)
			s.sent()
			wait(1)
			return nil
		}, 7, 3, 3},
		{"no leave to send the body", func(s steps) error {
			s.got()
			wait(1)
			s.Wait100Continue()
			wait(2)
			s.sent()
			return nil
		}, 3, 0, 1},
		{"leave to send the body", func(s steps) error {
			s.got()
			s.Wait100Continue()
			wait(1)
			s.Got100Continue()
			wait(2)
			s.sent()
			wait(1)
			return nil
		}, 4, 0, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRecords(identifyPart)
				r.begin(time.Now())
				rec := &recorder{to: r, wire: roundTrip(func(req *http.Request) (*http.Response, error) {
					if err := c.wire(stepsOf(req)); err != nil {
						return nil, err
					}
					return answer(200), nil
				})}
				_, _ = rec.RoundTrip(newPut(t.Context()))
				a := r.take()[0]
				if a.TookS != c.took || a.ConnectionS == nil || *a.ConnectionS != c.connection {
					t.Errorf("took %v, connection %v; want %v, %v", a.TookS, a.ConnectionS, c.took, c.connection)
				}
				if (a.SendingS == nil) != (c.sending < 0) || a.SendingS != nil && *a.SendingS != c.sending {
					t.Errorf("sending %v, want %v", a.SendingS, c.sending)
				}
			})
		})
	}
}

// limited is a stack that waits a second before a call's first attempt and half a second before its second.
type limited struct{}

func (limited) Name() string { return "limited" }

func (limited) RoundTripper(c Client) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		time.Sleep(time.Second)
		resp, err := c.Wire.RoundTrip(r)
		if err == nil && resp.StatusCode != 200 {
			time.Sleep(500 * time.Millisecond)
			return c.Wire.RoundTrip(r)
		}
		return resp, err
	})
}

func TestEntrance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecords(identifyPart)
		r.begin(time.Now())
		n := 0
		wire := roundTrip(func(*http.Request) (*http.Response, error) {
			time.Sleep(100 * time.Millisecond)
			if n++; n == 1 {
				return answer(503), nil
			}
			return answer(200), nil
		})
		c := Client{Ordinal: 3, Wire: &recorder{wire: wire, client: 3, to: r}}
		stack := watched{limited{}, r}.RoundTripper(c)
		time.Sleep(2 * time.Second)
		if _, err := stack.RoundTrip(newPut(t.Context())); err != nil {
			t.Fatal(err)
		}
		rows := r.take()
		slots(rows, []record.Object{{Client: 3, Ordinal: 1, StartS: 0.5}})
		if q := rows[0].QueuedS; q == nil || *q != 1 {
			t.Errorf("queued %v, want 1", q)
		}
		if s := rows[0].SlotS; s == nil || *s != 1.5 { // handed over at 2
			t.Errorf("slot %v, want 1.5", s)
		}
		if rows[1].QueuedS != nil || rows[1].SlotS != nil || rows[1].WaitedS != 0.5 {
			t.Errorf("the second attempt: %+v", rows[1])
		}
	})
}

func TestSlotsAreOfParts(t *testing.T) {
	queued := 0.0
	row := func(call string) attempt {
		return attempt{handedS: 1, Attempt: record.Attempt{Call: call, QueuedS: &queued}}
	}
	rows := []attempt{row("create_upload/1"), row("complete_upload/1"), row("upload_part/1/1"), row("upload_part/7/1"), row("get_object/2")}
	slots(rows, []record.Object{{Ordinal: 1}, {Ordinal: 2, Single: true, StartS: 0.75}})
	for i, want := range []float64{-1, -1, 1, -1, 0.25} {
		if s := rows[i].SlotS; (s == nil) != (want < 0) || s != nil && *s != want {
			t.Errorf("%s: slot %v, want %v", rows[i].Call, s, want)
		}
	}
}

// Parts that a client calls off because another has failed end with that one's error, which says nothing.
func TestRecorderCalledOff(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	r := newRecords(identifyPart)
	rec := &recorder{to: r, wire: roundTrip(func(req *http.Request) (*http.Response, error) {
		cancel(errors.New("another part has failed"))
		return nil, context.Cause(req.Context())
	})}
	if _, err := rec.RoundTrip(newPut(ctx)); err == nil {
		t.Fatal("there is an answer")
	}
	if got := r.take()[0].Error; got != "canceled" {
		t.Errorf("error %q, want canceled", got)
	}
}
