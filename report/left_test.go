package report

import (
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// Who did not come to all of its files is not praised for being done soon, and somebody says how many are left.
func TestLeftIsTold(t *testing.T) {
	for _, k := range []struct {
		name             string
		under, not       int
		open             bool // how many there were to be
		all, told, moves string
	}{
		{"all done", 0, 0, false, "2", "", "delete"},
		{"some not begun", 0, 5, false, ">2", "5 of 15 files were not begun when the trial ended; how long all take is not known", "delete"},
		{"one under way", 1, 0, false, ">2", "1 of 10 files were still under way when the trial ended", "download"},
		{"both", 1, 4, false, ">2", "5 of 14 files were left when the trial ended: 1 under way, and 4 not begun", "upload"},
		{"as many as fit", 1, 0, true, "2", "", "upload"},
	} {
		r := run(trialOf(1, "a", 1, 50, func(t *record.Trial) {
			t.WallS, t.Objects, t.ObjectsCutOff = 2, 10, &k.under
			if !k.open {
				t.NotBegun = &k.not
			}
		}))
		r.Manifest.Resolved = "workload: {kind: ghga, do: " + k.moves + "}"
		a := Analyse(r)
		if got := interval(a.Cells[0].Rows[0].Stat("wall_s")); strings.TrimRight(strings.TrimSuffix(got, ".00"), ".") != k.all {
			t.Errorf("%s: all done in %s, want %s", k.name, got, k.all)
		}
		told := ""
		for _, w := range a.Warnings {
			if w.Kind == WarnLeft {
				told += w.Text
			}
		}
		if (told != "") != (k.told != "") || !strings.HasPrefix(told, k.told) {
			t.Errorf("%s: %q, want %q", k.name, told, k.told)
		}
	}
}
