package report

import (
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// Trouble until 8 s, and goodput back at 10: the ledger's hints decide whether that is a recovery of 2 s, or of none after a hint until 10. The second
// says so wherever it stands beside the time at which the goodput was back.
func TestRecoveryAfterTheLastHint(t *testing.T) {
	for _, c := range []struct {
		recovery float64
		hinted   bool
	}{{2, false}, {1.9, false}, {0, true}, {0.3, true}} {
		r, _ := analysed(t, fake{names: []string{"a"}, partSizes: []int64{8}, concurrency: []int{1}, repeats: 1, windows: []Window{{"storm", 4, 8}}})
		var ticks []record.Tick
		for i := range 120 {
			k := record.Tick{TS: float64(i) / 10, Attempts: 1, GoodputMiBs: 10}
			if i >= 40 && i < 100 {
				k.GoodputMiBs = 0
			}
			ticks = append(ticks, k)
		}
		r.Timeline[1] = ticks
		r.Trials[0].RecoveryS, r.Trials[0].RecoveryCensored = &c.recovery, false
		a := Analyse(r)
		row := &a.Cells[0].Rows[0]
		if diff(row.Back.Median, 10) > 0.11 || row.Hinted != c.hinted {
			t.Errorf("recovery %v: back at %v, after a hint: %v", c.recovery, row.Back.Median, row.Hinted)
		}
		if said := strings.Contains(pageOf(t, a, HTMLOptions{}), " s after the last hint"); said != c.hinted {
			t.Errorf("recovery %v: the page says that it is from the last hint: %v", c.recovery, said)
		}
		if said := strings.Contains(svgsOf(t, a)["goodput-over-time"], " s after the last hint"); said != c.hinted {
			t.Errorf("recovery %v: the plot says that it is from the last hint: %v", c.recovery, said)
		}
	}
}
