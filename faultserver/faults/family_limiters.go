package faults

// Limiters are models of a service that takes so much and not more.
type Limiters struct {
	Throttle         *Throttle         `yaml:"throttle,omitempty" json:"throttle,omitempty" jsonschema:"description=A token bucket that refuses when it is empty."`
	GCRA             *GCRA             `yaml:"gcra,omitempty" json:"gcra,omitempty" jsonschema:"description=The Generic Cell Rate Algorithm."`
	LeakyBucket      *LeakyBucket      `yaml:"leaky_bucket,omitempty" json:"leaky_bucket,omitempty" jsonschema:"description=An even pace with a queue."`
	FixedWindow      *FixedWindow      `yaml:"fixed_window,omitempty" json:"fixed_window,omitempty" jsonschema:"description=So many requests in each window of time."`
	SlidingWindow    *SlidingWindow    `yaml:"sliding_window,omitempty" json:"sliding_window,omitempty" jsonschema:"description=So many requests in any stretch of time."`
	ByteQuota        *ByteQuota        `yaml:"byte_quota,omitempty" json:"byte_quota,omitempty" jsonschema:"description=So many bytes per second."`
	ConcurrencyLimit *ConcurrencyLimit `yaml:"concurrency_limit,omitempty" json:"concurrency_limit,omitempty" jsonschema:"description=So many attempts under way."`
	Queue            *Queue            `yaml:"queue,omitempty" json:"queue,omitempty" jsonschema:"description=Workers with a queue in front of them."`
	Knee             *Knee             `yaml:"knee,omitempty" json:"knee,omitempty" jsonschema:"description=Delays that grow with the load and in the end refusals."`
	Brownout         *Brownout         `yaml:"brownout,omitempty" json:"brownout,omitempty" jsonschema:"description=Capacity that is lost under overload."`
	PrefixGrowth     *PrefixGrowth     `yaml:"prefix_growth,omitempty" json:"prefix_growth,omitempty" jsonschema:"description=A limit that grows with the load as S3's does."`
	Metastable       *Metastable       `yaml:"metastable,omitempty" json:"metastable,omitempty" jsonschema:"description=A queue that works on for clients that have left."`
	NoisyNeighbour   *NoisyNeighbour   `yaml:"noisy_neighbour,omitempty" json:"noisy_neighbour,omitempty" jsonschema:"description=A limit that others use too."`
}

func limiterKinds() []Kind {
	const family, arrival = "limiters", "arrival"
	return []Kind{
		{Name: "throttle", Family: family, Effect: Limits, Order: arrival, Config: Throttle{},
			Summary: "A token bucket: refuses with 429 or 503 when it is empty."},
		{Name: "gcra", Family: family, Effect: Limits, Order: arrival, Config: GCRA{},
			Summary: "The Generic Cell Rate Algorithm: a token bucket by another name."},
		{Name: "leaky_bucket", Family: family, Effect: Limits, Order: arrival, Config: LeakyBucket{},
			Summary: "Requests are handled at an even pace; so many may wait, those beyond are refused."},
		{Name: "fixed_window", Family: family, Effect: Limits, Order: arrival, Config: FixedWindow{},
			Summary: "So many requests in each window of time, and all at once at its beginning."},
		{Name: "sliding_window", Family: family, Effect: Limits, Order: arrival, Config: SlidingWindow{},
			Summary: "So many requests in any stretch of time."},
		{Name: "byte_quota", Family: family, Effect: Limits, Order: arrival, Config: ByteQuota{},
			Summary: "So many bytes of request bodies per second."},
		{Name: "concurrency_limit", Family: family, Effect: Limits, Order: arrival, Config: ConcurrencyLimit{},
			Summary: "So many attempts under way; those beyond are refused."},
		{Name: "queue", Family: family, Effect: Limits, Order: arrival, Config: Queue{},
			Summary: "Workers with a queue in front of them: first in first out, last in first out, or with a deadline."},
		{Name: "knee", Family: family, Effect: Limits, Order: arrival, Config: Knee{},
			Summary: "Delays that grow with the attempts under way, evenly, then steeply, and then refusals."},
		{Name: "brownout", Family: family, Effect: Limits, Order: arrival, Config: Brownout{},
			Summary: "A token bucket that loses capacity under overload, and gets it back only when the load has fallen."},
		{Name: "prefix_growth", Family: family, Effect: Limits, Order: arrival, Config: PrefixGrowth{},
			Summary: "A limit for each prefix that grows with the load, as S3's does: steep loads are told to slow down."},
		{Name: "metastable", Family: family, Effect: Limits, Order: arrival, Config: Metastable{},
			Summary: "A queue that goes on working for clients that have left, so that their retries keep it full."},
		{Name: "noisy_neighbour", Family: family, Effect: Limits, Order: arrival, Config: NoisyNeighbour{},
			Summary: "A token bucket that others use too, in waves."},
	}
}
