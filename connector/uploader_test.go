package connector

import (
	"bytes"
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// An Uploader needs nothing but functions.
func TestUploaderAlone(t *testing.T) {
	hub, user := newKeyPair(t), newKeyPair(t)
	var mu sync.Mutex
	parts := map[int][]byte{}
	var completed Completion
	u := Uploader{
		Create: func(_ context.Context, n NewUpload) (Created, error) {
			if n.PartSize != minPartSize || n.EncryptedSize != EncryptedSize(n.DecryptedSize) || n.Overwrite {
				t.Errorf("created as %+v", n)
			}
			return Created{"id", "hub"}, nil
		},
		PartURL: func(_ context.Context, fileID string, part int) (string, error) { return fmt.Sprint(fileID, part), nil },
		Put: func(_ context.Context, url string, part int, body *Body) error {
			got, err := io.ReadAll(body.Open())
			mu.Lock()
			defer mu.Unlock()
			if parts[part] = got; url != fmt.Sprint("id", part) || int64(len(got)) != body.Size() {
				t.Errorf("part %d came with the URL of another one", part)
			}
			return err
		},
		Complete: func(_ context.Context, _ string, c Completion) error { completed = c; return nil },
		Remove:   func(context.Context, string) error { return errors.New("nobody asked for that") },
		Find:     func(context.Context, string) (*FileUpload, error) { return nil, nil },
		HubKey:   func(string) ([32]byte, error) { return hub.Public, nil },
		Key:      user, PartSize: 1, InFlight: 3,
	}
	plain := content(2*minPartSize + 1000)
	up, err := u.Upload(t.Context(), source("a", plain))
	if err != nil {
		t.Fatal(err)
	}
	object := slices.Concat(parts[1], parts[2], parts[3])
	if !bytes.Equal(decrypted(t, object, hub), plain) {
		t.Error("what was uploaded is not the file")
	}
	var sums []byte
	for i, want := range completed.PartsMD5 {
		sum := md5.Sum(parts[i+1])
		if fmt.Sprintf("%x", sum) != want {
			t.Errorf("the MD5 of part %d is wrong", i+1)
		}
		sums = append(sums, sum[:]...)
	}
	if want := fmt.Sprintf("%x-3", md5.Sum(sums)); up.ETag != want || completed.EncryptedMD5 != want {
		t.Errorf("the ETag is %s, want %s", up.ETag, want)
	}
}

// What becomes of the parts in flight when one has failed for good.
func TestWaitForOthers(t *testing.T) {
	for _, wait := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(t)
			var mu sync.Mutex
			brought, tried := 0, 0
			c := f.connector(t, Behaviour{WaitForOthers: wait}, func(c *Config) { c.InFlight = 3 })
			u, err := c.uploader(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			u.Put = func(ctx context.Context, url string, part int, body *Body) error {
				mu.Lock()
				tried++
				mu.Unlock()
				if part == 2 {
					return errors.New("the connection broke")
				}
				err := sleep(ctx, time.Second)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					brought++
				}
				return err
			}
			_, err = u.Upload(t.Context(), source("a", some(10)))
			if err == nil || !strings.Contains(err.Error(), "the connection broke") {
				t.Errorf("got %v", err)
			}
			if want := map[bool]int{false: 0, true: 2}[wait]; brought != want || tried != 3 {
				t.Errorf("waiting %v: %d parts were brought of %d, want %d of 3", wait, brought, tried, want)
			}
		})
	}
}

// Parts are held back as they are told, and the memory of a file is that of the parts in flight.
func TestOffsetAndMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		c := f.connector(t, Fixed(), func(c *Config) {
			c.InFlight = 2
			c.Offset = func(part int) time.Duration { return time.Duration(part) * time.Minute }
		})
		u, err := c.uploader(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		bodies := map[*byte]bool{}
		put := u.Put
		u.Put = func(ctx context.Context, url string, part int, body *Body) error {
			if at := time.Since(begun); at < time.Duration(part)*time.Minute {
				t.Errorf("part %d came after %v", part, at)
			}
			bodies[&body.data[0]] = true
			return put(ctx, url, part, body)
		}
		plain := some(4)
		up, err := u.Upload(t.Context(), source("a", plain))
		if err != nil {
			t.Fatal(err)
		}
		f.check(t, up, plain)
		if len(bodies) > 2 {
			t.Errorf("%d buffers", len(bodies))
		}
	})
}
