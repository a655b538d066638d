package tune

import (
	"maps"

	"github.com/ratebench/ratebench/internal/contestants"
)

// differOnly reports whether two settings of a space are the same but for one parameter. What is not searched counts too: a scenario may set
// more than the search goes over.
func differOnly(s *Space, a, b *Candidate, but Dim) bool {
	searched := map[string]bool{}
	for _, d := range s.Dims {
		if d.Name != but.Name && a.Value(d) != b.Value(d) {
			return false
		}
		if !d.Workload {
			searched[d.Name] = true
		}
	}
	usual := map[string]string{}
	if row, err := contestants.Find(s.Contestant); err == nil {
		for _, p := range row.Params {
			usual[p.Name] = p.Default
		}
	}
	rest := func(c *Candidate) map[string]string {
		all := maps.Clone(usual)
		maps.Copy(all, c.With)
		maps.DeleteFunc(all, func(name, _ string) bool { return searched[name] })
		return all
	}
	return maps.Equal(rest(a), rest(b)) && a.Value(but) != b.Value(but)
}
