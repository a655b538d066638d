package connector

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"slices"
)

// Upload encrypts and uploads a file, and completes the upload. When it fails nothing is left behind: the upload is deleted, unless a
// Journal remembers it and the context ended, or parts had been brought and what it failed of may pass. Before its first upload a Connector lists the box; an alias that was there, and cannot
// be gone on with, ends in ErrExists, or ErrOtherSize.
func (c *Connector) Upload(ctx context.Context, s Source) (Uploaded, error) {
	if err := s.check(); err != nil {
		return Uploaded{}, err
	}
	box, err := c.listed.get(ctx, c.byAlias)
	if err != nil {
		return Uploaded{}, failing(s.Alias, err)
	}
	j, err := c.newJob(ctx, s, box)
	if errors.Is(err, ErrExists) || errors.Is(err, ErrOtherSize) { // it may have been deleted since
		if f, findErr := c.find(ctx, s.Alias); findErr == nil && (f == nil || f.over()) {
			j, err = c.newJob(ctx, s, nil)
		}
	}
	if err != nil {
		return Uploaded{}, err
	}
	defer j.end()
	return j.transfer.upload(j.ctx)
}

// Result is what has become of one file of several.
type Result struct {
	Alias string
	Uploaded
	// Skipped is the state of the upload that the box had already; empty: it had none.
	Skipped string
	// Kept says that the journal remembers the upload, which FileID names: another upload of the file goes on with it. The context ended before it did, or it
	// failed of what may pass after parts of it had been brought.
	Kept bool
	Err  error // nil: it is uploaded, or skipped
}

// UploadAll uploads files strictly one after the other. Those that the box has already, of the same size, are skipped. A file that fails does not hold the
// others up, but one that does not fit into the box ends it all, as the end of the context does. The results are in the order of the files; the error
// is that of looking at the files and at the box, before the first one.
//
// A behaviour that begins failed files again does so after all others have had their turn; one that resumes goes on at once, since a
// half-finished upload takes one of the box's few places.
func (c *Connector) UploadAll(ctx context.Context, files []Source) ([]Result, error) {
	results := make([]Result, len(files))
	for i, s := range files {
		results[i] = Result{Alias: s.Alias, Err: ErrNotBegun}
		if err := s.check(); err != nil {
			return nil, err
		}
	}
	err := c.UploadEach(ctx, slices.Values(files), Watch{Ended: func(i int, r Result) { results[i] = r }})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// Watch is told how several files fare, by the goroutine that uploads them. Files are counted from 0. Functions that are nil are not called.
type Watch struct {
	Turn  func(file int)           // a file is begun, or taken up again
	Again func(file int)           // its turn has failed, and it waits for another one: when all others have had theirs
	Ended func(file int, r Result) // it has its result, and no further turn
}

// UploadEach is UploadAll of files that are asked for one by one, each when those before it have had their first turn. They are looked at then, too.
// Those that are not begun are not told of.
func (c *Connector) UploadEach(ctx context.Context, files iter.Seq[Source], w Watch) error {
	box, err := c.byAlias(ctx)
	if err != nil {
		return err
	}
	b := batch{Connector: c, watch: w}
	i := 0
	for s := range files {
		if !b.begin(ctx, i, s, box) {
			b.endAll(ctx, ErrNotBegun)
			return nil
		}
		i++
	}
	for pass := 2; len(b.again) > 0; pass++ {
		if err := sleep(ctx, c.behaviour.FilePause); err != nil {
			b.endAll(ctx, err)
			break
		}
		if !b.pass(ctx, pass) {
			break
		}
	}
	return nil
}

// batch is a UploadEach on its way.
type batch struct {
	*Connector
	watch Watch
	again []*job // those that failed, and have a further pass before them
}

// begin gives a file its first turn. It says whether the batch goes on.
func (b *batch) begin(ctx context.Context, i int, s Source, box map[string]FileUpload) bool {
	r := Result{Alias: s.Alias}
	b.turns(i)
	j, err := b.ready(ctx, s, box)
	switch {
	case errors.Is(err, ErrExists):
		f := box[s.Alias]
		r.Skipped, r.FileID = f.State, f.ID
		b.ended(i, r)
		return true
	case err != nil:
		r.Err = err
		b.ended(i, r)
		return ctx.Err() == nil
	}
	j.file, j.result = i, &r
	if b.behaviour.Resume {
		r.Uploaded, r.Err = j.transfer.upload(j.ctx)
		b.end(j)
		return b.goesOn(ctx, r.Err)
	}
	return b.turn(ctx, j, 1)
}

// ready makes ready for a file.
func (b *batch) ready(ctx context.Context, s Source, box map[string]FileUpload) (*job, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	return b.newJob(ctx, s, box)
}

func (b *batch) turns(file int) {
	if b.watch.Turn != nil {
		b.watch.Turn(file)
	}
}

func (b *batch) ended(file int, r Result) {
	if b.watch.Ended != nil {
		b.watch.Ended(file, r)
	}
}

// end ends a file.
func (b *batch) end(j *job) {
	if id := j.transfer.goesOn; id != "" {
		j.result.Kept, j.result.FileID = true, id
	}
	j.end()
	b.ended(j.file, *j.result)
}

// pass gives every file that failed another turn.
func (b *batch) pass(ctx context.Context, n int) bool {
	turns := b.again
	b.again = nil
	for i, j := range turns {
		b.turns(j.file)
		if !b.turn(ctx, j, n) {
			b.again = append(b.again, turns[i+1:]...)
			b.endAll(ctx, ErrNotBegun)
			return false
		}
	}
	return true
}

// turn makes one pass over a file.
func (b *batch) turn(ctx context.Context, j *job, n int) bool {
	up, again, err := j.transfer.pass(j.ctx, n)
	j.result.Uploaded, j.result.Err = up, err
	if again {
		b.again = append(b.again, j)
		if b.watch.Again != nil {
			b.watch.Again(j.file)
		}
	} else {
		b.end(j)
	}
	return b.goesOn(ctx, err)
}

func (b *batch) goesOn(ctx context.Context, err error) bool {
	return ctx.Err() == nil && !isStatus(err, ucs, http.StatusInsufficientStorage)
}

// endAll ends the files that wait for another turn, and do not get it. Their errors stay those of their last ones.
func (b *batch) endAll(ctx context.Context, err error) {
	for _, j := range b.again {
		_ = j.transfer.giveUp(ctx, err)
		b.end(j)
	}
}

// ErrNotBegun is the end of a file that was not begun, since another one of the batch had ended it.
var ErrNotBegun = errors.New("not begun: the batch had ended before")

// byAlias lists the box.
func (c *Connector) byAlias(ctx context.Context) (map[string]FileUpload, error) {
	list, err := c.List(ctx)
	if err != nil {
		return nil, err
	}
	box := make(map[string]FileUpload, len(list))
	for _, f := range list {
		box[f.Alias] = f
	}
	return box, nil
}
