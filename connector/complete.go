package connector

import (
	"context"
	"fmt"
)

// complete ends the upload. A failure does not mean that it was not carried out: so it is asked for again, where something is tried again at
// all, and at last looked up.
func (t *transfer) complete(ctx context.Context, c Completion) error {
	var s spent
	for {
		err := t.Complete(ctx, t.half.FileID, c)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || gone(err) || !t.Behaviour.transient(err) {
			return err
		}
		if !s.on(err, t.tries()) {
			if t.tries() > 1 && t.completed(ctx) {
				return nil
			}
			return err
		}
		wait := t.Behaviour.pause(s.rounds, err)
		if err := t.rest(ctx, Event{What: "retry", Attempt: s.rounds, Wait: wait, Err: err}); err != nil {
			return err
		}
	}
}

// completed looks the upload up. When it cannot be found out, it says no.
func (t *transfer) completed(ctx context.Context) bool {
	f, err := t.Find(ctx, t.Alias)
	return err == nil && f != nil && f.ID == t.half.FileID && f.State != "init" && !f.over()
}

// remove takes the upload away, so that nothing of it is left behind. It has a context of its own: the caller's may have ended.
func (t *transfer) remove(ctx context.Context) error {
	if t.half == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
	defer cancel()
	if err := t.removeUpload(ctx, t.half.FileID); err != nil {
		return fmt.Errorf("what was begun is left behind as %s: %w", line(t.half.FileID), err)
	}
	t.removed = t.half.FileID
	return nil
}

// stubborn is how often a removal is asked for that is refused for a reason which does not seem to pass.
const stubborn = 5

func (u *Uploader) removeUpload(ctx context.Context, fileID string) error {
	var s spent
	for {
		err := u.Remove(ctx, fileID)
		if err == nil || isID(err, "fileUploadNotFound") {
			return nil
		}
		// Whatever the reason: there is nothing to lose by asking again.
		more := s.on(err, u.tries())
		if !more || s.rounds >= stubborn && !u.Behaviour.transient(err) {
			return err
		}
		if waitErr := sleep(ctx, u.Behaviour.pause(s.rounds, err)); waitErr != nil {
			return fmt.Errorf("%w; %w", err, waitErr)
		}
	}
}
