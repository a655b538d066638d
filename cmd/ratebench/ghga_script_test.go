package main

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/neicnordic/crypt4gh/keys"
	"github.com/rogpeppe/go-internal/testscript"
)

// newKeyScript FILE [PASSPHRASE [FROM]] makes a secret key, or puts one that is there under a passphrase.
func newKeyScript(ts *testscript.TestScript, _ bool, args []string) {
	_, private, err := keys.GenerateKeyPair()
	ts.Check(err)
	if len(args) > 2 {
		private, err = keys.ReadPrivateKey(strings.NewReader(ts.ReadFile(args[2])), nil)
		ts.Check(err)
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY|os.O_CREATE, 0o600)
	ts.Check(err)
	if len(args) > 1 {
		err = keys.WriteCrypt4GHX25519PrivateKey(f, private, []byte(args[1]))
	} else {
		err = keys.WriteOpenSSLX25519PrivateKey(f, private)
	}
	ts.Check(err)
	ts.Check(f.Close())
}

// journaledScript DIR waits until an upload's first part is noted in a journal. It polls, since another process writes it.
func journaledScript(ts *testscript.TestScript, _ bool, args []string) {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		found, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*.json"))
		ts.Check(err)
		for _, name := range found {
			if text, err := os.ReadFile(name); err == nil && strings.Contains(string(text), `"1":`) {
				return
			}
		}
	}
	ts.Fatalf("no part is in the journal within a minute")
}

// archivedScript NAME waits until serve has archived a file, so that it is in the download package. It polls, since another process does so.
func archivedScript(ts *testscript.TestScript, _ bool, args []string) {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		ts.Check(ts.Exec("ratebench", "ghga", "list"))
		if strings.Contains(ts.ReadFile("stdout"), args[0]) {
			return
		}
	}
	ts.Fatalf("%s is not archived within a minute", args[0])
}
