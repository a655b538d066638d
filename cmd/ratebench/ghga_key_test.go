package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// A key that is of no use is called what it is, and what is of use is said, whether or not a passphrase would be needed.
func TestOtherKeys(t *testing.T) {
	few, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, good, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	authorized, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	openSSH := func(key crypto.PrivateKey, passphrase string) []byte {
		block, err := ssh.MarshalPrivateKey(key, "")
		if passphrase != "" {
			block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
		}
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(block)
	}
	inPEM := func(key any) []byte {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	}
	for want, files := range map[string][][]byte{
		"an RSA key":   {openSSH(few, ""), openSSH(few, "x"), inPEM(few), pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(few)})},
		"an ECDSA key": {openSSH(curve, ""), openSSH(curve, "x"), inPEM(curve)},
		"a public key": {ssh.MarshalAuthorizedKey(authorized), []byte("-----BEGIN CRYPT4GH PUBLIC KEY-----\nAAAA\n-----END CRYPT4GH PUBLIC KEY-----\n")},
		"no key":       {[]byte("hello\n"), nil},
	} {
		for i, file := range files {
			path := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := keyFlags{Key: path}.key(&streams{in: strings.NewReader("")})
			if exitCode(err) != exitUsage || !strings.Contains(err.Error(), " is "+want) || !strings.Contains(err.Error(), keyKinds) {
				t.Errorf("%s, %d: %v", want, i, err)
			}
		}
	}
	for _, file := range [][]byte{openSSH(good, ""), inPEM(good)} {
		if is := otherKey(file); is != "" {
			t.Errorf("a good key is %s", is)
		}
	}
	if _, err := (keyFlags{Key: t.TempDir()}).key(&streams{}); exitCode(err) != exitUsage || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("a folder: %v", err)
	}
}

// A secret in the place of a file's name is not repeated.
func TestSecretForName(t *testing.T) {
	token := "6b4e2c0e-3a4f-4a63-9d0e-0f5c2f9d6a11:" + strings.Repeat("Zm9v", 25)
	for _, c := range []struct{ name, value string }{
		{"--work-package", token}, {"--work-package", token + "\n"}, {"--key", "-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n"}, {"--passphrase-file", "hunter2"},
	} {
		_, err := readSecret(c.value, c.name)
		if exitCode(err) != exitUsage || !strings.Contains(err.Error(), c.name+" takes the name of a file") {
			t.Errorf("%s: %v", c.name, err)
		}
		for _, part := range []string{"Zm9v", "MC4C", "hunter2", "6b4e"} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("%s: the message repeats it", c.name)
			}
		}
	}
	if _, err := readSecret("none.txt", "--work-package"); err == nil || !strings.Contains(err.Error(), "none.txt") {
		t.Errorf("got %v", err)
	}
}

// A work package may come by standard input.
func TestWorkPackageFromInput(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	_, good, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(good)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"ghga", "list", "--key", path, "--work-package", "-"}, strings.NewReader("abc:def\n"), &out, &errs)
	if code != exitUsage || !strings.Contains(errs.String(), "before the colon, has 3 characters") {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
}
