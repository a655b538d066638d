package runner

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
)

// askedToWait are the operations of GHGA's services that have limits of their own, which are no rules of the fault server, and the statuses
// by which these ask to come back later: a file's bucket of part URLs, and a file that is being staged.
var askedToWait = map[string]int{ops.UCSPartURL: http.StatusTooManyRequests, ops.DCSObject: http.StatusAccepted}

// about is what a hint of a service holds for: one operation on one object of a client.
type about struct {
	client, object int
	op             string
}

// markAsked is markEarly for hints that a service itself gave. A file that has been created again is another one to its services, so hints
// from before do not hold for it.
func markAsked(attempts []attempt, rows map[string]record.LedgerRow) {
	hints, created := map[about][]hint{}, map[about][]float64{}
	for i := range attempts {
		a := &attempts[i]
		_, object, _ := record.ParseCall(a.Call)
		received := a.StartS + a.TookS
		switch status := askedToWait[a.Op]; {
		case a.Op == ops.UCSCreate && a.Status == http.StatusCreated:
			k := about{a.Client, object, ""}
			created[k] = append(created[k], received)
		case status > 0 && a.Status == status && a.RetryAfterS != nil && rows[a.ID].Hint == "":
			k := about{a.Client, object, a.Op}
			hints[k] = append(hints[k], hint{received, received + *a.RetryAfterS})
		}
	}
	for _, c := range created {
		slices.Sort(c)
	}
	for _, h := range hints {
		slices.SortFunc(h, func(a, b hint) int { return cmp.Compare(a.received, b.received) })
	}
	for i := range attempts {
		a := &attempts[i]
		if askedToWait[a.Op] == 0 {
			continue
		}
		_, object, _ := record.ParseCall(a.Call)
		begun := 0.0
		if c := created[about{a.Client, object, ""}]; len(c) > 0 {
			if n, _ := slices.BinarySearch(c, a.StartS); n > 0 {
				begun = c[n-1]
			}
		}
		until := hint{}
		for _, h := range hints[about{a.Client, object, a.Op}] {
			if h.received >= a.StartS {
				break
			}
			if h.received >= begun && h.until > until.until {
				until = h
			}
		}
		if until.before(a.StartS) {
			a.early(until.until)
		}
	}
}
