package bench

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/ratebench/ratebench/scenarios"
)

// check says what is wrong with the contestant at index i of Config.Contestants, before which stand others.
func (c Contestant) check(i int, before owned) error {
	at := fmt.Sprintf("bench: Config.Contestants[%d]", i)
	switch {
	case !scenarios.ResultName(c.Name):
		return fmt.Errorf("%s: Name %q is no name for results: write up to 64 letters, digits or any of _.+=@/-, the first a letter or digit", at, c.Name)
	case c.Name == scenarios.OracleName:
		return fmt.Errorf("%s: Name %q is that of the yardstick, which runs beside anyhow: choose another", at, c.Name)
	case before.has(c.Name):
		return fmt.Errorf("%s: Name %q is taken by one before: give each contestant a name of its own", at, c.Name)
	case c.New == nil:
		return fmt.Errorf("%s: contestant %q has no New, which makes its RoundTripper", at, c.Name)
	}
	return nil
}

// probe refuses contestants that make nothing before anything runs.
func (o owned) probe(s *scenarios.Scenario) error {
	for i, c := range o {
		rt := c.New(Client{
			Wire: nowhere{}, Rand: rand.New(rand.NewPCG(s.Seed, 0)),
			PartSize: int64(s.Workload.PartSize[0]), Concurrency: s.Workload.Concurrency[0],
		})
		if rt == nil {
			return c.isNil(i)
		}
	}
	return nil
}

func (c *contestant) isNil(i int) error {
	return fmt.Errorf("bench: Config.Contestants[%d]: New of contestant %q returned nil: it has to return what sends requests, at least Client.Wire", i, c.Contestant.Name)
}

// nowhere is the wire of a client that is never used.
type nowhere struct{}

func (nowhere) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close() // nothing of it was read
	}
	return nil, errors.New("bench: this client is only made to see whether New works: send requests when a RoundTripper is asked to")
}

// entry is where a problem stands within the list of contestants.
var entry = regexp.MustCompile(`^contestants\.(\d+)`)

// inGo lets an error of the scenario name the fields of the configuration that are at fault instead of overrides at a command
// line, which nobody has written.
func (c Config) inGo(err error) error {
	e, ok := errors.AsType[*scenarios.Error](err)
	if !ok {
		return err
	}
	var b strings.Builder
	b.WriteString("bench: ")
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		switch {
		case p.Set == "":
			b.WriteString(p.String())
			continue
		case !strings.HasPrefix(p.Set, "contestants="):
			fmt.Fprintf(&b, "Config.Set %q: ", p.Set)
		default:
			b.WriteString(c.fields(&p.Message))
		}
		b.WriteString(p.Message)
	}
	return &configError{b.String(), err}
}

// fields names the field that a problem of the list of contestants is about, and takes its place out of the message.
func (c Config) fields(message *string) string {
	if m := entry.FindStringSubmatch(*message); m != nil {
		n, err := strconv.Atoi(m[1])
		if n -= len(c.Contestants); err == nil && n >= 0 && n < len(c.Against) {
			*message = strings.TrimLeft(strings.TrimPrefix(*message, m[0]), ".: ")
			return fmt.Sprintf("Config.Against[%d]: ", n)
		}
	}
	// One text may be several entries, or end where it should not; then nobody knows which it is.
	return "Config.Against: "
}

// configError is an error of the scenario in other words.
type configError struct {
	text string
	err  error
}

func (e *configError) Error() string { return e.text }
func (e *configError) Unwrap() error { return e.err }
