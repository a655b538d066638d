package faults

// Limiters are models of a service that takes so much and not more.
type Limiters struct {
	Throttle *Throttle `yaml:"throttle,omitempty" json:"throttle,omitempty" jsonschema:"description=A token bucket that refuses when it is empty."`
}

func limiterKinds() []Kind {
	const family = "limiters"
	return []Kind{
		{Name: "throttle", Family: family, Effect: Limits, Order: "arrival", Config: Throttle{},
			Summary: "A token bucket: refuses with 429 or 503 when it is empty."},
	}
}
