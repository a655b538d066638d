package faults

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/ratebench/ratebench/internal/units"
)

// RetryAfter says what the Retry-After header of an answer holds, in all the forms that services really send, those that
// RFC 9110, section 10.2.3, does not allow included.
//
// The ledger has the wait that a client was told, whatever the truth is: hints that lie change what is early. It has none
// where no client could obey: a raw text that is no number of seconds.
type RetryAfter struct {
	// Form is seconds (default where a wait is known), http_date (as RFC 9110 wants dates), rfc850 and asctime (its obsolete
	// forms), float (1.500), milliseconds (1500 where seconds belong), ms_header (Retry-After-Ms and x-ms-retry-after-ms),
	// raw (Text as it is) or none.
	Form string `yaml:"form,omitempty" json:"form,omitempty" jsonschema:"description=How the wait is written. milliseconds puts them where seconds belong. ms_header sends Retry-After-Ms and x-ms-retry-after-ms. raw sends text.,enum=seconds,enum=http_date,enum=rfc850,enum=asctime,enum=float,enum=milliseconds,enum=ms_header,enum=raw,enum=none"`
	// Value is the wait asked for. Zero: what the limit needs to let an attempt pass again, in whole seconds, at least 1 s;
	// under a rule without a limit, zero means no header.
	Value units.Duration `yaml:"value,omitempty" json:"value,omitempty" jsonschema:"description=The wait asked for. Left out: what the limit needs; without a limit no header is sent."`
	// Text is the header's value in the raw form. It may be empty.
	Text string `yaml:"text,omitempty" json:"text,omitempty" jsonschema:"description=The header's value in the form raw such as soon or -1."`
	// Jitter adds up to this much to the wait, uniformly, decided by identity.
	Jitter units.Duration `yaml:"jitter,omitempty" json:"jitter,omitempty" jsonschema:"description=Up to this much more. Uniform."`
	// Lie multiplies the wait that is told: 0.5 tells half of it. Zero: the truth.
	Lie float64 `yaml:"lie,omitempty" json:"lie,omitempty" jsonschema:"description=What is told is so many times the truth: 0.5 is half of it. Left out: the truth."`
	// Skew is how far the server's clock is ahead, in dates and in the Date header.
	Skew units.Duration `yaml:"skew,omitempty" json:"skew,omitempty" jsonschema:"description=How far the server's clock is ahead in dates and in the Date header."`
	// Duplicate is the value of a second Retry-After header. Empty: there is none.
	Duplicate string `yaml:"duplicate,omitempty" json:"duplicate,omitempty" jsonschema:"description=Value of a second Retry-After header."`
}

const (
	formSeconds      = "seconds"
	formHTTPDate     = "http_date"
	formRFC850       = "rfc850"
	formASCTime      = "asctime"
	formFloat        = "float"
	formMilliseconds = "milliseconds"
	formMSHeader     = "ms_header"
	formRaw          = "raw"
	formNone         = "none"
)

func (ra *RetryAfter) check() error {
	switch {
	case ra.Text != "" && ra.Form != formRaw:
		return Wrong("retry_after.text", "goes with form: raw only: write that, or remove text")
	case !httpguts.ValidHeaderFieldValue(ra.Text):
		return Wrong("retry_after.text", "%q cannot stand in a header: write plain text", ra.Text)
	case !httpguts.ValidHeaderFieldValue(ra.Duplicate):
		return Wrong("retry_after.duplicate", "%q cannot stand in a header: write plain text", ra.Duplicate)
	case ra.Lie < 0 || ra.Lie > 1e6 || math.IsNaN(ra.Lie):
		return Wrong("retry_after.lie", "%v is no factor: write a number from 0 to 1000000 such as 0.5", ra.Lie)
	}
	return nil
}

// dates are the layouts of the forms that name a moment.
var dates = map[string]string{
	formHTTPDate: http.TimeFormat,
	formRFC850:   "Monday, 02-Jan-06 15:04:05 GMT",
	formASCTime:  "Mon Jan _2 15:04:05 2006",
}

// hint sets the Retry-After header.
func (x *Exchange) hint(f Fault, ra RetryAfter, auto time.Duration) {
	h := x.W.Header()
	d := ra.Value.D()
	if d == 0 {
		d = auto
	}
	if ra.Form == formNone || d == 0 && ra.Form != formRaw {
		return
	}
	if ra.Lie > 0 {
		d = time.Duration(min(float64(d)*ra.Lie, float64(math.MaxInt64/4)))
	}
	if ra.Jitter > 0 {
		d += time.Duration(x.Dice(200) * float64(ra.Jitter))
	}
	// A client must not be told to come back too soon because a form knows whole seconds only.
	whole := (d + time.Second - 1) / time.Second
	told := float64(whole)
	switch ra.Form {
	case formRaw:
		h.Set("Retry-After", ra.Text)
		told = -1
		if n, err := strconv.ParseUint(ra.Text, 10, 31); err == nil {
			told = float64(n)
		}
	case formFloat:
		h.Set("Retry-After", strconv.FormatFloat(d.Seconds(), 'f', 3, 64))
		told = d.Seconds()
	case formMilliseconds: // whoever believes it waits a thousand times as long
		told = float64(d.Milliseconds())
		h.Set("Retry-After", strconv.FormatInt(d.Milliseconds(), 10))
	case formMSHeader:
		h.Set("Retry-After-Ms", strconv.FormatInt(d.Milliseconds(), 10))
		h.Set("X-Ms-Retry-After-Ms", strconv.FormatInt(d.Milliseconds(), 10))
		told = d.Seconds()
	case formHTTPDate, formRFC850, formASCTime:
		now := time.Now()
		until := now.Add(d + time.Second - 1).Truncate(time.Second)
		h.Set("Retry-After", until.Add(ra.Skew.D()).UTC().Format(dates[ra.Form]))
		told = until.Sub(now).Seconds()
		if ra.Skew != 0 { // only the distance from Date is right
			h.Set("Date", now.Add(ra.Skew.D()).UTC().Format(http.TimeFormat))
		} else {
			moment := x.Host.Since(until).Seconds()
			x.Row.HintUntilS = &moment
		}
	default:
		h.Set("Retry-After", strconv.FormatInt(int64(whole), 10))
	}
	if ra.Duplicate != "" {
		h.Add("Retry-After", ra.Duplicate)
	}
	if told < 0 {
		return
	}
	x.Row.RetryAfterS = &told
	if h, ok := f.(Hinting); ok {
		if scope := h.HintScope(x); scope != "" {
			x.Row.Hint = x.Rule + "/" + scope
		}
	}
}
