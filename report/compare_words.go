package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/ratebench/ratebench/internal/units"
)

func sizeName(bytes int64) string { return units.Size(bytes).String() }

// Subject names what a change is about: "goodput of exponential (8MiB parts, 4 in flight)".
func (k *Change) Subject() string {
	return fmt.Sprintf("%s of %s (%s)", k.label(), clean(k.Contestant), k.Cell)
}

// label is the metric in words.
func (k *Change) label() string {
	if m, ok := ComparedMetric(k.Metric); ok {
		return m.Label
	}
	return k.Metric
}

// Sentence says what has changed, and what the verdict is.
func (k *Change) Sentence() string { return k.facts() + ": " + string(k.Verdict) }

// facts say what has changed.
func (k *Change) facts() string {
	base, head := median(k.Base), median(k.Head)
	if k.byMeans() {
		base, head = k.levels()
	}
	s := fmt.Sprintf("%s: %s to %s, %s", k.Subject(), base, head, k.delta())
	if p := k.chance(); p != none {
		s += ", p " + p
	}
	return s
}

// levels print what each side has: the median with its interval, and the mean where that is what is compared and it says something else.
func (k *Change) levels() (base, head string) {
	base, head = interval(k.Base), interval(k.Head)
	if m := k.Means; k.byMeans() && (m.Base != k.Base.Median || m.Head != k.Head.Median) {
		return "mean " + num(m.Base), "mean " + num(m.Head)
	}
	return base, head
}

// byMeans reports whether the means say what has changed. Of pairs the medians do as well, with their intervals, unless their change is another one than
// that of the pairs.
func (k *Change) byMeans() bool {
	if k.Means == nil || k.Pairs == 0 || k.Share == nil {
		return k.Means != nil
	}
	d := Number(change(k.Head.Median / k.Base.Median))
	return d < k.Share.Low || d > k.Share.High
}

// chance prints the corrected p-value, where there is one that says something.
func (k *Change) chance() string {
	if k.Verdict == VerdictNone || k.Adjusted >= 1 {
		return none
	}
	return pValue(k.Adjusted)
}

// delta prints the change with its interval: a share if there is one.
func (k *Change) delta() string {
	switch {
	case k.Share != nil:
		return signed(float64(k.Share.Value)*100, "%") + " (" + signed(float64(k.Share.Low)*100, "") + " to " + signed(float64(k.Share.High)*100, "") + ")"
	case k.Amount == nil:
		return none
	case math.IsInf(float64(k.Amount.Value), 1):
		return "not reached any more"
	case math.IsInf(float64(k.Amount.Value), -1):
		return "reached now"
	}
	a := k.Amount
	if a.Low == 0 && a.High == 0 {
		return "0"
	}
	return signed(float64(a.Value), "") + " (" + signed(float64(a.Low), "") + " to " + signed(float64(a.High), "") + ")"
}

// signed prints a change, with a minus that is as wide as the plus.
func signed(f float64, unit string) string {
	var s string
	switch a := math.Abs(f); {
	case math.IsInf(f, 0):
		s = "∞"
	case unit == "%" || a >= 0.095 || a == 0:
		s = strconv.FormatFloat(a, 'f', 1, 64)
		if a >= 99.95 || a == math.Trunc(a) && unit == "" {
			s = strconv.FormatFloat(a, 'f', 0, 64)
		}
		if a >= 1e6 {
			s = strconv.FormatFloat(a, 'g', 3, 64)
		}
	default:
		s = strconv.FormatFloat(a, 'g', 2, 64)
	}
	switch {
	case strings.Trim(s, "0.") == "":
		return "0" + unit
	case f < 0:
		return "−" + s + unit
	}
	return "+" + s + unit
}

// pValue prints a p-value as far as it matters.
func pValue(p float64) string {
	switch {
	case p < 0.001:
		return "<0.001"
	case p < 0.0995:
		return strconv.FormatFloat(p, 'f', 3, 64)
	}
	return strconv.FormatFloat(p, 'f', 2, 64)
}

// given prints a share as it was given, as a number or in percent.
func given(f float64) string { return strconv.FormatFloat(f, 'g', 4, 64) }

func givenPercent(f float64) string { return given(f*100) + "%" }

// Summary says the outcome in one sentence.
func (c *Comparison) Summary() string {
	var parts []string
	for _, v := range []Verdict{VerdictWorse, VerdictBetter, VerdictChanged, VerdictSame, VerdictInconclusive, VerdictNone} {
		if n := c.count(v); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	s := strings.Join(parts, ", ")
	if s != "" {
		s = " (" + s + ")"
	}
	switch c.Outcome {
	case CompareFailed:
		return "FAILED: the head is worse than the gate allows" + s
	case CompareNoVerdict:
		return "NO VERDICT, which is not a pass" + s
	}
	return "PASSED: nothing that the gate forbids is shown" + s
}
