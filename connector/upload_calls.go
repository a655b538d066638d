package connector

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// job is a file on its way, which somebody may call off.
type job struct {
	transfer *transfer
	file     int             // of a batch, from 0
	result   *Result         // where a batch wants it
	ctx      context.Context // ends with ErrCancelled when the upload is deleted
	cancel   context.CancelCauseFunc
	ended    chan struct{}
}

// end says that nothing of it runs any more, and that its upload is completed or removed.
func (j *job) end() {
	j.transfer.letGo()
	j.cancel(nil)
	close(j.ended)
}

// newJob makes ready for one file into a box that had these uploads. The caller ends it.
func (c *Connector) newJob(ctx context.Context, s Source, box map[string]FileUpload) (*job, error) {
	u, err := c.uploader(ctx)
	if err != nil {
		return nil, failing(s.Alias, err)
	}
	t := u.newTransfer(s)
	if err := t.recall(ctx); err != nil {
		t.letGo()
		return nil, failing(s.Alias, err)
	}
	if f, ok := box[s.Alias]; ok && !f.over() && t.half == nil {
		t.letGo()
		return nil, failing(s.Alias, existing(&f, s.Size))
	}
	j := &job{transfer: t, ended: make(chan struct{})}
	j.ctx, j.cancel = context.WithCancelCause(ctx)
	t.watch = func(fileID string, running bool) { c.runs(fileID, j, running) }
	if t.half != nil {
		t.watch(t.half.FileID, true)
	}
	return j, nil
}

// uploader puts an Uploader together.
func (c *Connector) uploader(ctx context.Context) (*Uploader, error) {
	v, err := c.where(ctx, ucs)
	if err != nil {
		return nil, err
	}
	u := &Uploader{
		Create: c.create, PartURL: c.partURL, Put: c.handler.Put, Complete: c.complete, Remove: c.remove, Find: c.find, HubKey: v.HubKey,
		Key: c.cfg.Access.Key, Behaviour: c.behaviour, PartSize: c.cfg.PartSize, InFlight: c.cfg.InFlight,
		Journal: c.cfg.Journal, Offset: c.cfg.Offset, Progress: c.cfg.Progress,
		clock: c.handler.clock, fit: c.fit,
	}
	if u.Journal != nil && u.Behaviour.Resume { // which box it is
		p, err := c.pkg(ctx, v)
		if err != nil {
			return nil, err
		}
		u.BoxID = p.Box
	}
	return u, nil
}

func (c *Connector) create(ctx context.Context, n NewUpload) (created Created, err error) {
	attempts, refused, known := 0, 0, true
	err = c.authorized(ctx, Order{Type: "create", Alias: n.Alias}, func(v Values, p Package, token string) error {
		created, err = c.handler.Create(ctx, v.UCS, token, p.Box, n)
		if err != nil {
			_, ok := errors.AsType[*repeated](err)
			known = known && ok
			attempts += attemptsOf(err)
		}
		if isStatus(err, ucs, http.StatusUnauthorized) || isStatus(err, ucs, http.StatusForbidden) {
			refused++ // and asked again with a newer token, where it is not the last
		}
		return err
	})
	if err != nil && attempts > 1 {
		if refused = min(refused, attempts-1); !known {
			refused = 0
		}
		err = &repeated{err, attempts, refused}
	}
	return created, err
}

func (c *Connector) partURL(ctx context.Context, fileID string, part int) (url string, err error) {
	// Parts that have waited for one token go on in the same instant, and would enter the stack in any order. A millisecond is enough to
	// tell them apart, and nothing in a token's life.
	var moment time.Duration
	if c.cfg.Offset != nil {
		moment = min(c.cfg.Offset(part), time.Millisecond)
	}
	err = c.authorizedAfter(ctx, moment, Order{Type: "upload", FileID: fileID}, func(v Values, p Package, token string) error {
		url, err = c.handler.PartURL(ctx, v.UCS, token, p.Box, fileID, part)
		return err
	})
	return url, err
}

func (c *Connector) complete(ctx context.Context, fileID string, done Completion) error {
	return c.authorized(ctx, Order{Type: "close", FileID: fileID}, func(v Values, p Package, token string) error {
		return c.handler.Complete(ctx, v.UCS, token, p.Box, fileID, done)
	})
}

// runs notes whose upload is under way, for Delete.
func (c *Connector) runs(fileID string, j *job, running bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if running {
		c.running[fileID] = j
	} else {
		delete(c.running, fileID)
	}
}

func (c *Connector) remove(ctx context.Context, fileID string) error {
	return c.authorized(ctx, Order{Type: "delete", FileID: fileID}, func(v Values, p Package, token string) error {
		return c.handler.Remove(ctx, v.UCS, token, p.Box, fileID)
	})
}

func (c *Connector) find(ctx context.Context, alias string) (*FileUpload, error) {
	list, err := c.list(ctx)
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

// List returns all uploads of the work package's box. It is tried as often as a part.
func (c *Connector) List(ctx context.Context) (list []FileUpload, err error) {
	err = c.behaviour.persist(ctx, func() error {
		list, err = c.list(ctx)
		return err
	})
	return list, err
}

func (c *Connector) list(ctx context.Context) (list []FileUpload, err error) {
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

// Delete removes an upload, finished or not, by its file id. One that this Connector is just about is called off first: it removes itself, and
// ends in ErrCancelled.
func (c *Connector) Delete(ctx context.Context, fileID string) error {
	c.mu.Lock()
	j := c.running[fileID]
	c.mu.Unlock()
	if j != nil {
		j.cancel(ErrCancelled)
		select {
		case <-j.ended:
		case <-ctx.Done(): // the upload removes itself all the same
			return context.Cause(ctx)
		}
		if j.transfer.removed == fileID {
			return nil
		}
	}
	err := c.behaviour.persist(ctx, func() error { return c.remove(ctx, fileID) })
	if err != nil && !(c.behaviour.PartAttempts > 1 && lost(err) && c.deleted(ctx, fileID)) {
		return fmt.Errorf("deleting %s: %w", line(fileID), err)
	}
	return nil
}

// deleted looks an upload up, since a deletion may have been carried out although all its answers were lost. One that is not listed any more was deleted, and its
// alias taken anew. When it cannot be found out, it says no.
func (c *Connector) deleted(ctx context.Context, fileID string) bool {
	list, err := c.list(ctx)
	if err != nil {
		return false
	}
	for _, f := range list {
		if f.ID == fileID {
			return f.State == "cancelled"
		}
	}
	return true
}
