package target

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/ghga"
)

// openUCS puts the GHGA Upload Controller behind the faults, with one box that takes every upload of the trial.
func (x *trial) openUCS() (err error) {
	const alias = "ratebench"
	x.ucs, err = ghga.New(ghga.Config{
		Endpoint: x.direct.Endpoint, PublicEndpoint: x.through.Endpoint, Region: x.direct.Region, Bucket: x.direct.Bucket,
		AccessKey: x.direct.AccessKey, SecretKey: x.direct.SecretKey, StorageAlias: alias,
	})
	if err != nil {
		return err
	}
	if x.ucsFront, err = listen(x.faults.Handler(x.ucs, faultserver.ClassifyUCS), x.faults.Listener); err != nil {
		return err
	}
	// In GHGA another service makes the box; so it is made past the faults, before the clock starts.
	order, err := json.Marshal(map[string]any{"storage_alias": alias, "max_size": int64(1) << 53})
	if err != nil {
		return err
	}
	answer := httptest.NewRecorder()
	x.ucs.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/boxes", bytes.NewReader(order)))
	var id string
	if err := json.Unmarshal(answer.Body.Bytes(), &id); err != nil {
		return fmt.Errorf("making a box at the UCS: it answered %d", answer.Code)
	}
	x.box = x.ucsFront.url.JoinPath("boxes", id)
	return nil
}
