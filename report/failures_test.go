package report

import (
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// What most files failed of is said, whichever part of them it was.
func TestWhyFilesFailed(t *testing.T) {
	const package403 = "asking for the work package: the WPS answered 403 Forbidden"
	for _, k := range []struct {
		reasons []string
		want    string
	}{
		{nil, ""},
		{[]string{package403, package403}, "2 of 10 files failed: " + package403},
		{[]string{"sending part 1: reset", package403, "sending part 12: reset"}, "3 of 10 files failed, 2 of them: sending a part: reset"},
		{[]string{"downloading the bytes from 0 to 9: the S3 answered 403 Forbidden"}, "1 of 10 files failed: downloading a range: the S3 answered 403 Forbidden"},
	} {
		r := run(trialOf(1, "a", 1, 50, func(t *record.Trial) { t.Objects, t.FailedObjects = 10, len(k.reasons) }))
		r.Manifest.Resolved = "workload: {kind: ghga}"
		d := &record.Detail{Trial: 1}
		for i, reason := range k.reasons {
			d.Failed = append(d.Failed, record.FailedFile{Object: i + 1, Reason: reason})
		}
		r.Details = map[int]*record.Detail{1: d}
		told := ""
		for _, w := range Analyse(r).Warnings {
			if w.Kind == WarnFailures {
				told += w.Text
			}
		}
		if told != k.want {
			t.Errorf("%q, want %q", told, k.want)
		}
	}
}
