package faults

// Answers are faults that answer instead of the backend, or say something beside its answer.
type Answers struct {
	Status           *Status           `yaml:"status,omitempty" json:"status,omitempty" jsonschema:"description=An error answer."`
	Penalty          *Penalty          `yaml:"penalty,omitempty" json:"penalty,omitempty" jsonschema:"description=An error answer that lasts longer when the client comes back early."`
	CompleteError    *CompleteError    `yaml:"complete_error,omitempty" json:"complete_error,omitempty" jsonschema:"description=200 with an error in its body."`
	Redirect         *Redirect         `yaml:"redirect,omitempty" json:"redirect,omitempty" jsonschema:"description=307 to another place."`
	RateLimitHeaders *RateLimitHeaders `yaml:"rate_limit_headers,omitempty" json:"rate_limit_headers,omitempty" jsonschema:"description=Rate-limit headers in every answer."`
	DateSkew         *DateSkew         `yaml:"date_skew,omitempty" json:"date_skew,omitempty" jsonschema:"description=A Date header that is ahead or behind."`
}

func answerKinds() []Kind {
	const family, identity = "answers", "identity"
	return []Kind{
		{Name: "status", Family: family, Order: identity, Config: Status{},
			Summary: "An error answer, with or without a hint when to come back: throttling, server errors, and those that must not be retried."},
		{Name: "penalty", Family: family, Effect: Limits, Order: "arrival", Config: Penalty{},
			Summary: "Refuses with a hint, and longer each time a client comes back before the hint is over."},
		{Name: "complete_error", Family: family, Order: identity, Config: CompleteError{},
			Summary: "200, white space to keep the client waiting, then an error in the body: how S3 fails a Complete."},
		{Name: "redirect", Family: family, Order: identity, Config: Redirect{},
			Summary: "307 to another place, or to the same one."},
		{Name: "rate_limit_headers", Family: family, Effect: Delays, Order: "arrival", Config: RateLimitHeaders{},
			Summary: "Rate-limit headers in every answer, counted down over a window; refuses nothing."},
		{Name: "date_skew", Family: family, Effect: Delays, Order: identity, Config: DateSkew{},
			Summary: "The Date header of every answer is ahead of time or behind it."},
	}
}
