package report

import (
	"net/url"
	"strings"

	"github.com/goccy/go-yaml"
)

// inProcess is the backend that a run has if nothing names another.
const inProcess = "embedded"

// again is the command that makes the run once more, of the scenario saved as file. What stood behind the fault server is named, since a flag or
// the environment may have said it and not the scenario; keys never are.
func again(a *Analysis, file string) string {
	args := []string{"ratebench", "run", file}
	if a.Clock == "virtual" {
		args = append(args, "--clock", "virtual")
	}
	switch place := plainURL(a.Endpoint); {
	case a.Backend == "" || a.Backend == inProcess && inEmbedded(a.Resolved):
	case a.Backend == "http":
		args = append(args, "--backend", shellWord(place))
	case place != "":
		args = append(args, "--backend", shellWord(a.Backend), "--endpoint", shellWord(place))
	default:
		args = append(args, "--backend", shellWord(a.Backend))
	}
	return strings.Join(args, " ")
}

// inEmbedded reports whether a scenario by itself is run against the embedded backend.
func inEmbedded(resolved string) bool {
	var s struct {
		Backend any `yaml:"backend"`
	}
	if err := yaml.Unmarshal([]byte(resolved), &s); err != nil {
		return true // then it cannot be run at all
	}
	if m, ok := s.Backend.(map[string]any); ok {
		s.Backend = m["kind"]
	}
	return s.Backend == nil || s.Backend == "" || s.Backend == inProcess
}

// plainURL is a URL without what may be a secret in it; a place to fill in if it is none.
func plainURL(s string) string {
	u, err := url.Parse(s)
	switch {
	case s == "":
		return ""
	case err != nil || u.Host == "":
		return "URL"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// shellWord makes s safe to paste into a shell.
func shellWord(s string) string {
	s = clean(s)
	if s == "" {
		return "URL"
	}
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+.,:/@%") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Keys reports whether the run needs an S3's keys, which the page does not have.
func (p *page) Keys() bool { return p.a.Backend == "s3" || p.a.Backend == "minio" }
