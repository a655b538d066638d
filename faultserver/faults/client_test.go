package faults_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
)

// service is a fault server over real TCP, with a client that has nothing special about it.
type service struct {
	t      *testing.T
	url    string
	faults *faultserver.Server
	client *http.Client
}

// serve puts one fault in front of a backend; nil: one that takes everything and answers "stored".
func serve(t *testing.T, c faults.Config, backend http.Handler) *service {
	return serveRules(t, backend, faultserver.Options{Rules: []faultserver.Rule{{Name: "fault", Do: faults.Of(c)}}})
}

func serveRules(t *testing.T, backend http.Handler, o faultserver.Options) *service {
	t.Helper()
	return serveAs(t, backend, ops.S3, o)
}

// serveAs takes requests for those of any service.
func serveAs(t *testing.T, backend http.Handler, classify ops.Classifier, o faultserver.Options) *service {
	t.Helper()
	if backend == nil {
		backend = http.HandlerFunc(store)
	}
	fs, err := faultserver.New(o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: fs.Handler(backend, classify)}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = srv.Serve(fs.Listener(l)) }()
	wire := &http.Transport{DisableCompression: true}
	t.Cleanup(func() {
		wire.CloseIdleConnections()
		fs.Stop()
		srv.Close()
		<-ended
	})
	return &service{t, "http://" + l.Addr().String(), fs, &http.Client{Transport: wire}}
}

func store(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("ETag", `"0123456789abcdef"`)
	_, _ = io.WriteString(w, "stored")
}

// do sends a request with a body of n bytes, and reads the answer to its end.
func (s *service) do(method, target string, n int) (resp *http.Response, body string, err error) {
	s.t.Helper()
	var content io.Reader
	if n > 0 {
		content = bytes.NewReader(bytes.Repeat([]byte("x"), n))
	}
	req, err := http.NewRequest(method, s.url+target, content)
	if err != nil {
		s.t.Fatal(err)
	}
	if resp, err = s.client.Do(req); err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp, string(b), err
}

// put uploads a part.
func (s *service) put(n int) (*http.Response, string, error) {
	return s.do("PUT", "/bucket/key?partNumber=1&uploadId=u", n)
}

// acted checks what the last row of the ledger says that the fault did.
func (s *service) acted(want string) {
	s.t.Helper()
	if !s.did(want) {
		s.t.Errorf("the ledger does not say that %q happened: %+v", want, s.faults.Ledger())
	}
}

// did reports whether the last row of the ledger says so; empty: that nothing was done.
func (s *service) did(want string) bool {
	rows := s.faults.Ledger()
	if len(rows) == 0 {
		return false
	}
	last := rows[len(rows)-1].Fault
	return strings.HasPrefix(last, want) && (want != "" || last == "")
}
