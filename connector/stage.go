package connector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// ErrNotStaged says that a file was not ready for download in the time that there was for it.
var ErrNotStaged = errors.New("the file is still being staged; try again later")

// Stager waits for files that the archive has to stage before they can be downloaded. Its fields are not changed while it is used.
type Stager struct {
	// Ask asks for a file, which has it staged. A wait above zero says that it is not ready, and when to ask again.
	Ask func(ctx context.Context, accession string) (wait time.Duration, err error)
	// Gone says of an error that the file cannot be had, so that others may go on without it. Nil: no error does.
	Gone func(error) bool
	// Patience is how long it waits while no file becomes ready. Zero: one hour.
	Patience time.Duration
	// Waiting is told of every wait for a file. Nil: nobody is.
	Waiting func(accession string, wait time.Duration)
}

// Stage asks for all files once, one after the other, so that they are staged at the same time. Files that cannot be had
// are in Missing; every other error ends it.
func (s *Stager) Stage(ctx context.Context, accessions ...string) (*Staging, error) {
	st := &Staging{Missing: map[string]error{}, stager: s}
	for _, a := range accessions {
		wait, err := s.Ask(ctx, a)
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err == nil:
			st.add(a, wait)
		case s.Gone == nil || !s.Gone(err):
			return nil, err
		default:
			st.Missing[a] = err
		}
	}
	return st, nil
}

// asked makes a Staging of a file that has been asked for just now, and is to be waited for.
func (s *Stager) asked(accession string, wait time.Duration) *Staging {
	st := &Staging{stager: s}
	st.add(accession, wait)
	return st
}

// Staging are files that have been asked for. It is for one goroutine.
type Staging struct {
	// Missing holds the files that cannot be had, and why.
	Missing map[string]error

	stager  *Stager
	waiting []staged // in the order in which they were asked for
}

type staged struct {
	accession string
	due       time.Time // when to ask again; zero: it is ready
}

// Next waits until a file is ready, and returns its accession: those that are ready in the order in which they were named, and others as they
// become so. An error beside an accession is about that file alone. After the last file it returns io.EOF, and when none has become ready for
// the Stager's patience, counted from the call, ErrNotStaged for one after the other.
func (st *Staging) Next(ctx context.Context) (accession string, err error) {
	patience := st.stager.Patience
	if patience <= 0 {
		patience = time.Hour
	}
	for end := time.Now().Add(patience); ; {
		if len(st.waiting) == 0 {
			return "", io.EOF
		}
		i := 0
		for j, s := range st.waiting {
			if s.due.Before(st.waiting[i].due) {
				i = j
			}
		}
		s := st.waiting[i]
		switch now := time.Now(); {
		case s.due.IsZero():
			return st.take(i), nil
		case s.due.After(end):
			err := sleep(ctx, end.Sub(now))
			if err != nil {
				return "", err
			}
			return st.take(i), fmt.Errorf("%s: %w (waited %v)", s.accession, ErrNotStaged, patience)
		default:
			if err := sleep(ctx, s.due.Sub(now)); err != nil {
				return "", err
			}
		}
		wait, err := st.stager.Ask(ctx, s.accession)
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		st.take(i)
		if err != nil || wait <= 0 {
			return s.accession, err
		}
		st.add(s.accession, wait)
	}
}

// add notes when a file is to be asked for again; now: it is ready.
func (st *Staging) add(accession string, wait time.Duration) {
	s := staged{accession: accession}
	if wait > 0 {
		s.due = time.Now().Add(wait)
		if st.stager.Waiting != nil {
			st.stager.Waiting(accession, wait)
		}
	}
	st.waiting = append(st.waiting, s)
}

func (st *Staging) take(i int) string {
	a := st.waiting[i].accession
	st.waiting = append(st.waiting[:i], st.waiting[i+1:]...)
	return a
}
