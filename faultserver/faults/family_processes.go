package faults

// Processes are faults of the server's process and machine.
type Processes struct {
}

func processKinds() []Kind {
	return nil
}
