package report

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestParseRule(t *testing.T) {
	for in, want := range map[string]Rule{
		"goodput<-5%":                   {Metric: "goodput_mib_s", Below: true, Limit: -5, Percent: true},
		"goodput_mib_s < -5%":           {Metric: "goodput_mib_s", Below: true, Limit: -5, Percent: true},
		" early > +3 ":                  {Metric: "early", Limit: 3},
		"early>3":                       {Metric: "early", Limit: 3},
		"failed>0":                      {Metric: FailedShare},
		"goodput<0%":                    {Metric: "goodput_mib_s", Below: true, Percent: true},
		"recovery>+0.5":                 {Metric: "recovery_s", Limit: 0.5},
		"p99>10%":                       {Metric: "p99_s", Limit: 10, Percent: true},
		"goodput<-3% over all cells":    {Metric: "goodput_mib_s", Below: true, Limit: -3, Percent: true, OverCells: true},
		"p95 > 0 %  over  all  cells  ": {Metric: "p95_s", Percent: true, OverCells: true},
	} {
		got, err := ParseRule(in)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v, want %+v", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"":                            "is no rule",
		"goodput":                     "is no rule",
		"goodput<=-5%":                "is no rule",
		"goodput<-5%%":                "is no rule",
		"goodput<-1e5":                "is no rule",
		"goodput<-.5":                 "is no rule",
		"goodput < -5% and":           "is no rule",
		"goodput<5%":                  "write goodput<-5%",
		"early>-3":                    "write early>+3",
		"speed<-5%":                   `there is no metric "speed"; use one of amplification, `,
		strings.Repeat("g", 1000):     "is no rule",
		"goodput<-3% over cells":      "is no rule",
		"goodput<-3% in all cells":    "is no rule",
		"goodput<-3%over all cells":   "is no rule",
		"goodput<-3 over all cells":   "write goodput<-3% over all cells",
		"early>+3 over all cells":     "early may be zero",
		"recovery>+3% over all cells": "recovery may be zero",
		"early>" + strings.Repeat("9", 150) + ".0": "",
	} {
		r, err := ParseRule(in)
		if want == "" {
			if err != nil {
				t.Errorf("%.40q: %v", in, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %+v, %v, want %q", in, r, err, want)
		}
	}
}

func FuzzParseRule(f *testing.F) {
	for _, s := range []string{"goodput<-5%", "early>+3", "failed>0", "p95 > 0.25", "x<y", "goodput<-", "recovery>+\x00", "goodput<-3% over all cells"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRule(s)
		if err != nil {
			return
		}
		if _, ok := ComparedMetric(r.Metric); !ok || math.IsNaN(r.Limit) || math.IsInf(r.Limit, 0) || r.Below && r.Limit > 0 || !r.Below && r.Limit < 0 {
			t.Fatalf("%q: %+v", s, r)
		}
		again, err := ParseRule(r.String())
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Fatalf("%q prints as %q, which reads as %+v, %v", s, r, again, err)
		}
	})
}

func TestParseGate(t *testing.T) {
	rules, err := ParseGate("gate.yaml", []byte("version: 1\nrules:\n  - fail_on: goodput<-5%\n  - fail_on: early>+3\n    contestants: [exponential]\n    part_sizes: [8MiB]\n    concurrencies: [4]\n"))
	want := []Rule{{Metric: "goodput_mib_s", Below: true, Limit: -5, Percent: true},
		{Metric: "early", Limit: 3, Contestants: []string{"exponential"}, PartSizes: []int64{8 << 20}, Concurrencies: []int{4}}}
	if err != nil || !reflect.DeepEqual(rules, want) {
		t.Fatalf("%+v, %v", rules, err)
	}
	if got := rules[1].String(); got != "early>+3 for exponential, 8MiB parts, 4 in flight" {
		t.Errorf("prints as %q", got)
	}
	for src, want := range map[string]string{
		"":                                      "version 0",
		"rules: []":                             "version 0",
		"version: 2":                            "reads version: 1",
		"version: 1":                            "has no rules",
		"version: 1\nrules: []":                 "has no rules",
		"version: 1\nrules: [{}]":               "rule 1",
		"version: 1\nrule: []":                  "is no gate",
		"version: 1\nrules: [{fail_on: x<-5%}]": "rule 1",
		"version: 1\nrules: [{fail_on: goodput<-3% over all cells, part_sizes: [8MiB]}]": "rule 1 is over all cells",
		"version: 1\nrules: [{fail_on: goodput<-3% over all cells, concurrencies: [4]}]": "rule 1 is over all cells",
		"version: 1\nrules: [{fail_on: early>3, part: 8}]":                               "is no gate",
		"version: 1\nrules: [{fail_on: early>3, part_sizes: [8]}]":                       "is no gate",
		strings.Repeat("#", maxGate+1):                                                   "too long",
	} {
		if _, err := ParseGate("gate.yaml", []byte(src)); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "gate.yaml") {
			t.Errorf("%.60q: %v, want %q", src, err, want)
		}
	}
}

func FuzzParseGate(f *testing.F) {
	f.Add([]byte("version: 1\nrules:\n  - fail_on: goodput<-5%\n    contestants: [a]\n    part_sizes: [8MiB]\n"))
	f.Add([]byte("version: 1\nrules: [[[["))
	f.Fuzz(func(t *testing.T, src []byte) {
		rules, err := ParseGate("gate.yaml", src)
		if err == nil && len(rules) == 0 {
			t.Fatal("a gate without rules")
		}
	})
}

// Short names are names too: none may mean two metrics.
func TestShortMetrics(t *testing.T) {
	seen := map[string]string{}
	for _, name := range append(Metrics(), FailedShare) {
		for _, n := range []string{name, shortMetric(name)} {
			if other := seen[n]; other != "" && other != name {
				t.Errorf("%s means %s and %s", n, other, name)
			}
			seen[n] = name
		}
	}
}

// Rules look at the change, the interval and the corrected p-value.
func TestRuleFails(t *testing.T) {
	effect := func(v, low, high float64) *Effect { return &Effect{Number(v), Number(low), Number(high)} }
	inf := math.Inf(1)
	for _, c := range []struct {
		name string
		rule string
		k    Change
		want bool
	}{
		{"beyond", "goodput<-5%", Change{Share: effect(-0.1, -0.12, -0.08), Adjusted: 0.01}, true},
		{"not beyond", "goodput<-5%", Change{Share: effect(-0.04, -0.06, -0.02), Adjusted: 0.01}, false},
		{"interval has zero", "goodput<-5%", Change{Share: effect(-0.1, -0.2, 0), Adjusted: 0.01}, false},
		{"chance", "goodput<-5%", Change{Share: effect(-0.1, -0.12, -0.08), Adjusted: 0.05}, false},
		{"better", "goodput<-5%", Change{Share: effect(0.1, 0.08, 0.12), Adjusted: 0.01}, false},
		{"any fall", "goodput<0%", Change{Share: effect(-0.01, -0.012, -0.008), Adjusted: 0.01}, true},
		{"amount", "early>+3", Change{Amount: effect(4, 3, 5), Adjusted: 0.01}, true},
		{"just the amount", "early>+3", Change{Amount: effect(3, 3, 3), Adjusted: 0.01}, false},
		{"percent from zero: any rise", "early>+50%", Change{Amount: effect(1, 1, 2), Adjusted: 0.01}, true},
		{"percent of the base's median", "early>+50%", Change{Base: Stat{Median: 10}, Amount: effect(4, 1, 6), Adjusted: 0.01}, false},
		{"never again", "recovery>+10", Change{Amount: effect(inf, inf, inf), Adjusted: 0.01}, true},
		{"never again, in percent", "recovery>+10%", Change{Base: Stat{Median: 2}, Amount: effect(inf, inf, inf), Adjusted: 0.01}, true},
		{"reached now", "recovery>+10", Change{Amount: effect(-inf, -inf, -inf), Adjusted: 0.01}, false},
		{"no data", "recovery>+10", Change{Adjusted: 1}, false},
	} {
		r, err := ParseRule(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.fails(&c.k, 0.05); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
