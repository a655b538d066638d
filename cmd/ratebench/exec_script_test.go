package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// s3put is a client of its own, for scripts: it uploads RATEBENCH_FILE, and does what its arguments say besides.
//
// Under the race detector it starts itself once more with the detector's exit code turned off: minio-go rewinds a body that net/http
// may still be reading, which is its affair and not that of the test.
func s3put() {
	const quiet = "exitcode=0 atexit_sleep_ms=0"
	if raceEnabled && os.Getenv("GORACE") != quiet {
		again := exec.Command("s3put", os.Args[1:]...)
		again.Env = append(os.Environ(), "GORACE="+quiet)
		again.Stdout, again.Stderr = os.Stdout, os.Stderr
		err := again.Run()
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			os.Exit(exit.ExitCode())
		}
		check(err)
		return
	}
	var words []string
	if len(os.Args) > 1 {
		words = os.Args[1:]
	}
	key := os.Getenv("RATEBENCH_KEY")
	for _, word := range words {
		switch word {
		case "lie":
			return
		case "fail":
			os.Exit(3)
		case "fail-first":
			if os.Getenv("RATEBENCH_OBJECT") == "1" {
				os.Exit(3)
			}
		case "hang":
			child := exec.Command("sleep", "1000")
			_ = child.Start()
			fmt.Println("hanging")
			time.Sleep(time.Hour) // until it is killed
		case "leak":
			for _, e := range os.Environ() {
				fmt.Println(e)
			}
			fmt.Println("X-Amz-Signature=hunter3&Authorization: hunter4")
		case "folder":
			key = "some/folder/" + key
		case "elsewhere":
			key = "elsewhere"
		case "corrupt":
			file := os.Getenv("RATEBENCH_FILE")
			b, err := os.ReadFile(file)
			if err == nil {
				b[len(b)/2] ^= 1
				err = errors.Join(os.Remove(file), os.WriteFile(file, b, 0o600))
			}
			check(err)
		}
	}
	endpoint, err := url.Parse(os.Getenv("AWS_ENDPOINT_URL"))
	check(err)
	client, err := minio.New(endpoint.Host, &minio.Options{
		Creds: credentials.NewEnvAWS(), Region: os.Getenv("AWS_REGION"), MaxRetries: 5, Transport: http.DefaultTransport,
	})
	check(err)
	size, err := strconv.ParseUint(os.Getenv("RATEBENCH_PART_SIZE"), 10, 64)
	check(err)
	threads, err := strconv.ParseUint(os.Getenv("RATEBENCH_CONCURRENCY"), 10, 8)
	check(err)
	info, err := client.FPutObject(context.Background(), os.Getenv("RATEBENCH_BUCKET"), key, os.Getenv("RATEBENCH_FILE"), minio.PutObjectOptions{
		PartSize: size, NumThreads: uint(threads),
	})
	check(err)
	fmt.Println("uploaded", info.Size, "bytes")
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "s3put:", err)
		os.Exit(1)
	}
}
