package faultserver

import "github.com/ratebench/ratebench/internal/record"

// ledger keeps rows in memory, or hands each to a sink when it is complete. Its owner guards it.
type ledger struct {
	sink func(*record.LedgerRow) // nil: rows are kept
	seq  int
	rows []*record.LedgerRow // pointers: there may be very many rows, and a slice copies them all when it grows
	byID map[string][]int    // indexes of rows
}

// add gives a row its number and keeps a copy of it, complete or not.
func (l *ledger) add(row *record.LedgerRow) {
	l.seq++
	row.Seq = l.seq
	if l.sink != nil {
		return
	}
	kept := *row
	l.rows = append(l.rows, &kept)
	if row.ID != "" {
		l.byID[row.ID] = append(l.byID[row.ID], len(l.rows)-1)
	}
}

// save replaces what is kept of a row.
func (l *ledger) save(row *record.LedgerRow) {
	if l.sink == nil {
		*l.rows[row.Seq-1] = *row
	}
}

// Ledger returns a copy of all rows so far, in the order of arrival; none if Options.Sink takes them. A row of an attempt
// under way is not complete yet.
func (s *Server) Ledger() []record.LedgerRow {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]record.LedgerRow, len(s.ledger.rows))
	for i, row := range s.ledger.rows {
		out[i] = *row
	}
	return out
}

// Find returns the rows of the attempt with this id. There are several if the client's HTTP library repeated the
// request by itself.
func (s *Server) Find(id string) []record.LedgerRow {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []record.LedgerRow
	for _, i := range s.ledger.byID[id] {
		out = append(out, *s.ledger.rows[i])
	}
	return out
}

// add writes a row that is complete from the start; the caller does not hold s.mu.
func (s *Server) add(row record.LedgerRow) {
	row.Trial = s.trial
	s.mu.Lock()
	s.ledger.add(&row)
	s.mu.Unlock()
	if s.ledger.sink != nil {
		s.ledger.sink(&row)
	}
}
