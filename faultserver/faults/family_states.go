package faults

// States are faults of what S3 has stored, and of what it says about that.
type States struct {
	CommitThenFail *CommitThenFail `yaml:"commit_then_fail,omitempty" json:"commit_then_fail,omitempty" jsonschema:"description=The backend does the work and the client is told that it failed."`
	AckThenLose    *AckThenLose    `yaml:"ack_then_lose,omitempty" json:"ack_then_lose,omitempty" jsonschema:"description=The client is told that it worked and nothing is kept."`
	LateCommit     *LateCommit     `yaml:"late_commit,omitempty" json:"late_commit,omitempty" jsonschema:"description=The work is done late even if the client has left."`
	AbortUpload    *AbortUpload    `yaml:"abort_upload,omitempty" json:"abort_upload,omitempty" jsonschema:"description=The multipart upload is aborted under the client."`
	StaleList      *StaleList      `yaml:"stale_list,omitempty" json:"stale_list,omitempty" jsonschema:"description=A list of parts or objects as it was a while ago."`
	CompleteSlow   *CompleteSlow   `yaml:"complete_slow,omitempty" json:"complete_slow,omitempty" jsonschema:"description=200 at once and white space until the work is done."`
	Orphan         *Orphan         `yaml:"orphan,omitempty" json:"orphan,omitempty" jsonschema:"description=The backend does the work twice."`
}

func stateKinds() []Kind {
	const family, identity = "state", "identity"
	return []Kind{
		{Name: "commit_then_fail", Family: family, Order: identity, Config: CommitThenFail{},
			Summary: "The backend does the work, and the client is told that it failed."},
		{Name: "ack_then_lose", Family: family, Effect: Delays, Order: identity, Config: AckThenLose{},
			Summary: "The client is told that a part or object is stored, with the right ETag, and it is not."},
		{Name: "late_commit", Family: family, Effect: Delays, Order: identity, Config: LateCommit{},
			Summary: "The work is done after a delay, even if the client has given up meanwhile."},
		{Name: "abort_upload", Family: family, Order: identity, Config: AbortUpload{},
			Summary: "The multipart upload is aborted under the client, which meets NoSuchUpload."},
		{Name: "stale_list", Family: family, Effect: Delays, Order: identity, Config: StaleList{},
			Summary: "Lists of parts, objects or uploads lack their newest entries."},
		{Name: "complete_slow", Family: family, Effect: Delays, Order: identity, Config: CompleteSlow{},
			Summary: "200 comes at once, then white space for a while, then the answer: what S3 does on a long Complete."},
		{Name: "orphan", Family: family, Effect: Delays, Order: identity, Config: Orphan{},
			Summary: "The backend does the work twice, and the client hears of the second: a created upload that nobody knows stays behind."},
	}
}
