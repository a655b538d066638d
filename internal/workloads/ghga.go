package workloads

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/runner"
)

// GHGA moves files as the GHGA Connector does: each client has a Connector over the contestant's stack and moves its files one after
// the other. Uploads that failed may have another turn after all others, and downloads are all staged at once. Its zero value moves nothing.
type GHGA struct {
	// Do is upload, download or delete.
	Do string
	// Size is that of a file's plain text in bytes. Goodput counts these, not the encrypted ones; deleting has none.
	Size int64
	// Objects is the number of files per client. Zero: as many as fit into Duration, for uploads.
	Objects int
	// Duration ends the trial: no file is begun after it, and what is under way is cut off. Zero: when all is moved.
	Duration time.Duration
	// Seed makes the content.
	Seed uint64

	once    sync.Once
	content *content
}

// Planned implements runner.Counted.
func (w *GHGA) Planned(clients int) int { return w.Objects * clients }

// Run moves the files. What is to be downloaded or deleted is there before the clock starts; what was downloaded is read back after the last
// file has ended, so that this takes none of the trial's time, and removed.
func (w *GHGA) Run(ctx context.Context, env *runner.Env) (err error) {
	var side GHGASide
	if d, ok := env.Target.(Deployment); ok {
		side = d.GHGA()
	}
	if side == nil {
		return errors.New("the server side has no control plane of GHGA's, which files of kind ghga need")
	}
	w.once.Do(func() { w.content = newContent(w.Seed) })
	behaviour, err := behaviourOf(env.Contestant)
	if err != nil {
		return err
	}
	t := &transfers{GHGA: w, env: env, side: side}
	if w.Do == "download" {
		if t.dir, err = os.MkdirTemp("", "ratebench-"); err != nil {
			return fmt.Errorf("making a folder for what is downloaded: %w", err)
		}
		defer func() {
			if rerr := os.RemoveAll(t.dir); err == nil {
				err = rerr
			}
		}()
	}
	movers := make([]*mover, len(env.Clients))
	for i, c := range env.Clients {
		if movers[i], err = t.mover(ctx, c, behaviour); err != nil {
			return err
		}
	}

	start := env.Begin()
	if w.Duration > 0 {
		var cancel context.CancelFunc
		t.end = start.Add(w.Duration)
		ctx, cancel = runner.Until(ctx, t.end)
		defer cancel()
	}
	var wg sync.WaitGroup
	for _, m := range movers {
		wg.Go(func() { m.run(ctx) })
	}
	wg.Wait()
	for _, m := range movers {
		m.settle()
	}
	return nil
}

// behaviourOf is what a contestant does above its stack.
func behaviourOf(c runner.Contestant) (connector.Behaviour, error) {
	switch k := runner.Plain(c).(type) {
	case ConnectorContestant:
		return k.Behaviour(), nil
	case runner.StackContestant:
		return connector.Fixed(), nil
	}
	return connector.Behaviour{}, fmt.Errorf("%s is no stack, and the GHGA Connector needs one to send its requests through", c.Name())
}

// transfers are those of one trial.
type transfers struct {
	*GHGA
	env  *runner.Env
	side GHGASide
	dir  string    // for downloads
	end  time.Time // of the trial; zero: when all is moved
}

// mover prepares a client.
func (t *transfers) mover(ctx context.Context, c runner.Client, b connector.Behaviour) (*mover, error) {
	m := &mover{transfers: t, client: c, ids: map[int]string{}}
	if t.dir != "" {
		if err := os.Mkdir(m.folder(), 0o700); err != nil {
			return nil, fmt.Errorf("making a folder for what is downloaded: %w", err)
		}
	}
	var accessions []string
	for i := range t.Objects {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		n := m.ordinal(i)
		switch t.Do {
		case "download":
			if err := t.side.Store(ctx, n, io.NewSectionReader(t.content.object(n), 0, t.Size), t.Size); err != nil {
				return nil, err
			}
			accessions = append(accessions, t.side.Accession(n))
		case "delete": // every second is running
			id, err := t.side.Prepare(ctx, c.Ordinal, n, t.content.object(n), t.Size, i%2 == 1)
			if err != nil {
				return nil, err
			}
			m.ids[n] = id
		}
	}
	access, err := t.side.Access(c.Ordinal, accessions...)
	if err != nil {
		return nil, err
	}
	stack, ok := t.env.Contestant.(runner.StackContestant)
	if !ok {
		return nil, fmt.Errorf("%s is no stack", t.env.Contestant.Name())
	}
	m.connector, err = connector.New(connector.Config{
		Access: access, Stack: stack.RoundTripper(c), Wire: c.Wire, Behaviour: &b, PartSize: c.PartSize, InFlight: c.Concurrency,
		Offset: func(part int) time.Duration { return offset(c)(0, part) },
		Rand:   rand.New(rand.NewPCG(t.env.Trial.Seed, uint64(c.Ordinal))),
	})
	return m, err
}
