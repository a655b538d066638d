package contestants

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/scenarios"
)

// The kinds of a contestant.
const (
	KindStack     = "stack"     // layers over a wire
	KindSDK       = "sdk"       // an S3 client with a retry loop of its own
	KindConnector = "connector" // the GHGA Connector: a stack and what goes on above it
	KindOracle    = "oracle"    // a yardstick, not a competitor
)

// Contestant is one row of the table.
type Contestant struct {
	Name    string
	Summary string // one line
	Kind    string // one of the Kind constants
	Params  []Param
	Random  string // where its randomness comes from: one of the Random constants, or empty for Client.Rand

	make func(name string, v values) (runner.Contestant, error)
}

// Builtin returns all contestants. The rows are the caller's own.
func Builtin() []Contestant {
	return slices.Concat(classics(), factory(), budgets(), gates(), ghgaRows(), connectors(), ports(), []Contestant{
		{
			Name: "minio-go", Kind: KindSDK, Random: RandomTime, make: newMinIO,
			Summary: "minio-go 7 with its own retry loop, which never reads Retry-After. Its jitter repeats with the seed in virtual time only.",
			Params:  []Param{minioRetries, minioSHA256},
		},
	}, libraries(), []Contestant{
		{
			Name: "oracle", Kind: KindOracle, make: newOracle,
			Summary: "Is told the server's plan: the yardstick that shows what a client could reach. Never a competitor.",
		},
	})
}

// New makes the contestant of that name with the given parameters; those left out have their defaults. as is its name
// in results, or empty for its own.
func New(name, as string, with map[string]string) (runner.Contestant, error) {
	row, err := Find(name)
	if err != nil {
		return nil, err
	}
	v, err := parseAll(row, with)
	if err != nil {
		return nil, err
	}
	if as == "" {
		as = row.Name
	}
	c, err := row.make(as, v)
	if err != nil {
		return nil, fmt.Errorf("contestant %s: %w", row.Name, err)
	}
	return c, nil
}

// Find returns the contestant of that name.
func Find(name string) (Contestant, error) {
	all := Builtin()
	names := make([]string, len(all))
	for i, c := range all {
		if c.Name == name {
			return c, nil
		}
		names[i] = c.Name
	}
	meant := ""
	if best := scenarios.Nearest(name, names); best != "" {
		meant = "did you mean " + best + "? "
	}
	return Contestant{}, fmt.Errorf("there is no contestant %q; %sratebench list contestants has them all", name, meant)
}

// ParamNames returns the names of its parameters, in the order of the table.
func (c Contestant) ParamNames() []string {
	names := make([]string, len(c.Params))
	for i, p := range c.Params {
		names[i] = p.Name
	}
	return names
}

// parseAll reads every parameter, given or default. Of several errors the first by name is returned, always the same.
func parseAll(c Contestant, with map[string]string) (values, error) {
	names := c.ParamNames()
	for _, name := range slices.Sorted(maps.Keys(with)) {
		if !slices.Contains(names, name) {
			if len(names) == 0 {
				return nil, fmt.Errorf("contestant %s has no parameter %q; it takes none", c.Name, name)
			}
			return nil, fmt.Errorf("contestant %s has no parameter %q; it takes %s", c.Name, name, strings.Join(names, ", "))
		}
	}
	v := values{}
	for _, p := range c.Params {
		text, ok := with[p.Name]
		if !ok {
			text = p.Default
		}
		parsed, err := p.parse(text)
		if err != nil {
			return nil, fmt.Errorf("contestant %s: parameter %s: %w", c.Name, p.Name, err)
		}
		v[p.Name] = parsed
	}
	return v, nil
}
