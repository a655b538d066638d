package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ratebench/ratebench/internal/units"
)

var thresholdType = reflect.TypeFor[Threshold]()

// part is a piece of a threshold in one line, and the byte at which it begins.
type part struct {
	text string
	at   int
}

// thresholdLine is a threshold in one line, in its parts.
type thresholdLine struct {
	contestant, metric, op, value, phase part
	limit                                float64 // the value, in the metric's unit
}

// misread says what is wrong with a threshold in one line, and at which byte.
type misread struct {
	at      int
	message string
}

// parseThreshold reads a threshold in one line:
//
//	[contestant ":"] metric ("<=" | ">=" | "<" | ">") value ["in" phase]
//
// The metric is a column of trials.csv, or one without its unit: goodput for goodput_mib_s. The value is in the column's unit, or has
// one of its own: 8, 8s or 8000ms for seconds, 40 or 40MiB/s, 5MiB for bytes, and 95% for a ratio.
func parseThreshold(text string) (thresholdLine, *misread) {
	var l thresholdLine
	i := strings.IndexAny(text, "<>")
	if i < 0 {
		return l, &misread{0, "there is no comparison in it: " + wantedThreshold}
	}
	l.op = part{text[i : i+1], i}
	if strings.HasPrefix(text[i+1:], "=") {
		l.op.text = text[i : i+2]
	}
	l.metric = trim(text[:i], 0)
	if colon := strings.IndexByte(text[:i], ':'); colon >= 0 {
		l.contestant, l.metric = trim(text[:colon], 0), trim(text[colon+1:i], colon+1)
		if l.contestant.text == "" {
			return l, &misread{colon, "there is no contestant before the colon: " + wantedThreshold}
		}
	}
	if l.metric.text == "" {
		return l, &misread{i, "there is no metric before " + l.op.text + ": " + wantedThreshold}
	}
	if strings.HasSuffix(l.metric.text, "=") {
		return l, &misread{i - 1, "=" + l.op.text + " is no comparison: write <=, >=, < or >"}
	}
	m, ok := measureOf(l.metric.text)
	if !ok {
		return l, &misread{l.metric.at, noMetric(l.metric.text)}
	}
	l.metric.text = m.name
	after := i + len(l.op.text)
	l.value = trim(text[after:], after)
	if value, phase, ok := cutPhase(l.value.text); ok {
		l.phase = trim(l.value.text[phase:], l.value.at+phase)
		l.value = trim(value, l.value.at)
		if l.phase.text == "" {
			return l, &misread{l.phase.at, "there is no phase after in: " + wantedThreshold}
		}
	}
	var err error
	if l.limit, err = m.parse(l.value.text); err != nil {
		return l, &misread{l.value.at, err.Error()}
	}
	return l, nil
}

const wantedThreshold = `write "metric <= value", such as "recovery_s <= 8" or "exponential: goodput >= 40MiB/s in calm"`

// trim takes the blanks off a piece that begins at a byte of the line.
func trim(text string, at int) part {
	left := strings.TrimLeft(text, " \t\n")
	return part{strings.TrimRight(left, " \t\n"), at + len(text) - len(left)}
}

// cutPhase splits at the word in. phase is the byte behind it.
func cutPhase(text string) (value string, phase int, ok bool) {
	at := 0
	for word := range strings.FieldsSeq(text) {
		at += strings.Index(text[at:], word)
		if word == "in" {
			return text[:at], at + len(word), true
		}
		at += len(word)
	}
	return text, 0, false
}

func noMetric(name string) string {
	known := Metrics()
	words := slices.Clone(known)
	for _, m := range trialMeasures {
		words = append(words, m.short())
	}
	meant := ""
	if best := nearest(name, words); best != "" {
		meant = "did you mean " + best + "? "
	}
	return fmt.Sprintf("%q is no numeric column of trials.csv: %sKnown: %s", clip(name), meant, strings.Join(known, ", "))
}

// parse reads a value: a bare number is in the metric's own unit.
func (m measure) parse(text string) (float64, error) {
	if text == "" {
		return 0, fmt.Errorf("there is no value: write %s", m.example())
	}
	if strings.Trim(text, "0123456789.") == "" {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || f > maxNumber {
			return 0, fmt.Errorf("%q is no number that can be compared with: write %s", clip(text), m.example())
		}
		return f, nil
	}
	var f float64
	var err error
	switch m.unit {
	case "s":
		var d units.Duration
		d, err = units.ParseDuration(text)
		f = d.D().Seconds()
	case "MiB/s":
		var b units.Bandwidth
		b, err = units.ParseBandwidth(text)
		f = float64(b) / float64(units.MiB)
	case "MiB", "B":
		var b units.Size
		b, err = units.ParseSize(text)
		f = float64(b)
		if m.unit == "MiB" {
			f /= float64(units.MiB)
		}
	default:
		percent, ok := strings.CutSuffix(text, "%")
		if !ok || !m.ratio || strings.Trim(percent, "0123456789.") != "" {
			return 0, fmt.Errorf("%q is no number: %s has no unit, so write %s", clip(text), m.name, m.example())
		}
		f, err = strconv.ParseFloat(percent, 64)
		f /= 100
	}
	if err != nil || f > maxNumber {
		return 0, fmt.Errorf("%q is no value for %s: write %s", clip(text), m.name, m.example())
	}
	return f, nil
}

// example is what to write as a value.
func (m measure) example() string {
	switch {
	case m.unit == "s":
		return "a number of seconds such as 8, or a duration such as 250ms"
	case m.unit == "MiB/s":
		return "a number of MiB/s such as 40, or a bandwidth such as 40MiB/s"
	case m.unit == "MiB":
		return "a number of MiB such as 64, or a size such as 1GiB"
	case m.unit == "B":
		return "a number of bytes, or a size such as 5MiB"
	case m.ratio:
		return "a number such as 0.95, or a percentage such as 95%"
	}
	return "a number such as 3"
}

// oneLine decodes a threshold that stands in one line; false: it does not. A colon in a line without quotes makes a mapping of it,
// which gets a message of its own.
func (d *decoder) oneLine(n *node, v reflect.Value, path string) bool {
	if n.kind == scalar {
		d.threshold(n, v, path)
		return true
	}
	if n.kind != mapping || len(n.entries) != 1 {
		return false
	}
	e := n.entries[0]
	if e.value.kind != scalar || !strings.ContainsAny(e.value.text, "<>") || slices.Contains(keys(thresholdType), e.key.text) {
		return false
	}
	d.fail(e.key, path, "a line with a colon in it needs quotes: write %q", clip(e.key.text)+": "+clip(e.value.text))
	return true
}

// threshold fills a Threshold from a line. Its parts get places of their own, as if they had been written under their keys.
func (d *decoder) threshold(n *node, v reflect.Value, path string) {
	l, bad := parseThreshold(n.text)
	if bad != nil {
		d.fail(n.within(bad.at), path, "%s", bad.message)
		return
	}
	t := Threshold{Contestant: l.contestant.text, Metric: l.metric.text, Phase: l.phase.text}
	key := ""
	switch l.op.text {
	case "<=":
		key, t.Max = "max", &l.limit
	case ">=":
		key, t.Min = "min", &l.limit
	case "<":
		key, t.Below = "below", &l.limit
	case ">":
		key, t.Above = "above", &l.limit
	}
	for key, p := range map[string]part{"contestant": l.contestant, "metric": l.metric, "phase": l.phase, key: l.value} {
		if p.text != "" {
			d.places[join(path, key)] = n.within(p.at)
		}
	}
	v.Set(reflect.ValueOf(t))
}

// within is the place of a byte in the text of a single value. In a text of several lines it is the text's beginning: where the lines
// were broken is no longer known.
func (n *node) within(at int) *node {
	if strings.Contains(n.text, "\n") {
		return n
	}
	inner := *n
	inner.column += utf8.RuneCountInString(n.text[:at])
	if n.quoted {
		inner.column++
	}
	return &inner
}
