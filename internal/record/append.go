package record

import (
	"encoding/json"
	"math"
	"strconv"
)

// Append appends the row to b as one line of ledger.jsonl, the line's end included. It writes what encoding/json would,
// but allocates nothing for the rows of ordinary attempts: a server that runs for long writes one for every request.
func (r *LedgerRow) Append(b []byte) []byte {
	e := encoder{b: append(b, '{')}
	e.text("kind", r.Kind, true)
	e.number("trial", r.Trial, true)
	e.number("seq", r.Seq, false)
	e.float("t_s", r.TS, true)
	e.text("id", r.ID, false)
	e.text("call", r.Call, false)
	e.text("client", r.Client, false)
	e.number("connection", r.Connection, false)
	e.text("peer", r.Peer, false)
	e.text("op", r.Op, false)
	e.number("object", r.Object, false)
	e.text("bucket", r.Bucket, false)
	e.text("key", r.Key, false)
	e.number("part", r.Part, false)
	e.text("work", r.Work, false)
	e.number("attempt", r.Attempt, false)
	if len(r.Scopes) > 0 {
		e.key("scopes")
		e.b = append(e.b, '[')
		for i, s := range r.Scopes {
			if i > 0 {
				e.b = append(e.b, ',')
			}
			e.quote(s)
		}
		e.b = append(e.b, ']')
	}
	e.text("rule", r.Rule, false)
	e.text("fault", r.Fault, false)
	e.text("shadow", r.Shadow, false)
	e.text("hint", r.Hint, false)
	e.pointer("retry_after_s", r.RetryAfterS)
	e.pointer("hint_until_s", r.HintUntilS)
	e.number("status", r.Status, false)
	e.number("bytes_in", int(r.BytesIn), false)
	e.float("took_s", r.TookS, false)
	if r.Committed {
		e.key("committed")
		e.b = append(e.b, "true"...)
	}
	if r.Once {
		e.key("once")
		e.b = append(e.b, "true"...)
	}
	e.text("code", r.Code, false)
	e.text("name", r.Name, false)
	e.float("end_s", r.EndS, false)
	return append(e.b, '}', '\n')
}

// encoder writes the members of one object. always: a zero value is written too.
type encoder struct{ b []byte }

func (e *encoder) key(name string) {
	if e.b[len(e.b)-1] != '{' {
		e.b = append(e.b, ',')
	}
	e.b = append(e.b, '"')
	e.b = append(e.b, name...)
	e.b = append(e.b, '"', ':')
}

func (e *encoder) text(name, value string, always bool) {
	if value != "" || always {
		e.key(name)
		e.quote(value)
	}
}

// quote leaves everything that needs an escape to encoding/json.
func (e *encoder) quote(s string) {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			q, _ := json.Marshal(s) // a string cannot fail
			e.b = append(e.b, q...)
			return
		}
	}
	e.b = append(e.b, '"')
	e.b = append(e.b, s...)
	e.b = append(e.b, '"')
}

func (e *encoder) number(name string, value int, always bool) {
	if value != 0 || always {
		e.key(name)
		e.b = strconv.AppendInt(e.b, int64(value), 10)
	}
}

// float writes a number as encoding/json does, where it is of a size that times have.
func (e *encoder) float(name string, value float64, always bool) {
	if value == 0 && !always {
		return
	}
	e.key(name)
	if a := math.Abs(value); a != 0 && (a < 1e-6 || a >= 1e21) || math.IsNaN(value) {
		if f, err := json.Marshal(value); err == nil {
			e.b = append(e.b, f...)
			return
		}
		value = 0 // neither JSON nor a time knows it
	}
	e.b = strconv.AppendFloat(e.b, value, 'f', -1, 64)
}

func (e *encoder) pointer(name string, value *float64) {
	if value != nil {
		e.float(name, *value, true)
	}
}
