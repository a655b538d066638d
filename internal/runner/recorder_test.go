package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ratebench/ratebench/internal/record"
)

func identifyPart(r *http.Request) (string, int, int) { return "upload_part", 1, 17 }

func newTestRecorder(t *testing.T) (*records, http.RoundTripper) {
	wire := &http.Transport{}
	t.Cleanup(wire.CloseIdleConnections)
	r := newRecords(identifyPart)
	r.begin(time.Now())
	return r, &recorder{wire: wire, client: 3, to: r}
}

func TestRecorder(t *testing.T) {
	var ids []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ids = append(ids, r.Header.Get(record.AttemptHeader))
		_, _ = io.Copy(io.Discard, r.Body)
		if len(ids) == 1 {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(503)
			_, _ = io.WriteString(w, "<Error><Code>SlowDown</Code></Error>")
		}
	}))
	defer srv.Close()
	r, rec := newTestRecorder(t)
	for i := range 2 {
		req, err := http.NewRequest("PUT", srv.URL, strings.NewReader("12345"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := rec.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || i == 0 && !strings.Contains(string(body), "SlowDown") {
			t.Errorf("the caller reads %q, %v; the recorder must leave the body whole", body, err)
		}
		if req.Header.Get(record.AttemptHeader) != "" {
			t.Error("the recorder changed the caller's request")
		}
	}
	rows := r.take()
	first, second := rows[0], rows[1]
	if first.Call != "upload_part/1/17" || first.Client != 3 || first.Attempt.Attempt != 1 || second.Attempt.Attempt != 2 {
		t.Errorf("rows %+v, %+v", first, second)
	}
	if first.Status != 503 || first.Code != "SlowDown" || *first.RetryAfterS != 7 || !first.Throttled() {
		t.Errorf("the throttled attempt: %+v", first)
	}
	if first.Bytes != 5 || second.Bytes != 5 || !first.wrote || first.Reused || !second.Reused || first.Connection != 1 || second.Connection != 1 {
		t.Errorf("bytes and connections: %+v, %+v", first, second)
	}
	if first.WaitedS != 0 || second.WaitedS <= 0 || second.StartS < first.StartS+first.TookS {
		t.Errorf("times: %+v, %+v", first, second)
	}
	if fmt.Sprint(ids) != fmt.Sprint([]string{first.ID, second.ID}) {
		t.Errorf("the server saw %v, the rows say %s and %s", ids, first.ID, second.ID)
	}
}

func TestRecorderRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	r, rec := newTestRecorder(t)
	req, err := http.NewRequest("PUT", "http://"+addr+"/?X-Amz-Signature=secret", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rec.RoundTrip(req); err == nil {
		t.Fatal("nobody listens, and yet there is an answer")
	}
	row := r.take()[0]
	if row.Error != "refused" || row.Connection != 0 || row.wrote || row.Bytes != 0 {
		t.Errorf("row %+v", row)
	}
}

func TestErrorKind(t *testing.T) {
	wrap := func(err error) error { return &url.Error{Op: "Put", URL: "http://x/?X-Amz-Signature=secret", Err: err} }
	for _, tt := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{wrap(context.Canceled), "canceled"},
		{wrap(context.DeadlineExceeded), "timeout"},
		{wrap(&net.OpError{Err: syscall.ECONNRESET}), "reset"},
		{wrap(syscall.EPIPE), "reset"},
		{wrap(net.ErrClosed), "reset"},
		{wrap(syscall.ECONNREFUSED), "refused"},
		{wrap(io.ErrUnexpectedEOF), "eof"},
		{wrap(errors.New("http: server closed idle connection")), "eof"},
		{wrap(errors.New("X-Amz-Signature=secret")), "other"},
	} {
		if got := ErrorKind(tt.err); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.err, got, tt.want)
		}
	}
}

// idling counts how often its idle connections are closed.
type idling struct {
	http.RoundTripper
	closed int
}

func (i *idling) CloseIdleConnections() { i.closed++ }

// Some libraries close idle connections, which costs the others theirs: that reaches the pool.
func TestRecorderClosesIdleConnections(t *testing.T) {
	pool := &idling{}
	client := http.Client{Transport: &recorder{wire: &impatient{next: pool}}}
	client.CloseIdleConnections()
	if pool.closed != 1 {
		t.Errorf("the pool was asked %d times", pool.closed)
	}
	(&recorder{wire: http.NewFileTransport(http.Dir("."))}).CloseIdleConnections() // which has none
}
