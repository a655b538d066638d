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
	// Patience is how long it waits while no file becomes ready. Zero: one hour.
	Patience time.Duration
	// Waiting is told of every wait for a file. Nil: nobody is.
	Waiting func(accession string, wait time.Duration)
}

// Stage asks for all files once, one after the other, so that they are staged at the same time. It fails only with the context: what is wrong with
// a file is in Missing.
func (s *Stager) Stage(ctx context.Context, accessions ...string) (*Staging, error) {
	st := &Staging{Missing: map[string]error{}, stager: s}
	for _, a := range accessions {
		st.waiting = append(st.waiting, staged{accession: a})
		err := st.ask(ctx, len(st.waiting)-1)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			st.waiting = st.waiting[:len(st.waiting)-1]
			st.Missing[a] = err
		}
	}
	return st, nil
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
		err := st.ask(ctx, i)
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		if err != nil {
			return st.take(i), err
		}
	}
}

// ask asks for a file and notes when to do it again.
func (st *Staging) ask(ctx context.Context, i int) error {
	s := &st.waiting[i]
	wait, err := st.stager.Ask(ctx, s.accession)
	if err != nil {
		return err
	}
	s.due = time.Time{}
	if wait > 0 {
		s.due = time.Now().Add(wait)
		if st.stager.Waiting != nil {
			st.stager.Waiting(s.accession, wait)
		}
	}
	return nil
}

func (st *Staging) take(i int) string {
	a := st.waiting[i].accession
	st.waiting = append(st.waiting[:i], st.waiting[i+1:]...)
	return a
}

// sleep waits, or returns the cause of a context that ends before.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
