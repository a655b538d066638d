package connector_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/neicnordic/crypt4gh/keys"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/faultserver/ghga"
	"github.com/ratebench/ratebench/faultserver/s3"
)

func Example() {
	// A deployment to try it with; for GHGA itself, WellKnown is https://data.ghga.de/.well-known.
	store, err := s3.New(s3.Config{AccessKey: "key", SecretKey: "secret", Buckets: []string{"inbox"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	storage := httptest.NewServer(store)
	defer storage.Close()
	endpoint, _ := url.Parse(storage.URL)
	platform, err := ghga.NewPlatform(ghga.PlatformConfig{Config: ghga.Config{
		Endpoint: endpoint, Bucket: "inbox", AccessKey: "key", SecretKey: "secret",
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	services := httptest.NewServer(platform)
	defer services.Close()
	public, private, err := keys.GenerateKeyPair()
	if err != nil {
		fmt.Println(err)
		return
	}
	issued, err := platform.NewUploadPackage(public)
	if err != nil {
		fmt.Println(err)
		return
	}

	// What a user has: a key pair, and what the data portal showed.
	key := connector.KeyPair{Public: public, Private: private}
	id, token, err := connector.OpenToken(issued.ID+":"+issued.Sealed, key)
	if err != nil {
		fmt.Println(err)
		return
	}
	wellKnown, _ := url.Parse(services.URL + "/.well-known")
	c, err := connector.New(connector.Config{
		Access: connector.Access{WellKnown: wellKnown, WorkPackage: id, Token: token, Key: key},
		Stack:  http.DefaultTransport, // a stack of package transport, better
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	reads := "@read\nACGT\n+\nIIII\n"
	up, err := c.Upload(context.Background(), connector.Source{Alias: "reads.fastq", Size: int64(len(reads)), Content: strings.NewReader(reads)})
	if err != nil {
		fmt.Println(err)
		return
	}
	list, err := c.List(context.Background())
	fmt.Println(up.Parts, up.EncryptedSize, list[0].Alias, list[0].State, err)
	// Output: 1 170 reads.fastq inbox <nil>
}
