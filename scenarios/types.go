package scenarios

import (
	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/internal/units"
)

// Scenario is one YAML file, parsed, checked and with its defaults filled in. It is read only: any number of goroutines
// may use one.
type Scenario struct {
	// File is where it came from, as messages name it, and Source the text as it was read, without overrides.
	File   string `yaml:"-" json:"-"`
	Source []byte `yaml:"-" json:"-"`

	Version     int                `yaml:"version" json:"version" jsonschema:"description=Version of the scenario language.,enum=1"`
	Name        string             `yaml:"name" json:"name" jsonschema:"description=Names the results folder. Letters and digits and any of _.-"`
	Description string             `yaml:"description,omitempty" json:"description,omitempty" jsonschema:"description=One sentence for lists and reports."`
	Seed        uint64             `yaml:"seed,omitempty" json:"seed,omitempty" jsonschema:"description=Makes a run repeatable. Default 1.,minimum=0"`
	Backend     Backend            `yaml:"backend,omitempty" json:"backend,omitzero"`
	Network     Network            `yaml:"network,omitempty" json:"network,omitzero"`
	Workload    Workload           `yaml:"workload" json:"workload"`
	GHGA        GHGA               `yaml:"ghga,omitempty" json:"ghga,omitzero" jsonschema:"description=How GHGA's control plane is; for kind: ghga."`
	Phases      []Phase            `yaml:"phases,omitempty" json:"phases,omitempty" jsonschema:"description=Named stretches of a trial's time in order."`
	Faults      []faultserver.Rule `yaml:"faults,omitempty" json:"faults,omitempty" jsonschema:"description=What goes wrong. Asked in this order; latencies add up and the first other rule that acts decides."`
	Contestants []Contestant       `yaml:"contestants" json:"contestants" jsonschema:"description=Names or mappings of name and as and with; see ratebench list contestants. all stands for all of them that fit the workload each with its defaults."`
	// Oracle says whether the oracle runs in every cell as a yardstick. Default true; but false where GHGA's services have limits of
	// their own that it is not told of: part URLs, open uploads, tokens that live for less than 30 s, and uploads that are cleaned away sooner than by default.
	Oracle     *bool          `yaml:"oracle,omitempty" json:"oracle,omitempty" jsonschema:"description=Run the oracle in every cell as a yardstick. Default: true; false where the ghga block limits part URLs or open uploads or lets tokens live for less than 30 s or cleans uploads away sooner than by default: it is not told of that."`
	Repeats    int            `yaml:"repeats,omitempty" json:"repeats,omitempty" jsonschema:"description=Trials per cell. Default 1.,minimum=1,maximum=1000,default=1"`
	WarmUp     units.Duration `yaml:"warm_up,omitempty" json:"warm_up,omitempty" jsonschema:"description=Time at the start of each trial that does not count. Default 0s."`
	Timeout    units.Duration `yaml:"timeout,omitempty" json:"timeout,omitempty" jsonschema:"description=Longest a trial may take; objects not done by then have failed. Default 2m."`
	Thresholds []Threshold    `yaml:"thresholds,omitempty" json:"thresholds,omitempty" jsonschema:"description=Conditions on medians over the repeats; upper limits on counts of what goes wrong (such as failed_calls and early) hold for every repeat. A run that breaks one exits with 3; so does one that has no number for it."`
}

// Backend says what stands behind the fault server.
type Backend struct {
	// Kind is embedded (default), minio, s3, or http: any HTTP service, for calls. minio and s3 take endpoint and keys from
	// flags or the environment.
	Kind string `yaml:"kind,omitempty" json:"kind,omitempty" jsonschema:"enum=embedded,enum=minio,enum=s3,enum=http,default=embedded,description=http is any HTTP service: for calls."`
	// URL is where the HTTP service is. Only http has one.
	URL string `yaml:"url,omitempty" json:"url,omitempty" jsonschema:"description=Of the HTTP service; for kind: http."`
	// Keep is digests (default: no disk, flat memory) or bytes, for the embedded backend.
	Keep string `yaml:"keep,omitempty" json:"keep,omitempty" jsonschema:"enum=digests,enum=bytes,default=digests"`
}

// Network shapes the way between client and fault server. The zero value is the bare loopback.
type Network struct {
	Latency   units.Duration  `yaml:"latency,omitempty" json:"latency,omitempty" jsonschema:"description=One-way delay. A round trip takes twice this."`
	Bandwidth units.Bandwidth `yaml:"bandwidth,omitempty" json:"bandwidth,omitempty" jsonschema:"description=In each direction. Left out: unlimited."`
	// Scope is what shares the bandwidth: all (default), client or connection.
	Scope string `yaml:"scope,omitempty" json:"scope,omitempty" jsonschema:"enum=all,enum=client,enum=connection,default=all"`
}

// Workload is what a trial does.
type Workload struct {
	// Kind is upload (default: objects in parts) or calls (single HTTP calls, in an open or a closed loop; for strategies that
	// have nothing to do with uploads, and for fleets of clients). For calls, an object is what one call is about.
	//
	// ghga moves files as the GHGA Connector does, through GHGA's control plane. An object is a file then, and its size that of the plain text.
	Kind string `yaml:"kind,omitempty" json:"kind,omitempty" jsonschema:"enum=upload,enum=calls,enum=ghga,default=upload,description=upload sends objects in parts; calls makes single HTTP calls; ghga moves files as the GHGA Connector does."`
	// Do is upload (default), download or delete, for ghga.
	Do string `yaml:"do,omitempty" json:"do,omitempty" jsonschema:"enum=upload,enum=download,enum=delete,description=For ghga: what becomes of the files. Default: upload. What is deleted was prepared as one part of object_size bytes at most 4 MiB; part_size and concurrency are nothing to it."`
	// ObjectSize may be left out where a mix says the sizes. It is the mean of the mix then, in whole bytes and at least 1.
	ObjectSize units.Size `yaml:"object_size" json:"object_size" jsonschema:"description=Size of each object. The last part takes what is left. Left out with a mix."`
	// Mix says what calls there are. Empty: every call is a PUT of ObjectSize.
	Mix []Call `yaml:"mix,omitempty" json:"mix,omitempty" jsonschema:"description=For calls: the kinds of calls there are and how often each comes. Left out: PUTs of object_size."`
	// PartSize and Concurrency span the grid. One value may stand without a list. Calls have no parts: their part size is the
	// object's. In a closed loop of calls Concurrency is how many calls a client has under way; in an open one it is 1 and
	// means nothing.
	PartSize    OneOrMany[units.Size] `yaml:"part_size,omitempty" json:"part_size,omitempty" jsonschema:"description=At least 5MiB."`
	Concurrency OneOrMany[int]        `yaml:"concurrency,omitempty" json:"concurrency,omitempty" jsonschema:"description=Parts in flight per object. In a closed loop of calls: calls in flight per client.,minimum=1,maximum=1024"`
	Clients     int                   `yaml:"clients,omitempty" json:"clients,omitempty" jsonschema:"description=Each with a stack and connections of its own. Default 1. More than 10000 need wire: direct.,minimum=1,maximum=2000000"`
	// Wire is http (default: HTTP over connections) or direct (the server's handler is called in the process; for calls).
	Wire string `yaml:"wire,omitempty" json:"wire,omitempty" jsonschema:"enum=http,enum=direct,default=http,description=http goes over connections; direct calls the server's handler in the process. For large fleets of kind: calls."`
	// Records is attempts (every attempt has a row) or aggregate (counted by the second, nothing is kept of each). Default:
	// aggregate for calls of more than 1000 clients.
	Records string `yaml:"records,omitempty" json:"records,omitempty" jsonschema:"enum=attempts,enum=aggregate,description=attempts keeps a row of each; aggregate counts by the second. Default: aggregate for calls of more than 1000 clients."`
	// AttemptTimeout is how long a client waits for an answer. Zero: for ever.
	AttemptTimeout units.Duration `yaml:"attempt_timeout,omitempty" json:"attempt_timeout,omitempty" jsonschema:"description=How long a client waits for the answer to one attempt. Left out: for ever."`
	// Objects is per client. Zero with a Duration: as many as fit.
	Objects int `yaml:"objects,omitempty" json:"objects,omitempty" jsonschema:"description=Objects per client. Default 1; with a duration as many as fit.,minimum=1,maximum=1000000"`
	// Duration, if set, ends the trial: no object is started after it, and parts under way are cancelled.
	Duration units.Duration `yaml:"duration,omitempty" json:"duration,omitempty" jsonschema:"description=Ends the trial at this time."`
	// PartURLs is presign (default: the client presigns) or ucs (the GHGA Upload Controller hands them out).
	PartURLs string `yaml:"part_urls,omitempty" json:"part_urls,omitempty" jsonschema:"enum=presign,enum=ucs,default=presign"`
	// Payload is digested (default: every byte flows and is hashed) or counted (bytes flow, and only their number matters).
	Payload string `yaml:"payload,omitempty" json:"payload,omitempty" jsonschema:"enum=digested,enum=counted,default=digested,description=digested hashes every byte; counted looks at none. counted needs the embedded backend."`
	// StandIn is how many bytes of a part the wire carries at most in virtual time, while the network charges time for the
	// whole part. Zero: all of them.
	StandIn units.Size `yaml:"stand_in,omitempty" json:"stand_in,omitempty" jsonschema:"description=With --clock virtual: the wire carries at most so much of each part while the network charges time for all of it. Needs payload: counted."`
	// ArrivalRate turns the closed loop into an open one: objects per second and client, started on plan whether or not
	// earlier ones have ended. Zero: closed loop.
	ArrivalRate units.Rate `yaml:"arrival_rate,omitempty" json:"arrival_rate,omitempty" jsonschema:"description=Open loop: objects started per second and client. Left out: closed loop."`
	// Arrivals is constant (default: evenly spread) or poisson (gaps by chance, from the seed: exponential ones). For calls in an
	// open loop.
	Arrivals string `yaml:"arrivals,omitempty" json:"arrivals,omitempty" jsonschema:"enum=constant,enum=poisson,description=For calls in an open loop: constant spreads them evenly; poisson leaves the gaps to chance. Default: constant."`
	// ThinkTime is how long each worker of a closed loop of calls waits between a call's end and its next call. Zero: not at
	// all.
	ThinkTime units.Duration `yaml:"think_time,omitempty" json:"think_time,omitempty" jsonschema:"description=For calls in a closed loop: the wait between the end of a call and the next."`
	// Load makes the rate of calls change with time: between two points it changes evenly, after the last it stays. Empty:
	// ArrivalRate throughout.
	Load []LoadPoint `yaml:"load,omitempty" json:"load,omitempty" jsonschema:"description=For calls: how much of arrival_rate there is at points in time."`
}

// Call is a kind of calls in a mix.
type Call struct {
	Method string `yaml:"method" json:"method" jsonschema:"enum=GET,enum=HEAD,enum=PUT,enum=POST,enum=PATCH,enum=DELETE"`
	// Size is of the request's body, or of the answer's for a GET, which an HTTP service decides by itself. Zero: there is none.
	Size units.Size `yaml:"size,omitempty" json:"size,omitempty" jsonschema:"description=Of the request's body; of the answer's for a GET. Default: no body."`
	// Weight is how often this kind comes, compared with the others. Default 1.
	Weight float64 `yaml:"weight,omitempty" json:"weight,omitempty" jsonschema:"description=How often it comes compared with the others. Default 1.,maximum=1000000"`
	// IdempotencyKey sends a key with every call, the same with each attempt, by which the service could tell that it comes
	// again. For POST and PATCH, which strategies may then repeat.
	IdempotencyKey bool `yaml:"idempotency_key,omitempty" json:"idempotency_key,omitempty" jsonschema:"description=Send an Idempotency-Key; for POST and PATCH."`
	// Path is what is asked of an HTTP service, below its URL; {n} stands for the call's number. Other backends do without.
	Path string `yaml:"path,omitempty" json:"path,omitempty" jsonschema:"description=For backend http: below its URL; {n} stands for the call's number."`
}

// LoadPoint says how much of the arrival rate there is at a time.
type LoadPoint struct {
	At    units.Duration `yaml:"at" json:"at" jsonschema:"description=In the trial's time."`
	Times float64        `yaml:"times" json:"times" jsonschema:"description=The arrival rate is multiplied by this.,minimum=0,maximum=1000"`
}

// Phase is a named stretch of a trial's time. A last phase without a duration runs to the end.
type Phase struct {
	Name string         `yaml:"name" json:"name"`
	For  units.Duration `yaml:"for,omitempty" json:"for,omitempty" jsonschema:"description=How long. The last phase may leave it out."`
}

// Contestant names a contestant and sets its parameters. In YAML a bare name may stand for one without parameters.
type Contestant struct {
	// Name is one of `ratebench list contestants`.
	Name string `yaml:"name" json:"name"`
	// As is the name in results, for the same contestant with several settings. Empty: Name.
	As   string            `yaml:"as,omitempty" json:"as,omitempty" jsonschema:"description=Name in results. Default: name."`
	With map[string]string `yaml:"with,omitempty" json:"with,omitempty" jsonschema:"description=Parameters."`
}

// Threshold is a condition on the median over the repeats of a metric, or on every repeat if it is an upper limit on a count of what goes wrong; a run
// that breaks one, or that has no number for it, exits with 3. In YAML it may also stand in one line, such as "exponential: goodput >= 40MiB/s in calm"; see parseThreshold.
type Threshold struct {
	// Contestant is a name in results; empty: all but the oracle.
	Contestant string `yaml:"contestant,omitempty" json:"contestant,omitempty" jsonschema:"description=Name in results. Default: all but the oracle."`
	// Metric is a numeric column of trials.csv; with a Phase, of phases.csv.
	Metric string `yaml:"metric" json:"metric"`
	// Phase is one of the scenario's; empty: the whole trial.
	Phase string `yaml:"phase,omitempty" json:"phase,omitempty" jsonschema:"description=Only what belongs to this phase. Default: the whole trial."`
	// The limits are in the metric's own unit. Min and Max may be reached, Above and Below may not. Nil: no such limit.
	Min   *float64 `yaml:"min,omitempty" json:"min,omitempty"`
	Max   *float64 `yaml:"max,omitempty" json:"max,omitempty"`
	Above *float64 `yaml:"above,omitempty" json:"above,omitempty" jsonschema:"description=As min; but reaching it is not enough."`
	Below *float64 `yaml:"below,omitempty" json:"below,omitempty" jsonschema:"description=As max; but reaching it is too much."`
}

// GHGA says how the control plane of GHGA is. The zero value is as its services come.
type GHGA struct {
	// TokenExpiry is enforced (default) or ignored; Leeway is how long after their time tokens are accepted all the same.
	TokenExpiry   string         `yaml:"token_expiry,omitempty" json:"token_expiry,omitempty" jsonschema:"enum=enforced,enum=ignored,default=enforced"`
	Leeway        units.Duration `yaml:"leeway,omitempty" json:"leeway,omitempty" jsonschema:"description=How long after its time a work order token is accepted. Default 0s; the UCS has 60s where it looks at all."`
	TokenLifetime units.Duration `yaml:"token_lifetime,omitempty" json:"token_lifetime,omitempty" jsonschema:"description=Of work order tokens in whole seconds. Default 30s."`
	// PartURLLifetime and DownloadURLLifetime are those of presigned URLs.
	PartURLLifetime     units.Duration `yaml:"part_url_lifetime,omitempty" json:"part_url_lifetime,omitempty" jsonschema:"description=In whole seconds. Default 1h."`
	DownloadURLLifetime units.Duration `yaml:"download_url_lifetime,omitempty" json:"download_url_lifetime,omitempty" jsonschema:"description=In whole seconds. Default 30s."`
	// PartURLInterval is in which time a file's bucket of part URLs gets one more. Zero: there is no limit.
	PartURLInterval units.Duration `yaml:"part_url_interval,omitempty" json:"part_url_interval,omitempty" jsonschema:"description=A file's bucket of part URLs gets one more in this time; a request that finds it empty gets 429. Left out: no limit."`
	PartURLBuildup  int            `yaml:"part_url_buildup,omitempty" json:"part_url_buildup,omitempty" jsonschema:"description=How many part URLs the bucket holds. Default 10.,minimum=1"`
	MaxOpenUploads  int            `yaml:"max_open_uploads,omitempty" json:"max_open_uploads,omitempty" jsonschema:"description=Open uploads in a box. Default 5.,minimum=1"`
	// Staging is how long a file takes until it can be downloaded. RetryAfterMin is the least that the DCS says meanwhile.
	Staging       units.Duration `yaml:"staging,omitempty" json:"staging,omitempty" jsonschema:"description=How long a file takes until it can be downloaded. Default 0s."`
	RetryAfterMin units.Duration `yaml:"retry_after_min,omitempty" json:"retry_after_min,omitempty" jsonschema:"description=Least Retry-After of an answer that a file is being staged. Default 5s."`
	VersionRace   bool           `yaml:"version_race,omitempty" json:"version_race,omitempty" jsonschema:"description=Completions of one box that overlap fail with 500 after they have been carried out."`
	// CheckPartSizes looks at the part before the one whose URL is asked for, and ends the upload if that is larger than was declared.
	CheckPartSizes bool `yaml:"check_part_sizes,omitempty" json:"check_part_sizes,omitempty" jsonschema:"description=Who asks for the URL of a part after one that is larger than declared is refused with 400; and the upload is cancelled."`
	// UploadTTL is how long an upload lives in which nobody asks for a part URL, and CleanupInterval how often the job comes by that takes those and
	// orphans away: for the first time that long after the trial's start. Zero: 72 h and 1 h.
	UploadTTL       units.Duration `yaml:"upload_ttl,omitempty" json:"upload_ttl,omitempty" jsonschema:"description=How long an open upload lives in which nobody asks for a part URL. Default 72h."`
	CleanupInterval units.Duration `yaml:"cleanup_interval,omitempty" json:"cleanup_interval,omitempty" jsonschema:"description=How often open uploads that are too old and those that no file knows are taken away. Default 1h."`
	// CorrelationIDs is what becomes of requests without a good X-Request-Id: generated (default: they get one) or required (they are refused).
	CorrelationIDs string `yaml:"correlation_ids,omitempty" json:"correlation_ids,omitempty" jsonschema:"enum=generated,enum=required,default=generated,description=What becomes of a request whose X-Request-Id is missing or no UUID of version 4: it gets a new one or is refused with 400."`
	// SharedBox puts the uploads of all clients into one box. By default each has its own.
	SharedBox bool `yaml:"shared_box,omitempty" json:"shared_box,omitempty" jsonschema:"description=One box for the uploads of all clients."`
}

// OneOrMany is a list that YAML may also write as a single value.
type OneOrMany[T any] []T
