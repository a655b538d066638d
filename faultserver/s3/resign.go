package s3

import (
	"cmp"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"

	"github.com/minio/minio-go/v7/pkg/signer"

	"github.com/ratebench/ratebench/internal/awschunk"
)

// ResignConfig says for whom and how a proxy signs.
type ResignConfig struct {
	ProxyConfig
	// ClientAccessKey and ClientSecretKey are what clients sign with; their signatures are checked.
	ClientAccessKey, ClientSecretKey string
	// AccessKey, SecretKey and Region are those of the endpoint. An empty region means us-east-1, for clients too.
	AccessKey, SecretKey, Region string
}

// NewResigningProxy returns a streaming proxy whose clients sign for the proxy, with keys of its own, and which signs
// anew for the endpoint: so a client needs to know neither the endpoint's address nor its keys. Headers and presigned URLs
// are understood. Bodies are not signed again (UNSIGNED-PAYLOAD): what checks them on the way is a Content-MD5 or a checksum,
// in a header or in a trailer behind an aws-chunked body, which pass. An aws-chunked body without trailers is sent on
// plain.
func NewResigningProxy(cfg ResignConfig) http.Handler {
	cfg.Region = cmp.Or(cfg.Region, "us-east-1")
	proxy := NewSigningProxy(cfg)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := authorize(r, cfg.ClientAccessKey, cfg.ClientSecretKey, cfg.Region); err != nil {
			writeError(w, r, err)
			return
		}
		proxy.ServeHTTP(w, r)
	})
}

// NewSigningProxy is NewResigningProxy without the check of who asks: whoever reaches it acts with the endpoint's keys.
func NewSigningProxy(cfg ResignConfig) http.Handler {
	if cfg.Transport == nil {
		cfg.Transport = NewProxyTransport()
	}
	cfg.Region = cmp.Or(cfg.Region, "us-east-1")
	endpoint := cfg.Endpoint.Scheme + "://" + cfg.Endpoint.Host
	return &httputil.ReverseProxy{
		Transport:  resigner{cfg},
		BufferPool: proxyBuffers,
		ErrorLog:   cmp.Or(cfg.ErrorLog, log.New(io.Discard, "", 0)),
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Scheme, p.Out.URL.Host, p.Out.Host = cfg.Endpoint.Scheme, cfg.Endpoint.Host, cfg.Endpoint.Host
			p.Out.URL.RawQuery = p.In.URL.RawQuery
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			sendError(w, r, &apiError{http.StatusBadGateway, "BadGateway", "no answer from " + endpoint + ": " + err.Error()})
		},
	}
}

// resigner takes the client's signature off and puts another on, as the last thing before a request is sent.
type resigner struct{ ResignConfig }

func (s resigner) RoundTrip(r *http.Request) (*http.Response, error) {
	payload := "UNSIGNED-PAYLOAD"
	gone := []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token"}
	switch body := r.Body; {
	case awschunk.Trailing(r):
		payload = awschunk.Unsigned
		if awschunk.Signed(r) {
			r.Body, r.ContentLength = chained{awschunk.Unsign(body), body}, -1
			gone = append(gone, "Content-Length")
		}
	case awschunk.Encoded(r):
		size, err := strconv.ParseInt(r.Header.Get("X-Amz-Decoded-Content-Length"), 10, 64)
		if err != nil {
			size = -1
		}
		r.Body, r.ContentLength = chained{awschunk.NewReader(body), body}, size
		gone = append(gone, "Content-Length", "X-Amz-Decoded-Content-Length")
		encodings := strings.Split(r.Header.Get("Content-Encoding"), ",")
		r.Header.Del("Content-Encoding")
		for _, e := range encodings {
			if e = strings.TrimSpace(e); e != "" && e != "aws-chunked" {
				r.Header.Add("Content-Encoding", e)
			}
		}
	}
	for _, name := range gone {
		r.Header.Del(name)
	}
	q := r.URL.Query()
	for name := range q {
		switch name {
		case "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-Signature", "X-Amz-SignedHeaders",
			"X-Amz-Security-Token", "X-Amz-Content-Sha256":
			q.Del(name)
		}
	}
	r.URL.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
	r.Header.Set("X-Amz-Content-Sha256", payload)
	return s.Transport.RoundTrip(signer.SignV4(*r, s.AccessKey, s.SecretKey, "", s.Region))
}

// chained reads from one and closes the other.
type chained struct {
	io.Reader
	io.Closer
}
