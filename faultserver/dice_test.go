package faultserver

import (
	"math"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/units"
)

// The numbers are part of the contract: results of different versions are compared.
const diceGolden = 0.26832421165357623

func roll(seed uint64, rule string, id identity, attempt int, salt byte) float64 {
	return dice(digest(seed, id, attempt), hashName(rule), salt)
}

func TestDiceAreFixed(t *testing.T) {
	got := roll(1, "quota", identity{op: ops.UploadPart, object: 3, part: 17}, 2, 0)
	if math.Abs(got-diceGolden) > 1e-15 {
		t.Errorf("dice = %v, want %v", got, diceGolden)
	}
}

func TestDiceAreFair(t *testing.T) {
	const n = 20000
	var hits, both int
	for i := range n {
		id := identity{op: ops.UploadPart, object: uint64(i % 100), part: i / 100}
		a, b := roll(7, "a", id, 1, 0) < 0.3, roll(7, "b", id, 1, 0) < 0.3
		if a {
			hits++
		}
		if a && b {
			both++
		}
	}
	// Four standard deviations of a binomial distribution.
	if sd := math.Sqrt(n * 0.3 * 0.7); math.Abs(float64(hits)-0.3*n) > 4*sd {
		t.Errorf("%d of %d dice are under 0.3", hits, n)
	}
	if sd := math.Sqrt(n * 0.09 * 0.91); math.Abs(float64(both)-0.09*n) > 4*sd {
		t.Errorf("two rules hit the same attempt %d times of %d; they are not independent", both, n)
	}
}

func TestDiceDependOnEveryArgument(t *testing.T) {
	id := identity{op: ops.UploadPart, object: 1, part: 1}
	base := roll(1, "r", id, 1, 0)
	for what, other := range map[string]float64{
		"seed":    roll(2, "r", id, 1, 0),
		"rule":    roll(1, "s", id, 1, 0),
		"op":      roll(1, "r", identity{op: ops.GetObject, object: 1, part: 1}, 1, 0),
		"object":  roll(1, "r", identity{op: ops.UploadPart, object: 2, part: 1}, 1, 0),
		"part":    roll(1, "r", identity{op: ops.UploadPart, object: 1, part: 2}, 1, 0),
		"attempt": roll(1, "r", id, 2, 0),
		"salt":    roll(1, "r", id, 1, 1),
	} {
		if other == base {
			t.Errorf("another %s gives the same number", what)
		}
	}
}

func TestWindows(t *testing.T) {
	s := time.Second
	phases := []Phase{{"calm", 0, 4 * s}, {"storm", 4 * s, 14 * s}, {"after", 14 * s, 0}}
	for _, tt := range []struct {
		name string
		when When
		want []window
	}{
		{"always", When{}, []window{{0, forever}}},
		{"from", When{From: units.Duration(s)}, []window{{s, forever}}},
		{"from to", When{From: units.Duration(s), To: units.Duration(2 * s)}, []window{{s, 2 * s}}},
		{"phase", When{Phase: []string{"storm"}}, []window{{4 * s, 14 * s}}},
		{"last phase", When{Phase: []string{"after"}}, []window{{14 * s, forever}}},
		{"two phases", When{Phase: []string{"after", "calm"}}, []window{{0, 4 * s}, {14 * s, forever}}},
		{"phase and to", When{Phase: []string{"storm"}, To: units.Duration(5 * s)}, []window{{4 * s, 5 * s}}},
		{"never", When{Phase: []string{"calm"}, From: units.Duration(5 * s)}, nil},
	} {
		got, err := tt.when.windows(phases)
		if err != nil || len(got) != len(tt.want) {
			t.Errorf("%s: %v, %v, want %v", tt.name, got, err, tt.want)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
			}
		}
	}
	if _, err := (When{Phase: []string{"nope"}}).windows(phases); err == nil {
		t.Error("an unknown phase was taken")
	}
}

// What Waste says is what the server reads of attempts that fail.
func TestWasteIsWhatTheServerReads(t *testing.T) {
	p := units.Share(0.3)
	rules := []Rule{
		{Name: "busy", When: When{Probability: p}, Do: faults.Of(&faults.Status{Code: 503})},
		{Name: "middle", When: When{Probability: p}, Do: faults.Of(&faults.Reset{Cut: faults.Cut{At: "mid_body", Share: 0.25}})},
		{Name: "after", When: When{Probability: p}, Do: faults.Of(&faults.Reset{Cut: faults.Cut{At: "after_commit"}})},
		{Name: "before", When: When{Probability: p}, Do: faults.Of(&faults.Reset{})},
		{Name: "other", Match: Match{Op: []string{ops.GetObject}}, Do: faults.Of(&faults.Reset{Cut: faults.Cut{At: "after_commit"}})},
	}
	const seed, size = 3, 1000
	for part := 1; part <= 50; part++ {
		s := mustNew(t, Options{Rules: rules, Seed: seed, Ordinal: func(ops.Request) (int, bool) { return 1, true }})
		h := s.Handler(ok, ops.S3)
		var want int64
		for try := func() (passed bool) {
			defer func() { _ = recover() }() // a recorder has no connection to reset
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("PUT", part1(part), strings.NewReader(strings.Repeat("x", size))))
			return w.Code == 200
		}; !try(); {
			rows := s.Ledger()
			want += rows[len(rows)-1].BytesIn
		}
		if got := Waste(rules, seed, 1, part, size); got != want {
			t.Errorf("part %d: Waste says %d bytes, the server read %d", part, got, want)
		}
	}
	for name, uncertain := range map[string]Rule{
		"throttle": {Name: "u", Do: faults.Of(&faults.Throttle{Rate: 1})},
		"window":   {Name: "u", When: When{To: units.Duration(time.Second)}, Do: faults.Of(&faults.Status{Code: 500})},
		"every":    {Name: "u", When: When{Every: 2}, Do: faults.Of(&faults.Status{Code: 500})},
		"key":      {Name: "u", Match: Match{Key: "x"}, Do: faults.Of(&faults.Status{Code: 500})},
	} {
		certain := Rule{Name: "c", When: When{First: 2}, Do: faults.Of(&faults.Reset{Cut: faults.Cut{At: "after_commit"}})}
		if got := Waste([]Rule{uncertain, certain}, 1, 1, 1, size); got != 0 {
			t.Errorf("%s before it: %d bytes are not certain to be wasted", name, got)
		}
		if got := Waste([]Rule{certain, uncertain}, 1, 1, 1, size); got != 2*size {
			t.Errorf("%s behind it: %d bytes, want %d", name, got, 2*size)
		}
	}
	if got := Waste([]Rule{{Name: "always", Do: faults.Of(&faults.Reset{Cut: faults.Cut{At: "after_commit"}})}}, 1, 1, 1, 1); got != 1000 {
		t.Errorf("a fault without an end: %d", got)
	}
}

func part1(n int) string { return part("o", n) }

// Rolling in whole numbers is the same as comparing the dice with the probability.
func TestRollsAreDice(t *testing.T) {
	for i := range 5000 {
		p := float64(i) / 5000
		c := &rule{hash: hashName("r")}
		c.mixed, c.below = mix(c.hash), uint64(math.Ceil(p*(1<<53)))
		d := mix(uint64(i))
		if got, want := c.rolls(d), dice(d, c.hash, 0) < p; got != want {
			t.Fatalf("probability %v: rolls %v, dice %v", p, got, want)
		}
	}
}

// A fault that may spare an attempt costs nothing for certain.
func TestWasteOfUncertainFaults(t *testing.T) {
	for name, c := range map[string]faults.Config{
		"truncate": &faults.Truncate{}, "wrong_length": &faults.WrongLength{}, "half_close": &faults.HalfClose{},
		"mid_response": &faults.Reset{Cut: faults.Cut{At: "mid_response"}}, "accept": &faults.Reset{Cut: faults.Cut{At: "accept"}},
		"black hole at accept": &faults.Blackhole{At: "accept"},
	} {
		if got := Waste([]Rule{{Name: "r", When: When{First: 1}, Do: faults.Of(c)}}, 1, 1, 1, 1000); got != 0 {
			t.Errorf("%s: %d bytes", name, got)
		}
	}
}
