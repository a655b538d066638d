package runner

import (
	"strconv"
	"strings"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
)

// ErrorCode finds the code in S3's XML for errors; empty: there is none.
func ErrorCode(body []byte) string { return codeIn(body) }

// fromLedger makes the attempts of programs of their own out of the ledger. Times are the server's: an attempt begins when its
// headers have arrived, and ends with its answer. What never reached a handler is not there.
//
// The client does not say which requests belong to one call, unless it numbers them (amz-sdk-invocation-id). Requests that
// bring an object (create, part, complete, put, abort) are attempts of one call if they are about the same thing, as they are
// for contestants that have a recorder. Other requests are new calls, unless the one before failed in a way that is worth
// another.
func fromLedger(ledger []record.LedgerRow) []attempt {
	calls := map[foreignKey]*foreignCall{}
	named := map[callKey]int{}
	conns := map[int]bool{}
	var out []attempt
	for i := range ledger {
		row := &ledger[i]
		if row.Kind != record.LedgerAttempt {
			continue
		}
		a := attempt{wrote: true, peer: row.Peer, Attempt: record.Attempt{
			Client: clientOf(row.ID), Connection: row.Connection, Reused: row.Connection > 0 && conns[row.Connection], Op: row.Op,
			StartS: row.TS, TookS: row.TookS, Bytes: row.BytesIn, Status: row.Status, RetryAfterS: row.RetryAfterS,
			Fault: row.Rule, Code: row.Code, Class: record.ClassSeen, ID: row.ID,
		}}
		conns[row.Connection] = true
		key := foreignKey{a.Client, row.Op, row.Object, row.Part, row.Bucket + "/" + row.Key}
		c := calls[key]
		if c == nil || !c.goesOn(row) {
			c = &foreignCall{name: record.CallName(row.Op, row.Object, row.Part)}
			k := callKey{a.Client, c.name}
			named[k]++
			c.name = record.Nth(c.name, named[k])
			calls[key] = c
		}
		if c.attempts > 0 {
			a.WaitedS = max(0, row.TS-c.ended)
		}
		c.attempts++
		c.ended, c.last, c.number = max(c.ended, row.TS+row.TookS), row.Status, row.Call
		a.Call, a.Attempt.Attempt = c.name, c.attempts
		out = append(out, a)
	}
	markEarly(out, ledger)
	return out
}

// foreignKey is what requests of one call have in common.
type foreignKey struct {
	client       int
	op           string
	object, part int
	name         string // bucket and key of an object without an ordinal
}

type foreignCall struct {
	name     string
	number   string // the client's own, if it has one
	attempts int
	ended    float64
	last     int // status
}

// goesOn reports whether a request is a further attempt.
func (c *foreignCall) goesOn(row *record.LedgerRow) bool {
	switch row.Op {
	case ops.CreateUpload, ops.UploadPart, ops.CompleteUpload, ops.PutObject, ops.AbortUpload:
		return true
	}
	if row.Call != "" && row.Call == c.number {
		return true
	}
	switch c.last {
	case 0, 408, 409, 425, 429:
		return true
	}
	return c.last >= 500
}

// clientOf is the client in an attempt's id.
func clientOf(id string) int {
	client, _, _ := strings.Cut(id, "-")
	n, _ := strconv.Atoi(client) // an id that is no number is nobody's
	return n
}
