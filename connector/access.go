package connector

import "net/url"

// Access is what lets somebody into a deployment. Token and Key are secret: no message may hold them.
type Access struct {
	// WellKnown is the base URL of the Well-Known Value Service, which tells where the others are:
	// https://data.ghga.de/.well-known for GHGA itself.
	WellKnown *url.URL
	// WorkPackage is the id of the work package, and Token its access token in plain text. See [OpenToken].
	WorkPackage string
	Token       string
	// Key is the user's Crypt4GH key pair.
	Key KeyPair
}

// KeyPair is an X25519 key pair, as Crypt4GH has it.
type KeyPair struct{ Public, Private [32]byte }
