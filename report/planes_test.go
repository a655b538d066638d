package report

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"github.com/ratebench/ratebench/internal/record"
)

// withPlanes makes a made-up run one of files that are moved through a control plane.
func withPlanes(r *Run) *Run {
	r.Manifest.Resolved = "workload:\n  kind: ghga\n  do: upload\n"
	for i := range r.Trials {
		t := &r.Trials[i]
		calls, made, again, orphans := 3*t.Calls1+10*t.Trial, 4+t.Trial%3, t.Trial%2, t.Trial%4/3
		attempts, data := calls+t.Trial%5, t.Attempts
		per, p50, p99 := float64(calls)/float64(max(1, t.Calls1)), 0.004, 0.5+float64(t.Trial)/7
		t.ControlCalls, t.ControlAttempts, t.DataAttempts, t.Tokens = &calls, &attempts, &data, &made
		t.ControlCallsPerPart, t.ControlP50S, t.ControlP99S, t.DataP50S, t.DataP99S = &per, &p50, &p99, &t.P50S, &t.P99S
		discarded := int64(t.Trial%3) << 22
		t.RestartedFiles, t.OrphanedUploads, t.DiscardedBytes = &again, &orphans, &discarded
	}
	return r
}

func TestPlanes(t *testing.T) {
	for name, k := range map[string]fake{"planes": storm, "planes-hostile": hostile} {
		r, _ := analysed(t, k)
		a := Analyse(withPlanes(r))
		for view, write := range map[string]func(io.Writer) error{
			"table.txt":  func(w io.Writer) error { return Table(w, a, TableOptions{}) },
			"summary.md": func(w io.Writer) error { return Summary(w, a, nil, nil) },
			"section.html": func(w io.Writer) error {
				page := pageOf(t, a, HTMLOptions{})
				checkPage(t, name, page)
				section := regexp.MustCompile(`(?s)<section id="planes".*?</section>\n`).FindString(page)
				_, err := io.WriteString(w, section)
				return err
			},
		} {
			var got bytes.Buffer
			if err := write(&got); err != nil {
				t.Fatal(err)
			}
			if view == "table.txt" {
				for l := range strings.Lines(got.String()) {
					if n := runewidth.StringWidth(strings.TrimSuffix(l, "\n")); n > tableWidth {
						t.Errorf("%s: %d columns: %s", name, n, l)
					}
				}
			}
			if name == "planes" {
				golden(t, name+"-"+view, got.Bytes())
			}
		}
	}
}

// Names of columns may be two words, and one the beginning of another.
func TestCutLegend(t *testing.T) {
	for l := range strings.Lines(planesLegend) {
		name, text := cutLegend(l)
		if !slices.ContainsFunc(planeColumns, func(c planeColumn) bool { return c.title == name }) || text == "" || strings.HasPrefix(text, "p99") {
			t.Errorf("%q is %q and %q", l, name, text)
		}
	}
	if n := strings.Count(planesLegend, "\n") + 1; n != len(planeColumns) {
		t.Errorf("%d of %d columns are explained", n, len(planeColumns))
	}
}

// A run without a control plane says nothing of one, and one of which only the orphans are known says that.
func TestWithoutPlanes(t *testing.T) {
	r, a := analysed(t, storm)
	views := func(a *Analysis) string {
		var b bytes.Buffer
		if err := Table(&b, a, TableOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := Summary(&b, a, nil, nil); err != nil {
			t.Fatal(err)
		}
		return b.String() + pageOf(t, a, HTMLOptions{})
	}
	if all := views(a); strings.Contains(all, planesTitle) || strings.Contains(all, "orphans") {
		t.Error("a run without a control plane speaks of one")
	}
	none := 0
	for i := range r.Trials {
		r.Trials[i].OrphanedUploads = &none
	}
	a = Analyse(r)
	all := views(a)
	if !strings.Contains(all, planesTitle) || !strings.Contains(all, "orphans") || strings.Contains(all, "control p99  ") {
		t.Error("what is known of orphans is not said")
	}
	checkPage(t, "orphans", pageOf(t, a, HTMLOptions{}))
}

// Files that were removed bring no bytes, and a run of them is judged all the same.
func TestDeletedFiles(t *testing.T) {
	var trials []record.Trial
	for repeat := 1; repeat <= 6; repeat++ {
		for i, name := range []string{"a", "b", "c"} {
			tr := trialOf(0, name, repeat, 0)
			tr.Objects, tr.FailedObjects = 4, i%2
			trials = append(trials, tr)
		}
	}
	r := run(trials...)
	r.Manifest.Resolved = "workload: {kind: ghga, do: delete}"
	v := Analyse(r).Verdict
	if v.Text != "Of 3 contestants, a lost none of its files, and neither did one other: who is faster is not judged, as nothing is moved." || strings.Contains(strings.Join(v.But, " "), "MiB/s") || strings.Contains(strings.Join(v.But, " "), "overlap") {
		t.Errorf("%s | %v", v.Text, v.But)
	}
}

// Comparisons know the numbers of both planes, and which way they are good.
func TestComparedPlanes(t *testing.T) {
	for _, name := range []string{"orphaned_uploads", "restarted_files", "tokens", "control_calls", "control_calls_per_part", "control_p99", "data_p50", "control_attempts", "data_attempts", "discarded_bytes"} {
		if m, ok := ComparedMetric(name); !ok || m.Better != Lower {
			t.Errorf("%s: %+v, %v", name, m, ok)
		}
	}
	for _, name := range []string{"orphaned_uploads>0%", "control_calls_per_part>+10%"} {
		if _, err := ParseRule(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Of files that are deleted the time counts, and there are no plots of a goodput that is zero everywhere.
func TestDeletionsReport(t *testing.T) {
	r, _ := analysed(t, storm)
	withPlanes(r)
	r.Manifest.Resolved = "workload: {kind: ghga, do: delete}"
	for i := range r.Trials {
		r.Trials[i].Bytes, r.Trials[i].GoodputMiBs = 0, 0
	}
	a := Analyse(r)
	var b bytes.Buffer
	if err := Table(&b, a, TableOptions{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "all done") {
		t.Errorf("the time is missing:\n%s", b.String())
	}
	page := pageOf(t, a, HTMLOptions{})
	checkPage(t, "deletions", page)
	for _, no := range []string{`<section id="trade"`, "Goodput over time of", "goodput (more is better)"} {
		if strings.Contains(page, no) {
			t.Errorf("the page holds %q", no)
		}
	}
	if !strings.Contains(page, "time of the trial") {
		t.Error("the page has no time")
	}
}

// Names that are cut keep both ends, within the width.
func TestShortenName(t *testing.T) {
	for name, want := range map[string]string{
		"connector-as-is-patient": "connector-…s-patient", "connector-as-is": "connector-as-is", "名名名名名名名名名名名名": "名名名名名…名名名名",
	} {
		got := shortenName(name, 20)
		if got != want || runewidth.StringWidth(got) > 20 {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}
