package faults

// Answers are faults that answer instead of the backend.
type Answers struct {
	Status *Status `yaml:"status,omitempty" json:"status,omitempty" jsonschema:"description=An error answer."`
}

func answerKinds() []Kind {
	const family = "answers"
	return []Kind{
		{Name: "status", Family: family, Order: "identity", Config: Status{},
			Summary: "An error answer, with or without a hint when to come back."},
	}
}
