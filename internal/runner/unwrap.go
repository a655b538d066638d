package runner

// Unwrap returns the stack itself: it may offer more than a stack has to.
func (w watched) Unwrap() StackContestant { return w.StackContestant }

// Plain is a contestant without what the runner has put around it.
func Plain(c Contestant) Contestant {
	for {
		around, ok := c.(interface{ Unwrap() StackContestant })
		if !ok {
			return c
		}
		c = around.Unwrap()
	}
}
