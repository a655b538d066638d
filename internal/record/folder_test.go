package record

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
)

func ptr(f float64) *float64 { return &f }

// fill writes two rows of everything for each trial.
func fill(t *testing.T, f *Folder, trials ...int) {
	t.Helper()
	for _, n := range trials {
		err := errors.Join(
			f.AddAttempts([]Attempt{
				{Trial: n, Contestant: `a "b", c`, Call: "upload_part/1/2", StartS: 1.0 / 3, Status: 200, Class: ClassSeen},
				{Trial: n, Contestant: "two\nlines", RetryAfterS: ptr(2), Early: true},
			}),
			f.AddTimeline([]Tick{{Trial: n, TS: 0.1 + 0.2, GoodputMiBs: 12.3456789}, {Trial: n, TS: 0.4}}),
			f.AddLedger([]LedgerRow{{Kind: LedgerWindow, Trial: n, Name: "<storm>", TS: 1, EndS: 2}, {Kind: LedgerAttempt, Trial: n}}),
			f.AddTrial(Trial{Trial: n, Contestant: "x", Seed: 1<<64 - 1, Efficiency: ptr(0.5), Status: TrialOK, Problem: "a\r\nb"}),
		)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// trials returns the trial numbers of all rows of all files, in order.
func trials(t *testing.T, f *Folder) (attempts, ticks, ledger, trials []int) {
	t.Helper()
	err := errors.Join(
		f.Attempts(func(r *Attempt) error { attempts = append(attempts, r.Trial); return nil }),
		f.Timeline(func(r *Tick) error { ticks = append(ticks, r.Trial); return nil }),
		f.Ledger(func(r *LedgerRow) error { ledger = append(ledger, r.Trial); return nil }),
		f.Trials(func(r *Trial) error { trials = append(trials, r.Trial); return nil }),
	)
	if err != nil {
		t.Fatal(err)
	}
	return
}

func create(t *testing.T, dir string) *Folder {
	t.Helper()
	f, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := f.WriteManifest(Manifest{Scenario: "test", Outcome: "running"}); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFolderRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	f := create(t, dir)
	fill(t, f, 1, 2)
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []Attempt
	if err := r.Attempts(func(a *Attempt) error { got = append(got, *a); return nil }); err != nil {
		t.Fatal(err)
	}
	want := Attempt{Trial: 1, Contestant: `a "b", c`, Call: "upload_part/1/2", StartS: 0.333333, Status: 200, Class: ClassSeen}
	if len(got) != 4 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("first of %d attempts = %+v\nwant %+v", len(got), got[0], want)
	}
	if got[1].Contestant != "two lines" || *got[1].RetryAfterS != 2 {
		t.Errorf("second attempt = %+v", got[1])
	}
	if err := r.Trials(func(tr *Trial) error {
		if tr.Seed != 1<<64-1 || *tr.Efficiency != 0.5 || tr.BoundMiBs != nil || tr.Problem != "a b" {
			return fmt.Errorf("trial = %+v", tr)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	m, err := r.Manifest()
	if err != nil || m.Scenario != "test" || m.Schema != Schema {
		t.Errorf("manifest = %+v, %v", m, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) != 0 {
		t.Errorf("temporary files were left behind: %v", left)
	}
}

// The columns are what other tools and later versions rely on: new ones go to the end.
func TestColumns(t *testing.T) {
	dir := t.TempDir()
	fill(t, create(t, dir), 1)
	for name, want := range map[string]string{
		AttemptsFile: "trial,contestant,part_size,concurrency,repeat,client,connection,reused,call,attempt,op,start_s,waited_s,took_s,bytes,status,error,retry_after_s,early,fault,code,class,id,early_by_s,queued_s,slot_s,connection_s,sending_s,received_bytes,body_s\n" +
			`1,"a ""b"", c",0,0,0,0,0,false,upload_part/1/2,0,,0.333333,0,0,0,200,,,false,,,seen,,,,,,,,` + "\n",
		TimelineFile: "trial,t_s,goodput_mib_s,attempts,ok,throttled,client_error,server_error,conn_error,in_flight\n1,0.3,12.345679,0,",
		TrialsFile: "trial,contestant,part_size,concurrency,repeat,seed,wall_s,bytes,goodput_mib_s,bound_mib_s,oracle_mib_s,efficiency,calls,failed_calls," +
			"attempts,retries,amplification,throttled,early,wasted_bytes,recovery_s,recovery_censored,p50_s,p95_s,p99_s,verified,objects,failed_objects," +
			"throughput_mib_s,transport_replays,status,problem,calls_1,calls_2,calls_3,calls_4_plus,duplicates,timed_out,connections," +
			"byte_amplification,retry_ratio_max,early_by_s,early_by_max_s,herd_index,area_lost_mib,overshoot,fault_load,metastable,fairness," +
			"false_retries,missed_retries,wasted_wait_s,slot_s,limiter_s,connection_s,sending_s,server_s,backoff_s,service_p50_s,service_p95_s,service_p99_s,cpu,saturated," +
			"control_calls,control_attempts,control_calls_per_part,data_attempts,tokens,control_p50_s,control_p99_s,data_p50_s,data_p99_s,orphaned_uploads,restarted_files,discarded_bytes," +
			"cut_off,p50_censored,p95_censored,p99_censored,recovery_unknown,hint_compliance,late_by_s,late_by_max_s,unfinished_bytes,objects_cut_off,not_begun\n",
		PhasesFile: "trial,phase,from_s,to_s,goodput_mib_s,throughput_mib_s,calls,failed_calls,attempts,retries,amplification,throttled,early,wasted_bytes,p50_s,p95_s,p99_s,cut_off,p50_censored,p95_censored,p99_censored\n",
		LedgerFile: `{"kind":"window","trial":1,"t_s":1,"name":"<storm>","end_s":2}` + "\n",
	} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.HasPrefix(string(got), want) {
			t.Errorf("%s, %v:\n%s\nwant it to begin with:\n%s", name, err, got, want)
		}
	}
}

func TestCreateRefusesARun(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := create(t, dir).Close(); err != nil { // other files do not matter
		t.Fatal(err)
	}
	_, err := Create(dir)
	if !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), "--resume") {
		t.Errorf("Create in a folder with a run = %v", err)
	}
	file := filepath.Join(dir, "notes.txt")
	if _, err := Create(file); err == nil || !strings.Contains(err.Error(), "--out") {
		t.Errorf("Create over a file = %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	for _, c := range []struct{ name, manifest, want string }{
		{"no manifest", "", "holds no run"},
		{"nonsense", "{", "manifest.json:1: cannot be read"},
		{"cut off", "{\n \"schema\": 1,\n", "manifest.json:2: cannot be read"},
		{"no comma", "{\n \"schema\": 1\n \"seed\": 1\n}", "manifest.json:3: cannot be read"},
		{"a word for a number", "{\n \"schema\": 1,\n \"seed\": \"x\"\n}", "manifest.json:3: cannot be read"},
		{"newer", `{"schema": 2}`, "layout 2"},
	} {
		dir := t.TempDir()
		if c.manifest != "" {
			if err := os.WriteFile(filepath.Join(dir, ManifestFile), []byte(c.manifest), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestReadErrorsNameThePlace(t *testing.T) {
	dir := t.TempDir()
	f := create(t, dir)
	fill(t, f, 1)
	for _, c := range []struct {
		file string
		old  string
		new  string
		want string // empty: forgiven
	}{
		{TimelineFile, "1,0.4,", "1,x,", "timeline.csv:3: column t_s holds \"x\""},
		{TimelineFile, "1,0.4,", "1,", "timeline.csv:3: row cannot be read: wrong number of fields"},
		{TimelineFile, "1,0.4,0,0", "1,0.4,-5,0", "timeline.csv:3: column goodput_mib_s holds \"-5\""},
		{TimelineFile, "1,0.4,", "1,0.3,", "timeline.csv:3: the bin at 0.3 s of trial 1 comes after the one at 0.3 s on line 2"},
		{TimelineFile, "t_s", "time", "timeline.csv:1: columns are missing: t_s"},
		{TimelineFile, "in_flight\n", "in_flight\n\"", "timeline.csv:2: row cannot be read"},
		{TimelineFile, "1,0.4,0,0,0,0,0,0,0,0\n", "1,0.4,0", ""},
		{TimelineFile, "1,0.4,0,0,0,0,0,0,0,0\n", "1,\"0.4", ""},
		{LedgerFile, `{"kind":"attempt"`, `{"kind":1`, "ledger.jsonl:2: line cannot be read"},
		{LedgerFile, `{"kind":"attempt"`, "\n" + `{"kind":"attempt"`, "ledger.jsonl:2: line is empty"},
		{LedgerFile, `,"trial":1,"t_s":0}` + "\n", `,"tri`, ""},
	} {
		path := filepath.Join(dir, c.file)
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(good, []byte(c.old)) {
			t.Fatalf("%s does not hold %q:\n%s", c.file, c.old, good)
		}
		if err := os.WriteFile(path, bytes.Replace(good, []byte(c.old), []byte(c.new), 1), 0o644); err != nil {
			t.Fatal(err)
		}
		n := 0
		if c.file == LedgerFile {
			err = f.Ledger(func(*LedgerRow) error { n++; return nil })
		} else {
			err = f.Timeline(func(*Tick) error { n++; return nil })
		}
		switch {
		case c.want == "" && (err != nil || n != 1):
			t.Errorf("%s with %q: %d rows, %v; want one row and the torn one forgiven", c.file, c.new, n, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s with %q: %v\nwant %q", c.file, c.new, err, c.want)
		}
		if err := os.WriteFile(path, good, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestResume(t *testing.T) {
	dir := t.TempDir()
	f := create(t, dir)
	fill(t, f, 1, 2, 3)
	f.Close()
	// Trial 3 never ended, and the run was killed in the middle of a row of each file.
	for name, cut := range map[string]int{AttemptsFile: 5, TimelineFile: 1, LedgerFile: 3, TrialsFile: 2} {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, info.Size()-int64(cut)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	finished, err := r.Resume()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	if len(finished) != 2 || finished[2].Contestant != "x" {
		t.Errorf("finished = %v", finished)
	}
	if _, err := r.Resume(); err == nil {
		t.Error("a second Resume passed")
	}
	fill(t, r, 3)
	twice := []int{1, 1, 2, 2, 3, 3}
	a, ticks, l, tr := trials(t, r)
	if !reflect.DeepEqual(a, twice) || !reflect.DeepEqual(ticks, twice) || !reflect.DeepEqual(l, twice) || !reflect.DeepEqual(tr, []int{1, 2, 3}) {
		t.Errorf("after resuming: attempts %v, timeline %v, ledger %v, trials %v", a, ticks, l, tr)
	}
}

// fullDisk takes some bytes of each write and then fails.
type fullDisk struct {
	*os.File
	room     int
	truncate error
}

func (d *fullDisk) WriteAt(b []byte, off int64) (int, error) {
	n, err := d.File.WriteAt(b[:min(len(b), d.room)], off)
	return n, errors.Join(err, syscall.ENOSPC)
}

func (d *fullDisk) Truncate(size int64) error {
	if d.truncate != nil {
		return d.truncate
	}
	return d.File.Truncate(size)
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	f := create(t, dir)
	fill(t, f, 1)
	w := f.writers[AttemptsFile]
	file := w.file.(*os.File)
	w.file = &fullDisk{File: file, room: 10}
	err := f.AddAttempts([]Attempt{{Trial: 2}})
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), AttemptsFile) || !strings.Contains(err.Error(), "free space and continue with --resume") {
		t.Errorf("AddAttempts on a full disk = %v", err)
	}
	w.file = file // somebody freed space
	if err := f.AddAttempts([]Attempt{{Trial: 3}}); err != nil {
		t.Error(err)
	}
	if a, _, _, _ := trials(t, f); !reflect.DeepEqual(a, []int{1, 1, 3}) {
		t.Errorf("attempts of trials %v, want 1 1 3", a)
	}
	// When not even the cut back works, nothing is written behind the torn row.
	w.file = &fullDisk{File: file, room: 10, truncate: errors.New("read-only")}
	if err := f.AddAttempts([]Attempt{{Trial: 4}}); err == nil {
		t.Error("AddAttempts on a full disk passed")
	}
	w.file = file
	if err := f.AddAttempts([]Attempt{{Trial: 5}}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("AddAttempts behind a torn row = %v", err)
	}
	if a, _, _, _ := trials(t, f); !reflect.DeepEqual(a, []int{1, 1, 3}) {
		t.Errorf("attempts of trials %v, want 1 1 3", a)
	}
}

func TestWriteWithoutResume(t *testing.T) {
	dir := t.TempDir()
	create(t, dir).Close()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.AddTrial(Trial{}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("AddTrial on a folder opened for reading = %v", err)
	}
}

func TestCallName(t *testing.T) {
	for _, c := range []struct {
		op           string
		object, part int
		want         string
	}{{"upload_part", 3, 17, "upload_part/3/17"}, {"create", 3, 0, "create/3"}, {"list", 0, 0, "list"}} {
		got := CallName(c.op, c.object, c.part)
		if got != c.want {
			t.Errorf("CallName = %q, want %q", got, c.want)
		}
		if op, o, p := ParseCall(got); op != c.op || o != c.object || p != c.part {
			t.Errorf("ParseCall(%q) = %q %d %d", got, op, o, p)
		}
		for n := 1; n < 4; n++ {
			again := Nth(got, n)
			if op, o, p := ParseCall(again); op != c.op || o != c.object || p != c.part {
				t.Errorf("ParseCall(%q) = %q %d %d", again, op, o, p)
			}
			if name, number := CutNth(again); name != got || number != n {
				t.Errorf("CutNth(%q) = %q %d", again, name, number)
			}
		}
	}
	if got := Nth("upload_part/3/17", 2); got != "upload_part/3/17#2" {
		t.Errorf("the second call is %q", got)
	}
	if op, o, p := ParseCall("a/b/c/d"); op != "a" || o != 0 || p != 0 {
		t.Errorf("ParseCall of nonsense = %q %d %d", op, o, p)
	}
}
