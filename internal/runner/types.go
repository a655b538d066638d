package runner

import (
	"context"
	"crypto/md5"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/ratebench/ratebench/internal/record"
)

// S3 is how to reach an S3 endpoint.
type S3 struct {
	Endpoint  *url.URL
	Region    string
	Bucket    string
	AccessKey string
	SecretKey string
}

// Client is one client of a trial: what a contestant is built for. Every client has a stack, shared state and
// connections of its own.
type Client struct {
	Ordinal int
	Trial   Trial
	// Wire is the recorder over this client's connection pool. A contestant sends everything through it.
	Wire http.RoundTripper
	S3   S3
	// Concurrency is the number of parts in flight per object, PartSize the size of every part but the last in bytes.
	Concurrency int
	PartSize    int64
	// Rand is seeded for this client and trial; it is not safe for concurrent use.
	Rand *rand.Rand
	// Control is the URL of a box at the GHGA Upload Controller; nil if there is none.
	Control *url.URL
	// Offset is how long after its cause a client starts a part, so that no two things happen in the same instant of virtual
	// time; object 0 is the client itself.
	Offset func(object, part int) time.Duration
	// Forecast tells the server's plan; it is nil for everybody but the oracle.
	Forecast Forecaster
}

// Forecaster is what the oracle is told. Forecast answers how long the attempt that r would be should wait before it is
// sent, and reserves what it needs (a token, say) so that nobody else takes it. header is to be set on the request: it
// names the reservation, and may ask to keep the body back where the server will not want it. A wait that comes without a
// header is to be followed by asking again. An attempt that is doomed whatever it does (a fault decided by its identity)
// gets no wait; a request of which no attempt will ever pass gets a negative one.
type Forecaster interface {
	Forecast(now time.Time, r *http.Request) (wait time.Duration, header http.Header)
}

// A Contestant is a stack or an S3 SDK with a retry loop of its own. It implements exactly one of StackContestant and
// SDKContestant.
type Contestant interface {
	// Name is the name in results.
	Name() string
}

// StackContestant is a stack of layers over a wire. RoundTripper is called once for every client of a trial.
type StackContestant interface {
	Contestant
	RoundTripper(c Client) http.RoundTripper
}

// SDKContestant uploads with a client and retry loop of its own. Uploader is called once for every client of a trial.
type SDKContestant interface {
	Contestant
	Uploader(c Client) (Uploader, error)
}

// ForeignContestant is a program of its own. Nothing that it does passes a recorder: what is known of it is the ledger's, so
// there is nothing to reconcile. Client.S3 is where it may connect, and the keys to sign with.
type ForeignContestant interface {
	SDKContestant
	Foreign()
}

// Uploader uploads whole objects. Upload is safe for concurrent use.
type Uploader interface {
	Upload(ctx context.Context, o Object) (Receipt, error)
}

// Object is something to upload. Its content can be read by any number of readers at once and again.
type Object struct {
	Client   int
	Ordinal  int // from 1, unique within the trial
	Key      string
	Size     int64
	PartSize int64
	// Moved is how many bytes the content is as it is moved, where it comes in ranges and that is not Size. Zero: as many as came.
	Moved   int64
	Content io.ReaderAt
	// PartMD5 holds the expected MD5 of every part, computed before the clock starts.
	PartMD5 [][16]byte
}

// ETag is what S3 gives the object if it is uploaded in these parts: the MD5 of their MD5s, a dash, and their number.
func (o Object) ETag() string {
	h := md5.New()
	for _, p := range o.PartMD5 {
		h.Write(p[:])
	}
	return fmt.Sprintf("%x-%d", h.Sum(nil), len(o.PartMD5))
}

// Receipt is what an upload ended in.
type Receipt struct {
	ETag string // as the server said, without quotes; empty if the contestant does not tell
	Key  string // the GHGA file id, where the UCS chose the key
	Read int64  // bytes of the answer's body, where the call was a download; of the file that was downloaded
	// SHA256 of a file that was downloaded, in hex.
	SHA256 string
}

// Workload is what a trial does. Run calls env.Begin once everything that does not count is prepared, and returns when
// everything that it started has ended.
type Workload interface {
	Run(ctx context.Context, env *Env) error
}

// Counted is a workload that may know how many objects a trial has.
type Counted interface {
	Workload
	// Planned is their number, of all clients together. Zero: as many as fit into the trial's time.
	Planned(clients int) int
}

// Env is what one trial gives its workload.
type Env struct {
	Trial      Trial
	Contestant Contestant
	Clients    []Client
	Target     Target
	// Begin starts the trial's clock and returns its time zero.
	Begin func() time.Time
	// Report is called once for every object that was begun, when it has ended. It is safe for concurrent use.
	Report func(Upload)
}

// Upload is one object's upload as the workload saw it.
type Upload struct {
	Object  Object
	Receipt Receipt
	// Call names the only call of the upload, as records do; empty: there are several.
	Call string
	// Planned is when it was to start: in a closed loop, when a worker took it up.
	Planned, Ended time.Time
	// Err is nil if the contestant says that the object is complete. CutOff says that the trial's end stopped it, which
	// is nobody's failure.
	Err    error
	CutOff bool
	// Reason says in words why it failed, without anything that is secret. Empty: the kind of Err is all that is told.
	Reason string

	timedOut bool // the trial's timeout stopped it
}

// Trial is one run of a cell with one seed.
type Trial struct {
	Ordinal     int // in the order of execution, from 1
	Contestant  string
	PartSize    int64 // bytes
	Concurrency int
	Repeat      int // from 1
	Seed        uint64
	Oracle      bool
}

// Target is the server side of one trial: fault server and backend.
type Target interface {
	// S3 is reached through the faults, Direct past them.
	S3() S3
	Direct() S3
	// Control is the URL of a box at the GHGA Upload Controller behind the same faults; nil if there is none.
	Control() *url.URL
	// Key is the key of the object with this ordinal.
	Key(ordinal int) string
	// Wire is the way of a client that has no connections; nil: clients dial.
	Wire(client int) http.RoundTripper
	// Watch takes the ledger's rows when they are complete, where the trial does not keep them. It comes before Begin.
	Watch(sink func(*record.LedgerRow))
	// Dial is the network between a client and the fault server.
	Dial(client int) func(ctx context.Context, network, address string) (net.Conn, error)
	// Forecaster is for the oracle alone.
	Forecaster
	// Begin sets the trial's time zero.
	Begin(start time.Time)
	// Identify tells what a request of this trial is about: its operation, the object's ordinal and the part, 0 for none.
	Identify(r *http.Request) (op string, object, part int)
	// Drain stops the front servers and waits until nothing is under way there, so that the ledger is final.
	Drain(ctx context.Context) error
	// Ledger returns all rows so far.
	Ledger() []record.LedgerRow
	// Check tells whether the backend still answers, past the faults.
	Check(ctx context.Context) error
	// Verify checks a completed object past the faults: size, multipart ETag, and content where the backend keeps it.
	Verify(ctx context.Context, o Object, r Receipt) error
	// Close ends what Drain left, waits for it and removes what the trial stored.
	Close(ctx context.Context) error
}
