package main

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"time"
)

// certVariable names a file with certificates that are trusted, in PEM. On Linux and the BSDs they take the place of the system's, as everywhere in Go;
// on macOS and Windows, where Go does not look at it, they are trusted beside them.
const certVariable = "SSL_CERT_FILE"

// newWire is a connection pool as the Connector has it: HTTP/1.1, so that parts do not share a connection. Whatever stands still is
// ended by the stack.
func newWire() (*http.Transport, error) {
	roots, err := trusted(os.Getenv(certVariable))
	if err != nil {
		return nil, err
	}
	t := http.DefaultTransport.(*http.Transport).Clone() // proxies are the environment's
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	// The clone offers HTTP/2 in its handshakes still, and would take the answer for HTTP/1.
	t.TLSClientConfig = &tls.Config{NextProtos: []string{"http/1.1"}, RootCAs: roots}
	t.MaxIdleConnsPerHost = 100
	t.TLSHandshakeTimeout = time.Minute
	t.DisableCompression = true
	return t, nil
}

// trusted is whom the system trusts and the certificates of a file; nil, where there is no file: the system decides.
func trusted(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usagef("%s: %w", certVariable, err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, usagef("%s: %s holds no certificate in PEM", certVariable, file)
	}
	return pool, nil
}
