package runner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/record"
)

// reconcile joins the client's attempts with the server's ledger. It fills in each attempt's class, the fault that acted
// on it and whether it was early, counts the requests that net/http repeated by itself, and reports every difference
// between the two sides: an empty problem means that they agree.
//
// The classes are: seen by a handler (the ledger has a row with the attempt's id), cut (the headers were handed to a
// connection, no handler saw them, and the listener recorded that this connection died with a request begun), and never
// sent (anything else: no connection was had, or it was gone before anything arrived).
func reconcile(attempts []attempt, ledger []record.LedgerRow) (replays int, problem string) {
	byID := map[string][]record.LedgerRow{}
	cut := map[string]int{} // connections that died with a request begun, by the client's address
	seenByServer := 0
	for _, row := range ledger {
		switch row.Kind {
		case record.LedgerAttempt:
			seenByServer++
			byID[row.ID] = append(byID[row.ID], row)
		case record.LedgerConnection:
			cut[row.Peer]++
		}
	}

	var problems []string
	seen, cuts := 0, 0
	for i := range attempts {
		a := &attempts[i]
		rows := byID[a.ID]
		delete(byID, a.ID)
		switch {
		case len(rows) > 0:
			a.Class = record.ClassSeen
			seen++
			replays += len(rows) - 1
			if a.Status == 0 && cut[a.peer] > 0 {
				cut[a.peer]-- // the server was stopped between reading its headers and calling the handler
			}
			last := rows[len(rows)-1]
			a.Fault = last.Rule
			if a.Status != 0 && a.Status != last.Status {
				problems = append(problems, fmt.Sprintf("attempt %s: the client got status %d, the ledger says %d", a.ID, a.Status, last.Status))
			}
		case a.wrote && cut[a.peer] > 0:
			cut[a.peer]--
			a.Class = record.ClassCut
			cuts++
		default:
			a.Class = record.ClassNeverSent
		}
		if a.Class != record.ClassSeen && a.Status != 0 {
			problems = append(problems, fmt.Sprintf("attempt %s: the client got status %d, the ledger has no such attempt", a.ID, a.Status))
		}
	}
	unclaimed, uncut := 0, 0
	for _, rows := range byID {
		unclaimed += len(rows)
	}
	for _, n := range cut {
		uncut += n
	}
	if unclaimed > 0 {
		problems = append(problems, fmt.Sprintf("attempts seen: client %d and %d repeated by net/http, ledger %d", seen, replays, seenByServer))
	}
	if uncut > 0 {
		problems = append(problems, fmt.Sprintf("attempts cut before their headers were complete: client %d, ledger %d", cuts, cuts+uncut))
	}
	markEarly(attempts, ledger)
	return replays, summary(problems)
}

// summary keeps a message readable when everything differs.
func summary(problems []string) string {
	const most = 3
	if n := len(problems); n > most {
		problems = append(problems[:most:most], fmt.Sprintf("and %d more", n-most))
	}
	return strings.Join(problems, "; ")
}

// hint is a wait that a client has been asked for.
type hint struct{ received, until float64 }

// before reports whether a time is before the hint has run out; by less than a microsecond is not, since clients that
// wait exactly as long as they were told differ from it by the rounding of sums.
func (h hint) before(t float64) bool { return t < h.until-1e-6 }

// early marks an attempt that was sent before a hint ran out.
func (a *attempt) early(until float64) {
	by := until - a.StartS
	if a.EarlyByS != nil {
		by = max(by, *a.EarlyByS)
	}
	a.Early, a.EarlyByS = true, &by
}

// markEarly finds the attempts that were sent before a hint ran out which the same client had already received from the
// same rule's scope.
func markEarly(attempts []attempt, ledger []record.LedgerRow) {
	rows := map[string]record.LedgerRow{}
	for _, row := range ledger {
		if row.Kind == record.LedgerAttempt {
			rows[row.ID] = row // the last, if net/http repeated the request
		}
	}
	type scope struct {
		client int
		name   string
	}
	hints := map[scope][]hint{}
	for _, a := range attempts {
		row := rows[a.ID]
		if a.Status == 0 || row.Hint == "" || row.RetryAfterS == nil {
			continue // an answer that never came told nobody anything
		}
		received := a.StartS + a.TookS
		until := received + *row.RetryAfterS
		if row.HintUntilS != nil {
			until = *row.HintUntilS
		}
		k := scope{a.Client, row.Hint}
		hints[k] = append(hints[k], hint{received, until})
	}
	for _, h := range hints {
		slices.SortFunc(h, func(a, b hint) int { return cmp.Compare(a.received, b.received) })
		for i := 1; i < len(h); i++ { // what holds is the latest of all that have been received
			h[i].until = max(h[i].until, h[i-1].until)
		}
	}
	for i := range attempts {
		a := &attempts[i]
		for _, name := range rows[a.ID].Scopes {
			h := hints[scope{a.Client, name}]
			n, _ := slices.BinarySearchFunc(h, a.StartS, func(h hint, start float64) int { return cmp.Compare(h.received, start) })
			if n > 0 && h[n-1].before(a.StartS) {
				a.early(h[n-1].until)
			}
		}
	}
	markAsked(attempts, rows)
}
