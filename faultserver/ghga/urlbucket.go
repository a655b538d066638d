package ghga

import (
	"math"
	"strconv"
	"time"
)

// urlBucket limits how many part URLs a file gets, as GHGA's epic "Pistol Shrimp" has it: it is full at first, and gets one more in each
// interval. The zero value is a full bucket.
type urlBucket struct {
	taken int       // how many are missing to a full one
	since time.Time // when the interval that is running began; it runs while any is missing
}

func (b *urlBucket) take(now time.Time, interval time.Duration, buildup int) bool {
	if b.taken > 0 {
		back := int(min(now.Sub(b.since)/interval, time.Duration(b.taken)))
		b.taken -= back
		b.since = b.since.Add(time.Duration(back) * interval)
	}
	if b.taken >= buildup {
		return false
	}
	if b.taken == 0 {
		b.since = now
	}
	b.taken++
	return true
}

// hint is the Retry-After of an empty bucket: one interval times the factor, in whole seconds, rounded up as HTTP knows no others.
func (u *uploadRules) hint() string {
	return strconv.FormatFloat(math.Ceil(u.urlInterval.Seconds()*u.hintFactor), 'f', 0, 64)
}
