package bench

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/scenarios"
)

// Contestant is what is to be benched.
type Contestant struct {
	// Name is its name in results: up to 64 letters, digits or any of _.+=@/-
	Name string
	// New makes the RoundTripper of one client. It is called once for every client of every trial, so that clients share what
	// New lets them share and nothing else. What it returns must send everything through Client.Wire. Before anything runs it
	// is called once more, to see that it returns something: that client sends nothing.
	New func(Client) http.RoundTripper
}

// Client is one client of a trial.
type Client struct {
	// Wire sends a request as it is, once, and records that. It is safe for concurrent use; bodies of requests have a
	// GetBody.
	Wire http.RoundTripper
	// Rand is seeded by trial and client, for jitter that is to repeat. It is not safe for concurrent use.
	Rand *rand.Rand
	// Ordinal is the client's number in its trial, from 0.
	Ordinal int
	// PartSize is the size of every part but an object's last in bytes, and Concurrency how many are in flight at a time.
	PartSize    int64
	Concurrency int
}

// load reads the scenario with the contestants of the configuration in it.
func (c Config) load(virtual bool) (*scenarios.Scenario, owned, error) {
	if len(c.Contestants) == 0 {
		return nil, nil, errors.New("bench: there is no contestant: set Config.Contestants")
	}
	known, list, own := trials.KnownContestants(), []string{}, owned{}
	for i, con := range c.Contestants {
		if err := con.check(i, own); err != nil {
			return nil, nil, err
		}
		known[con.Name] = nil
		list = append(list, "{name: "+strconv.Quote(con.Name)+"}")
		own = append(own, &contestant{Contestant: con})
	}
	for i, text := range c.Against {
		if strings.TrimSpace(text) == "" {
			return nil, nil, fmt.Errorf("bench: Config.Against[%d] is empty: write the name of a contestant, such as exponential", i)
		}
	}
	if i := slices.IndexFunc(c.Set, func(set string) bool { return strings.HasPrefix(set, "contestants") }); i >= 0 {
		return nil, nil, fmt.Errorf("bench: Config.Set has %q: contestants are set by Config.Contestants and Config.Against", c.Set[i])
	}
	check := func(w scenarios.Workload, con scenarios.Contestant) error {
		if own.has(con.Name) {
			return nil
		}
		return trials.CheckContestant(w, con)
	}
	contestants := "contestants=[" + strings.Join(append(list, c.Against...), ", ") + "]"
	s, err := scenarios.Load(c.Scenario, scenarios.Set(contestants), scenarios.Set(c.Set...), scenarios.Known(known), scenarios.Check(check))
	if err != nil {
		return nil, nil, c.inGo(err)
	}
	if s.Backend.Kind != "embedded" {
		return nil, nil, fmt.Errorf("bench: %s asks for the %s backend: there is the embedded one alone; add backend.kind=embedded to Config.Set", s.File, s.Backend.Kind)
	}
	if s.Workload.StandIn > 0 && !virtual {
		return nil, nil, fmt.Errorf("bench: %s has a stand_in, for which only a network in virtual time can charge: call Run within testing/synctest.Test", s.File)
	}
	return s, own, errors.Join(trials.ActsInRun(s), own.probe(s))
}

// owned are the contestants of a configuration.
type owned []*contestant

func (o owned) has(name string) bool {
	return slices.ContainsFunc(o, func(c *contestant) bool { return c.Contestant.Name == name })
}

func (o owned) table() map[string]runner.Contestant {
	table := map[string]runner.Contestant{}
	for _, c := range o {
		table[c.Contestant.Name] = c
	}
	return table
}

// problem says what contestants did that they must not do.
func (o owned) problem() (err error) {
	for i, c := range o {
		c.mu.Lock()
		if c.none {
			err = errors.Join(err, c.isNil(i))
		}
		c.mu.Unlock()
	}
	return err
}

// contestant lets one take part; it is a runner.StackContestant.
type contestant struct {
	Contestant

	mu   sync.Mutex
	none bool // New has returned nil
}

// Name implements runner.Contestant.
func (c *contestant) Name() string { return c.Contestant.Name }

// RoundTripper implements runner.StackContestant.
func (c *contestant) RoundTripper(cl runner.Client) http.RoundTripper {
	rt := c.New(Client{Wire: cl.Wire, Rand: cl.Rand, Ordinal: cl.Ordinal, PartSize: cl.PartSize, Concurrency: cl.Concurrency})
	if rt == nil { // before, it returned something
		c.mu.Lock()
		defer c.mu.Unlock()
		c.none = true
		return cl.Wire
	}
	return rt
}
