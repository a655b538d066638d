package ghga_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/ratebench/ratebench/faultserver/ghga"
)

func Example() {
	ucs, err := ghga.New(ghga.Config{
		Endpoint: &url.URL{Scheme: "http", Host: "localhost:9000"}, Bucket: "inbox", AccessKey: "key", SecretKey: "secret",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(ucs)
	defer server.Close()
	resp, err := http.Get(server.URL + "/health")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	_, _ = io.Copy(printer{}, resp.Body)
	// Output: {"status":"OK"}
}

type printer struct{}

func (printer) Write(p []byte) (int, error) { return fmt.Print(string(p)) }
