package scenarios

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// contestants is a table as the command line passes it in.
var contestants = map[string][]string{
	"no-retry":         nil,
	"immediate":        {"attempts"},
	"exponential":      {"attempts", "base", "cap"},
	"shared-pause":     {"attempts", "base", "cap"},
	"server-limits":    {"attempts"},
	"token-bucket":     {"attempts", "rate", "burst"},
	"aimd-rate":        {"attempts"},
	"ghga-python":      {"num_retries", "exponential_backoff_max", "per_request_jitter", "retry_after_applicable_for_num_requests"},
	"ghga-connector":   {"num_retries", "retry_after_applicable_for_num_requests"},
	"ghga-datasteward": {"num_retries"},
	"ghga-epic":        {"num_retries", "connections"},
	"connector-as-is":  {"num_retries", "retry_after_applicable_for_num_requests", "token_life", "renew_on_401", "part_attempts", "part_pause"},
	"connector-fixed":  {"attempts"},
	"transport":        {"attempts"},
	"sahara":           {"retry_after", "idempotent_only"},
	"nova":             {"retry_after"},
	"swift":            {"starting_backoff", "max_backoff"},
	"neutron":          {"retries", "retry_interval"},
	"minio-go":         {"max_retries"},
	"oracle":           nil,
}

func TestShippedLoadAndResolve(t *testing.T) {
	for _, name := range slices.Concat(Shipped(), Examples()) {
		s, err := Load(name, Known(contestants))
		if err != nil {
			t.Errorf("%s:\n%v", name, err)
			continue
		}
		if s.Name != strings.Replace(name, "faults/", "fault-", 1) || s.File != "scenarios/"+name+".yaml" || !bytes.Contains(s.Source, []byte("version: 1")) {
			t.Errorf("%s: name %q, file %q, %d bytes of source", name, s.Name, s.File, len(s.Source))
		}
		again, err := Parse("resolved", s.Resolved(), nil, Known(contestants))
		if err != nil {
			t.Errorf("%s resolved:\n%v\n%s", name, err, s.Resolved())
			continue
		}
		same(t, s, again)
	}
}

// same compares what two scenarios mean.
func same(t *testing.T, a, b *Scenario) {
	t.Helper()
	x, y := *a, *b
	x.File, x.Source, y.File, y.Source = "", nil, "", nil
	if !reflect.DeepEqual(x, y) {
		t.Errorf("not the same:\n%s\n%s", a.Resolved(), b.Resolved())
	}
}

func TestByteOrderMarkAndLineBreaks(t *testing.T) {
	for _, text := range []string{"\ufeff" + base, strings.ReplaceAll(base, "\n", "\r\n"), strings.ReplaceAll(base, "\n", "\r")} {
		s, err := Parse("x", []byte(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if string(s.Source) != text {
			t.Error("the source is not what was read")
		}
		_, err = Parse("x", []byte(text+"repeat: 3"), nil)
		if err == nil || !strings.HasPrefix(err.Error(), "x:6:1: unknown key \"repeat\"") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestCheckJudgesParameters(t *testing.T) {
	check := Check(func(_ Workload, c Contestant) error {
		if c.With["attempts"] == "3" {
			return errors.New("attempts: 3 is too few")
		}
		return nil
	})
	_, err := Parse("x", []byte(withFaults), nil, Known(contestants), check)
	if err == nil || !strings.HasPrefix(err.Error(), "x:10:61: contestants.1.with: attempts: 3 is too few") {
		t.Error(err)
	}
	if _, err := Parse("x", []byte(withFaults), []string{"contestants.fast.with.attempts=4"}, check); err != nil {
		t.Error(err)
	}
}
