package target

import (
	"context"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ratebench/ratebench/internal/runner"
)

// A server that has gone away keeps the bucket, and whoever made it has to know its name.
func TestCloseNamesTheBucketItLeaves(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	s := &Site{made: true, external: &runner.S3{Endpoint: &url.URL{Scheme: "http", Host: gone}, Bucket: "ratebench-left", AccessKey: "key", SecretKey: "secret-key"}}
	err = s.Close(ctx)
	if err == nil || !strings.Contains(err.Error(), "the bucket ratebench-left is left behind at http://"+gone) || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}
