package faultserver

import (
	"github.com/ratebench/ratebench/internal/units"
)

// Rule says which requests (Match), when (When) and what goes wrong. Exactly one of Throttle, Status, Reset
// and Latency is set. Rules are asked in the order they are written: latencies add up, and the first other
// rule that acts decides the attempt.
type Rule struct {
	// Name identifies the rule in the ledger and in the decision hash; renaming a rule changes its dice.
	Name  string `yaml:"name" json:"name" jsonschema:"description=Names the rule in the ledger. Part of the dice: renaming a rule changes which attempts it hits."`
	Match Match  `yaml:"match,omitempty" json:"match,omitzero" jsonschema:"description=Which requests. Empty: all."`
	When  When   `yaml:"when,omitempty" json:"when,omitzero" jsonschema:"description=When it acts. Empty: always."`

	Throttle *Throttle `yaml:"throttle,omitempty" json:"throttle,omitempty" jsonschema:"description=A token bucket that answers 429 or 503 when it is empty."`
	Status   *Status   `yaml:"status,omitempty" json:"status,omitempty" jsonschema:"description=An error answer."`
	Reset    *Reset    `yaml:"reset,omitempty" json:"reset,omitempty" jsonschema:"description=A TCP reset of the connection."`
	Latency  *Latency  `yaml:"latency,omitempty" json:"latency,omitempty" jsonschema:"description=Time added before the request is handled."`
}

// Match says which requests a rule applies to. All conditions must hold; the zero value matches every request.
type Match struct {
	// Op lists operations, such as upload_part; see Ops. Empty: all.
	Op []string `yaml:"op,omitempty" json:"op,omitempty" jsonschema:"description=Operations. Empty: all."`
	// Key is a path.Match pattern for the object's key. Empty: all.
	Key string `yaml:"key,omitempty" json:"key,omitempty" jsonschema:"description=Pattern for the object's key with * and ?. Empty: all."`
	// Parts limits upload_part to these part numbers. Empty: all.
	Parts []int `yaml:"parts,omitempty" json:"parts,omitempty" jsonschema:"description=Part numbers. Empty: all."`
}

// When says when a rule acts. All conditions must hold; the zero value means always.
//
// Probability and First are decided by identity (operation, object's ordinal, part, attempt number): they hit the
// same attempts at every concurrency. Every counts arrivals and so depends on their order. From, To and Phase go by
// the trial's clock, at the attempt's arrival.
type When struct {
	// Probability is the chance per attempt. Zero: always.
	Probability units.Share `yaml:"probability,omitempty" json:"probability,omitempty" jsonschema:"description=Chance per attempt decided by a hash of seed and identity and attempt number. Left out: always."`
	// First acts on the first n attempts of each identity only. Zero: all.
	First int `yaml:"first,omitempty" json:"first,omitempty" jsonschema:"description=Only the first n attempts of each request. Left out: all.,minimum=0"`
	// Every acts on each nth matching arrival. Zero: all.
	Every int `yaml:"every,omitempty" json:"every,omitempty" jsonschema:"description=Only each nth matching arrival. Depends on the order of arrival.,minimum=0"`
	// From and To bound the time since the trial began. To zero: no end.
	From units.Duration `yaml:"from,omitempty" json:"from,omitempty" jsonschema:"description=Not before this time of the trial."`
	To   units.Duration `yaml:"to,omitempty" json:"to,omitempty" jsonschema:"description=Not after this time of the trial."`
	// Phase names phases of the scenario. Empty: all.
	Phase []string `yaml:"phase,omitempty" json:"phase,omitempty" jsonschema:"description=Only in these phases of the scenario."`
}

// Throttle is a token bucket: Rate tokens per second up to Burst; an attempt that finds no token is answered with
// Status and a hint. Its decisions depend on the order of arrival.
type Throttle struct {
	Rate  units.Rate `yaml:"rate" json:"rate" jsonschema:"description=Tokens per second. One token pays one attempt."`
	Burst int        `yaml:"burst,omitempty" json:"burst,omitempty" jsonschema:"description=Size of the bucket. Default 1.,minimum=1"`
	// Scope is what shares one bucket: all (default), client, connection or key.
	Scope string `yaml:"scope,omitempty" json:"scope,omitempty" jsonschema:"description=What shares one bucket.,enum=all,enum=client,enum=connection,enum=key,default=all"`
	// Status is 429 (default) or 503; 503 carries the S3 code SlowDown.
	Status     int        `yaml:"status,omitempty" json:"status,omitempty" jsonschema:"enum=429,enum=503,default=429"`
	RetryAfter RetryAfter `yaml:"retry_after,omitempty" json:"retry_after,omitzero"`
}

// RetryAfter says what the Retry-After header of an answer holds.
type RetryAfter struct {
	// Form is seconds (default where a value is known), http_date or none.
	Form string `yaml:"form,omitempty" json:"form,omitempty" jsonschema:"enum=seconds,enum=http_date,enum=none"`
	// Value is the wait asked for. Zero: what the bucket needs to have a token again, in whole seconds, at least 1 s;
	// under a rule without a bucket, zero means no header.
	Value units.Duration `yaml:"value,omitempty" json:"value,omitempty" jsonschema:"description=The wait asked for. Left out: what the bucket needs; without a bucket no header is sent."`
}

// Status answers with an HTTP status and S3's XML error body before the request's body is read.
type Status struct {
	Code int `yaml:"code" json:"code" jsonschema:"description=HTTP status from 400 to 599.,minimum=400,maximum=599"`
	// S3Code is the error code in the body. Empty: S3's usual one for the status.
	S3Code     string     `yaml:"s3_code,omitempty" json:"s3_code,omitempty" jsonschema:"description=Error code in the XML body. Default: S3's usual one for the status."`
	RetryAfter RetryAfter `yaml:"retry_after,omitempty" json:"retry_after,omitzero"`
}

// Reset closes the connection with a TCP RST.
type Reset struct {
	// At is before_body (default), mid_body or after_commit: the backend has done its work and the response is lost.
	At string `yaml:"at,omitempty" json:"at,omitempty" jsonschema:"enum=before_body,enum=mid_body,enum=after_commit,default=before_body"`
	// Share is the part of the body that is read before a mid_body reset. Zero: half.
	Share units.Share `yaml:"share,omitempty" json:"share,omitempty" jsonschema:"description=Share of the body read before a mid_body reset. Default 50%."`
}

// Latency delays the handling of a request, before its body is read.
type Latency struct {
	Add units.Duration `yaml:"add" json:"add" jsonschema:"description=Delay added to each matching request."`
	// Jitter adds up to this much more, uniformly, decided by identity.
	Jitter units.Duration `yaml:"jitter,omitempty" json:"jitter,omitempty" jsonschema:"description=Up to this much more. Uniform."`
}
