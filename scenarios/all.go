package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// AllContestants in the place of a contestant, or of the whole list, stands for all that fit the workload; see All.
const AllContestants = "all"

// expand puts all contestants where the file says all. Each of them has the place in the file of the word it came from. The
// scenario is resolved.
func (s *Scenario) expand(o options, places map[string]*node) (problems []Problem) {
	isAll := func(c Contestant) bool { return c.Name == AllContestants }
	if o.all == nil || !slices.ContainsFunc(s.Contestants, isAll) {
		return nil
	}
	var full []Contestant
	moved := map[string]*node{}
	for i, c := range s.Contestants {
		at := "contestants." + strconv.Itoa(i)
		if !isAll(c) {
			to := "contestants." + strconv.Itoa(len(full))
			for path, n := range places {
				if rest, ok := strings.CutPrefix(path, at); ok && (rest == "" || rest[0] == '.') {
					moved[to+rest] = n
				}
			}
			full = append(full, c)
			continue
		}
		if len(c.With) > 0 || c.As != c.Name {
			problems = append(problems, *places[at].problem(at + ": all are many, each with its defaults: " +
				"leave as and with out, and list a contestant with other parameters beside it"))
		}
		for _, name := range o.all {
			one := Contestant{Name: name, As: name}
			if o.check != nil && o.check(s.Workload, one) != nil {
				continue // it does not fit the workload
			}
			moved[fmt.Sprintf("contestants.%d", len(full))] = places[at]
			full = append(full, one)
		}
	}
	for path := range places {
		if strings.HasPrefix(path, "contestants.") {
			delete(places, path)
		}
	}
	for path, n := range moved {
		places[path] = n
	}
	s.Contestants = full
	return problems
}
