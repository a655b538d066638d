package connector

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
)

// untrusted says of an error that the other side has not proved who it is, or does not speak TLS at all, and what to do: nothing of that passes by itself.
// Nil: it is another error.
func (r *request) untrusted(err error) error {
	host := r.service
	if u, parseErr := url.Parse(r.url); parseErr == nil {
		host = u.Host
	}
	if plain, ok := errors.AsType[tls.RecordHeaderError](err); ok && string(plain.RecordHeader[:]) == "HTTP/" {
		return hopeless{fmt.Errorf("%s: %s speaks HTTP, and its address says https: %w", r.doing, host, err)}
	}
	bad, ok := errors.AsType[*tls.CertificateVerificationError](err)
	if !ok {
		return nil
	}
	do := "look at the address, and at the clock of this machine"
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		do = "if it is the right one, name a file with the certificate of its authority in SSL_CERT_FILE"
	}
	return hopeless{fmt.Errorf("%s: %s cannot prove who it is: %w; %s", r.doing, host, bad.Err, do)}
}
