package workloads

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/ratebench/ratebench/internal/runner"
)

// Upload uploads objects through the contestant: a number of them, or as many as fit into a time. Its zero value
// uploads nothing.
type Upload struct {
	ObjectSize int64 // bytes
	// Objects is per client. Zero: as many as fit into Duration.
	Objects int
	// Duration ends the trial: nothing is started after it, and what is under way is cut off. Zero: when all is uploaded.
	Duration time.Duration
	// ArrivalRate opens the loop: objects per second and client, started on plan whether or not earlier ones have ended.
	// Zero: each client starts an object when its last one has ended.
	ArrivalRate float64
	// PartURLs is "ucs" if the GHGA Upload Controller hands out the part URLs; else the client presigns them.
	PartURLs string
	// Counted leaves the content out: nobody looks at a byte, and s3.CountedMD5 stands for the digests.
	Counted bool
	// Seed makes the content.
	Seed uint64

	once    sync.Once
	content *content
	digests digests
	sha     shaDigests
}

// Planned implements runner.Counted.
func (w *Upload) Planned(clients int) int { return w.Objects * clients }

// Run uploads. Content and digests are ready before the clock starts.
func (w *Upload) Run(ctx context.Context, env *runner.Env) error {
	w.once.Do(func() {
		if !w.Counted {
			w.content = newContent(w.Seed)
		}
	})
	prepared := w.Objects * len(env.Clients)
	if w.Objects == 0 {
		prepared = variants
	}
	for n := 1; n <= min(prepared, variants); n++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		w.digests.of(w.content, n, w.ObjectSize, env.Trial.PartSize)
		if w.PartURLs == "ucs" {
			w.sha.of(w.content, n, w.ObjectSize, env.Trial.PartSize)
		}
	}
	uploaders := make([]runner.Uploader, len(env.Clients))
	for i, c := range env.Clients {
		u, err := w.uploader(env.Contestant, c)
		if err != nil {
			return err
		}
		uploaders[i] = u
	}

	start := env.Begin()
	if w.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = runner.Until(ctx, start.Add(w.Duration))
		defer cancel()
	}
	var wg sync.WaitGroup
	for i, c := range env.Clients {
		wg.Go(func() {
			hold(ctx, offset(c)(0, 0))
			w.client(ctx, env, start, c, uploaders[i])
		})
	}
	wg.Wait()
	return nil
}

// offset is a client's; one that was made without has none.
func offset(c runner.Client) func(object, part int) time.Duration {
	if c.Offset == nil {
		return func(int, int) time.Duration { return 0 }
	}
	return c.Offset
}

// hold waits for a client's own small offset.
func hold(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done(): // whatever comes next will say so
	}
}

// uploader turns a contestant into something that uploads whole objects.
func (w *Upload) uploader(contestant runner.Contestant, c runner.Client) (runner.Uploader, error) {
	switch k := contestant.(type) {
	case runner.SDKContestant:
		if w.PartURLs == "ucs" {
			return nil, fmt.Errorf("%s is an S3 SDK: it makes its part URLs itself and cannot take them from the UCS", contestant.Name())
		}
		return k.Uploader(c)
	case runner.StackContestant:
		if w.PartURLs == "ucs" {
			return newUCSUploader(c, k.RoundTripper(c), &w.sha), nil
		}
		return newS3Uploader(c, k.RoundTripper(c))
	}
	return nil, fmt.Errorf("%s is neither a stack nor an SDK", contestant.Name())
}

// client uploads one client's objects.
func (w *Upload) client(ctx context.Context, env *runner.Env, start time.Time, c runner.Client, u runner.Uploader) {
	var open sync.WaitGroup
	defer open.Wait()
	for i := 0; w.Objects == 0 || i < w.Objects; i++ {
		if w.ArrivalRate == 0 {
			if ctx.Err() != nil {
				return
			}
			w.upload(ctx, env, u, w.object(env, c, i), time.Now())
			continue
		}
		planned := start.Add(time.Duration(float64(i) / w.ArrivalRate * float64(time.Second)))
		t := time.NewTimer(time.Until(planned))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return
		}
		open.Go(func() { w.upload(ctx, env, u, w.object(env, c, i), planned) })
	}
}

// object is the nth object of a client, from 0. Ordinals are dealt out round robin, so that they do not depend on how
// many objects each client gets done.
func (w *Upload) object(env *runner.Env, c runner.Client, n int) runner.Object {
	ordinal := n*len(env.Clients) + c.Ordinal + 1
	return runner.Object{
		Client: c.Ordinal, Ordinal: ordinal, Key: env.Target.Key(ordinal),
		Size: w.ObjectSize, PartSize: env.Trial.PartSize,
		Content: w.content.object(ordinal),
		PartMD5: w.digests.of(w.content, ordinal, w.ObjectSize, env.Trial.PartSize),
	}
}

func (w *Upload) upload(ctx context.Context, env *runner.Env, u runner.Uploader, o runner.Object, planned time.Time) {
	receipt, err := u.Upload(ctx, o)
	env.Report(runner.Upload{
		Object: o, Receipt: receipt, Planned: planned, Ended: time.Now(), Err: err,
		CutOff: cutOff(ctx, err),
	})
}

// cutOff reports whether the trial's planned end stopped something that has ended so. It did so to everything that was
// under way then, whatever it was doing: of a contestant that waits before a retry nobody knows what would have come, also
// where it hands the last answer on when its wait is interrupted.
func cutOff(ctx context.Context, err error) bool {
	return err != nil && context.Cause(ctx) == runner.ErrOver
}
