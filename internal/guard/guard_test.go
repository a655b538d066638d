package guard

import (
	"net/http/httptest"
	"testing"
)

func TestCheck(t *testing.T) {
	open, bearer, page := Guard{}, Guard{Token: "s3cret"}, Guard{Token: "s3cret", Password: true}
	for _, c := range []struct {
		name   string
		g      Guard
		host   string
		header [2]string
		want   int // 0: answered
	}{
		{"this machine", open, "127.0.0.1:9901", [2]string{}, 0},
		{"by name", open, "LOCALHOST:9901", [2]string{}, 0},
		{"IPv6", open, "[::1]:9901", [2]string{}, 0},
		{"no port", open, "127.0.0.1", [2]string{}, 0},
		{"a name that points here", open, "evil.example:9901", [2]string{}, 403},
		{"a name that looks like it", open, "127.0.0.1.evil.example", [2]string{}, 403},
		{"no host", open, "", [2]string{}, 403},
		{"a page of ours", open, "127.0.0.1:9901", [2]string{"Origin", "http://127.0.0.1:9901"}, 0},
		{"another page", open, "127.0.0.1:9901", [2]string{"Origin", "http://evil.example"}, 403},
		{"a page without an origin", open, "127.0.0.1:9901", [2]string{"Origin", "null"}, 403},
		{"no token", bearer, "127.0.0.1:9901", [2]string{}, 401},
		{"another token", bearer, "bench:1", [2]string{"Authorization", "Bearer s3cre"}, 401},
		{"the token", bearer, "bench:1", [2]string{"Authorization", "Bearer s3cret"}, 0},
		{"as a password", bearer, "bench:1", [2]string{"Authorization", "Basic eDpzM2NyZXQ="}, 401},
		{"as a password, where that goes", page, "bench:1", [2]string{"Authorization", "Basic eDpzM2NyZXQ="}, 0},
		{"another password", page, "bench:1", [2]string{"Authorization", "Basic eDpzM2NyZQ=="}, 401},
		{"as a bearer, where passwords go", page, "bench:1", [2]string{"Authorization", "Bearer s3cret"}, 0},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = c.host
		if c.header[0] != "" {
			r.Header.Set(c.header[0], c.header[1])
		}
		w := httptest.NewRecorder()
		got := 0
		if refusal := c.g.Check(w, r); refusal != nil {
			got = refusal.Status
		}
		if got != c.want || (got == 401) != (w.Header().Get("WWW-Authenticate") != "") {
			t.Errorf("%s: %d, %v", c.name, got, w.Header())
		}
	}
}

func TestSuits(t *testing.T) {
	for _, c := range []struct {
		address string
		token   string
		ok      bool
	}{
		{"127.0.0.1:0", "", true}, {"localhost:80", "", true}, {"[::1]:80", "", true}, {"127.1.2.3:80", "", true},
		{"0.0.0.0:80", "", false}, {":80", "", false}, {"bench:80", "", false}, {"0.0.0.0:80", "t", true}, {"bench", "t", false}, {"", "", false},
	} {
		if err := (Guard{Token: c.token}).Suits(c.address, "TOKEN"); (err == nil) != c.ok {
			t.Errorf("%q with token %q: %v", c.address, c.token, err)
		}
	}
}
