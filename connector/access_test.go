package connector

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/nacl/box"
)

func sealFor(t testing.TB, key KeyPair, text string) string {
	t.Helper()
	sealed, err := box.SealAnonymous(nil, []byte(text), &key.Public, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(sealed)
}

func TestOpenToken(t *testing.T) {
	user, other := newKeyPair(t), newKeyPair(t)
	sealed := sealFor(t, user, fakeWPAT)
	id, token, err := OpenToken(" "+fakePackage+":"+sealed+"\n", user)
	if err != nil || id != fakePackage || token != fakeWPAT {
		t.Fatalf("%v", err)
	}
	for name, tt := range map[string]struct {
		pasted string
		key    KeyPair
		want   string
	}{
		"no colon":       {sealed, user, "two fields"},
		"two colons":     {fakePackage + ":" + sealed + ":", user, "two fields"},
		"short id":       {"1234567890123456789:" + sealed, user, "19 characters"},
		"long id":        {strings.Repeat("1", 40) + ":" + sealed, user, "40 characters"},
		"short token":    {fakePackage + ":" + sealed[:79], user, "79 characters"},
		"long token":     {fakePackage + ":" + sealed + strings.Repeat("A", 24), user, "120 characters"},
		"another's":      {fakePackage + ":" + sealed, other, "another one"},
		"not base64":     {fakePackage + ":" + strings.Repeat("!", 96), user, "base64"},
		"nothing at all": {"", user, "two fields"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := OpenToken(tt.pasted, tt.key)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want one with %q", err, tt.want)
			}
			if strings.Contains(err.Error(), sealed[:20]) {
				t.Error("the error holds the token")
			}
		})
	}
}

func FuzzOpenToken(f *testing.F) {
	user := newKeyPair(f)
	f.Add(fakePackage + ":" + sealFor(f, user, fakeWPAT))
	f.Add(":")
	f.Fuzz(func(t *testing.T, pasted string) {
		id, token, err := OpenToken(pasted, user)
		if err == nil && (len(id) < 20 || len(id) >= 40 || token == "" && len(pasted) < 100) {
			t.Errorf("%d characters of an id", len(id))
		}
	})
}

func FuzzClaims(f *testing.F) {
	f.Add("eyJhbGciOiJFUzI1NiJ9.eyJleHAiOjMwLCJpYXQiOjF9.c2ln")
	f.Add("..")
	f.Fuzz(func(t *testing.T, token string) {
		c, _ := readClaims(token)
		if life := c.life(); life < 0 {
			t.Errorf("a token lives %v", life)
		}
	})
}

// jwt makes a token of claims.
func jwt(t testing.TB, claims map[string]any) string {
	t.Helper()
	text, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return "e30." + base64.RawURLEncoding.EncodeToString(text) + ".sig"
}

// How long tokens are used.
func TestTokenLife(t *testing.T) {
	user := newKeyPair(t)
	own := base64.StdEncoding.EncodeToString(user.Public[:])
	for name, tt := range map[string]struct {
		claims map[string]any
		life   time.Duration // of the source
		want   time.Duration
	}{
		"by its claims":   {map[string]any{"user_public_crypt4gh_key": own, "iat": 1000, "exp": 1030}, 0, 27*time.Second - time.Second},
		"of a short life": {map[string]any{"user_public_crypt4gh_key": own, "iat": 1000, "exp": 1004}, 0, 3*time.Second - time.Second},
		"without claims":  {map[string]any{"user_public_crypt4gh_key": own}, 0, 27*time.Second - time.Second},
		"as configured":   {map[string]any{"user_public_crypt4gh_key": own, "iat": 1000, "exp": 1004}, 27 * time.Second, 27 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				s := TokenSource{Key: user, Life: tt.life, Ask: func(ctx context.Context, o Order) (string, error) {
					asked++
					return sealFor(t, user, jwt(t, tt.claims)), sleep(ctx, time.Second) // it grows old on its way
				}}
				get := func() {
					if _, err := s.Get(t.Context(), Order{Type: "upload"}); err != nil {
						t.Fatal(err)
					}
				}
				get()
				time.Sleep(tt.want - time.Millisecond)
				get()
				if asked != 1 {
					t.Fatal("it was not kept")
				}
				time.Sleep(time.Millisecond)
				get()
				if asked != 2 {
					t.Error("it was kept too long")
				}
			})
		})
	}
}

// Those who want the same token at once get one; others get others.
func TestTokenSingleFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		user := newKeyPair(t)
		var asked atomic.Int64
		s := TokenSource{Key: user, Ask: func(ctx context.Context, o Order) (string, error) {
			asked.Add(1)
			if err := sleep(ctx, time.Second); err != nil {
				return "", err
			}
			return sealFor(t, user, "no token at all, "+o.FileID), nil
		}}
		impatient, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		var all sync.WaitGroup
		for range 5 {
			for _, id := range []string{"a", "b"} {
				all.Go(func() {
					token, err := s.Get(t.Context(), Order{Type: "upload", FileID: id})
					if err != nil || token != "no token at all, "+id {
						t.Errorf("%q, %v", token, err)
					}
				})
			}
			all.Go(func() {
				if _, err := s.Get(impatient, Order{Type: "upload", FileID: "a"}); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v", err)
				}
			})
		}
		all.Wait()
		if n := asked.Load(); n > 3 { // the impatient one may have been the first
			t.Errorf("asked %d times", n)
		}
		o := Order{Type: "upload", FileID: "a"}
		s.Drop(t.Context(), o, "an older token")
		before := asked.Load()
		if _, err := s.Get(t.Context(), o); err != nil || asked.Load() != before {
			t.Errorf("a token was dropped for an older one")
		}
		s.Drop(t.Context(), o, "no token at all, a")
		if _, err := s.Get(t.Context(), o); err != nil || asked.Load() != before+1 {
			t.Errorf("a token that was refused is kept")
		}
	})
}

func TestTokenForAnother(t *testing.T) {
	user, other := newKeyPair(t), newKeyPair(t)
	for name, sealed := range map[string]string{
		"another key": sealFor(t, user, jwt(t, map[string]any{"user_public_crypt4gh_key": "AAAA"})),
		"no key":      sealFor(t, user, jwt(t, map[string]any{"iat": 1})),
		"sealed":      sealFor(t, other, jwt(t, map[string]any{"iat": 1})),
	} {
		s := TokenSource{Key: user, Ask: func(context.Context, Order) (string, error) { return sealed, nil }}
		if _, err := s.Get(t.Context(), Order{Type: "view"}); err == nil || !strings.Contains(err.Error(), "another") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTokensAreBounded(t *testing.T) {
	user := newKeyPair(t)
	sealed := sealFor(t, user, "x")
	s := TokenSource{Key: user, Ask: func(context.Context, Order) (string, error) { return sealed, nil }}
	for i := range mostTokens + 10 {
		if _, err := s.Get(t.Context(), Order{FileID: strings.Repeat("x", i)}); err != nil {
			t.Fatal(err)
		}
		if len(s.held) > mostTokens {
			t.Fatalf("%d tokens are held", len(s.held))
		}
	}
}

func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(time.Second)
		ready := func() error { return nil }
		begun := time.Now()
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() { p.wait(t.Context(), ready) })
		}
		all.Wait()
		if took := time.Since(begun); took != 4*time.Second {
			t.Errorf("5 calls took %v", took)
		}
		time.Sleep(time.Minute)
		begun = time.Now()
		p.wait(t.Context(), ready)
		p.wait(t.Context(), ready)
		if took := time.Since(begun); took != time.Second {
			t.Errorf("2 calls after a while took %v", took)
		}
		if err := p.wait(t.Context(), func() error { return errHere }); err != errHere {
			t.Errorf("who cannot go gets %v", err)
		}
		if p.wait(t.Context(), ready); time.Since(begun) != 2*time.Second {
			t.Errorf("one that was not made cost others time: %v", time.Since(begun))
		}
	})
}
