package report

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"

	"github.com/ratebench/ratebench/internal/units"
)

// gateFile is a gate as people write it:
//
//	version: 1
//	rules:
//	  - fail_on: goodput<-5%
//	  - fail_on: early>+3
//	    contestants: [exponential]
//	    part_sizes: [8MiB]
//	    concurrencies: [4]
//	  - fail_on: goodput<-3% over all cells
type gateFile struct {
	Version int        `yaml:"version"`
	Rules   []gateRule `yaml:"rules"`
}

type gateRule struct {
	FailOn        string       `yaml:"fail_on"`
	Contestants   []string     `yaml:"contestants"`
	PartSizes     []units.Size `yaml:"part_sizes"`
	Concurrencies []int        `yaml:"concurrencies"`
}

// maxGate is more than any gate needs.
const maxGate = 1 << 20

// ParseGate reads the rules of a gate file; name stands in errors. A gate without rules is an error: it could not fail.
func ParseGate(name string, src []byte) ([]Rule, error) {
	if len(src) > maxGate {
		return nil, fmt.Errorf("%s is too long for a gate: %d bytes, and %d is the most", name, len(src), maxGate)
	}
	var f gateFile
	if err := decodeGate(src, &f); err != nil {
		return nil, fmt.Errorf("%s is no gate: %w", name, err)
	}
	if f.Version != 1 {
		return nil, fmt.Errorf("%s has version %d, and this ratebench reads version: 1", name, f.Version)
	}
	if len(f.Rules) == 0 {
		return nil, fmt.Errorf("%s has no rules, so it could never fail: write rules: [{fail_on: goodput<-5%%}], say", name)
	}
	var rules []Rule
	for i, g := range f.Rules {
		r, err := ParseRule(g.FailOn)
		if err != nil {
			return nil, fmt.Errorf("%s: rule %d: %w", name, i+1, err)
		}
		if r.OverCells && len(g.PartSizes)+len(g.Concurrencies) > 0 {
			return nil, fmt.Errorf("%s: rule %d is over all cells, and part_sizes and concurrencies choose some: leave either out", name, i+1)
		}
		r.Contestants, r.Concurrencies = g.Contestants, g.Concurrencies
		for _, size := range g.PartSizes {
			r.PartSizes = append(r.PartSizes, int64(size))
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// decodeGate decodes a gate file. The decoder panics over some that are no YAML, such as a list that never begins.
func decodeGate(src []byte, f *gateFile) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("it is not valid YAML")
		}
	}()
	return yaml.UnmarshalWithOptions(src, f, yaml.Strict())
}
