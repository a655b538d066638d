package record

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

// roundTrip reads data; if that works, what was read must survive being written and read again.
func roundTrip[T any](t *testing.T, data []byte, read func([]byte) ([]T, error), write func([]T) []byte) {
	rows, err := read(data)
	if err != nil {
		if !strings.Contains(err.Error(), "file:") {
			t.Fatalf("error without a place: %v", err)
		}
		return
	}
	once := write(rows)
	again, err := read(once)
	if err != nil {
		t.Fatalf("what was written cannot be read: %v\n%s", err, once)
	}
	if len(again) != len(rows) {
		t.Fatalf("%d rows became %d:\n%s", len(rows), len(again), once)
	}
	if twice := write(again); !bytes.Equal(once, twice) {
		t.Fatalf("rows changed:\n%s\n%s", once, twice)
	}
	// A run killed at any point loses at most its last row.
	for _, cut := range []int{len(once) / 3, len(once) / 2, len(once) - 1} {
		if cut < 0 {
			continue
		}
		part, err := read(once[:cut])
		if err != nil || len(part) > len(again) || (len(part) > 0 && !reflect.DeepEqual(write(part), write(again[:len(part)]))) {
			t.Fatalf("cut at %d of %d: %d rows, %v", cut, len(once), len(part), err)
		}
	}
}

func readCSVBytes[T any](b []byte) (rows []T, err error) {
	err = readCSV(bytes.NewReader(b), "file", func(r *T) error { rows = append(rows, *r); return nil })
	return rows, err
}

func writeCSVBytes[T any](rows []T) []byte {
	var b bytes.Buffer
	if err := writeCSV(&b, rows, true); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func FuzzReadTrials(f *testing.F) {
	f.Add(writeCSVBytes([]Trial{{Trial: 1, Contestant: "a,b", Efficiency: ptr(1)}, {Trial: 2, Problem: `"`}}))
	f.Add([]byte("trial\n1\n"))
	f.Add([]byte("\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) { roundTrip(t, data, readCSVBytes[Trial], writeCSVBytes[Trial]) })
}

func FuzzReadAttempts(f *testing.F) {
	f.Add(writeCSVBytes([]Attempt{{Trial: 1, Contestant: "a\nb", RetryAfterS: ptr(1e-9)}}))
	f.Fuzz(func(t *testing.T, data []byte) { roundTrip(t, data, readCSVBytes[Attempt], writeCSVBytes[Attempt]) })
}

func FuzzReadLedger(f *testing.F) {
	f.Add([]byte(`{"kind":"window","trial":1,"t_s":1,"end_s":2}` + "\n"))
	f.Add([]byte("{}\n{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		read := func(b []byte) (rows []LedgerRow, err error) {
			err = readJSONL(bytes.NewReader(b), "file", nil, func(r *LedgerRow) error { rows = append(rows, *r); return nil })
			return rows, err
		}
		roundTrip(t, data, read, func(rows []LedgerRow) []byte {
			var b bytes.Buffer
			if err := writeJSONL(&b, rows); err != nil {
				panic(err)
			}
			return b.Bytes()
		})
	})
}

// Whatever a row says of its call, taking it apart and building it anew is the same every time.
func FuzzParseCall(f *testing.F) {
	for _, s := range []string{"upload_part/3/17", "wps_package#2", "get_object/3#10", "a/b/c/d", "x#1", "#", "x#2#3", "x/-1/-0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, call string) {
		op, object, part := ParseCall(call)
		_, n := CutNth(call)
		if n < 1 {
			t.Fatalf("%q is the call number %d", call, n)
		}
		again := Nth(CallName(op, object, part), n)
		if o, ob, p := ParseCall(again); o != op || ob != object || p != part {
			t.Fatalf("%q became %q: %q %d %d, then %q %d %d", call, again, op, object, part, o, ob, p)
		}
		if _, m := CutNth(again); m != n {
			t.Fatalf("%q became %q: number %d, then %d", call, again, n, m)
		}
	})
}
