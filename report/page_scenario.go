package report

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
)

// scenario fills in what was run, on what, and how to run it again.
func (p *page) scenario() {
	a := p.a
	p.Scenario = strings.Join(cleanLines(a.Resolved), "\n")
	file := scenarioFile(a.Scenario) + ".yaml"
	if a.Resolved != "" {
		p.Download = template.URL("data:application/yaml;base64," + base64.StdEncoding.EncodeToString([]byte(a.Resolved)))
	}
	p.Again = again(a, file)
	for _, f := range []struct{ name, value string }{
		{"scenario", a.Scenario}, {"backend", a.Backend}, {"endpoint", plainURL(a.Endpoint)}, {"clock", a.Clock}, {"seed", fmt.Sprint(a.Seed)}, {"started", a.Started}, {"outcome", a.Outcome}, {"problem", a.Problem},
		{"host", hostText(a)},
	} {
		if f.value != "" {
			p.Facts = append(p.Facts, [2]string{f.name, clean(f.value)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.Commands)) {
		p.Facts = append(p.Facts, [2]string{"command of " + clean(name), clean(a.Commands[name])})
	}
	for _, name := range slices.Sorted(maps.Keys(a.Versions)) {
		p.Versions = append(p.Versions, [2]string{clean(name), clean(a.Versions[name])})
	}
}

// File is what the scenario is to be saved as.
func (p *page) File() string { return scenarioFile(p.a.Scenario) + ".yaml" }

// Programs reports whether contestants are programs of their own, which the scenario does not name.
func (p *page) Programs() bool { return len(p.a.Commands) > 0 }

// scenarioFile makes a name that a shell takes as it is.
func scenarioFile(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return -1
	}, s)
	if s = strings.TrimLeft(s, "-"); s == "" {
		return "scenario"
	}
	return s
}

// cleanLines are the lines of a text, each cleaned.
func cleanLines(s string) (lines []string) {
	for l := range strings.Lines(s) {
		lines = append(lines, clean(strings.TrimRight(l, "\r\n")))
	}
	return lines
}

func hostText(a *Analysis) string {
	if a.Host.OS == "" {
		return ""
	}
	s := fmt.Sprintf("%s/%s with %d CPUs", a.Host.OS, a.Host.Arch, a.Host.CPUs)
	if a.Host.CPU != "" {
		s += " (" + a.Host.CPU + ")"
	}
	return s
}
