package strategies

import (
	"time"

	"github.com/dunglas/httpsfv"
)

// Bounds on what of a RateLimit field is taken: a server that sends more is not one to be guided by.
const (
	maxLimitField = 4 << 10 // bytes
	maxItems      = 16
	maxSeconds    = int64(maxDuration / time.Second)
)

// ParseRateLimit reads the values of the fields RateLimit and RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers-11,
// which are lists of RFC 9651, and joins them by policy and partition key. A field that is malformed is ignored, as the
// draft asks, and so is an item that lacks what it must have or holds a negative number. The order is that of RateLimit-Policy, then
// of what RateLimit alone names.
func ParseRateLimit(rateLimit, policy []string) []Limit {
	var limits []Limit
	for _, item := range limitItems(policy) {
		l := Limit{Policy: item.name, Key: item.key, Unit: UnitRequests, Reset: -1}
		var ok bool
		if l.Quota, ok = item.number("q"); !ok {
			continue
		}
		if w, ok := item.number("w"); ok {
			l.Window = wholeSeconds(w)
		}
		if unit, ok := item.params.Get("qu"); ok {
			l.Unit, _ = unit.(string)
		}
		limits = append(limits, l)
	}
	for _, item := range limitItems(rateLimit) {
		left, ok := item.number("r")
		if !ok {
			continue
		}
		l := find(limits, item.name, item.key)
		if l == nil { // of no policy that was told, or of one whose keys are many
			fresh := Limit{Policy: item.name, Unit: UnitRequests, Reset: -1}
			if general := find(limits, item.name, ""); general != nil {
				fresh = *general
				fresh.Left, fresh.HasLeft, fresh.Reset = 0, false, -1
			}
			fresh.Key = item.key
			limits = append(limits, fresh)
			l = &limits[len(limits)-1]
		}
		l.Left, l.HasLeft = left, true
		if t, ok := item.number("t"); ok {
			l.Reset = wholeSeconds(t)
		}
	}
	return limits
}

// find returns the limit of a policy and key.
func find(limits []Limit, name, key string) *Limit {
	for i := range limits {
		if l := &limits[i]; l.Policy == name && l.Key == key {
			return l
		}
	}
	return nil
}

// limitItem is an item of either field.
type limitItem struct {
	name, key string
	params    *httpsfv.Params
}

// number returns a parameter that must be an integer of zero or more.
func (i limitItem) number(name string) (int64, bool) {
	v, _ := i.params.Get(name)
	n, ok := v.(int64)
	return n, ok && n >= 0
}

func limitItems(values []string) (items []limitItem) {
	size := 0
	for _, v := range values {
		size += len(v)
	}
	if size == 0 || size > maxLimitField {
		return nil
	}
	list, err := httpsfv.UnmarshalList(values)
	if err != nil {
		return nil
	}
	for _, m := range list {
		item, ok := m.(httpsfv.Item)
		name, isString := item.Value.(string)
		if !ok || !isString || len(items) == maxItems {
			continue
		}
		key, _ := item.Params.Get("pk")
		bytes, _ := key.([]byte)
		items = append(items, limitItem{name, string(bytes), item.Params})
	}
	return items
}

func wholeSeconds(n int64) time.Duration {
	if n > maxSeconds {
		return maxDuration
	}
	return time.Duration(n) * time.Second
}
