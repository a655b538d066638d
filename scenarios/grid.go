package scenarios

// Cell is one point of the grid: every combination is run Repeats times.
type Cell struct {
	Contestant  string // name in results
	Oracle      bool
	PartSize    int64 // bytes
	Concurrency int   // parts in flight per object
	Repeats     int
}

// Grid lists the cells, by part size, then concurrency; in each the oracle first, if it runs, and then the contestants in
// the order of the file.
func (s *Scenario) Grid() []Cell {
	var cells []Cell
	for _, size := range s.Workload.PartSize {
		for _, n := range s.Workload.Concurrency {
			if s.oracle() {
				cells = append(cells, Cell{OracleName, true, int64(size), n, s.Repeats})
			}
			for _, c := range s.Contestants {
				cells = append(cells, Cell{c.As, false, int64(size), n, s.Repeats})
			}
		}
	}
	return cells
}

func (s *Scenario) oracle() bool { return s.Oracle == nil || *s.Oracle }

// trials is the number of trials of the whole grid, without making it.
func (s *Scenario) trials() int {
	rows := len(s.Contestants)
	if s.oracle() {
		rows++
	}
	return rows * len(s.Workload.PartSize) * len(s.Workload.Concurrency) * s.Repeats
}

// Parts is the number of parts of an object: the last one takes what is left. Both sizes are in bytes and positive.
func Parts(object, part int64) int {
	return int((object-1)/part) + 1
}
