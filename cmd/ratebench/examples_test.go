package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7/pkg/signer"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/internal/gateway"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/scenarios"
)

// Every kind of fault has an example that shows it: it runs, and the ledger says that the fault acted.
func TestExamples(t *testing.T) {
	for i, k := range faults.Builtin() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel() // they wait more than they compute
			if raceEnabled && i%24 != 0 {
				t.Skip("every 24th under the race detector; TestEveryFaultInVirtualTime has them all")
			}
			if !slices.Contains(scenarios.Examples(), k.Example) {
				t.Fatalf("there is no scenarios/%s.yaml", k.Example)
			}
			if k.Only != "" && k.Only != faults.OnlyHTTP1 {
				t.Skipf("needs %s: TestServeExamples has it", k.Only)
			}
			if src, _ := scenarios.Open(k.Example); bytes.Contains(src, []byte("\n# Not in run:")) {
				t.Skip("its requests are none of run's: TestServeExamples has it")
			}
			runExample(t, k.Name)
		})
	}
}

// exitsWith finds what an example says of its exit code, where that is not 0.
var exitsWith = regexp.MustCompile(`(?m)^# Exits with (\d)`)

func runExample(t *testing.T, kind string) {
	src, err := scenarios.Open("faults/" + kind)
	if err != nil {
		t.Fatal(err)
	}
	want := exitPassed
	if m := exitsWith.FindSubmatch(src); m != nil {
		want, _ = strconv.Atoi(string(m[1])) // digits, by the pattern
	}
	out := filepath.Join(t.TempDir(), "out")
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"run", "faults/" + kind, "--out", out}, nil, &stdout, &stderr); code != want {
		t.Fatalf("exit code %d, want %d\n%s%s", code, want, stdout.String(), stderr.String())
	}
	sc, err := scenarios.Load("faults/" + kind)
	if err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, r := range sc.Faults {
		if slices.Contains(r.Names(), kind) {
			rules = append(rules, r.Name)
		}
	}
	f, err := os.Open(filepath.Join(out, "ledger.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := json.NewDecoder(f); ; {
		var row record.LedgerRow
		if lines.Decode(&row) != nil {
			t.Fatalf("no row of the ledger says that one of %v acted", rules)
		}
		for acted := range strings.SplitSeq(row.Rule, "+") {
			if slices.Contains(rules, acted) {
				return
			}
		}
	}
}

// What run cannot show is shown by serve: faults of TLS and HTTP/2, and of requests that run never makes.
func TestServeExamples(t *testing.T) {
	for _, k := range faults.Builtin() {
		src, err := scenarios.Open(k.Example)
		if err != nil {
			t.Fatal(err)
		}
		overTLS := k.Only == faults.OnlyTLS || k.Only == faults.OnlyHTTP2
		if !overTLS && !bytes.Contains(src, []byte("\n# Not in run:")) {
			continue
		}
		t.Run(k.Name, func(t *testing.T) {
			sc, err := scenarios.Load(k.Example)
			if err != nil {
				t.Fatal(err)
			}
			keys := gateway.Keys{Access: "example", Secret: "example-secret"}
			backend, err := gateway.Embedded(t.TempDir(), "", keys, []string{"bucket"})
			if err != nil {
				t.Fatal(err)
			}
			g, err := gateway.Open(t.Context(), gateway.Config{Backend: backend, Rules: sc.Faults, Listen: "127.0.0.1:0", TLS: overTLS, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := g.Close(context.Background()); err != nil {
					t.Error(err)
				}
			}()
			wire := &http.Transport{ForceAttemptHTTP2: true}
			defer wire.CloseIdleConnections()
			if overTLS {
				pem, err := os.ReadFile(g.CertFile)
				if err != nil {
					t.Fatal(err)
				}
				roots := x509.NewCertPool()
				roots.AppendCertsFromPEM(pem)
				wire.TLSClientConfig = &tls.Config{RootCAs: roots}
			}
			failed := 0
			send := func(method, target, body string) {
				req, err := http.NewRequest(method, g.URL+target, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				req = signer.PreSignV4(*req, keys.Access, keys.Secret, "", "us-east-1", 60)
				resp, err := wire.RoundTrip(req)
				if err != nil {
					failed++
					return
				}
				defer resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					t.Errorf("%s %s: %s", method, target, resp.Status)
				}
			}
			for i := range 12 {
				send(http.MethodPut, fmt.Sprintf("/bucket/key%d", i), "content")
			}
			send(http.MethodGet, "/bucket?list-type=2", "")
			if c := g.Faults.Counts()[0]; c.Acted == 0 {
				t.Errorf("it never acted: %+v", c)
			}
			if want := map[string]int{"tls": 1}[k.Name]; failed != want {
				t.Errorf("%d requests failed, want %d", failed, want)
			}
		})
	}
}
