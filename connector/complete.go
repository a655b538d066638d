package connector

import (
	"context"
	"fmt"
)

// complete ends the upload. A failure does not mean that it was not carried out: so it is asked for again, where something is tried again at
// all, and at last looked up.
func (t *transfer) complete(ctx context.Context, c Completion) error {
	for attempt := 1; ; attempt++ {
		err := t.Complete(ctx, t.half.FileID, c)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || gone(err) || !t.Behaviour.transient(err) {
			return err
		}
		if attempt >= t.tries() {
			if attempt > 1 && t.completed(ctx) {
				return nil
			}
			return err
		}
		wait := t.Behaviour.pause(attempt, err)
		if err := t.rest(ctx, Event{What: "retry", Attempt: attempt, Wait: wait, Err: err}); err != nil {
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

func (u *Uploader) removeUpload(ctx context.Context, fileID string) error {
	for attempt := 1; ; attempt++ {
		err := u.Remove(ctx, fileID)
		if err == nil || isID(err, "fileUploadNotFound") {
			return nil
		}
		// Whatever the reason: there is nothing to lose by asking again.
		if attempt >= u.tries() {
			return err
		}
		if waitErr := sleep(ctx, u.Behaviour.pause(attempt, err)); waitErr != nil {
			return fmt.Errorf("%w; %w", err, waitErr)
		}
	}
}
