package ghga

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// KeepClean does what the UCS's clean-up job does: CleanUp at the end of every interval, until the context ends. What fails is left for the next
// round, as in the service. The platform starts no job by itself: whoever calls this owns it. A round that has begun when the context ends is carried
// through, for patience at most: one that is broken off would leave uploads open whose files it has cancelled.
func (p *Platform) KeepClean(ctx context.Context) {
	tick := time.NewTicker(p.cfg.CleanupInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if ctx.Err() != nil { // both have come
				return
			}
			round, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
			_ = p.CleanUp(round)
			cancel()
		}
	}
}

// CleanUp makes one round of the clean-up job, past the faults:
//
//   - An upload in state init that nobody has asked a part URL for, in the time that uploads live, is aborted and becomes cancelled, even if S3 does not
//     abort it; the next round finds it then.
//   - A multipart upload that no file in state init knows is aborted, however young it is. So the orphan of a creation that was refused lives for an
//     interval at most. The service finds out first which files there are, and asks S3 then: a creation that is under way is an orphan to it, and
//     so it is here.
//   - An object of a file that failed or was cancelled is removed, also where its record is gone since another upload has the alias.
//
// Files that were over, and had nothing left, in two rounds are not looked at any more.
//
// Nothing is done if S3 does not list what is open; otherwise an error does not end the round, and all are returned.
func (p *Platform) CleanUp(ctx context.Context) error { return p.ucs.cleanUp(ctx) }

func (u *UCS) cleanUp(ctx context.Context) error {
	cutoff := time.Now().Add(-u.rules.uploadTTL)
	stock := u.takeStock(cutoff)
	// The service lists the whole bucket; but MinIO lists the uploads of one key only.
	open := map[*file][]string{}
	for _, f := range stock.files {
		var err error
		if open[f], err = u.storage.uploads(ctx, f.key()); err != nil {
			return fmt.Errorf("ghga: cleaning up: listing the uploads of an object: %w", err)
		}
	}
	var all []error
	for _, f := range stock.stale {
		all = append(all, u.expire(ctx, f, cutoff))
	}
	clean := map[*file]bool{}
	for _, f := range stock.files {
		if stock.states[f] == initial {
			continue
		}
		for _, id := range open[f] {
			all = append(all, u.storage.drop(ctx, f.key(), id))
		}
		if stock.states[f] == "" { // by now it may be complete
			continue
		}
		err := u.storage.remove(ctx, f.key())
		all = append(all, err)
		clean[f] = err == nil && len(open[f]) == 0
	}
	u.settle(clean)
	if err := errors.Join(all...); err != nil {
		return fmt.Errorf("ghga: cleaning up: %w", err)
	}
	return nil
}

// stock is what the job finds the UCS to have.
type stock struct {
	files  []*file          // all that are being created, in state init, or over
	states map[*file]string // theirs
	stale  []*file          // in state init, and without activity since the cutoff
}

// takeStock leaves complete files out: nothing of them is open, and their objects stay.
func (u *UCS) takeStock(cutoff time.Time) stock {
	u.mu.Lock()
	defer u.mu.Unlock()
	s := stock{states: map[*file]string{}}
	for _, f := range u.begun {
		if counts(f.state) {
			continue
		}
		s.files = append(s.files, f)
		s.states[f] = f.state
		if f.idle(cutoff) {
			s.stale = append(s.stale, f)
		}
	}
	return s
}

// settle takes note of the files that are over, and whether S3 had no upload of them and has no object. After the second time in a row they are not looked
// at any more: what was under way the first time has ended by then.
func (u *UCS) settle(clean map[*file]bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.begun = slices.DeleteFunc(u.begun, func(f *file) bool {
		settled := f.quiet && clean[f]
		f.quiet = clean[f]
		return settled
	})
}

// idle says whether an upload has had no activity since a moment. The caller holds UCS.mu.
func (f *file) idle(since time.Time) bool { return f.state == initial && !f.activity.After(since) }

// expire aborts an upload that nobody goes on with. One that has ended since, or gone on, is left alone.
func (u *UCS) expire(ctx context.Context, f *file, cutoff time.Time) error {
	u.mu.Lock()
	idle := f.idle(cutoff)
	u.mu.Unlock()
	if !idle {
		return nil
	}
	err := u.storage.drop(ctx, f.key(), f.uploadID)
	u.mu.Lock()
	defer u.mu.Unlock()
	if f.state == initial {
		f.set(cancelled)
		f.activity = time.Time{}
	}
	return err
}
