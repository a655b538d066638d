package connector

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// longestCreatePause bounds the wait for a place among the open uploads.
const longestCreatePause = 6 * time.Minute

// create begins the upload at the UCS, and waits for a place among the open ones if it must.
func (t *transfer) create(ctx context.Context) (Created, error) {
	c := creation{transfer: t, order: NewUpload{
		Alias: t.Alias, DecryptedSize: t.Size, EncryptedSize: t.encrypted(), PartSize: t.partSize,
	}}
	for round := 0; ; round++ {
		created, err := c.round(ctx)
		if err == nil {
			return created, nil
		}
		if ctx.Err() != nil || !isStatus(err, ucs, http.StatusTooManyRequests) || round >= t.Behaviour.CreateRounds {
			c.sweep(ctx)
			return Created{}, err
		}
		wait := t.Behaviour.createPause(round, err)
		if err := t.rest(ctx, Event{What: "retry", Attempt: round + 1, Wait: wait, Err: err}); err != nil {
			c.sweep(ctx)
			return Created{}, err
		}
	}
}

// createPause is how long to wait for a place after the round of the given ordinal, from 0.
func (b Behaviour) createPause(round int, err error) time.Duration {
	wait := strategies.Exponential{Base: b.CreatePause, Cap: longestCreatePause}.Wait(round, nil)
	if !b.CreateJitter || wait < 2 {
		return wait
	}
	wait = wait/2 + b.dice.below(wait/2)
	if api, ok := errors.AsType[*APIError](err); ok {
		wait = max(wait, api.hint)
	}
	return wait
}

// creation is how far the creation of an upload has come.
type creation struct {
	*transfer
	order  NewUpload
	asked  time.Time // by the UCS's clock, for what is unsure, or else last
	unsure bool      // the UCS may have carried out what it was asked for
	lists  spent     // on looking, after all rounds
}

// round asks once; with CarefulCreate, more often where the answer is lost. Then it looks first what has become of it, and asks so that
// two cannot count.
func (c *creation) round(ctx context.Context) (Created, error) {
	var s spent
	for {
		if !c.unsure {
			c.asked = c.now()
		}
		created, err := c.Create(ctx, c.order)
		if err == nil || !c.Behaviour.CarefulCreate {
			return created, err
		}
		c.unsure = c.unsure || lost(err)
		more := s.on(err, c.tries())
		if notSent(err) && ctx.Err() == nil && c.Behaviour.transient(err) && more {
			wait := c.Behaviour.pause(s.rounds, err)
			if err := c.rest(ctx, Event{What: "retry", Attempt: s.rounds, Wait: wait, Err: err}); err != nil {
				return Created{}, err
			}
			continue
		}
		taken := isID(err, "fileUploadAlreadyExists")
		if taken && !c.unsure && surelyOnce(err) { // by somebody else, who may be about it just now: nothing of it may be touched
			return Created{}, c.others(ctx, err)
		}
		if !taken && !lost(err) || ctx.Err() != nil {
			return Created{}, err
		}
		created, ok, lookErr := c.look(ctx, s.rounds, err)
		if lookErr != nil || ok {
			return created, lookErr
		}
		if !more {
			return Created{}, err
		}
		c.order.Overwrite = true
	}
}

// others tells of the upload that has taken the alias, as far as the UCS says something of it.
func (c *creation) others(ctx context.Context, err error) error {
	if found, findErr := c.Find(ctx, c.Alias); findErr == nil && found != nil && !found.over() {
		return existing(found, c.Size)
	}
	return fmt.Errorf("%w: %w", ErrExists, err)
}

// look finds out whether the upload has begun although the creation failed in that round. Neither an upload nor an error: it may be asked for again.
func (c *creation) look(ctx context.Context, round int, cause error) (Created, bool, error) {
	for again := 0; ; again++ {
		wait := c.Behaviour.pause(round+again, cause)
		if err := c.rest(ctx, Event{What: "retry", Attempt: round + again, Wait: wait, Err: cause}); err != nil {
			return Created{}, false, err
		}
		found, err := c.Find(ctx, c.Alias)
		switch {
		case err != nil && c.lists.on(err, c.tries()) && c.Behaviour.transient(err):
			cause = err
		case err != nil:
			return Created{}, false, err
		case found == nil || found.over():
			return Created{}, false, nil
		case c.fits(found) && began(found, c.asked):
			return Created{FileID: found.ID, StorageAlias: found.StorageAlias}, true, nil
		default:
			return Created{}, false, existing(found, c.Size)
		}
	}
}

// sweep removes an upload that has begun although its creation failed. It does what it can, whatever has become of the caller.
func (c *creation) sweep(ctx context.Context) {
	if !c.unsure || !c.Behaviour.CarefulCreate {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
	defer cancel()
	var s spent
	for {
		found, err := c.Find(ctx, c.Alias)
		if err == nil {
			if found != nil && c.fits(found) && began(found, c.asked) {
				_ = c.removeUpload(ctx, found.ID)
			}
			return
		}
		if !s.on(err, c.tries()) || !c.Behaviour.transient(err) || sleep(ctx, c.Behaviour.pause(s.rounds, err)) != nil {
			return
		}
	}
}

// fits says whether an upload that was found may be the one that was asked for.
func (t *transfer) fits(f *FileUpload) bool {
	return f.State == "init" && f.DecryptedSize == t.Size && f.EncryptedSize == t.encrypted() && f.PartSize == t.partSize
}

// began says whether an upload began after a moment. One that is older is somebody else's, however well it fits. A stack that asked twice by
// itself is answered that the alias is taken, by the upload that it has just begun.
func began(f *FileUpload, since time.Time) bool {
	at, err := time.Parse(time.RFC3339Nano, f.Initiated)
	return err == nil && !at.Before(since.Add(-time.Second))
}

func isID(err error, id string) bool {
	api, ok := errors.AsType[*APIError](err)
	return ok && api.ID == id
}

// over says whether an upload leaves its alias free.
func (f *FileUpload) over() bool { return f.State == "cancelled" || f.State == "failed" }

// existing tells of an upload that stands in the way of a file of so many bytes.
func existing(f *FileUpload, size int64) error {
	if f.DecryptedSize != size {
		return fmt.Errorf("%w: %s has %d bytes, and the file has %d", ErrOtherSize, line(f.ID), f.DecryptedSize, size)
	}
	if f.State == "init" {
		return fmt.Errorf("%w: %s, in state init, which may be under way elsewhere just now", ErrExists, line(f.ID))
	}
	return fmt.Errorf("%w: %s, in state %s", ErrExists, line(f.ID), line(f.State))
}
