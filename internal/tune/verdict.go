package tune

import (
	"fmt"
	"slices"
	"strings"
)

// verdict is the sentence that stands on top.
func (r *Report) verdict() string {
	if r.Withdrawn != nil {
		return r.contradicted()
	}
	text := r.found()
	if r.Confirm != nil && r.Confirm.Verdict == Open {
		text += fmt.Sprintf(" The %s clock does not contradict, but does not show it either.", r.Confirm.Clock)
	}
	return text
}

// contradicted is the sentence where the real clock says the opposite of the search.
func (r *Report) contradicted() string {
	rec, clock := r.Recommend, r.Confirm.Clock
	came := fmt.Sprintf("the search came to %s, which the %s clock contradicts: %s", title(*r.Withdrawn), clock, r.Confirm.Why)
	switch {
	case rec == nil:
		return fmt.Sprintf("No verdict: %s; and nothing else is confirmed there.", came)
	case rec.Role != Searched:
		return fmt.Sprintf("%s %s: %s.", r.keep(), title(*rec), came)
	}
	return fmt.Sprintf("Set %s, which the %s clock confirms: %s.", title(*rec), clock, came)
}

// found is what the search came to.
func (r *Report) found() string {
	rec := *r.Recommend
	switch {
	case r.Kept && r.Best == nil:
		return fmt.Sprintf("Nothing that was tried did better than %s.", title(rec))
	case r.Kept:
		return fmt.Sprintf("%s %s: the best that was found, %s, is not shown to be better. Its advantage is %s.", r.keep(), title(rec), r.Best.Name, r.Challenge.Advantage)
	}
	var parts []string
	for _, b := range r.Baselines {
		name := b.what()
		switch {
		case b.Nothing:
			parts = append(parts, "gets something through with every seed, unlike "+name)
		case b.Loses:
			parts = append(parts, "loses no uploads, unlike "+name)
		case b.Shown:
			parts = append(parts, fmt.Sprintf("is better than %s by %s", name, b.Advantage))
		default:
			parts = append(parts, fmt.Sprintf("is not shown to be better than %s: %s", name, b.Advantage))
		}
	}
	parts = slices.Compact(parts)
	if len(parts) == 0 {
		return fmt.Sprintf("Set %s.", title(rec))
	}
	switch {
	case rec.Failed > 0:
		parts = append(parts, fmt.Sprintf("loses uploads itself (%d of %d), as everything here does", rec.Failed, rec.Objects))
	case rec.Speed.Value == 0:
		parts = append(parts, "gets nothing through with some seeds itself, as everything here does or loses uploads")
	}
	return fmt.Sprintf("Set %s: it %s.", title(rec), strings.Join(parts, ", and "))
}

// keep says what is to be done with a baseline that is recommended: the default is no longer there where the scenario sets something else.
func (r *Report) keep() string {
	changed := slices.ContainsFunc(r.Finalists, func(row Row) bool { return row.Role == Current && row.Contestant == r.Recommend.Contestant })
	if r.Recommend.Role == Default && changed {
		return "Set"
	}
	return "Keep"
}

// title names a setting in a sentence.
func title(r Row) string {
	switch {
	case r.Role == Default && r.As != "":
		return fmt.Sprintf("%s as it comes, which the scenario has too (%s)", r.Contestant, r.Setting)
	case r.Role == Default:
		return fmt.Sprintf("%s as it comes (%s)", r.Contestant, r.Setting)
	case r.Role == Current:
		return fmt.Sprintf("%s as the scenario has it (%s)", r.Contestant, r.Setting)
	}
	return fmt.Sprintf("%s with %s", r.Contestant, r.Setting)
}
