package report

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Rule is a rule of a gate: which change fails. The zero value is no rule.
type Rule struct {
	Metric  string  // a name or a short name
	Below   bool    // fails below Limit; otherwise above it
	Limit   float64 // not above zero with Below, not below zero otherwise
	Percent bool    // Limit is in percent of the base; otherwise it is in the metric's unit
	// OverCells: the rule is about the mean over all cells of each contestant, and otherwise about every cell by itself. It goes with Percent,
	// and without PartSizes and Concurrencies.
	OverCells bool
	// Contestants, PartSizes and Concurrencies say where the rule holds; empty: everywhere.
	Contestants   []string
	PartSizes     []int64 // bytes
	Concurrencies []int
}

var rulePattern = regexp.MustCompile(`^\s*([A-Za-z][A-Za-z0-9_]*)\s*([<>])\s*([+-]?)([0-9]+(?:\.[0-9]+)?)\s*(%?)(\s+over\s+all\s+cells)?\s*$`)

// maxRule is more than any rule needs.
const maxRule = 200

// ParseRule reads a rule as --fail-on takes it:
//
//	rule   = metric ( "<" | ">" ) change [ "%" ] [ "over all cells" ]
//	metric = a name or a short name: goodput_mib_s, goodput
//	change = a decimal number; with "<" it has a "-" in front, with ">" it may have a "+", and zero has neither or any
//
// So goodput<-5% fails where goodput has fallen by more than 5 %, and early>+3 where there are more than three early attempts
// more. goodput<-3% over all cells fails where the geometric mean of the cells' goodput has fallen by more than 3 %; there is one of metrics that are
// above zero by their nature, and changes of it are in percent.
func ParseRule(s string) (Rule, error) {
	m := rulePattern.FindStringSubmatch(s)
	if m == nil || len(s) > maxRule {
		if len(s) > maxRule {
			s = s[:maxRule] + "…"
		}
		return Rule{}, fmt.Errorf("%q is no rule: write a metric, < or >, and a change, such as goodput<-5%% or early>+3", clean(s))
	}
	metric, ok := ComparedMetric(m[1])
	if !ok {
		return Rule{}, fmt.Errorf("rule %q: %w", s, noMetric(m[1]))
	}
	f, err := strconv.ParseFloat(m[4], 64)
	if err != nil || math.IsInf(f, 0) {
		return Rule{}, fmt.Errorf("rule %q: %s is too large a number", s, m[4])
	}
	r := Rule{Metric: metric.Name, Below: m[2] == "<", Limit: f, Percent: m[5] == "%", OverCells: m[6] != ""}
	switch {
	case r.OverCells && !slices.Contains(ratios, r.Metric):
		return Rule{}, fmt.Errorf("rule %q: %s may be zero, or is no ratio, so there is no geometric mean of it: leave over all cells out", s, m[1])
	case r.OverCells && !r.Percent:
		return Rule{}, fmt.Errorf("rule %q: a mean over all cells changes in percent: write %s%s%s%s%% over all cells", s, m[1], m[2], m[3], m[4])
	case f == 0: // has no sign
	case r.Below && m[3] != "-":
		return Rule{}, fmt.Errorf("rule %q: a change below zero is meant, since < fails what falls: write %s<-%s%s", s, m[1], m[4], m[5])
	case !r.Below && m[3] == "-":
		return Rule{}, fmt.Errorf("rule %q: a change above zero is meant, since > fails what rises: write %s>+%s%s", s, m[1], m[4], m[5])
	case r.Below:
		r.Limit = -f
	}
	return r, nil
}

// String prints the rule so that ParseRule reads it, then where it holds.
func (r Rule) String() string {
	s := r.short()
	var where []string
	for _, c := range r.Contestants {
		where = append(where, clean(c))
	}
	for _, size := range r.PartSizes {
		where = append(where, sizeName(size)+" parts")
	}
	for _, n := range r.Concurrencies {
		where = append(where, strconv.Itoa(n)+" in flight")
	}
	if len(where) > 0 {
		s += " for " + strings.Join(where, ", ")
	}
	return s
}

func (r Rule) short() string {
	op, sign, percent := ">", "+", ""
	if r.Below {
		op, sign = "<", "-"
	}
	if r.Limit == 0 {
		sign = ""
	}
	if r.Percent {
		percent = "%"
	}
	over := ""
	if r.OverCells {
		over = " over all cells"
	}
	return shortMetric(r.Metric) + op + sign + strconv.FormatFloat(math.Abs(r.Limit), 'f', -1, 64) + percent + over
}

// matches reports whether the rule is about a change. The only cell of a contestant is all its cells.
func (r *Rule) matches(k *Change) bool {
	m, _ := ComparedMetric(r.Metric)
	if r.OverCells && k.Cells == 0 && !k.only || !r.OverCells && k.Cells > 0 {
		return false
	}
	return k.Metric == m.Name &&
		(len(r.Contestants) == 0 || slices.Contains(r.Contestants, k.Contestant)) &&
		(len(r.PartSizes) == 0 || slices.Contains(r.PartSizes, k.PartSize)) &&
		(len(r.Concurrencies) == 0 || slices.Contains(r.Concurrencies, k.Concurrency))
}

// strays are the contestants, part sizes and concurrencies of a rule that it finds nothing of, in words.
func (r *Rule) strays(changes []Change) (what []string) {
	finds := func(one func(k *Change) bool) bool {
		return slices.ContainsFunc(changes, func(k Change) bool { return r.matches(&k) && one(&k) })
	}
	for _, name := range r.Contestants {
		if !finds(func(k *Change) bool { return k.Contestant == name }) {
			what = append(what, clean(name))
		}
	}
	for _, size := range r.PartSizes {
		if !finds(func(k *Change) bool { return k.PartSize == size }) {
			what = append(what, sizeName(size)+" parts")
		}
	}
	for _, n := range r.Concurrencies {
		if !finds(func(k *Change) bool { return k.Concurrency == n }) {
			what = append(what, strconv.Itoa(n)+" in flight")
		}
	}
	return what
}

// fails reports whether a change breaks the rule: it is beyond the limit, its interval leaves zero out, and it is significant among all
// that was asked.
func (r *Rule) fails(k *Change, alpha float64) bool {
	e, beyond := r.beyond(k)
	return beyond && k.Adjusted < alpha && e.leavesZeroOut()
}

// beyond reports whether a change, taken as it is, is beyond the limit. The effect is the one that the limit is about; nil: there is none.
func (r *Rule) beyond(k *Change) (e *Effect, beyond bool) {
	e, limit := k.Amount, r.Limit
	if r.Percent {
		limit /= 100
		if e = k.Share; e == nil { // from zero, or where one side has no end
			e, limit = k.Amount, limit*k.level()
			if k.Base.Censored {
				limit = 0
			}
		}
	}
	if e == nil {
		return nil, false
	}
	if r.Below {
		return e, e.direction() < 0 && float64(e.Value) < limit
	}
	return e, e.direction() > 0 && float64(e.Value) > limit
}
