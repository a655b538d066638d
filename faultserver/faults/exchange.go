package faults

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
)

// Exchange is one attempt on its way through the rules, as a fault sees it. It belongs to the goroutine that serves it.
type Exchange struct {
	// W goes to the client, R to the backend. A fault that changes what goes by wraps W or R.Body, and lets the attempt go
	// on. A wrapper of W has a method Unwrap, as http.ResponseController wants it.
	W http.ResponseWriter
	R *http.Request
	// Req says what the request is about.
	Req ops.Request
	// Client names who sent it, Attempt counts the attempts of its identity from 1.
	Client  string
	Attempt int
	Arrived time.Time
	// Conn is what it came in on; nil behind a foreign listener.
	Conn Conn
	// Rule is the name of the rule being carried out, Began when its window began, in the trial's time.
	Rule  string
	Began time.Duration
	// Row is the attempt's row of the ledger. Faults set its hint only.
	Row *record.LedgerRow
	// Host is the fault server.
	Host Host
}

// Host is what the fault server does for a fault during an attempt.
type Host interface {
	// Note writes down that the rule acts, and how.
	Note(fault string)
	// Save writes the row as it stands into the ledger, so that whoever has an answer finds the decision behind it.
	Save()
	// Dice is a number in [0, 1) that depends on seed, rule, identity and attempt. salt tells several draws apart.
	Dice(salt byte) float64
	// Pass lets the backend answer. To what W would be wrapped around, w is what the backend writes to.
	Pass(w http.ResponseWriter)
	// Lost is a writer that swallows the backend's answer; only whether it committed goes to the ledger.
	Lost() http.ResponseWriter
	// After runs f when the attempt is over on the server's side, last one first, before a connection is reused.
	After(f func())
	// Kill ends the connection, with a RST or else a FIN, after what has been written so far was sent.
	Kill(rst bool)
	// HalfClose ends the server's side of the connection after what has been written so far, and reads on for a while.
	HalfClose(d time.Duration)
	// Raw ends the exchange with bytes that need not be an HTTP answer, then closes the connection in order. status is what
	// a client may read in them; 0: none. Over HTTP/2 the stream is reset instead.
	Raw(status int, b []byte)
	// Wait waits. It returns false early if the client has gone or the server stops: then a body that is being read ends
	// with an error, and an answer is not worth writing. It may be called by any goroutine.
	Wait(d time.Duration) bool
	// Stopped is closed when the server stops.
	Stopped() <-chan struct{}
	// Since is the trial's time at a moment.
	Since(t time.Time) time.Duration
}

// Conn is a connection of a client.
type Conn interface {
	// Ordinal counts connections at the listener, Requests the requests that were begun on this one, both from 1.
	Ordinal() int
	Requests() int
	// Idle is how long the connection had nothing to do before the request under way; 0 for its first.
	Idle() time.Duration
	// CloseWhenIdle ends it once the answer under way is out.
	CloseWhenIdle()
	// GoAway and ResetStream set the code of the next HTTP/2 frame of their kind.
	GoAway(code uint32)
	ResetStream(code uint32)
}

// The scopes: what shares one state of a fault.
const (
	ScopeAll        = "all"
	ScopeClient     = "client"
	ScopeConnection = "connection"
	ScopeKey        = "key"
	ScopePrefix     = "prefix"
	ScopeUpload     = "upload"
)

// ScopeKey names what shares one state with this attempt: everything, or the same client, connection, object's key,
// prefix of it (up to the last slash) or multipart upload.
func (x *Exchange) ScopeKey(scope string) string {
	switch scope {
	case ScopeClient:
		return "client " + x.Client
	case ScopeConnection:
		if x.Conn == nil {
			return "connection " + x.R.RemoteAddr
		}
		return "connection " + strconv.Itoa(x.Conn.Ordinal())
	case ScopeKey:
		return "key " + x.Req.Bucket + "/" + x.Req.Key
	case ScopePrefix:
		return "prefix " + x.Req.Bucket + "/" + x.Req.Key[:strings.LastIndexByte(x.Req.Key, '/')+1]
	case ScopeUpload:
		if x.Req.Upload == "" {
			return "key " + x.Req.Bucket + "/" + x.Req.Key
		}
		return "upload " + x.Req.Upload
	}
	return ScopeAll
}

// Note writes down that the rule acts, and how.
func (x *Exchange) Note(fault string) { x.Host.Note(fault) }

// Dice is a number in [0, 1); see Host.
func (x *Exchange) Dice(salt byte) float64 { return x.Host.Dice(salt) }

// forgetClient lets the attempt go on when its client leaves.
func (x *Exchange) forgetClient() { x.R = x.R.WithContext(context.WithoutCancel(x.R.Context())) }

// ReadBody reads what is left of the request's body, and drops it.
func (x *Exchange) ReadBody() { _, _ = io.Copy(io.Discard, x.R.Body) } // a client that has gone is noticed later
