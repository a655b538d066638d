package record

import (
	"reflect"
	"strings"
)

// quantitiesOf checks that no number of T is below zero: all are counts, sizes, times and ratios.
func quantitiesOf[T any](header []string) (checks []fieldCheck) {
	for i, kind := range kindsOf[T](header) {
		if kind == reflect.Int || kind == reflect.Int64 || kind == reflect.Float64 {
			checks = append(checks, fieldCheck{i, func(field string) bool { return strings.HasPrefix(field, "-") }})
		}
	}
	return checks
}

// impossible names a column of a trial whose number cannot be, although it is not below zero; empty: there is none.
func impossible(t *Trial) (column string, value any) {
	const slack = 1e-5 // more than what is lost in printing
	for _, share := range []struct {
		column string
		value  *float64
	}{{"fairness", t.Fairness}, {"hint_compliance", t.HintCompliance}} {
		if share.value != nil && *share.value > 1+slack {
			return share.column, *share.value
		}
	}
	switch {
	case t.Amplification > 0 && t.Amplification < 1-slack: // 0: there were no calls
		return "amplification", t.Amplification
	case t.FailedCalls > t.Calls:
		return "failed_calls", t.FailedCalls
	case t.FailedObjects > t.Objects:
		return "failed_objects", t.FailedObjects
	case t.P50S > t.P95S+slack:
		return "p50_s", t.P50S
	case t.P95S > t.P99S+slack:
		return "p95_s", t.P95S
	}
	return "", nil
}
