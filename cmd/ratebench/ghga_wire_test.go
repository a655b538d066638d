package main

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A service that offers HTTP/2 is spoken to in HTTP/1.1.
func TestWireSpeaksHTTP1(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	file := filepath.Join(t.TempDir(), "cert.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(certVariable, file)
	wire, err := newWire()
	if err != nil {
		t.Fatal(err)
	}
	defer wire.CloseIdleConnections()
	resp, err := (&http.Client{Transport: wire}).Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.Proto != "HTTP/1.1" || wire.Proxy == nil {
		t.Errorf("it speaks %s; proxies of the environment: %v", resp.Proto, wire.Proxy != nil)
	}
}

// A file of certificates that cannot be one is refused before anybody is asked.
func TestWireTrusts(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{empty: "holds no certificate", empty + "-not": "SSL_CERT_FILE: "} {
		if _, err := trusted(file); exitCode(err) != exitUsage || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if pool, err := trusted(""); pool != nil || err != nil {
		t.Errorf("no file: %v, %v", pool, err)
	}
}
