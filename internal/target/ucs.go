package target

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/ratebench/ratebench/faultserver/ghga"
	"github.com/ratebench/ratebench/faultserver/ops"
)

// openUCS puts the GHGA Upload Controller behind the faults, with one box that takes every upload of the trial.
func (x *trial) openUCS(ctx context.Context) (err error) {
	const alias = "ratebench"
	x.ucs, err = ghga.New(ghga.Config{
		Endpoint: x.direct.Endpoint, PublicEndpoint: x.through.Endpoint, Region: x.direct.Region, Bucket: x.direct.Bucket,
		AccessKey: x.direct.AccessKey, SecretKey: x.direct.SecretKey, StorageAlias: alias,
		Transport: x.wire(),
	})
	if err != nil {
		return err
	}
	if x.ucsFront, err = x.listen(x.faults.Handler(x.ucs, ops.UCS), x.faults.Listener); err != nil {
		return err
	}
	// In GHGA another service makes the box; so it is made past the faults, before the clock starts.
	order, err := json.Marshal(map[string]any{"storage_alias": alias, "max_size": int64(1) << 53})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "/boxes", bytes.NewReader(order))
	if err != nil {
		return err
	}
	got := &answer{header: http.Header{}}
	x.ucs.ServeHTTP(got, req)
	var id string
	if err := json.Unmarshal(got.body.Bytes(), &id); err != nil {
		return fmt.Errorf("making a box at the UCS: it answered %d", got.status)
	}
	x.box = x.ucsFront.url.JoinPath("boxes", id)
	return nil
}

// answer is a response that is kept.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }
