package ghga

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// KeepClean does what the UCS's clean-up job does: CleanUp at the end of every interval, until the context ends. What fails is left for the next
// round, as in the service. The platform starts no job by itself: whoever calls this owns it.
func (p *Platform) KeepClean(ctx context.Context) {
	tick := time.NewTicker(p.cfg.CleanupInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = p.CleanUp(ctx)
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
//   - An object of a file that failed or was cancelled is removed.
//
// Nothing is done if S3 does not list what is open; otherwise an error does not end the round, and all are returned.
func (p *Platform) CleanUp(ctx context.Context) error { return p.ucs.cleanUp(ctx) }

func (u *UCS) cleanUp(ctx context.Context) error {
	stock := u.takeStock()
	// The service lists the whole bucket; but MinIO lists the uploads of one key only.
	open := map[string][]string{}
	for _, key := range stock.keys {
		var err error
		if open[key], err = u.storage.uploads(ctx, key); err != nil {
			return fmt.Errorf("ghga: cleaning up: listing the uploads of an object: %w", err)
		}
	}
	var all []error
	for _, f := range stock.stale {
		all = append(all, u.expire(ctx, f))
	}
	for _, key := range stock.keys {
		if stock.begun[key] {
			continue
		}
		for _, id := range open[key] {
			all = append(all, u.storage.drop(ctx, key, id))
		}
		if !stock.done[key] {
			all = append(all, u.storage.remove(ctx, key))
		}
	}
	if err := errors.Join(all...); err != nil {
		return fmt.Errorf("ghga: cleaning up: %w", err)
	}
	return nil
}

// stock is what the job finds the UCS to have.
type stock struct {
	keys        []string        // of all objects that uploads were ever opened for
	begun, done map[string]bool // of those, the keys of files in state init, and of complete ones
	stale       []*file         // in state init, by key, and without activity for too long
}

func (u *UCS) takeStock() stock {
	cutoff := time.Now().Add(-u.rules.uploadTTL)
	u.mu.Lock()
	defer u.mu.Unlock()
	s := stock{keys: slices.Clone(u.keys), begun: map[string]bool{}, done: map[string]bool{}}
	for _, f := range u.files {
		switch {
		case counts(f.state):
			s.done[f.key()] = true
		case f.state == initial:
			s.begun[f.key()] = true
			if !f.activity.After(cutoff) {
				s.stale = append(s.stale, f)
			}
		}
	}
	slices.SortFunc(s.stale, func(a, b *file) int { return strings.Compare(a.key(), b.key()) })
	return s
}

// expire aborts an upload that nobody goes on with. One that has ended since is left alone.
func (u *UCS) expire(ctx context.Context, f *file) error {
	if !u.is(f, initial) {
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

// is asks for a file's state.
func (u *UCS) is(f *file, state string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return f.state == state
}
