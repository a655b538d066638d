package faults

// States are faults of what S3 has stored.
type States struct {
}

func stateKinds() []Kind {
	return nil
}
