package faults

// Times are faults of time and bandwidth.
type Times struct {
	Latency   *Latency   `yaml:"latency,omitempty" json:"latency,omitempty" jsonschema:"description=A delay."`
	Ramp      *Ramp      `yaml:"ramp,omitempty" json:"ramp,omitempty" jsonschema:"description=A delay that grows over the trial."`
	Stall     *Stall     `yaml:"stall,omitempty" json:"stall,omitempty" jsonschema:"description=A body that begins and then hangs."`
	Dribble   *Dribble   `yaml:"dribble,omitempty" json:"dribble,omitempty" jsonschema:"description=The answer in drops."`
	Slicer    *Slicer    `yaml:"slicer,omitempty" json:"slicer,omitempty" jsonschema:"description=The answer in small pieces."`
	SlowRead  *SlowRead  `yaml:"slow_read,omitempty" json:"slow_read,omitempty" jsonschema:"description=A request body that is read slowly."`
	Bandwidth *Bandwidth `yaml:"bandwidth,omitempty" json:"bandwidth,omitempty" jsonschema:"description=A limit of how fast bodies go by."`
}

func timeKinds() []Kind {
	const family, identity = "time", "identity"
	return []Kind{
		{Name: "latency", Family: family, Effect: Delays, Order: identity, Config: Latency{},
			Summary: "A delay before the request is handled, before its body is asked for, or within its answer, from a choice of distributions."},
		{Name: "ramp", Family: family, Effect: Delays, Order: "time", Config: Ramp{},
			Summary: "A delay that grows, or shrinks, over the trial's time."},
		{Name: "stall", Family: family, Effect: Delays, Order: identity, Config: Stall{},
			Summary: "The body of a request or an answer begins, hangs for a while, and goes on."},
		{Name: "dribble", Family: family, Effect: Delays, Order: identity, Config: Dribble{},
			Summary: "The answer comes in drops, which take a time in all."},
		{Name: "slicer", Family: family, Effect: Delays, Order: identity, Config: Slicer{},
			Summary: "The answer comes in small pieces with a wait between them."},
		{Name: "slow_read", Family: family, Effect: Delays, Order: identity, Config: SlowRead{},
			Summary: "The server reads the request's body slowly, so that the client's writes hang."},
		{Name: "bandwidth", Family: family, Effect: Delays, Order: "arrival", Config: Bandwidth{},
			Summary: "A limit of how fast bodies go by, for each connection, client, key, prefix or upload, or for all together."},
	}
}
