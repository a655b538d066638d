package report

import "fmt"

// sections are the plots in their order, and absent says which there are none of, and why.
func (p *page) sections() (all []section, absent []string) {
	a := p.a
	if len(a.Cells) == 0 {
		return nil, nil
	}
	add := func(id, title, lead string, body func(m *markup)) {
		m := &markup{}
		body(m)
		all = append(all, section{id, title, lead, m.html()})
	}
	each := func(id string, body func(m *markup, c *Cell)) func(m *markup) {
		return func(m *markup) { p.perCell(m, id, body) }
	}
	over := ""
	if a.Repeats > 1 {
		over = fmt.Sprintf(" Line: median of up to %d repeats, where one that has ended counts as 0; band: lowest to highest.", a.Repeats)
	}
	strips := "Upper strip: verified bytes per second, smoothed over half a second." + over + " Lower strip: means"
	if !a.Workload.moves() {
		strips = "Means"
	}
	add("timeline", "Over time", strips+
		" of attempts per second (solid"+map[bool]string{true: "; band: lowest to highest trial"}[a.Repeats > 1]+"), those throttled (filled), those failed (dashed: 4xx, 5xx, broken connections), and attempts in flight on a scale of their own (dotted)."+
		" Shaded: trouble, by name above. T90: goodput is back at 90 %.", each("timeline", p.timelines))
	lead := "Up is more verified bytes per second, left is fewer attempts for them: upper left is better."
	if len(a.Cells) > 1 {
		lead += " One mark for each cell."
	} else {
		lead += " The dotted line joins those that nobody beats in both."
	}
	switch {
	case a.Repeats > 1 && len(a.Cells) > 1:
		lead += " Crosses, once contestants or a cell are chosen: intervals of the medians."
	case a.Repeats > 1:
		lead += " Crosses: intervals of the medians."
	}
	if anyRow(a, hasPlanes) {
		lead += " Amplification sees the stack alone: a part or file that is begun again above it makes new calls. All attempts, discarded bytes, and the amplification in bytes, which counts them, are with the control plane and data plane, below."
	}
	if a.Workload.moves() {
		add("trade", "Goodput against amplification", lead, p.tradeOff)
	} else {
		absent = append(absent, "no goodput against amplification, since files that are deleted bring no bytes")
	}
	if len(a.Cells) > 1 {
		add("grid", "Over the grid", "Medians by "+a.Workload.sizes()+" and "+a.Workload.flights()+"; darker is more on paper, brighter is more in the dark. With a baseline chosen: the median difference to it over trials with the same seed, with its interval, ▲ better and ▼ worse; ≈ where it may be chance: the interval holds zero, or there are fewer than "+fmt.Sprint(fewRepeats)+" such pairs.", p.grid)
	} else {
		absent = append(absent, fmt.Sprintf("no map, since the grid has one %s and one number of %s", a.Workload.sizes(), a.Workload.flights()))
	}
	if anyRow(a, hasRecovery) {
		add("recovery", "Recovery", "The share of trials whose goodput was back at 90 % so long after the trouble and the last hint (Kaplan and Meier). A cross: the trial ended before it was back. Further left and higher is better.", each("recovery", p.recoveries))
	} else {
		why := "since there is no trouble with an end to recover from"
		if byChance(a.Resolved) {
			why = "since trouble that a Markov chain begins and ends has no end of its own to recover from; the strips do not shade it either"
		}
		absent = append(absent, "no recovery curves, "+why)
	}
	add("attempts", "Attempts per call", "Shares of each contestant's calls, added up over all cells and trials; the numbers are calls. The longer the stretch of one attempt, at the left, the better; more attempts are darker on paper, and brighter in the dark.", p.attempts)
	if anyRow(a, hasPlanes) {
		add("planes", planesTitle, "What a control plane was asked before content could move past it, and what moved. Fewer control calls per part, and no orphans, are kinder to the service.",
			each("planes", p.planes))
	}
	if anyRow(a, hasLatency) {
		add("latency", "Response times", "Histograms of all trials, merged. Where the solid line is right of the dashed one, calls waited between attempts.", each("latency", p.latencies))
	} else {
		absent = append(absent, "no response times, since the run has no histograms")
	}
	if anyRow(a, hasBudget) {
		add("budget", "Time budget", "What a "+map[bool]string{true: "call", false: "part"}[a.Workload.Calls]+" that succeeded spent its time on: means in each trial, medians over the trials with their intervals; what there is no room for is in the table. At the right is the median of the trials' sums.", each("budget", p.budget))
	} else {
		absent = append(absent, "no time budget, since the run has not recorded it")
	}
	if anyRow(a, hasHerd) {
		add("herd", "Herds", fmt.Sprintf("Arrivals in the worst second after a hint ran out or the trouble ended, in bins of 10 ms: a line for each of up to %d trials. Tall strokes are clients that wake up together.", maxHerds), each("herd", p.herds))
	} else {
		absent = append(absent, "no herds, since no hint ran out and no trouble ended that enough attempts came after")
	}
	if anyRow(a, hasClients) {
		add("fairness", "Fairness between clients", "The goodput of each client, the lowest first. Equal bars are fair: Jain’s index is 1 then, and one divided by the number of clients if one has everything.", each("fairness", p.fairness))
	} else {
		absent = append(absent, "no fairness, since there is one client")
	}
	return all, absent
}
