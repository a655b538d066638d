package connector_test

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ratebench/ratebench/connector"
)

// counting counts the attempts on a wire.
type counting struct {
	*http.Transport
	n atomic.Int64
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n.Add(1)
	return c.Transport.RoundTrip(r)
}

// A service that cannot prove who it is ends it at once, and the message says what to do.
func TestUntrusted(t *testing.T) {
	silent := log.New(io.Discard, "", 0)
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = silent
	secure.StartTLS()
	defer secure.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	for at, want := range map[string]string{
		secure.URL: "cannot prove who it is: x509: certificate signed by unknown authority; if it is the right one, name a file with the certificate of its authority in SSL_CERT_FILE",
		"https" + strings.TrimPrefix(plain.URL, "http"): "speaks HTTP, and its address says https",
	} {
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		wire := &counting{Transport: &http.Transport{}}
		c, err := connector.New(connector.Config{Stack: wire, Access: connector.Access{WellKnown: u, WorkPackage: "p", Token: "t"}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.List(context.Background())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		if n := wire.n.Load(); n != 1 {
			t.Errorf("%s: %d attempts", want, n)
		}
		wire.CloseIdleConnections()
	}
}
