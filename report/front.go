package report

// markFront marks the rows that no other one beats: nobody else has as much goodput for as few attempts, and more or fewer of one of
// the two. The oracle is no competitor.
func markFront(rows []Row) {
	for i := range rows {
		r := &rows[i]
		goodput, attempts := r.Stat("goodput_mib_s"), r.Stat("amplification")
		r.Front = !r.Oracle && goodput.N > 0 && attempts.N > 0 && goodput.Median > 0
		for j := range rows {
			g, a := rows[j].Stat("goodput_mib_s"), rows[j].Stat("amplification")
			if rows[j].Oracle || g.N == 0 || a.N == 0 {
				continue
			}
			if g.Median >= goodput.Median && a.Median <= attempts.Median && (g.Median > goodput.Median || a.Median < attempts.Median) {
				r.Front = false
			}
		}
	}
}
