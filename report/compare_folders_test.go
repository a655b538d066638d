package report

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// kept is a run of which the numbers are the same whenever it is made.
var kept = fake{names: []string{"exponential", "immediate"}, partSizes: []int64{8}, concurrency: []int{4}, repeats: 8, resolved: "repeats: 8\n"}

// compareFolders is what the command does with two folders.
func compareFolders(t *testing.T, base, head string, o CompareOptions) *Comparison {
	t.Helper()
	b, err := ReadSide(base)
	if err != nil {
		t.Fatal(err)
	}
	h, err := ReadSide(head)
	var damage *DamageError
	switch {
	case errors.As(err, &damage):
		return CompareDamaged(b, h, err)
	case err != nil:
		t.Fatal(err)
	}
	c, err := Compare(b, h, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Whatever a job finds in the folders, it gets a verdict that holds, or none and a reason.
func TestCompareFolders(t *testing.T) {
	base := filepath.Join(t.TempDir(), "base")
	kept.write(t, base)
	file := func(name string, change func([]byte) []byte) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, name)
			old, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			b := change(bytes.Clone(old))
			if bytes.Equal(b, old) {
				t.Fatalf("nothing has changed in %s", name)
			}
			if err := os.WriteFile(path, b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	replace := func(name, old, new string) func(t *testing.T, dir string) {
		return file(name, func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(new), 1) })
	}
	empty := func(name string) func(t *testing.T, dir string) {
		return file(name, func([]byte) []byte { return nil })
	}
	remove := func(names ...string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			for _, name := range names {
				if err := os.Remove(filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	// upTo keeps the first lines, and of the next one a piece.
	upTo := func(name string, lines, piece int) func(t *testing.T, dir string) {
		return file(name, func(b []byte) []byte {
			at := 0
			for range lines {
				at += bytes.IndexByte(b[at:], '\n') + 1
			}
			return b[:at+piece]
		})
	}
	torn := func(name string) func(t *testing.T, dir string) {
		return file(name, func(b []byte) []byte { return b[:len(b)-5] })
	}
	for _, c := range []struct {
		name   string
		change func(t *testing.T, dir string)
		want   string // the outcome
		text   string // in a doubt, or in a warning if it passes
	}{
		{"the same again", func(*testing.T, string) {}, ComparePassed, ""},
		{"without attempts and ledger", remove(record.AttemptsFile, record.LedgerFile), ComparePassed, ""},
		{"without attempts", remove(record.AttemptsFile), ComparePassed, ""},
		{"without ledger", remove(record.LedgerFile), ComparePassed, ""},
		{"nothing in the attempts", empty(record.AttemptsFile), ComparePassed, ""},
		{"nothing in the timeline", empty(record.TimelineFile), ComparePassed, ""},
		{"an attempt is torn", torn(record.AttemptsFile), ComparePassed, "do not agree on the number of attempts in 1 trial"},
		{"attempts are gone", upTo(record.AttemptsFile, 100, 0), ComparePassed, "do not agree on the number of attempts in"},
		{"a damaged attempt", replace(record.AttemptsFile, ",upload_part/1/2,1,", ",upload_part/1/2,one,"), CompareNoVerdict, "attempts.csv:7: column attempt holds \"one\""},
		{"an attempt of fewer columns", upToLine(record.AttemptsFile, 4, "1,exponential\n"), CompareNoVerdict, "attempts.csv:5: row has too many or too few columns"},
		{"a damaged line of the ledger", upToLine(record.LedgerFile, 0, "{\"kind\"\n"), CompareNoVerdict, "ledger.jsonl:1: line cannot be read"},
		{"nothing in the trials", empty(record.TrialsFile), CompareNoVerdict, "no trial"},
		{"no row in the trials", upTo(record.TrialsFile, 1, 0), CompareNoVerdict, "no trial"},
		{"a trial is torn", torn(record.TrialsFile), CompareNoVerdict, "1 planned trial of immediate"},
		{"broken off", upTo(record.TrialsFile, 10, 7), CompareNoVerdict, "planned trials of"},
		{"a damaged trial", replace(record.TrialsFile, "\n3,exponential,8388608,", "\n3,exponential,8MiB,"), CompareNoVerdict, "trials.csv:4: column part_size holds \"8MiB\""},
		{"a trial twice", replace(record.TrialsFile, "\n3,", "\n2,"), CompareNoVerdict, "trials.csv:4: trial 2 stands on line 3 already"},
		{"a column of the trials is gone", replace(record.TrialsFile, ",goodput_mib_s,", ",speed,"), CompareNoVerdict, "trials.csv:1: columns are missing: goodput_mib_s"},
		{"no trials", remove(record.TrialsFile), CompareNoVerdict, "has a manifest.json and no trials.csv"},
		{"no manifest", remove(record.ManifestFile), CompareNoVerdict, "and no manifest.json"},
		{"nothing in the manifest", empty(record.ManifestFile), CompareNoVerdict, "cannot be read"},
		{"half a manifest", file(record.ManifestFile, func(b []byte) []byte { return b[:len(b)/2] }), CompareNoVerdict, "cannot be read"},
		{"an older layout", replace(record.ManifestFile, `"schema": 1`, `"schema": 0`), CompareNoVerdict, "has layout 0 and this ratebench reads layout 1"},
		{"a newer layout", replace(record.ManifestFile, `"schema": 1`, `"schema": 2`), CompareNoVerdict, "has layout 2 and this ratebench reads layout 1"},
		{"still running", replace(record.ManifestFile, `"outcome": "passed"`, `"outcome": "running"`), CompareNoVerdict, "was not ended"},
		{"interrupted at the end", replace(record.ManifestFile, `"outcome": "passed"`, `"outcome": "interrupted"`), ComparePassed, ""},
		{"a contestant renamed", file(record.TrialsFile, func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(",immediate,"), []byte(",at-once,")) }),
			CompareNoVerdict, "only the head has the contestant at-once"},
		{"another machine", replace(record.ManifestFile, `"cpus": 2`, `"cpus": 3`), CompareNoVerdict, "different machines"},
		{"more planned than any cell lacks", replace(record.ManifestFile, `"trials": 16`, `"trials": 32`), CompareNoVerdict, "16 planned trials of"},
		{"nothing at all", func(t *testing.T, dir string) {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}, CompareNoVerdict, "no run on one of the sides"},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := filepath.Join(t.TempDir(), "head")
			if err := os.CopyFS(head, os.DirFS(base)); err != nil {
				t.Fatal(err)
			}
			c.change(t, head)
			got := compareFolders(t, base, head, CompareOptions{})
			var texts []string
			for _, w := range got.Warnings {
				texts = append(texts, w.Text)
			}
			if got.Outcome == CompareNoVerdict {
				texts = got.Doubts
			}
			text := strings.Join(texts, "\n")
			if got.Outcome != c.want || !strings.Contains(text, c.text) || c.text == "" && text != "" {
				t.Errorf("%s, %q; want %s, %q", got.Outcome, text, c.want, c.text)
			}
		})
	}
}

// upToLine puts a line in place of all that follows the first ones.
func upToLine(name string, lines int, then string) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		path := filepath.Join(dir, name)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		at := 0
		for range lines {
			at += bytes.IndexByte(b[at:], '\n') + 1
		}
		if err := os.WriteFile(path, append(b[:at:at], then...), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Other repeats are another number of trials, and no other scenario.
func TestCompareFoldersOfOtherRepeats(t *testing.T) {
	dir := t.TempDir()
	base, head := filepath.Join(dir, "base"), filepath.Join(dir, "head")
	kept.write(t, base)
	less := kept
	less.repeats, less.resolved = 6, "repeats: 6\n"
	less.write(t, head)
	got := compareFolders(t, base, head, CompareOptions{})
	if got.Outcome != ComparePassed || len(got.Doubts) > 0 || got.Base.Trials != 16 || got.Head.Trials != 12 {
		t.Errorf("%s, %q, %d and %d trials", got.Outcome, got.Doubts, got.Base.Trials, got.Head.Trials)
	}
}

// A file that cannot be opened is no damage: the system says why.
func TestReadSideWithoutLeave(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	kept.write(t, dir)
	if err := os.Remove(filepath.Join(dir, record.AttemptsFile)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, record.AttemptsFile), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := ReadSide(dir)
	var damage *DamageError
	var path *fs.PathError
	if err == nil || errors.As(err, &damage) || !errors.As(err, &path) {
		t.Errorf("a folder in place of attempts.csv: %v", err)
	}
}
