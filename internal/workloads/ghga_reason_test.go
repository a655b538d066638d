package workloads

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/runner"
)

func TestReasonOf(t *testing.T) {
	api := &connector.APIError{Service: "WPS", Doing: "asking for the work package", Status: 403, ID: "wrongKey", Detail: "words of the service"}
	for _, k := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{fmt.Errorf("uploading object-1: %w", api), "asking for the work package: the WPS answered 403 Forbidden (wrongKey)"},
		{&connector.APIError{Service: "DCS", Doing: "asking for object-1", Status: 500}, "asking for the file: the DCS answered 500 Internal Server Error"},
		{fmt.Errorf("uploading object-1: sending part 3: %w", fmt.Errorf("put: %w", io.ErrUnexpectedEOF)), "sending part 3: eof"},
		{fmt.Errorf("sending part 1: %w", runner.ErrTimeout), "sending part 1: timeout"},
		{fmt.Errorf("object-1: %w (waited 1h)", connector.ErrNotStaged), connector.ErrNotStaged.Error() + " (waited 1h)"},
		{fmt.Errorf("deleting object-1: asking for a token to delete: %w", errors.New("transport: POST 127.0.0.1:1/wps/boxes/7?x=y: enough")), "asking for a token to delete: transport: enough"},
		{errors.New("Put \"http://s3/a?X-Amz-Signature=abc&b=c\": giving up\nand more"), "Put \"http://s3/a?… giving up"},
	} {
		if got := reasonOf(k.err, "object-1"); got != k.want {
			t.Errorf("%v: %q, want %q", k.err, got, k.want)
		}
	}
	if got := reasonOf(errors.New(strings.Repeat("ä", 300)), "x"); len(got) > mostReason+len("…") {
		t.Errorf("%d bytes", len(got))
	}
}
