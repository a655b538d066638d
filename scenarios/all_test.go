package scenarios

import (
	"errors"
	"strings"
	"testing"
)

// all stands for what the options tell, less what does not fit.
func TestAll(t *testing.T) {
	known := map[string][]string{"zeta": nil, "alpha": {"attempts"}, "sdk": nil, OracleName: nil}
	opts := []Option{Known(known), All("zeta", "alpha", "sdk"), Check(func(w Workload, c Contestant) error {
		if c.Name == "sdk" && w.Kind == KindCalls {
			return errors.New("is an SDK")
		}
		return nil
	})}
	const uploads = "workload: {object_size: 8MiB, part_size: 8MiB, concurrency: 1}\n"
	const calls = "workload: {kind: calls, object_size: 1KiB, duration: 1s}\n"
	for _, tt := range []struct {
		name, workload, contestants string
		set                         []string
		want                        string // in results; else a part of the problem
		problem                     string
	}{
		{name: "a word", workload: uploads, contestants: "all", want: "zeta alpha sdk"},
		{name: "what does not fit", workload: calls, contestants: "all", want: "zeta alpha"},
		{name: "override", workload: calls, contestants: "[sdk]", set: []string{"contestants=all"}, want: "zeta alpha"},
		{name: "in a list", workload: uploads, contestants: "[{name: alpha, as: more, with: {attempts: 9}}, all, {name: zeta, as: last}]", want: "more zeta alpha sdk last"},
		{name: "twice", workload: uploads, contestants: "[all, alpha]", problem: "x:3:20: contestants.3: two contestants are called alpha"},
		{name: "a bad one behind it", workload: uploads, contestants: "[all, {name: alpha, as: b, with: {tries: 9}}]", problem: "x:3:48: contestants.3.with.tries: alpha has no such parameter"},
		{name: "parameters", workload: uploads, contestants: "[{name: all, with: {attempts: 9}}]", problem: "x:3:15: contestants.0: all are many"},
		{name: "another word", workload: uploads, contestants: "alpha", problem: "x:3:14: contestants: expected a list"},
		{name: "the yardstick", workload: uploads, contestants: "[all, oracle]", problem: "the oracle is a yardstick"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Parse("x", []byte("{version: 1, name: x,\n"+strings.TrimSpace(tt.workload)+",\ncontestants: "+tt.contestants+"}\n"), tt.set, opts...)
			if tt.problem != "" {
				if err == nil || !strings.Contains(err.Error(), tt.problem) {
					t.Fatalf("%v, want a problem with %q", err, tt.problem)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range s.Contestants {
				got = append(got, c.As)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%v, want %s", got, tt.want)
			}
			again, err := Parse("resolved", s.Resolved(), nil, opts...)
			if err != nil || string(again.Resolved()) != string(s.Resolved()) {
				t.Errorf("resolved it is another: %v", err)
			}
		})
	}
}
