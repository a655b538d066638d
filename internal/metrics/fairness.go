package metrics

import (
	"maps"
	"math"
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// mostClients is how many clients details.jsonl lists one by one.
const mostClients = 100

// shares is how many bytes each client got through.
type shares struct{ bytes map[int]float64 }

// newShares begins with clients numbered from 0, who may get nothing.
func newShares(clients int) *shares {
	s := &shares{bytes: make(map[int]float64, clients)}
	for n := range clients {
		s.bytes[n] = 0
	}
	return s
}

func (s *shares) add(client int, bytes float64) { s.bytes[client] += bytes }

// fairness is Jain's index: (Σx)² ÷ (n·Σx²), from 1/n, where one client gets all, to 1. Nil: there is one client, or nobody got
// anything.
func (s *shares) fairness() *float64 {
	var sum, squares float64
	for _, x := range slices.Sorted(maps.Values(s.bytes)) {
		sum += x
		squares += x * x
	}
	if len(s.bytes) < 2 || squares == 0 {
		return nil
	}
	j := sum * sum / (float64(len(s.bytes)) * squares)
	return &j
}

// clients are the clients' goodput in MiB/s, the lowest first; of more than mostClients, the percentiles from 0 to 100.
func (s *shares) clients(wall float64) (v []float64) {
	if wall <= 0 {
		return nil
	}
	for _, b := range s.bytes {
		v = append(v, math.Round(b/mib/wall*1e6)/1e6) // bytes per second are enough
	}
	slices.Sort(v)
	if len(v) <= mostClients {
		return v
	}
	at := make([]float64, 101)
	for p := range at {
		at[p] = Percentile(v, float64(p))
	}
	return at
}

// count fills in what the clients' shares say.
func (s *shares) count(t *record.Trial, d *record.Detail) {
	t.Fairness = s.fairness()
	d.Clients = s.clients(t.WallS)
}
