package main

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/neicnordic/crypt4gh/keys"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ratebench/ratebench/connector"
)

// leaks names what stands in a text that must not, and where: never what it is. Known secrets are by what they are.
func leaks(text string, known map[string]string) (found []string) {
	text = unpacked(text)
	note := func(what string, at int) {
		found = append(found, fmt.Sprintf("%s, in line %d", what, 1+strings.Count(text[:at], "\n")))
	}
	for what, secret := range known {
		if at := strings.Index(text, secret); at >= 0 {
			note(what, at)
		}
	}
	for what, p := range map[string]*regexp.Regexp{
		"a signed token": regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8}`), "a presigned URL": regexp.MustCompile(`(?i)X-Amz-(Signature|Credential|Security-Token)`),
	} {
		if at := p.FindStringIndex(text); at != nil {
			note(what, at[0])
		}
	}
	for _, at := range regexp.MustCompile(`[A-Za-z0-9+/]{24,}`).FindAllStringIndex(text, -1) {
		if mixed(text[at[0]:at[1]]) {
			note("random letters and digits, as tokens and keys are", at[0])
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// unpacked takes histograms and a page's digests of its own scripts out of a text, and opens what is in a data URL.
func unpacked(text string) string {
	text = regexp.MustCompile(`"HIST[A-Za-z0-9+/]+|sha256-[A-Za-z0-9+/]+(&#43;[A-Za-z0-9+/]+)*`).ReplaceAllString(text, "")
	return regexp.MustCompile(`;base64,[A-Za-z0-9+/=]+`).ReplaceAllStringFunc(text, func(s string) string {
		inner, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, ";base64,"))
		if err != nil {
			return s
		}
		return string(inner)
	})
}

// mixed tells text that was drawn from letters of both kinds, and digits, from words, from ids and from digests in hex: it changes from one to another
// more often than in every third place.
func mixed(text string) bool {
	kind := func(c byte) int {
		switch {
		case 'a' <= c && c <= 'z':
			return 1
		case 'A' <= c && c <= 'Z':
			return 2
		}
		return 3
	}
	var seen [4]bool
	changes := 0
	for i := range len(text) {
		seen[kind(text[i])] = true
		if i > 0 && kind(text[i]) != kind(text[i-1]) {
			changes++
		}
	}
	return seen[1] && seen[2] && 3*changes > len(text)
}

// filesLeak looks at files, and at all that are in folders.
func filesLeak(known map[string]string, paths ...string) (found []string, err error) {
	read := 0
	for _, path := range paths {
		err := filepath.WalkDir(path, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			for _, l := range leaks(string(text), known) {
				found = append(found, filepath.Base(path)+": "+l)
			}
			read += len(text)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if read == 0 {
		return nil, fmt.Errorf("there is nothing in %v", paths)
	}
	return found, nil
}

// secretlessScript [-of USER] PATH... fails if a secret stands in any of the files and folders: one of that user's, whose folder it is as serve --ghga-dir
// made it, or anything that looks like a token, key or signature.
func secretlessScript(ts *testscript.TestScript, neg bool, args []string) {
	known := map[string]string{}
	if args[0] == "-of" {
		known = userSecrets(ts, ts.MkAbs(args[1]))
		args = args[2:]
	}
	var paths []string
	for _, a := range args {
		paths = append(paths, ts.MkAbs(a))
	}
	found, err := filesLeak(known, paths...)
	ts.Check(err)
	if neg && len(found) == 0 {
		ts.Fatalf("no secret was found")
	} else if !neg && len(found) > 0 {
		ts.Fatalf("%s", strings.Join(found, "\n"))
	}
}

func userSecrets(ts *testscript.TestScript, dir string) map[string]string {
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		ts.Check(err)
		return strings.TrimSpace(string(text))
	}
	f, err := os.Open(filepath.Join(dir, ghgaKeyFile))
	ts.Check(err)
	private, err := keys.ReadPrivateKey(f, nil)
	ts.Check(err)
	ts.Check(f.Close())
	known := map[string]string{
		"the user's key": base64.StdEncoding.EncodeToString(private[:]), "the user's key in hex": fmt.Sprintf("%x", private),
		"the user's key as it is": string(private[:]), "the key's file": strings.Split(read(ghgaKeyFile), "\n")[1],
	}
	pair := connector.KeyPair{Public: keys.DerivePublicKey(private), Private: private}
	for _, name := range []string{ghgaUploadFile, ghgaDownloadFile} {
		_, token, err := connector.OpenToken(read(name), pair)
		ts.Check(err)
		_, sealed, _ := strings.Cut(read(name), ":")
		known["the token of "+name], known["the sealed token of "+name] = token, sealed
	}
	return known
}

// letters are as an access token's; sealed is what has so many random bytes, in base64.
func letters(n int, seed byte) string {
	const from = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	r := rand.New(rand.NewChaCha8([32]byte{seed}))
	b := make([]byte, n)
	for i := range b {
		b[i] = from[r.IntN(len(from))]
	}
	return string(b)
}

func sealed(n int, seed byte) string {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b) // never fails
	return base64.StdEncoding.EncodeToString(b)
}

// What looks for secrets finds them, and nothing else.
func TestLeaks(t *testing.T) {
	signed, err := jwt.New(jwt.SigningMethodNone).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	// What is random is drawn from fixed seeds: by chance one token in some hundred and one key in ten thousand are not mixed enough to be seen.
	for what, text := range map[string]string{
		"access token": letters(24, 1), "another": letters(24, 2), "sealed token": sealed(72, 1), "another one": sealed(72, 2), "key": sealed(32, 3), "another key": sealed(32, 4),
		"order": signed, "URL": "http://s3.test/b/k?X-Amz-Signature=0", "escaped URL": "%3Fx-amz-credential%3Da",
	} {
		for _, in := range []string{"sent " + text, "a," + text + ",b", `"` + text + `"`} {
			if len(leaks(in, nil)) == 0 {
				t.Errorf("%s: not seen", what)
			}
		}
	}
	if found := leaks("a\nb hunter2\n", map[string]string{"password": "hunter2"}); !slices.Equal(found, []string{"password, in line 2"}) {
		t.Errorf("of what is known it says %q", found)
	}
	for _, text := range []string{
		"AbortMultipartUploadResponse", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
		"github.com/ratebench/ratebench/faultserver/ghga", "GHGAF00000000000001", "2026-11-21T20:27:19.000000Z",
	} {
		if found := leaks(text, nil); len(found) > 0 {
			t.Errorf("%s: %q", text, found)
		}
	}
}
