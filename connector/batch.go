package connector

import (
	"context"
	"errors"
	"net/http"
)

// Upload encrypts and uploads a file, and completes the upload. When it fails nothing is left behind: the upload is deleted, unless the
// context ended with a Journal that remembers it. Before its first upload a Connector lists the box; an alias that was there, and cannot
// be gone on with, ends in ErrExists.
func (c *Connector) Upload(ctx context.Context, s Source) (Uploaded, error) {
	if err := s.check(); err != nil {
		return Uploaded{}, err
	}
	box, err := c.listed.get(ctx, c.byAlias)
	if err != nil {
		return Uploaded{}, failing(s.Alias, err)
	}
	r := c.upload(ctx, s, box)
	return r.Uploaded, r.Err
}

// Result is what has become of one file of several.
type Result struct {
	Alias string
	Uploaded
	// Skipped is the state of the upload that the box had already; empty: it had none.
	Skipped string
	Err     error // nil: it is uploaded, or skipped
}

// UploadAll uploads files strictly one after the other. Those that the box has already are skipped. A file that fails does not hold the others up,
// but one that does not fit into the box ends it all: the results of those that were not begun have ErrNotBegun.
func (c *Connector) UploadAll(ctx context.Context, files []Source) ([]Result, error) {
	results := make([]Result, len(files))
	for i, s := range files {
		results[i] = Result{Alias: s.Alias, Err: ErrNotBegun}
		if err := s.check(); err != nil {
			return nil, err
		}
	}
	box, err := c.byAlias(ctx)
	if err != nil {
		return nil, err
	}
	for i, s := range files {
		results[i] = c.upload(ctx, s, box)
		if f, ok := box[s.Alias]; ok && errors.Is(results[i].Err, ErrExists) {
			results[i].Err, results[i].Skipped = nil, f.State
		}
		if isStatus(results[i].Err, ucs, http.StatusInsufficientStorage) || ctx.Err() != nil {
			break
		}
	}
	return results, nil
}

// ErrNotBegun is the end of a file that was not begun, since another one of the batch had ended it.
var ErrNotBegun = errors.New("not begun: the batch ended before")

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

// upload uploads one file into a box that had these uploads.
func (c *Connector) upload(ctx context.Context, s Source, box map[string]FileUpload) Result {
	r := Result{Alias: s.Alias}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	u, end, err := c.uploader(ctx, cancel)
	if err != nil {
		r.Err = failing(s.Alias, err)
		return r
	}
	defer end()
	t := u.newTransfer(s)
	if err := t.recall(ctx); err != nil {
		r.Err = failing(s.Alias, err)
		return r
	}
	if f, ok := box[s.Alias]; ok && !f.over() && t.half == nil {
		r.Err = failing(s.Alias, existing(&f))
		return r
	}
	r.Uploaded, r.Err = t.upload(ctx)
	return r
}
