package tune

import (
	"fmt"
	"strconv"
)

// columns are the heads of the table of settings.
func (r *Report) columns() []string {
	speed := "MiB/s"
	if r.calls {
		speed = "1/p95"
	}
	head := []string{"setting", speed, "amplif."}
	if r.recovers {
		head = append(head, "recovery")
	}
	return append(head, "failed", "value", "seeds", "what is set")
}

// lines are its rows.
func (r *Report) lines(rows []Row) [][]string {
	var lines [][]string
	for _, row := range rows {
		mark := "  "
		if row.Recommended {
			mark = "* "
		}
		if row.Withdrawn {
			mark = "! "
		}
		front := ""
		if row.OnFront {
			front = " P"
		}
		if r.Confirm != nil && !row.Confirmed {
			front += " ?"
		}
		line := []string{mark + row.Name + front, row.Speed.with(number), row.amplification()}
		if r.recovers {
			line = append(line, row.recovery())
		}
		value := percent(row.Value.Value) + " %"
		if !row.against && row.Value.High != unknown {
			value = fmt.Sprintf("%s %% (%s to %s)", percent(row.Value.Value), percent(row.Value.Low), percent(row.Value.High))
		}
		lines = append(lines, append(line, fmt.Sprintf("%d/%d", row.Failed, row.Objects), value, strconv.Itoa(row.Seeds), row.Setting.String()))
	}
	return lines
}

// amplification is the cell of the table: "1.05 (1.00–1.19)".
func (row Row) amplification() string {
	if row.Amplification.Value == 0 {
		return "–"
	}
	return row.Amplification.with(fixed(2))
}

// recovery is the cell of the table: "0.8 s (0.5–1.1)", with "in 5 of 28" where only so many seeds have one.
func (row Row) recovery() string {
	if row.RecoveryS == nil {
		if row.Guessed > 0 {
			return "unknown"
		}
		return "–"
	}
	text := strconv.FormatFloat(row.RecoveryS.Value, 'f', 1, 64) + " s"
	if row.RecoveryS.High != unknown {
		text += fmt.Sprintf(" (%s–%s)", fixed(1)(row.RecoveryS.Low), fixed(1)(row.RecoveryS.High))
	}
	if row.Guessed > 0 {
		text += fmt.Sprintf(" in %d of %d", row.Recovered, row.Recovered+row.Guessed)
	}
	return text
}

// with prints the value and, where it is known, the interval: "49.4 (49.2–49.6)".
func (i Interval) with(format func(float64) string) string {
	if i.High == unknown {
		return format(i.Value)
	}
	return fmt.Sprintf("%s (%s–%s)", format(i.Value), format(i.Low), format(i.High))
}

// fixed prints with so many digits behind the point.
func fixed(digits int) func(float64) string {
	return func(v float64) string { return strconv.FormatFloat(v, 'f', digits, 64) }
}

// number prints three significant digits.
func number(v float64) string {
	if v >= 1000 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}
