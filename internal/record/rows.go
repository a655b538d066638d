package record

// AttemptHeader is the request header in which the recorder sends an attempt's id, "<client>-<number>", to the ledger.
const AttemptHeader = "X-Ratebench-Attempt"

// Attempt is one row of attempts.csv: one try of a call on the wire, as the client's recorder saw it.
type Attempt struct {
	Trial       int    `csv:"trial"`
	Contestant  string `csv:"contestant"`
	PartSize    int64  `csv:"part_size"`   // bytes
	Concurrency int    `csv:"concurrency"` // parts in flight
	Repeat      int    `csv:"repeat"`
	Client      int    `csv:"client"`
	Connection  int    `csv:"connection"` // ordinal within the trial, from 1; 0: none was had
	Reused      bool   `csv:"reused"`     // the connection had carried a request before
	// Call names the logical request: operation, ordinal of the object, number of the part.
	Call    string `csv:"call"`
	Attempt int    `csv:"attempt"` // from 1
	Op      string `csv:"op"`
	// StartS is when the attempt was handed to the wire, in seconds since the trial began.
	StartS float64 `csv:"start_s"`
	// WaitedS is the time since the end of the previous attempt of this call (0 for the first).
	WaitedS float64 `csv:"waited_s"`
	// TookS runs from StartS to the response's headers, or to the error.
	TookS  float64 `csv:"took_s"`
	Bytes  int64   `csv:"bytes"`  // body bytes handed to the connection
	Status int     `csv:"status"` // 0: no response came
	Error  string  `csv:"error"`  // kind of transport error, of a range's body too: reset, eof, timeout, refused, canceled, other
	// RetryAfterS is the hint that came with the response; nil: none.
	RetryAfterS *float64 `csv:"retry_after_s,omitempty"`
	// Early: sent before a hint that the same client had already received from the same rule's scope ran out.
	Early bool   `csv:"early"`
	Fault string `csv:"fault"` // the rule that acted on it, by the ledger
	Code  string `csv:"code"`  // S3 error code of the response, if any
	// Class is one of the Class constants; client and ledger must agree on it.
	Class string `csv:"class"`
	ID    string `csv:"id"` // ties the row to the ledger
	// EarlyByS is how long before the hint ran out an early attempt was sent; nil: it was not early.
	EarlyByS *float64 `csv:"early_by_s,omitempty"`
	// QueuedS is the time from the call's being handed to the contestant until this, its first attempt, was handed to the wire: what
	// a rate limit of its own took. Nil: not the first attempt, or not known, as with SDKs.
	QueuedS *float64 `csv:"queued_s,omitempty"`
	// SlotS is the time from the object's start until the part was handed to the contestant, on its first attempt: it waited for
	// others to make room. Nil: as QueuedS, or the call brings no part.
	SlotS *float64 `csv:"slot_s,omitempty"`
	// ConnectionS is the part of TookS until a connection was had, all of it if none was, and SendingS the one after it until the
	// request was written, as far as it was. What is left of TookS is the server's. Nil: not known, or not reached.
	ConnectionS *float64 `csv:"connection_s,omitempty"`
	SendingS    *float64 `csv:"sending_s,omitempty"`
	// ReceivedBytes is what the client read of the body of an answer that brings a range of an object, and BodyS the time from the
	// answer's headers until it had read all of it, had an error, or left it alone. Nil: the answer brings no range.
	ReceivedBytes *int64   `csv:"received_bytes,omitempty"`
	BodyS         *float64 `csv:"body_s,omitempty"`
}

// The classes of an attempt. Client and ledger are reconciled class by class.
const (
	ClassSeen      = "seen"       // the server's handler saw it
	ClassCut       = "cut"        // the connection died before its headers were complete at the server
	ClassNeverSent = "never_sent" // nothing of it was written
)

// Throttled reports whether the attempt was answered by a throttle: 429, or 503 with an S3 throttling code.
func (a *Attempt) Throttled() bool {
	return Throttled(a.Status, a.Code)
}

// Throttled reports whether a status and S3 error code mean "slow down": 429, or 503 with a throttling code.
func Throttled(status int, code string) bool {
	if status == 429 {
		return true
	}
	if status != 503 {
		return false
	}
	switch code {
	case "SlowDown", "SlowDownRead", "SlowDownWrite", "Throttling", "ThrottlingException",
		"RequestLimitExceeded", "RequestThrottled", "TooManyRequests", "TooManyRequestsException":
		return true
	}
	return false
}

// Object is what became of one object of a trial. It is not a file of its own: trials.csv sums it up, and
// the timeline needs to know which parts belong to verified uploads.
type Object struct {
	Client  int
	Ordinal int   // the object's ordinal, as in Attempt.Call
	Size    int64 // bytes
	// Moved is how many bytes its content is as it is moved, where that is not Size and it comes in ranges. Zero: as many as came.
	Moved    int64
	StartS   float64 // planned start (closed loop: when a worker took it up)
	EndS     float64
	Failed   bool // the contestant gave up; Problem says why
	Verified bool // size, ETag and, where kept, content were as sent
	// Single says that it was one call, whose response time runs from StartS to EndS.
	Single bool
	// TimedOut says that it was under way when the trial ran into its timeout.
	TimedOut bool
	Problem  string
	// Reason says in a sentence why it failed. Empty: there is no more than Problem.
	Reason string
}

// Trial is one row of trials.csv.
type Trial struct {
	Trial            int      `csv:"trial"`
	Contestant       string   `csv:"contestant"`
	PartSize         int64    `csv:"part_size"`
	Concurrency      int      `csv:"concurrency"`
	Repeat           int      `csv:"repeat"`
	Seed             uint64   `csv:"seed"`
	WallS            float64  `csv:"wall_s"` // first planned start to last end, warm-up left out
	Bytes            int64    `csv:"bytes"`  // of verified objects
	GoodputMiBs      float64  `csv:"goodput_mib_s"`
	BoundMiBs        *float64 `csv:"bound_mib_s,omitempty"`  // nil: nothing in the scenario bounds it
	OracleMiBs       *float64 `csv:"oracle_mib_s,omitempty"` // nil: no oracle ran in this cell
	Efficiency       *float64 `csv:"efficiency,omitempty"`
	Calls            int      `csv:"calls"`
	FailedCalls      int      `csv:"failed_calls"`
	Attempts         int      `csv:"attempts"`
	Retries          int      `csv:"retries"`
	Amplification    float64  `csv:"amplification"`
	Throttled        int      `csv:"throttled"`
	Early            int      `csv:"early"`
	WastedBytes      int64    `csv:"wasted_bytes"`         // body bytes of attempts that did not succeed
	RecoveryS        *float64 `csv:"recovery_s,omitempty"` // nil: the scenario has no end of trouble to recover from
	RecoveryCensored bool     `csv:"recovery_censored"`    // not reached: RecoveryS is how long was watched
	// Response times. Of part uploads: from being handed to the contestant (SDKs: the first attempt's start) to success, waits
	// included. Of single calls: from the planned start to the answer's end. Those that the trial's end cut off count for what they had
	// waited until then, at least: see CutOff.
	P50S             float64 `csv:"p50_s"`
	P95S             float64 `csv:"p95_s"`
	P99S             float64 `csv:"p99_s"`
	Verified         bool    `csv:"verified"` // every completed object was as sent
	Objects          int     `csv:"objects"`
	FailedObjects    int     `csv:"failed_objects"`
	ThroughputMiBs   float64 `csv:"throughput_mib_s"`  // all body bytes on the wire, those of answers to single GETs as far as these were verified
	TransportReplays int     `csv:"transport_replays"` // requests net/http repeated by itself on reused connections
	Status           string  `csv:"status"`            // ok, failed (I/O, integrity, reconciliation) or invalid (over its bound)
	Problem          string  `csv:"problem"`
	// Calls that succeeded, by the attempts they took. With FailedCalls, those cut off by the end of the trial and those
	// that the client itself called off they add up to Calls.
	Calls1     int `csv:"calls_1"`
	Calls2     int `csv:"calls_2"`
	Calls3     int `csv:"calls_3"`
	Calls4Plus int `csv:"calls_4_plus"`
	// Duplicates counts how often calls were carried out again that were to be carried out once; nil: there were none.
	Duplicates *int `csv:"duplicates,omitempty"`
	// TimedOut counts the objects that were under way when the trial ran into its timeout; they are among FailedObjects.
	TimedOut int `csv:"timed_out"`
	// Connections counts those that the attempts went over; nil: not known, or there are none. Over Attempts, it shows a client
	// that loses connections.
	Connections *int `csv:"connections,omitempty"`

	// What follows came with the analysis; docs/metrics.md defines it. Nil: not known (records that are added up know little), or
	// the trial has nothing of the kind.
	ByteAmplification *float64 `csv:"byte_amplification,omitempty"` // body bytes on the wire, thrown away or not ÷ bytes of verified objects
	RetryRatioMax     *float64 `csv:"retry_ratio_max,omitempty"`    // retries ÷ first attempts, in the second in which that is most
	EarlyByS          *float64 `csv:"early_by_s,omitempty"`         // median over the early attempts
	EarlyByMaxS       *float64 `csv:"early_by_max_s,omitempty"`
	HerdIndex         *float64 `csv:"herd_index,omitempty"`    // peak ÷ mean of arrivals in bins of 10 ms, in the first second after a hint ran out or a window ended
	AreaLostMiB       *float64 `csv:"area_lost_mib,omitempty"` // goodput that the trouble and the recovery from it cost
	Overshoot         *float64 `csv:"overshoot,omitempty"`     // most goodput after the recovery ÷ that before the trouble
	FaultLoad         *float64 `csv:"fault_load,omitempty"`    // attempts in the trouble ÷ attempts in as long a healthy time
	Metastable        *bool    `csv:"metastable,omitempty"`    // the trouble is over, and goodput does not come back
	Fairness          *float64 `csv:"fairness,omitempty"`      // Jain's index over the clients' goodput
	FalseRetries      *int     `csv:"false_retries,omitempty"` // of answers that no retry can mend
	MissedRetries     *int     `csv:"missed_retries,omitempty"`
	WastedWaitS       *float64 `csv:"wasted_wait_s,omitempty"` // seconds that calls waited for attempts that failed again
	// The time budget: what a part, or a call, spent its time on, in seconds, the mean over all that succeeded.
	SlotS       *float64 `csv:"slot_s,omitempty"`
	LimiterS    *float64 `csv:"limiter_s,omitempty"`
	ConnectionS *float64 `csv:"connection_s,omitempty"`
	SendingS    *float64 `csv:"sending_s,omitempty"`
	ServerS     *float64 `csv:"server_s,omitempty"`
	BackoffS    *float64 `csv:"backoff_s,omitempty"`
	// Service times run from the send of the attempt that succeeded.
	ServiceP50S *float64 `csv:"service_p50_s,omitempty"`
	ServiceP95S *float64 `csv:"service_p95_s,omitempty"`
	ServiceP99S *float64 `csv:"service_p99_s,omitempty"`
	// CPU is the share of the machine's processors that this process had, from 0 to 1. Nil: virtual time, or not known.
	CPU *float64 `csv:"cpu,omitempty"`
	// Saturated says what the client was short of: cpu or files. Empty: nothing, so that the numbers are about the contestant.
	Saturated string `csv:"saturated"`

	// Control plane and data plane, of trials in which clients ask a control plane for leave to move content. Nil: there is none, or
	// records are added up.
	ControlCalls        *int     `csv:"control_calls,omitempty"`
	ControlAttempts     *int     `csv:"control_attempts,omitempty"`
	ControlCallsPerPart *float64 `csv:"control_calls_per_part,omitempty"` // nil: no part was brought
	DataAttempts        *int     `csv:"data_attempts,omitempty"`
	Tokens              *int     `csv:"tokens,omitempty"` // work order tokens that were made; nil: nobody makes any
	// Response times of control calls, and of those that bring parts.
	ControlP50S *float64 `csv:"control_p50_s,omitempty"`
	ControlP99S *float64 `csv:"control_p99_s,omitempty"`
	DataP50S    *float64 `csv:"data_p50_s,omitempty"`
	DataP99S    *float64 `csv:"data_p99_s,omitempty"`
	// OrphanedUploads are multipart uploads that nobody will go on with; nil: nobody counted them. RestartedFiles is how often a file was
	// begun again from nothing.
	OrphanedUploads *int `csv:"orphaned_uploads,omitempty"`
	RestartedFiles  *int `csv:"restarted_files,omitempty"`
	// DiscardedBytes are those that parts and ranges moved and that became part of no verified file.
	DiscardedBytes *int64 `csv:"discarded_bytes,omitempty"`

	// CutOff counts parts, ranges and single calls that were under way when the trial's end cut them off. Where they took longer than all
	// others, nobody knows how long, and a percentile is censored: it is a lower limit. Nil: not known. A folder without the column is of a
	// version that left them out of response times, and took recovery and herd for something a little different.
	CutOff      *int `csv:"cut_off,omitempty"`
	P50Censored bool `csv:"p50_censored"`
	P95Censored bool `csv:"p95_censored"`
	P99Censored bool `csv:"p99_censored"`

	// RecoveryUnknown says why RecoveryS is nil although there was trouble: NoEnd, NoBaseline, EndedFirst or DoneTooSoon. Empty: it is known, or
	// there was none.
	RecoveryUnknown string `csv:"recovery_unknown"`

	// HintCompliance is the share of attempts after an answer with a hint that were not sent before the hint ran out; LateByS and LateByMaxS
	// are the median and the most of the time by which those came after its end. Nil: there are none, or records are added up.
	HintCompliance *float64 `csv:"hint_compliance,omitempty"`
	LateByS        *float64 `csv:"late_by_s,omitempty"`
	LateByMaxS     *float64 `csv:"late_by_max_s,omitempty"`

	// UnfinishedBytes are those of parts that had come through of objects that the trial's end cut off. They are in the timeline and in the
	// phases, and neither in Bytes nor in GoodputMiBs.
	UnfinishedBytes int64 `csv:"unfinished_bytes"`

	// ObjectsCutOff counts the objects that were under way when the trial's end cut them off, neither done nor given up. NotBegun counts those that
	// nobody had come to when the trial ended; they are not among Objects. Nil: not known, or how many there were to be is open.
	ObjectsCutOff *int `csv:"objects_cut_off,omitempty"`
	NotBegun      *int `csv:"not_begun,omitempty"`
}

// Left is how many objects, of a number that was set, were neither done nor given up when the trial ended. As long as there are some, WallS is a
// lower limit of the time that all take.
func (t *Trial) Left() int {
	if t.NotBegun == nil || t.ObjectsCutOff == nil {
		return 0
	}
	return *t.NotBegun + *t.ObjectsCutOff
}

// The values of Trial.RecoveryUnknown.
const (
	NoEnd       = "no_end"        // the trouble lasted to the trial's end
	NoBaseline  = "no_baseline"   // no goodput before the trouble, or trouble from the start
	EndedFirst  = "ended_first"   // the trial was over before the trouble, or the hints given in it
	DoneTooSoon = "done_too_soon" // all work was done so soon after the trouble that nobody can know
)

// The values of Trial.Status.
const (
	TrialOK      = "ok"
	TrialFailed  = "failed"
	TrialInvalid = "invalid"
)

// Detail is one line of details.jsonl: what of a trial is no single number.
type Detail struct {
	Trial int `json:"trial"`
	// HdrHistograms of microseconds, in the compressed V2 encoding that all implementations read, in base64; empty: there are none.
	// Response is from the planned start, waits included; Busy is the same less the waits between attempts; both have what the trial's end
	// cut off, as docs/metrics.md says. Service is from the send of the attempt that succeeded; EarlyBy is of early attempts, and LateBy
	// of retries that waited for their hint, how long after its end they came.
	Response string `json:"response,omitempty"`
	Busy     string `json:"busy,omitempty"`
	Service  string `json:"service,omitempty"`
	EarlyBy  string `json:"early_by,omitempty"`
	LateBy   string `json:"late_by,omitempty"`
	// Clients is the goodput of each client in MiB/s, the lowest first; of more than 100 clients, the 101 percentiles.
	Clients []float64 `json:"clients,omitempty"`
	// ResponseLimits and BusyLimits are how many of the longest times of Response and Busy are lower limits: the trial's end cut calls off, and
	// none took longer for certain. Zero: all are known.
	ResponseLimits int64 `json:"response_limits,omitempty"`
	BusyLimits     int64 `json:"busy_limits,omitempty"`
	// Herd is the second that HerdIndex is about; nil: there is none.
	Herd *Herd `json:"herd,omitempty"`
	// Failed says why files failed that were moved through a control plane, in their order; nil: none did.
	Failed []FailedFile `json:"failed,omitempty"`
}

// FailedFile is a file that its contestant gave up.
type FailedFile struct {
	Client int    `json:"client"`
	Object int    `json:"object"` // ordinal, as in Attempt.Call
	Reason string `json:"reason"` // what was asked for, of which service, and what it answered
}

// Herd counts the attempts that arrived in the second after a hint ran out or a window of trouble ended, in bins of 10 ms.
type Herd struct {
	FromS float64 `json:"from_s"`
	Bins  []int   `json:"bins"`
}

// Tick is one row of timeline.csv: a tenth of a second of one trial, or a second where records are aggregated.
type Tick struct {
	Trial       int     `csv:"trial"`
	TS          float64 `csv:"t_s"`           // start of the bin
	GoodputMiBs float64 `csv:"goodput_mib_s"` // successful part uploads of verified objects, and of those that the trial's end cut off, spread over the bins they span
	Attempts    int     `csv:"attempts"`      // started in the bin
	OK          int     `csv:"ok"`            // ended in the bin with 2xx or 3xx
	Throttled   int     `csv:"throttled"`     // ended in the bin with a throttling answer
	ClientError int     `csv:"client_error"`  // other 4xx
	ServerError int     `csv:"server_error"`  // other 5xx
	ConnError   int     `csv:"conn_error"`    // no response
	InFlight    float64 `csv:"in_flight"`     // mean number of attempts under way
}

// The widths of a timeline's bins in seconds. A trial whose records are aggregated has the wide ones.
const (
	BinS     = 0.1
	WideBinS = 1.0
)

// BinWidth is the width of the bins of one trial, in seconds.
func BinWidth(ticks []Tick) float64 {
	if len(ticks) > 1 && ticks[1].TS-ticks[0].TS > (BinS+WideBinS)/2 {
		return WideBinS
	}
	return BinS
}

// LedgerRow is one line of ledger.jsonl: the server's own record of one attempt, of one connection that
// died before its first request was complete, of a fault that hit connections, or of one window of trouble.
type LedgerRow struct {
	Kind  string  `json:"kind"` // one of the Ledger constants
	Trial int     `json:"trial"`
	Seq   int     `json:"seq,omitempty"`
	TS    float64 `json:"t_s"` // arrival, in seconds since the trial began

	ID         string `json:"id,omitempty"`   // the attempt's id, as the recorder sent it
	Call       string `json:"call,omitempty"` // the call's id, where the client numbers its attempts (amz-sdk-invocation-id)
	Client     string `json:"client,omitempty"`
	Connection int    `json:"connection,omitempty"` // ordinal at the listener, from 1
	Peer       string `json:"peer,omitempty"`       // the client's address
	Op         string `json:"op,omitempty"`
	Object     int    `json:"object,omitempty"` // ordinal; 0: it has none, and Bucket and Key tell it
	Bucket     string `json:"bucket,omitempty"`
	Key        string `json:"key,omitempty"`
	Part       int    `json:"part,omitempty"`
	Work       string `json:"work,omitempty"`    // what a work order token is for
	Attempt    int    `json:"attempt,omitempty"` // as the server counts
	// Scopes lists "rule/scope key" of every hint-giving rule that the request falls under.
	Scopes []string `json:"scopes,omitempty"`

	Rule  string `json:"rule,omitempty"`  // the rule that acted; empty: none
	Fault string `json:"fault,omitempty"` // what it did
	// Shadow names the rules that would have acted but for their shadow: true, with + between.
	Shadow string `json:"shadow,omitempty"`
	// Hint is "rule/scope key" of the hint given; RetryAfterS how long it asked to wait.
	Hint        string   `json:"hint,omitempty"`
	RetryAfterS *float64 `json:"retry_after_s,omitempty"`
	// HintUntilS is the moment a hint given as a date names, in seconds since the trial began. A hint in seconds counts
	// from its receipt instead.
	HintUntilS *float64 `json:"hint_until_s,omitempty"`

	Status    int     `json:"status,omitempty"`   // 0: no response was sent
	BytesIn   int64   `json:"bytes_in,omitempty"` // body bytes read from the client
	TookS     float64 `json:"took_s,omitempty"`
	Committed bool    `json:"committed,omitempty"` // the backend answered 2xx, whatever the client saw
	Once      bool    `json:"once,omitempty"`      // a call that is to be carried out once: not idempotent, and without a key
	// Code is the S3 error code of the answer, in trials of programs of their own: there no client's record tells it.
	Code string `json:"code,omitempty"`

	// For windows: TS to EndS is when the named rule was active; EndS zero: to the end of the trial.
	Name string  `json:"name,omitempty"`
	EndS float64 `json:"end_s,omitempty"`
}

// The kinds of a LedgerRow.
const (
	LedgerAttempt    = "attempt"
	LedgerConnection = "connection" // died with a request begun but its headers not complete
	LedgerFault      = "fault"      // acted on a connection, or on all of them, and on no attempt
	LedgerWindow     = "window"     // a phase or time window of a fault rule, known when the trial starts
)
