package faultserver

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/internal/record"
)

// Replay acts where a recorded ledger says that a rule acted.
type Replay struct {
	// File is a ledger.jsonl; a path that is not absolute is relative to the scenario's file.
	File string `yaml:"file" json:"file" jsonschema:"description=A ledger.jsonl. Its path is relative to the scenario's file."`
	// Rule is the recorded rule's name. Empty: this rule's own.
	Rule string `yaml:"rule,omitempty" json:"rule,omitempty" jsonschema:"description=Name of the recorded rule. Left out: this rule's own."`
	// By is identity (default: the same attempts of the same operations, objects and parts) or time (whatever comes within
	// the same tenths of a second of the trial).
	By string `yaml:"by,omitempty" json:"by,omitempty" jsonschema:"description=The same attempts of the same requests or the same tenths of a second.,enum=identity,enum=time,default=identity"`
}

// recorded is one attempt that a rule acted on.
type recorded struct {
	id      identity
	attempt int
}

type replay struct {
	byTime   bool
	attempts map[recorded]bool
	tenths   map[int64]bool
	identify func(x *faults.Exchange) identity
}

func (r *replay) holds(at time.Duration, x *faults.Exchange, _ func(byte) float64) bool {
	if r.byTime {
		return r.tenths[int64(at/tenth)]
	}
	return r.attempts[recorded{r.identify(x), x.Attempt}]
}

// maxReplay bounds the file, and maxReplayLine a line of it.
const (
	maxReplay     = 1 << 30
	maxReplayLine = 1 << 20
)

func newReplay(c Replay, rule string) (*replay, error) {
	f, err := os.Open(c.File)
	if err != nil {
		return nil, faults.Wrong("replay.file", "cannot be read: %v", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > maxReplay {
		return nil, faults.Wrong("replay.file", "%s has %d bytes: at most 1GiB is read", c.File, info.Size())
	}
	if c.Rule != "" {
		rule = c.Rule
	}
	r, err := readReplay(f, rule, c.By == "time")
	if err != nil {
		return nil, faults.Wrong("replay.file", "%s: %v", c.File, err)
	}
	return r, nil
}

// readReplay reads a ledger. It refuses what is none, by line.
func readReplay(in io.Reader, rule string, byTime bool) (*replay, error) {
	r := &replay{byTime: byTime, attempts: map[recorded]bool{}, tenths: map[int64]bool{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxReplayLine)
	n := 0
	for lines.Scan() {
		n++
		if len(lines.Bytes()) == 0 {
			continue
		}
		var row record.LedgerRow
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("line %d is no row of a ledger: %w", n, err)
		}
		if row.Kind != record.LedgerAttempt || !slices.Contains(strings.Split(row.Rule, "+"), rule) {
			continue
		}
		id := identity{op: row.Op, object: uint64(row.Object), part: row.Part}
		if row.Key != "" {
			id.object = hashKey(row.Bucket, row.Key)
		}
		id.asks = asked(row.Op, id.object != 0, row.Work, row.ID)
		r.attempts[recorded{id, row.Attempt}] = true
		r.tenths[int64(row.TS*float64(time.Second))/int64(tenth)] = true
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("after line %d: %w", n, err)
	}
	if len(r.attempts) == 0 {
		return nil, fmt.Errorf("no rule %q acted in it", rule)
	}
	return r, nil
}
