package faults

// Payloads are faults of what a message holds.
type Payloads struct {
}

func payloadKinds() []Kind {
	return nil
}
