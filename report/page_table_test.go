package report

import (
	"strconv"
	"testing"
)

// A recovery that was not over when the trial was sorts behind all that were, however short the time that was watched.
func TestTableSortsCensoredLast(t *testing.T) {
	m, _ := MetricOf("recovery_s")
	of := func(s Stat) (tableCell, float64) {
		k := cellOf(s, m)
		text := k.Value
		if text == "" {
			text = k.Text
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatalf("%+v is sorted by %q", s, text)
		}
		return k, v
	}
	_, back := of(Stat{Median: 800, Low: 800, High: 800, N: 6})
	k, not := of(Stat{Median: 0.3, Low: 0.3, High: 0.3, N: 6, Censored: true})
	if not <= back || k.Text != ">0.30" {
		t.Errorf("%s is sorted by %v, and 800 by %v", k.Text, not, back)
	}
}
