package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"errors"
	"strings"

	"golang.org/x/crypto/ssh"
)

// keyKinds are those that files can be encrypted and decrypted with.
const keyKinds = "a secret key of Crypt4GH, of OpenSSH (Ed25519), or in PEM without a passphrase (X25519, Ed25519)"

// otherKey says what a file is that holds a key which is of no use here; empty: nothing of the kind.
func otherKey(file []byte) string {
	for _, k := range []struct{ mark, is string }{
		{"PUBLIC KEY-----", "a public key: name the secret one that belongs to it"},
		{"-----BEGIN CERTIFICATE", "a certificate"},
		{"-----BEGIN RSA PRIVATE KEY", "an RSA key"},
		{"-----BEGIN EC PRIVATE KEY", "an ECDSA key"},
		{"-----BEGIN DSA PRIVATE KEY", "a DSA key"},
		{"-----BEGIN ENCRYPTED PRIVATE KEY", "a PEM key with a passphrase: openssl pkey takes it off"},
	} {
		if bytes.Contains(file, []byte(k.mark)) {
			return k.is
		}
	}
	text := strings.TrimSpace(string(file))
	for _, kind := range []string{"ssh-", "ecdsa-", "sk-"} {
		if strings.HasPrefix(text, kind) {
			return "a public key: name the secret one that belongs to it"
		}
	}
	key, err := parseSSH(file)
	switch key.(type) {
	case *rsa.PrivateKey:
		return "an RSA key"
	case *ecdsa.PrivateKey:
		return "an ECDSA key"
	}
	locked, ok := errors.AsType[*ssh.PassphraseMissingError](err)
	if !ok || locked.PublicKey == nil {
		return ""
	}
	switch kind := locked.PublicKey.Type(); {
	case kind == ssh.KeyAlgoRSA:
		return "an RSA key"
	case strings.HasPrefix(kind, "ecdsa-"):
		return "an ECDSA key"
	}
	return ""
}

// parseSSH reads a key without its passphrase. Whatever a file holds, it does not end the process.
func parseSSH(file []byte) (key any, err error) {
	defer func() {
		if recover() != nil {
			key, err = nil, errors.New("the key is damaged")
		}
	}()
	return ssh.ParseRawPrivateKey(file)
}
