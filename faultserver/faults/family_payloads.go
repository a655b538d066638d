package faults

// Payloads are faults of what a message holds.
type Payloads struct {
	Truncate        *Truncate        `yaml:"truncate,omitempty" json:"truncate,omitempty" jsonschema:"description=The answer's body ends before its promised length."`
	WrongLength     *WrongLength     `yaml:"wrong_length,omitempty" json:"wrong_length,omitempty" jsonschema:"description=A Content-Length that is not the answer's."`
	MalformedChunk  *MalformedChunk  `yaml:"malformed_chunk,omitempty" json:"malformed_chunk,omitempty" jsonschema:"description=A chunked answer whose second chunk is broken."`
	Garbage         *Garbage         `yaml:"garbage,omitempty" json:"garbage,omitempty" jsonschema:"description=Random bytes instead of an HTTP answer."`
	EmptyReply      *EmptyReply      `yaml:"empty_reply,omitempty" json:"empty_reply,omitempty" jsonschema:"description=The connection is closed without a byte of an answer."`
	Corrupt         *Corrupt         `yaml:"corrupt,omitempty" json:"corrupt,omitempty" jsonschema:"description=Bytes changed on the way."`
	ETag            *ETag            `yaml:"etag,omitempty" json:"etag,omitempty" jsonschema:"description=A wrong ETag header or none."`
	DuplicateHeader *DuplicateHeader `yaml:"duplicate_header,omitempty" json:"duplicate_header,omitempty" jsonschema:"description=A header that comes a second time with another value."`
	HugeHeaders     *HugeHeaders     `yaml:"huge_headers,omitempty" json:"huge_headers,omitempty" jsonschema:"description=An answer with very long headers."`
	GzipLie         *GzipLie         `yaml:"gzip_lie,omitempty" json:"gzip_lie,omitempty" jsonschema:"description=Content-Encoding: gzip on what is none."`
}

func payloadKinds() []Kind {
	const family, identity = "payload", "identity"
	return []Kind{
		{Name: "truncate", Family: family, Order: identity, Config: Truncate{},
			Summary: "The answer's body ends before its promised length, with an orderly close of the connection."},
		{Name: "wrong_length", Family: family, Order: identity, Config: WrongLength{}, Only: OnlyHTTP1,
			Summary: "A Content-Length that is too long (the body seems cut off) or too short (the rest of the body is missing)."},
		{Name: "malformed_chunk", Family: family, Order: identity, Config: MalformedChunk{}, Only: OnlyHTTP1,
			Summary: "200 with a chunked body whose second chunk has no valid length."},
		{Name: "garbage", Family: family, Order: identity, Config: Garbage{}, Only: OnlyHTTP1,
			Summary: "Random bytes instead of an HTTP answer, then the end of the connection."},
		{Name: "empty_reply", Family: family, Order: identity, Config: EmptyReply{},
			Summary: "The connection is closed in order, without a byte of an answer."},
		{Name: "corrupt", Family: family, Effect: Delays, Order: identity, Config: Corrupt{},
			Summary: "Some bytes of an upload or a download change on the way; nothing else tells."},
		{Name: "etag", Family: family, Effect: Delays, Order: identity, Config: ETag{},
			Summary: "The ETag header of a good answer is wrong or missing."},
		{Name: "duplicate_header", Family: family, Effect: Delays, Order: identity, Config: DuplicateHeader{},
			Summary: "A header comes a second time, with another value."},
		{Name: "huge_headers", Family: family, Effect: Delays, Order: identity, Config: HugeHeaders{},
			Summary: "The answer carries very long headers, beyond what many clients take."},
		{Name: "gzip_lie", Family: family, Effect: Delays, Order: identity, Config: GzipLie{},
			Summary: "The answer claims Content-Encoding: gzip, and its body is none."},
	}
}
