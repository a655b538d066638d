package target

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/internal/direct"
	"github.com/ratebench/ratebench/internal/network"
)

// service takes calls: it reads what comes and says how much that was, or sends as much as the call asks for.
func (x *trial) service(w http.ResponseWriter, r *http.Request) {
	buf := scratch.Get().(*[scratchSize]byte)
	defer scratch.Put(buf)
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		x.download(w, r, buf[:])
		return
	}
	var n int64
	for {
		k, err := r.Body.Read(buf[:])
		n += int64(k)
		if err == io.EOF {
			break
		}
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
	}
	if r.Method == http.MethodDelete {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header()["Etag"] = []string{countedETag(n)}
	w.WriteHeader(http.StatusOK)
}

// download sends what a call asks for. What the bytes are is left open.
func (x *trial) download(w http.ResponseWriter, r *http.Request, buf []byte) {
	call, _, ok := x.asked(r)
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	left := int64(call.Size)
	w.Header()["Content-Length"] = []string{strconv.FormatInt(left, 10)}
	w.WriteHeader(http.StatusOK)
	for left > 0 && r.Method == http.MethodGet {
		n, err := w.Write(buf[:min(left, int64(len(buf)))])
		if err != nil {
			return // the client has gone
		}
		left -= int64(n)
	}
}

const scratchSize = 64 << 10

var scratch = sync.Pool{New: func() any { return new([scratchSize]byte) }}

func countedETag(n int64) string { return `"` + strconv.FormatInt(n, 10) + `"` }

// directHost is where clients of the direct wire believe to send.
const directHost = "127.0.0.1:80"

// Wire implements runner.Target.
func (x *trial) Wire(client int) http.RoundTripper {
	if x.handler == nil {
		return nil
	}
	n := x.site.scenario.Network
	scope := -1
	if n.Scope != "all" {
		scope = client
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	l := x.directLinks[scope]
	if l == nil {
		l = direct.NewLink(max(n.Latency.D(), network.LeastLatency), int64(n.Bandwidth))
		if x.directLinks == nil {
			x.directLinks = map[int]*direct.Link{}
		}
		x.directLinks[scope] = l
	}
	return &direct.Wire{
		Handler: x.handler, Link: l, Detached: x.detached(), Address: "127.0.0.1:" + strconv.Itoa(1024+client),
		Slot: int64(client), Slots: int64(x.site.scenario.Workload.Clients),
	}
}

// detached says that clients may stop waiting for handlers that do not notice.
func (x *trial) detached() bool {
	sc := x.site.scenario
	return sc.Workload.AttemptTimeout > 0 || slices.ContainsFunc(sc.Faults, func(r faultserver.Rule) bool {
		return r.Metastable != nil || r.LateCommit != nil
	})
}
