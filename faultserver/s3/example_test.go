package s3_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/ratebench/ratebench/faultserver/s3"
)

func Example() {
	srv, err := s3.New(s3.Config{AccessKey: "key", SecretKey: "secret", Buckets: []string{"uploads"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()
	front := httptest.NewServer(srv)
	defer front.Close()

	client, err := minio.New(front.Listener.Addr().String(), &minio.Options{
		Creds: credentials.NewStaticV4("key", "secret", ""), Region: "us-east-1",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := client.PutObject(context.Background(), "uploads", "a.txt", strings.NewReader("hello"), 5, minio.PutObjectOptions{}); err != nil {
		fmt.Println(err)
		return
	}
	info, ok := srv.Stat("uploads", "a.txt")
	fmt.Println(info.Size, info.ETag, ok)
	// Output: 5 5d41402abc4b2a76b9719d911017c592 true
}
