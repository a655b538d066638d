package connector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// archived is an archive for a Stager: it knows when each file is ready, and says how long to wait.
type archived struct {
	start time.Time
	ready map[string]time.Duration // after start; a file that is not in it is not there
	hint  time.Duration
	asked []string
}

var errNoSuchFile = errors.New("no such file")

func (a *archived) ask(_ context.Context, accession string) (time.Duration, error) {
	a.asked = append(a.asked, fmt.Sprintf("%s@%v", accession, time.Since(a.start)))
	ready, ok := a.ready[accession]
	if !ok {
		return 0, errNoSuchFile
	}
	if time.Since(a.start) >= ready {
		return 0, nil
	}
	return a.hint, nil
}

func (a *archived) stager() *Stager {
	a.start = time.Now()
	return &Stager{Ask: a.ask, Gone: func(err error) bool { return errors.Is(err, errNoSuchFile) }}
}

// next takes all files, with when they came.
func next(t *testing.T, st *Staging, start time.Time) (got []string) {
	t.Helper()
	for {
		name, err := st.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return got
		}
		s := fmt.Sprintf("%s@%v", name, time.Since(start))
		if err != nil {
			s += " " + err.Error()
		}
		got = append(got, s)
		if len(got) > 100 {
			t.Fatal("it does not end")
		}
	}
}

func TestStager(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &archived{hint: 5 * time.Second, ready: map[string]time.Duration{"a": 12 * time.Second, "b": 0, "c": 5 * time.Second}}
		st, err := a.stager().Stage(t.Context(), "a", "b", "x", "c")
		if err != nil {
			t.Fatal(err)
		}
		if len(st.Missing) != 1 || !errors.Is(st.Missing["x"], errNoSuchFile) {
			t.Errorf("missing: %v", st.Missing)
		}
		if got, want := next(t, st, a.start), []string{"b@0s", "c@5s", "a@15s"}; !slices.Equal(got, want) {
			t.Errorf("came %q, want %q", got, want)
		}
		want := []string{"a@0s", "b@0s", "x@0s", "c@0s", "a@5s", "c@5s", "a@10s", "a@15s"}
		if !slices.Equal(a.asked, want) {
			t.Errorf("asked %q, want %q", a.asked, want)
		}
	})
}

// It gives up when nothing has become ready for an hour, and not earlier as long as something does.
func TestStagerPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &archived{hint: 5 * time.Minute, ready: map[string]time.Duration{"a": 50 * time.Minute, "b": 100 * time.Minute, "c": 500 * time.Minute}}
		st, err := a.stager().Stage(t.Context(), "c", "b", "a")
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"a@50m0s", "b@1h40m0s", "c@2h40m0s c: " + ErrNotStaged.Error() + " (waited 1h0m0s)"}
		if got := next(t, st, a.start); !slices.Equal(got, want) {
			t.Errorf("came %q, want %q", got, want)
		}
	})
}

// An error that is about no file in particular ends the asking; one that comes later is that file's.
func TestStagerErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := errors.New("down")
		s := &Stager{Ask: func(context.Context, string) (time.Duration, error) { return 0, down }}
		if _, err := s.Stage(t.Context(), "a"); !errors.Is(err, down) {
			t.Errorf("got %v", err)
		}
		n := 0
		s.Ask = func(context.Context, string) (time.Duration, error) {
			if n++; n > 2 {
				return 0, down
			}
			return time.Second, nil
		}
		st, err := s.Stage(t.Context(), "a", "b")
		if err != nil {
			t.Fatal(err)
		}
		if got, want := next(t, st, time.Now()), []string{"a@1s down", "b@1s down"}; !slices.Equal(got, want) {
			t.Errorf("came %q, want %q", got, want)
		}
	})
}

// A wait ends with its context, and with the reason for that.
func TestStagerStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &archived{hint: time.Minute, ready: map[string]time.Duration{"a": time.Hour}}
		ctx, cancel := context.WithCancelCause(t.Context())
		st, err := a.stager().Stage(ctx, "a")
		if err != nil {
			t.Fatal(err)
		}
		why := errors.New("enough")
		time.AfterFunc(time.Second, func() { cancel(why) })
		if _, err := st.Next(ctx); !errors.Is(err, why) || time.Since(a.start) != time.Second {
			t.Errorf("got %v after %v", err, time.Since(a.start))
		}
	})
}
