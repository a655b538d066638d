package main

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/scenarios"
)

// ghgaEndpoints are the operations that each workload asks for.
var ghgaEndpoints = map[string][]string{
	"upload":   {"wkvs_values", "ucs_health", "wps_package", "wps_token", "ucs_list", "ucs_create", "ucs_part_url", "upload_part", "ucs_complete", "ucs_delete"},
	"download": {"wkvs_values", "dcs_health", "wps_package", "wps_token", "dcs_object", "dcs_envelope", "get_object"},
	"delete":   {"wkvs_values", "wps_package", "wps_token", "ucs_delete"},
}

// notOfGHGA are the faults that no trial of GHGA can meet, and why; all others have to.
var notOfGHGA = map[string]string{
	"faults/tls":         "serve alone speaks TLS",
	"faults/goaway":      "serve alone speaks HTTP/2",
	"faults/rst_stream":  "serve alone speaks HTTP/2",
	"faults/max_streams": "serve alone speaks HTTP/2",
	"faults/stale_list":  "nobody lists S3 through the faults",
}

// ofConnections are the faults that act before a request is known, so that they have no endpoint: one trial of each workload has them all.
var ofConnections = []string{"refuse", "accept_close", "max_connections", "restart"}

// Whatever goes wrong at whichever endpoint: a file is there and as it should be, or it has failed and nothing of it is left open at S3. The
// Connector as it is leaves some open, and that is counted.
func TestEveryFaultAtEveryEndpoint(t *testing.T) {
	t.Parallel()
	step := 1
	if raceEnabled { // whose detector takes ten times as long
		step = 23
	}
	var trials, fixed, failed, orphans, orphansAsIs, n int
	kinds, reasons := map[string]bool{}, map[string]int{}
	for _, example := range scenarios.Examples() {
		src, err := scenarios.Open(example)
		if err != nil {
			t.Fatal(err)
		}
		if notInRun(src) != (notOfGHGA[example] != "") {
			t.Errorf("%s: it acts in a run: %v; why it is not tried: %q", example, !notInRun(src), notOfGHGA[example])
		}
		if notOfGHGA[example] != "" {
			continue
		}
		anywhere := slices.Contains(ofConnections, strings.TrimPrefix(example, "faults/"))
		for _, do := range slices.Sorted(maps.Keys(ghgaEndpoints)) {
			for i, op := range ghgaEndpoints[do] {
				if anywhere && i > 0 {
					break
				}
				if n++; n%step != 0 {
					continue
				}
				if same := op == "wkvs_values" || op == "wps_package"; same && !anywhere && do != "upload" && n%3 != 0 {
					continue // every client asks for these in the same way, so a third of the faults is enough
				}
				name := strings.TrimSuffix(example, ".yaml") + " at " + op + ", " + do
				contestants := []any{"connector-fixed"}
				if n%9 == 0 {
					contestants = append(contestants, "connector-as-is")
				}
				moved := atEndpoint(t, src, do, op, contestants)
				for _, o := range inVirtualTime(t, name, moved) {
					trials++
					if acted(o) {
						kinds[example] = true
					}
					row := o.Row
					if n := len(o.Detail.Failed); n != row.FailedObjects {
						t.Errorf("%s, %s: %d of %d files say why they failed", name, row.Contestant, n, row.FailedObjects)
					}
					for _, f := range o.Detail.Failed {
						if reasons[f.Reason]++; f.Reason == "other" || strings.ContainsAny(f.Reason, "?&") {
							t.Errorf("%s, %s: file %d failed of %q", name, row.Contestant, f.Object, f.Reason)
						}
					}
					left := 0
					if row.OrphanedUploads != nil {
						left = *row.OrphanedUploads
					}
					if row.Contestant == "connector-as-is" {
						orphansAsIs += left
					} else if left > 0 {
						orphans += left
						t.Errorf("%s, %s: %d uploads are left open at S3", name, row.Contestant, left)
					}
					if row.Objects == 0 || row.Objects != row.FailedObjects && !row.Verified || row.Status != record.TrialOK {
						t.Errorf("%s, %s: %d files, %d failed, verified %v, %s: %s", name, row.Contestant, row.Objects, row.FailedObjects, row.Verified, row.Status, row.Problem)
					}
					if doomed := do == "upload" && op == "ucs_delete"; doomed && row.FailedObjects == 0 {
						t.Errorf("%s, %s: no file failed, so nothing was to be deleted", name, row.Contestant)
					} else if row.Contestant == "connector-fixed" && !doomed {
						fixed++
						failed += row.FailedObjects
						if row.FailedObjects > 0 && testing.Verbose() {
							t.Logf("%s: failed", name)
						}
					}
				}
			}
		}
	}
	for _, example := range scenarios.Examples() {
		if !raceEnabled && !kinds[example] && notOfGHGA[example] == "" {
			t.Errorf("%s did nothing in any trial", example)
		}
	}
	t.Logf("%d kinds of faults, %d trials: of %d by connector-fixed %d failed; left open at S3: %d, and by connector-as-is %d", len(kinds), trials, fixed, failed, orphans, orphansAsIs)
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		t.Logf("%4d files: %s", reasons[reason], reason)
	}
	if want := 900; trials*step < want && !raceEnabled || trials == 0 {
		t.Errorf("only %d trials: nearly no fault fits", trials)
	}
	if most := 50; failed > most {
		t.Errorf("%d of %d files of connector-fixed failed, which were %d", failed, fixed, most)
	}
}

// acted reports whether any fault did something in a trial.
func acted(o *runner.Outcome) bool {
	return slices.ContainsFunc(o.Ledger, func(l record.LedgerRow) bool { return l.Rule != "" || l.Kind == record.LedgerFault })
}

// A service that goes silent costs a Connector a minute, and not as long as it is silent.
func TestSilenceCostsAMinute(t *testing.T) {
	const silence = `
version: 1
name: silence
workload: {kind: ghga, object_size: 100KiB, objects: 1, part_size: 5MiB, concurrency: 1}
faults:
  - {name: hole, match: {op: upload_part}, when: {first: 1}, blackhole: {at: headers, for: 20m}}
contestants: [connector-as-is, connector-fixed]
oracle: false
`
	for _, o := range inVirtualTime(t, "silence", []byte(silence)) {
		if r := o.Row; r.Status != record.TrialOK || r.FailedObjects > 0 || r.WallS < 60 || r.WallS > 70 {
			t.Errorf("%s: %d files failed, it took %v s, %s: %s", r.Contestant, r.FailedObjects, r.WallS, r.Status, r.Problem)
		}
	}
}

// Everything at once: the mended Connector loses no file and leaves nothing behind.
func TestMixOfFaults(t *testing.T) {
	const mix = `
version: 1
name: mix
workload: {kind: ghga, object_size: 5200KiB, objects: 1, clients: 3, part_size: 5MiB, concurrency: 2}
ghga: {token_lifetime: 2s, version_race: true, shared_box: true}
network: {latency: 10ms}
faults:
  - {name: broken, match: {op: upload_part}, when: {probability: 20%}, reset: {at: mid_body}}
  - {name: lost, match: {op: [upload_part, ucs_create, ucs_complete]}, when: {probability: 25%}, reset: {at: after_commit}}
  - {name: refused, match: {op: [ucs_list, ucs_delete, wps_token, ucs_complete]}, when: {probability: 20%}, status: {code: 500}}
contestants: [connector-fixed]
`
	for seed := range 3 {
		for _, o := range inVirtualTime(t, "mix", []byte(mix), "seed="+strconv.Itoa(seed+1)) {
			if r := o.Row; r.Objects != 3 || r.FailedObjects != 0 || !r.Verified || r.Status != record.TrialOK || r.OrphanedUploads == nil || *r.OrphanedUploads != 0 || r.Retries == 0 {
				t.Errorf("seed %d: %d of %d files failed, verified %v, orphans %v, %s: %s", seed+1, r.FailedObjects, r.Objects, r.Verified, r.OrphanedUploads, r.Status, r.Problem)
			}
		}
	}
}

// atEndpoint is the scenario of a fault, of which one file goes through GHGA, with the fault at one operation.
func atEndpoint(t *testing.T, src []byte, do, op string, contestants []any) []byte {
	t.Helper()
	var s map[string]any
	if err := yaml.Unmarshal(src, &s); err != nil {
		t.Fatal(err)
	}
	size, part := "100KiB", "5MiB"
	switch {
	case op == "upload_part": // two of them
		size = "5200KiB"
	case do == "download":
		part = "64KiB"
	}
	for _, rule := range s["faults"].([]any) {
		rule := rule.(map[string]any)
		if !slices.ContainsFunc(ofConnections, func(kind string) bool { return rule[kind] != nil }) {
			rule["match"] = map[string]any{"op": op}
		}
	}
	if do == "upload" && op == "ucs_delete" { // which it is asked for when a part fails for good
		s["faults"] = append(s["faults"].([]any), map[string]any{
			"name": "for-good", "match": map[string]any{"op": "upload_part"}, "status": map[string]any{"code": 403, "s3_code": "AccessDenied"},
		})
	}
	out, err := yaml.Marshal(map[string]any{
		"version": 1, "name": "moved", "faults": s["faults"], "oracle": false, "timeout": "2h",
		"workload":    map[string]any{"kind": "ghga", "do": do, "object_size": size, "objects": 1, "part_size": part, "concurrency": 2},
		"contestants": contestants,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
