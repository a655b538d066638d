package metrics

import "github.com/ratebench/ratebench/internal/record"

// An object that is downloaded in ranges comes in the answers of several calls. Their attempts tell how much of it they brought.

// received is what an attempt brought of an object in its answer; zero: it brought no range.
func received(a *record.Attempt) int64 {
	if a.ReceivedBytes == nil {
		return 0
	}
	return *a.ReceivedBytes
}

// bodyEnd is when an attempt had ended with the body of its answer, as far as that is known.
func bodyEnd(a *record.Attempt) float64 {
	if a.BodyS == nil {
		return end(a)
	}
	return end(a) + *a.BodyS
}

// wholeRange returns the attempt that brought a call's range to its end, or nil.
func (c *call) wholeRange() *record.Attempt {
	for _, a := range c.attempts {
		if wholeAnswer(a) {
			return a
		}
	}
	return nil
}

// wholeAnswer reports whether an attempt's range came to its end.
func wholeAnswer(a *record.Attempt) bool {
	return succeeded(a) && a.ReceivedBytes != nil && a.Error == ""
}
