package connector

import (
	"context"
	"fmt"
	"sync"
)

// runningUpload is one that somebody may want to cancel.
type runningUpload struct {
	cancel context.CancelCauseFunc
	ended  chan struct{}
}

// uploader puts an Uploader together. cancel calls the upload off that it makes; the caller ends it with the function that comes back.
func (c *Connector) uploader(ctx context.Context, cancel context.CancelCauseFunc) (u *Uploader, end func(), err error) {
	v, err := c.where(ctx, ucs)
	if err != nil {
		return nil, nil, err
	}
	run := &runningUpload{cancel, make(chan struct{})}
	var once sync.Once
	end = func() { once.Do(func() { c.noLonger(run); close(run.ended) }) }
	u = &Uploader{
		HubKey: v.HubKey, Find: c.find, Remove: c.remove, Put: c.handler.Put,
		Key: c.cfg.Access.Key, Behaviour: c.behaviour, PartSize: c.cfg.PartSize, InFlight: c.cfg.InFlight,
		Journal: c.cfg.Journal, Offset: c.cfg.Offset, Progress: c.cfg.Progress,
	}
	if u.Journal != nil && u.Behaviour.Resume {
		p, err := c.pkg(ctx, v)
		if err != nil {
			return nil, nil, err
		}
		u.BoxID = p.Box
	}
	u.Create = func(ctx context.Context, n NewUpload) (created Created, err error) {
		err = c.authorized(ctx, Order{Type: "create", Alias: n.Alias}, func(v Values, p Package, token string) error {
			created, err = c.handler.Create(ctx, v.UCS, token, p.Box, n)
			return err
		})
		if err == nil {
			c.mu.Lock()
			c.running[created.FileID] = run
			c.mu.Unlock()
		}
		return created, err
	}
	u.PartURL = func(ctx context.Context, fileID string, part int) (url string, err error) {
		err = c.authorized(ctx, Order{Type: "upload", FileID: fileID}, func(v Values, p Package, token string) error {
			url, err = c.handler.PartURL(ctx, v.UCS, token, p.Box, fileID, part)
			return err
		})
		return url, err
	}
	u.Complete = func(ctx context.Context, fileID string, done Completion) error {
		return c.authorized(ctx, Order{Type: "close", FileID: fileID}, func(v Values, p Package, token string) error {
			return c.handler.Complete(ctx, v.UCS, token, p.Box, fileID, done)
		})
	}
	return u, end, nil
}

func (c *Connector) noLonger(run *runningUpload) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, r := range c.running {
		if r == run {
			delete(c.running, id)
		}
	}
}

func (c *Connector) remove(ctx context.Context, fileID string) error {
	return c.authorized(ctx, Order{Type: "delete", FileID: fileID}, func(v Values, p Package, token string) error {
		return c.handler.Remove(ctx, v.UCS, token, p.Box, fileID)
	})
}

func (c *Connector) find(ctx context.Context, alias string) (*FileUpload, error) {
	list, err := c.List(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		if f.Alias == alias {
			return &f, nil
		}
	}
	return nil, nil
}

// List returns all uploads of the work package's box.
func (c *Connector) List(ctx context.Context) (list []FileUpload, err error) {
	for {
		var page []FileUpload
		var total int
		err := c.authorized(ctx, Order{Type: "view"}, func(v Values, p Package, token string) (err error) {
			page, total, err = c.handler.Page(ctx, v.UCS, token, p.Box, len(list))
			return err
		})
		if err != nil {
			return nil, err
		}
		list = append(list, page...)
		if len(list) >= total || len(page) == 0 {
			return list, nil
		}
	}
}

// Delete removes an upload, finished or not, by its file id. One that this Connector is just about is called off first, and ends in
// ErrCancelled.
func (c *Connector) Delete(ctx context.Context, fileID string) error {
	c.mu.Lock()
	run := c.running[fileID]
	c.mu.Unlock()
	if run != nil {
		run.cancel(ErrCancelled)
		select {
		case <-run.ended:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	u := Uploader{Remove: c.remove, Behaviour: c.behaviour}
	for attempt := 1; ; attempt++ {
		err := u.Remove(ctx, fileID)
		if err == nil || ctx.Err() != nil || attempt >= u.tries() || !c.behaviour.transient(err) {
			return wrapDelete(fileID, err)
		}
		if err := sleep(ctx, c.behaviour.pause(attempt, err)); err != nil {
			return wrapDelete(fileID, err)
		}
	}
}

func wrapDelete(fileID string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("deleting %s: %w", line(fileID), err)
}
