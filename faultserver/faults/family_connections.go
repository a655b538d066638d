package faults

// Connections are faults of the connection under a request.
type Connections struct {
	Reset *Reset `yaml:"reset,omitempty" json:"reset,omitempty" jsonschema:"description=A TCP reset of the connection."`
}

func connectionKinds() []Kind {
	const family = "connections"
	return []Kind{
		{Name: "reset", Family: family, Order: "identity", Config: Reset{},
			Summary: "A TCP reset before the body, in the middle of it, or after the commit with the response lost."},
	}
}
