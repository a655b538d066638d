package runner

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// slowly is a body of n bytes, one each second, and then an error.
type slowly struct {
	n   int
	err error
}

func (s *slowly) Read(p []byte) (int, error) {
	if s.n == 0 {
		return 0, s.err
	}
	time.Sleep(time.Second)
	s.n--
	p[0] = 'x'
	return 1, nil
}

func (s *slowly) Close() error { return nil }

func TestRangeBodies(t *testing.T) {
	for _, c := range []struct {
		name     string
		of       string // Range
		status   int
		end      error
		read     int // bytes until the client leaves it alone; 0: all
		close    bool
		received int64
		took     float64 // -1: not recorded
	}{
		{"whole", "bytes=0-4", 206, io.EOF, 0, true, 5, 5},
		{"torn", "bytes=0-9", 206, io.ErrUnexpectedEOF, 0, true, 5, 5},
		{"called off", "bytes=0-9", 206, io.ErrUnexpectedEOF, 0, true, 5, 5},
		{"left alone", "bytes=0-9", 206, io.EOF, 2, true, 2, 4},
		{"never closed", "bytes=0-9", 206, io.EOF, 3, false, 3, 3},
		{"all of it", "bytes=0-4", 200, io.EOF, 0, true, 5, 5},
		{"no range", "", 200, io.EOF, 0, true, 0, -1},
		{"refused", "bytes=0-4", 403, io.EOF, 0, true, 0, -1},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRecords(func(*http.Request) (string, int, int) { return "get_object", 1, 0 })
			r.begin(time.Now())
			wire := &recorder{wire: roundTrip(func(*http.Request) (*http.Response, error) {
				time.Sleep(time.Second)
				return &http.Response{StatusCode: c.status, Header: http.Header{}, Body: &slowly{5, c.end}}, nil
			}), to: r}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			q, err := http.NewRequestWithContext(ctx, "GET", "http://s3/bucket/key", nil)
			if err != nil {
				t.Fatal(err)
			}
			if c.of != "" {
				q.Header.Set("Range", c.of)
			}
			resp, err := wire.RoundTrip(q)
			if err != nil {
				t.Fatal(err)
			}
			buf := make([]byte, 1)
			for n := 0; err == nil && (c.read == 0 || n < c.read); n++ {
				if n == 5 && c.name == "called off" {
					cancel()
				}
				_, err = resp.Body.Read(buf)
			}
			if c.read > 0 {
				time.Sleep(2 * time.Second)
			}
			if c.close {
				resp.Body.Close()
			}
			a := r.take()[0]
			switch {
			case c.took < 0 && (a.ReceivedBytes != nil || a.BodyS != nil):
				t.Errorf("%s: %d bytes are recorded", c.name, *a.ReceivedBytes)
			case c.took >= 0 && (a.ReceivedBytes == nil || *a.ReceivedBytes != c.received || *a.BodyS != c.took):
				t.Errorf("%s: %+v", c.name, a.Attempt)
			}
			if want := map[string]string{"torn": "eof", "called off": "canceled"}[c.name]; a.Error != want {
				t.Errorf("%s: error %q", c.name, a.Error)
			}
			if c.status/100 == 2 && a.TookS != 1 {
				t.Errorf("%s: its headers took %v s", c.name, a.TookS)
			}
		})
	}
}
