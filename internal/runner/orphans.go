package runner

import (
	"context"
	"fmt"
)

// Orphaning is a target that may be left with uploads that are open at S3 though nobody will go on with them. Orphans counts these past the
// faults, once nothing is under way any more; a negative number says that this trial can leave none.
type Orphaning interface {
	Target
	Orphans(ctx context.Context) (int, error)
}

// orphans asks the target; nil: there is nothing to ask, or no answer.
func (s *session) orphans(ctx context.Context) *int {
	t, ok := s.target.(Orphaning)
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, verifyTimeout)
	defer cancel()
	n, err := t.Orphans(ctx)
	if err != nil {
		s.problems = append(s.problems, fmt.Sprintf("counting orphaned uploads: %v", err))
	}
	if err != nil || n < 0 {
		return nil
	}
	return &n
}
