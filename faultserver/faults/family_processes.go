package faults

// Processes are faults of the server's process and machine.
type Processes struct {
	Pause    *Pause    `yaml:"pause,omitempty" json:"pause,omitempty" jsonschema:"description=Everything stands still for a while."`
	Restart  *Restart  `yaml:"restart,omitempty" json:"restart,omitempty" jsonschema:"description=The server goes down and comes up again."`
	DiskFull *DiskFull `yaml:"disk_full,omitempty" json:"disk_full,omitempty" jsonschema:"description=No room for further uploads."`
}

func processKinds() []Kind {
	const family = "process"
	return []Kind{
		{Name: "pause", Family: family, Effect: Delays, Order: "time", Config: Pause{},
			Summary: "Every request is held until the pause is over, then all go on at once."},
		{Name: "restart", Family: family, Effect: Limits, Order: "time", Config: Restart{},
			Summary: "All connections are reset, and new ones refused until the server is up again."},
		{Name: "disk_full", Family: family, Effect: Limits, Order: "arrival", Config: DiskFull{},
			Summary: "Uploads are refused once so many bytes have been taken."},
	}
}
