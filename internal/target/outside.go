package target

import (
	"context"
	"crypto/md5"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/minio/minio-go/v7"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/faultserver/s3"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
)

// Foreign says which contestants are programs of their own. They connect to a port and sign with keys of the run, whatever
// stands behind the faults; the bucket is theirs alone. Objects are told by their names: the last element of a key is
// object-1, object-2 and so on, so the faults that strike them are those that strike everybody's.
func (s *Site) Foreign(names ...string) {
	s.foreign = map[string]bool{}
	for _, name := range names {
		s.foreign[name] = true
	}
}

// Secret is the key that programs of their own sign with. It must not be written down.
func (s *Site) Secret() string { return s.secret }

// Made reports whether the bucket at a real endpoint was made for the run.
func (s *Site) Made() bool { return s.made }

// outside is what a trial has for a program of its own.
type outside struct {
	relay *relay // nil: the network is bare

	mu    sync.Mutex
	asked int
	codes map[string]string // of S3 errors, by the attempt's id
}

// openOutside returns how the program reaches the faults. The network of the scenario stands between.
func (x *trial) openOutside() (runner.S3, error) {
	to := runner.S3{
		Endpoint: x.s3Front.url, Region: x.direct.Region, Bucket: x.direct.Bucket, AccessKey: embeddedAccess, SecretKey: x.site.secret,
	}
	if n := x.site.scenario.Network; n.Latency == 0 && n.Bandwidth == 0 {
		return to, nil
	}
	l, err := x.net.Listen()
	if err != nil {
		return to, err
	}
	x.outside.relay = startRelay(l, x.Dial(0))
	to.Endpoint = &url.URL{Scheme: "http", Host: l.Addr().String()}
	return to, nil
}

// resigning stands before a real endpoint, whose keys the program does not get.
func (x *trial) resigning(to runner.S3) http.Handler {
	return s3.NewResigningProxy(s3.ResignConfig{
		ProxyConfig:     s3.ProxyConfig{Endpoint: to.Endpoint, Transport: x.wire()},
		ClientAccessKey: embeddedAccess, ClientSecretKey: x.site.secret,
		AccessKey: to.AccessKey, SecretKey: to.SecretKey, Region: to.Region,
	})
}

// hear gives every request an id, as a recorder would, and listens to what S3 errors it is answered with. The client is the
// one whose object it is about, by the order in which the workload deals them out.
func (o *outside) hear(next http.Handler, x *trial) http.Handler {
	o.codes = map[string]string{}
	clients := x.site.scenario.Workload.Clients
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client := 0
		if n, ok := x.ordinal(ops.S3(r)); ok {
			client = (n - 1) % clients
		}
		o.mu.Lock()
		o.asked++
		id := strconv.Itoa(client) + "-" + strconv.Itoa(o.asked)
		o.mu.Unlock()
		r.Header.Set(record.AttemptHeader, id)
		r.Header.Del(faultserver.TicketHeader)
		h := &heard{ResponseWriter: w}
		defer func() {
			if code := runner.ErrorCode(h.body); code != "" {
				o.mu.Lock()
				o.codes[id] = code
				o.mu.Unlock()
			}
		}()
		next.ServeHTTP(h, r)
	})
}

// tell writes the codes into rows.
func (o *outside) tell(rows []record.LedgerRow) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range rows {
		if rows[i].Kind == record.LedgerAttempt {
			rows[i].Code = o.codes[rows[i].ID]
		}
	}
}

// maxHeard is how much of an error answer is kept to find its code.
const maxHeard = 4 << 10

// heard is a response whose errors are listened to.
type heard struct {
	http.ResponseWriter
	status int
	body   []byte
}

func (h *heard) WriteHeader(status int) {
	h.status = status
	h.ResponseWriter.WriteHeader(status)
}

func (h *heard) Write(p []byte) (int, error) {
	if h.status >= 400 && len(h.body) < maxHeard {
		h.body = append(h.body, p[:min(len(p), maxHeard-len(h.body))]...)
	}
	return h.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (h *heard) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// verifyOutside finds the object that a program has uploaded and compares all of it with what it was given: the embedded S3
// knows the MD5 of every part, of whatever size the program chose, and what any other keeps is read back.
func (x *trial) verifyOutside(ctx context.Context, o runner.Object) error {
	name := path.Base("/" + o.Key)
	key, err := x.find(ctx, name)
	if err != nil {
		return err
	}
	if x.store == nil || x.site.keep {
		return x.readBack(ctx, key, o)
	}
	info, ok := x.store.Stat(x.direct.Bucket, key)
	if !ok {
		return fmt.Errorf("%s is gone", key)
	}
	if info.Size != o.Size {
		return fmt.Errorf("it has %d bytes, the file has %d", info.Size, o.Size)
	}
	var at int64
	for _, p := range info.Parts {
		h := md5.New()
		if _, err := io.Copy(h, io.NewSectionReader(o.Content, at, p.Size)); err != nil {
			return err
		}
		if [16]byte(h.Sum(nil)) != p.MD5 {
			return fmt.Errorf("its content differs from the file's, in the %d bytes from byte %d", p.Size, at)
		}
		at += p.Size
	}
	return nil
}

// find returns the key of the object with a name, in whatever folder.
func (x *trial) find(ctx context.Context, name string) (string, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var found []string
	var others int
	for o := range x.client.ListObjects(ctx, x.direct.Bucket, minio.ListObjectsOptions{Recursive: true}) {
		switch {
		case o.Err != nil:
			return "", fmt.Errorf("listing the bucket: %s", reason(o.Err))
		case path.Base(o.Key) == name:
			found = append(found, o.Key)
		default:
			others++
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("the command said that all is well, and no object called %s is in the bucket (%d others are): it must keep the name of RATEBENCH_FILE", name, others)
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("%d objects are called %s: %s", len(found), name, strings.Join(found, ", "))
}

// readBack compares size and content.
func (x *trial) readBack(ctx context.Context, key string, o runner.Object) error {
	r, err := x.client.GetObject(ctx, x.direct.Bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return fmt.Errorf("reading it back: %s", reason(err))
	}
	defer r.Close()
	info, err := r.Stat()
	if err != nil {
		return fmt.Errorf("asking for it: %s", reason(err))
	}
	if info.Size != o.Size {
		return fmt.Errorf("it has %d bytes, the file has %d", info.Size, o.Size)
	}
	return compare(r, io.NewSectionReader(o.Content, 0, o.Size))
}
