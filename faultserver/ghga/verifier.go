package ghga

import (
	"crypto/ecdsa"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// accepted says which tokens an endpoint takes: the types of work, by who signed, and the claims that must be there.
type accepted struct {
	wps, rs []string
	claims  []claim
}

type claim int

const (
	claimAlias claim = iota
	claimBox
	claimFile
	claimAccession
	claimUserKey
)

func (c claim) in(o *workOrder) bool {
	switch c {
	case claimAlias:
		return o.Alias != ""
	case claimBox:
		return o.BoxID.Version() == 4
	case claimFile:
		return o.FileID.Version() == 4
	case claimAccession:
		return strings.HasPrefix(o.Accession, accessionPrefix) && len(o.Accession) > len(accessionPrefix)
	}
	key, err := base64.StdEncoding.DecodeString(o.UserKey)
	return err == nil && len(key) == 32
}

// verifier checks work order tokens. It is safe for concurrent use.
type verifier struct {
	wps, rs      *ecdsa.PublicKey
	ignoreExpiry bool
	leeway       time.Duration
	refusal      int // the status for a token that is missing or no good

	mu    sync.Mutex
	known map[string]*verified // by the token's text
}

// verified is a token whose signature is right.
type verified struct {
	order  workOrder
	signer *ecdsa.PublicKey
}

// maxKnown bounds how many tokens a verifier remembers. A client uses one for 30 s and for many parts, and checking a signature
// takes as long as the rest of a request.
const maxKnown = 4096

// check reads the Authorization header. Whatever is wrong with a token, the answer does not say what.
func (v *verifier) check(header string, want *accepted) (*workOrder, error) {
	token, ok := bearer(header)
	if !ok {
		return nil, &refused{v.refusal, "Not authenticated"}
	}
	bad := &refused{v.refusal, "Invalid authentication credentials"}
	t := v.verify(token)
	if t == nil || !v.current(&t.order) {
		return nil, bad
	}
	works := want.wps
	if t.signer == v.rs {
		works = want.rs
	}
	if !slices.Contains(works, t.order.Work) {
		return nil, bad
	}
	for _, c := range want.claims {
		if !c.in(&t.order) {
			return nil, bad
		}
	}
	return &t.order, nil
}

// current asks whether a token has not run out.
func (v *verifier) current(o *workOrder) bool {
	return v.ignoreExpiry || o.ExpiresAt != nil && !time.Now().After(o.ExpiresAt.Add(v.leeway))
}

// verify checks a token's signature, or remembers that it has. Nil: it is not right.
func (v *verifier) verify(token string) *verified {
	v.mu.Lock()
	t := v.known[token]
	v.mu.Unlock()
	if t != nil {
		return t
	}
	for _, key := range []*ecdsa.PublicKey{v.wps, v.rs} {
		t := &verified{signer: key}
		if parse(token, key, &t.order) != nil {
			continue
		}
		v.mu.Lock()
		defer v.mu.Unlock()
		if v.known == nil || len(v.known) >= maxKnown {
			v.known = map[string]*verified{}
		}
		v.known[token] = t
		return t
	}
	return nil
}

// parse reads a compact JWS with an ES256 signature, and looks at no time.
func parse(token string, key *ecdsa.PublicKey, order *workOrder) error {
	_, err := parser.ParseWithClaims(token, order, func(*jwt.Token) (any, error) { return key, nil })
	return err
}

var parser = jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodES256.Alg()}), jwt.WithoutClaimsValidation())

// bearer reads the credentials of an Authorization header. ok is false if there are none, or they are of another scheme.
func bearer(header string) (credentials string, ok bool) {
	scheme, credentials, _ := strings.Cut(header, " ")
	credentials = strings.TrimSpace(credentials)
	return credentials, strings.EqualFold(scheme, "bearer") && credentials != ""
}
