package faults

// Times are faults of time and bandwidth.
type Times struct {
	Latency *Latency `yaml:"latency,omitempty" json:"latency,omitempty" jsonschema:"description=Time added before the request is handled."`
}

func timeKinds() []Kind {
	const family = "time"
	return []Kind{
		{Name: "latency", Family: family, Effect: Delays, Order: "identity", Config: Latency{},
			Summary: "Time added before the request is handled."},
	}
}
