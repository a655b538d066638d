package connector

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// claims are those of a work order token that concern its bearer.
type claims struct {
	Key     string  `json:"user_public_crypt4gh_key"`
	Issued  float64 `json:"iat"` // seconds since 1970
	Expires float64 `json:"exp"`
}

// readClaims reads a token without looking at its signature, which is the services' business. ok is false for what is no token.
func readClaims(token string) (c claims, ok bool) {
	fields := strings.Split(token, ".")
	if len(fields) != 3 {
		return c, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(fields[1], "="))
	if err != nil {
		return c, false
	}
	ok = json.Unmarshal(raw, &c) == nil
	return c, ok
}

// meantFor checks that the token is for somebody with this key. What cannot be read passes, as in the Connector.
func (c claims) meantFor(key [32]byte) error {
	if c.Key != base64.StdEncoding.EncodeToString(key[:]) {
		return errors.New("the token is meant for another Crypt4GH key than this one")
	}
	return nil
}

// tokenMargin is how long before its end a token is not used any more: it has to arrive in time.
const tokenMargin = 3 * time.Second

// life is how long the token may be used from when it was asked for. It goes by the distance of its two times, so that nobody's clock
// has to be right. Zero: it does not say.
func (c claims) life() time.Duration {
	if c.Expires <= c.Issued || c.Issued <= 0 || c.Expires-c.Issued > 1e6 {
		return 0
	}
	life := time.Duration((c.Expires - c.Issued) * float64(time.Second))
	return life - min(tokenMargin, life/4)
}
