package target

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/direct"
	"github.com/ratebench/ratebench/internal/network"
)

// service takes calls: it reads what comes and says how much that was.
func service(w http.ResponseWriter, r *http.Request) {
	buf := scratch.Get().(*[scratchSize]byte)
	defer scratch.Put(buf)
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
	w.Header()["Etag"] = []string{countedETag(n)}
	w.WriteHeader(http.StatusOK)
}

const scratchSize = 64 << 10

var scratch = sync.Pool{New: func() any { return new([scratchSize]byte) }}

func countedETag(n int64) string { return `"` + strconv.FormatInt(n, 10) + `"` }

// directHost is where clients of the direct wire believe to send.
const directHost = "127.0.0.1:80"

// openCalls puts the service that takes calls behind the faults.
func (x *trial) openCalls() (err error) {
	h := x.faults.Handler(http.HandlerFunc(service), ops.S3)
	x.direct = runner.S3{Endpoint: &url.URL{Scheme: "http", Host: directHost}, Region: region, Bucket: embeddedBucket}
	if x.site.scenario.Workload.Wire == "direct" {
		x.handler = h
	} else {
		if x.s3Front, err = x.listen(h, x.faults.Listener); err != nil {
			return err
		}
		x.direct.Endpoint = x.s3Front.url
	}
	x.through = x.direct
	return nil
}

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

// verifyCall compares what the service says it got with what was sent.
func verifyCall(o runner.Object, r runner.Receipt) error {
	if want := countedETag(o.Size); r.ETag != want {
		return fmt.Errorf("the service says that it got %s bytes, sent were %d", r.ETag, o.Size)
	}
	return nil
}
