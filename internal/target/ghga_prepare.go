package target

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/ratebench/ratebench/connector"
)

// Prepare implements workloads.GHGASide.
func (p *platform) Prepare(ctx context.Context, client, ordinal int, content io.ReaderAt, size int64, running bool) (fileID string, err error) {
	access, err := p.Access(client)
	if err != nil {
		return "", err
	}
	b := connector.Fixed()
	conn, err := connector.New(connector.Config{Access: access, Stack: past{p, running}, Behaviour: &b, PartSize: preparedPart, InFlight: 1})
	if err != nil {
		return "", err
	}
	size = min(size, preparedPart/2)
	done, err := conn.Upload(ctx, connector.Source{Alias: p.Alias(ordinal), Size: size, Content: io.NewSectionReader(content, 0, size)})
	if err != nil {
		return "", fmt.Errorf("preparing %s: %w", p.Alias(ordinal), err)
	}
	return done.FileID, nil
}

// preparedPart makes one part of what is prepared to be deleted. How large that is matters to nobody.
const preparedPart = 8 << 20

// past leads past the faults: to the control plane without a connection, and to S3 on a way of its own. Running says that uploads are to
// stay as they are before they are completed: the completion is taken off on its way.
type past struct {
	to      *platform
	running bool
}

// RoundTrip implements http.RoundTripper.
func (w past) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host != w.to.of.ucsFront.url.Host {
		return w.to.aside.RoundTrip(req)
	}
	got := httptest.NewRecorder()
	if w.running && req.Method == http.MethodPatch {
		got.WriteHeader(http.StatusNoContent)
	} else {
		in := req.Clone(req.Context())
		in.RequestURI, in.Host = req.URL.RequestURI(), req.URL.Host
		if in.Body == nil {
			in.Body = http.NoBody
		}
		w.to.ServeHTTP(got, in)
	}
	if req.Body != nil {
		req.Body.Close()
	}
	resp := got.Result()
	resp.Request = req
	return resp, nil
}
