package faults

// Connections are faults of the connection under a request.
type Connections struct {
	Refuse         *Refuse         `yaml:"refuse,omitempty" json:"refuse,omitempty" jsonschema:"description=Connections are refused."`
	AcceptClose    *AcceptClose    `yaml:"accept_close,omitempty" json:"accept_close,omitempty" jsonschema:"description=Connections are accepted and closed."`
	MaxConnections *MaxConnections `yaml:"max_connections,omitempty" json:"max_connections,omitempty" jsonschema:"description=Connections beyond a number are reset."`
	Reset          *Reset          `yaml:"reset,omitempty" json:"reset,omitempty" jsonschema:"description=A TCP reset of the connection."`
	Fin            *Fin            `yaml:"fin,omitempty" json:"fin,omitempty" jsonschema:"description=An orderly end of the connection at the wrong time."`
	HalfClose      *HalfClose      `yaml:"half_close,omitempty" json:"half_close,omitempty" jsonschema:"description=The server's side of the connection ends in the middle of the answer."`
	Blackhole      *Blackhole      `yaml:"blackhole,omitempty" json:"blackhole,omitempty" jsonschema:"description=Silence."`
	StaleKeepalive *StaleKeepalive `yaml:"stale_keepalive,omitempty" json:"stale_keepalive,omitempty" jsonschema:"description=A reused connection is reset."`
	MaxRequests    *MaxRequests    `yaml:"max_requests,omitempty" json:"max_requests,omitempty" jsonschema:"description=A connection ends after some requests."`
	TLS            *TLS            `yaml:"tls,omitempty" json:"tls,omitempty" jsonschema:"description=A TLS handshake that fails."`
	GoAway         *GoAway         `yaml:"goaway,omitempty" json:"goaway,omitempty" jsonschema:"description=HTTP/2 GOAWAY."`
	RSTStream      *RSTStream      `yaml:"rst_stream,omitempty" json:"rst_stream,omitempty" jsonschema:"description=HTTP/2 RST_STREAM."`
	MaxStreams     *MaxStreams     `yaml:"max_streams,omitempty" json:"max_streams,omitempty" jsonschema:"description=HTTP/2 limit of requests under way."`
}

func connectionKinds() []Kind {
	const family, identity = "connections", "identity"
	return []Kind{
		{Name: "refuse", Family: family, Effect: Limits, Order: "time", Config: Refuse{},
			Summary: "The port is closed: new connections are refused by the system, open ones go on."},
		{Name: "accept_close", Family: family, Effect: Limits, Order: identity, Config: AcceptClose{},
			Summary: "Connections are accepted and ended at once, with a FIN or a RST."},
		{Name: "max_connections", Family: family, Effect: Limits, Order: "arrival", Config: MaxConnections{},
			Summary: "Connections beyond a number are reset."},
		{Name: "reset", Family: family, Order: identity, Config: Reset{},
			Summary: "A TCP reset at any point: when accepted, in the headers, before, in or after the body, after the commit, in the answer."},
		{Name: "fin", Family: family, Order: identity, Config: Fin{},
			Summary: "The same points as reset, with an orderly end of the connection."},
		{Name: "half_close", Family: family, Order: identity, Config: HalfClose{}, Only: OnlyHTTP1,
			Summary: "A part of the answer, then the end of the server's side of the connection, which goes on reading."},
		{Name: "blackhole", Family: family, Order: identity, Config: Blackhole{},
			Summary: "Silence: no answer and no end of the connection."},
		{Name: "stale_keepalive", Family: family, Effect: Limits, Order: "time", Config: StaleKeepalive{},
			Summary: "A connection that was idle is reset when its next request comes."},
		{Name: "max_requests", Family: family, Effect: Delays, Order: "arrival", Config: MaxRequests{}, Only: OnlyHTTP1,
			Summary: "A connection ends after so many requests, announced or not."},
		{Name: "tls", Family: family, Effect: Limits, Order: identity, Config: TLS{}, Only: OnlyTLS,
			Summary: "A TLS handshake that fails: an alert, silence, an expired certificate or one for another host."},
		{Name: "goaway", Family: family, Effect: Delays, Order: "arrival", Config: GoAway{}, Only: OnlyHTTP2,
			Summary: "GOAWAY with any code: the connection takes no further requests."},
		{Name: "rst_stream", Family: family, Order: identity, Config: RSTStream{}, Only: OnlyHTTP2,
			Summary: "RST_STREAM with any code before the request is handled; the connection goes on."},
		{Name: "max_streams", Family: family, Effect: Delays, Order: "arrival", Config: MaxStreams{}, Only: OnlyHTTP2,
			Summary: "A limit of requests under way on a connection, in the server's SETTINGS."},
	}
}
