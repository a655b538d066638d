package runner

import (
	"net/http"

	"github.com/ratebench/ratebench/internal/record"
)

// requestID is the header in which a client names a logical request of its own. It is the same over all attempts that layers, or a
// library, make of it.
const requestID = "X-Request-Id"

// nameOf returns the operation of a client's request, and the name of the call that it belongs to.
//
// Most clients ask for one thing once, so all requests about it are attempts of one call. One that asks again for what it has asked for
// before, such as another URL for the same part, says so by a new id: the first id that comes has the name itself, the nth ends in #n.
// Requests without an id are one call, too. Where rows are not kept, every object is a single call and ids do not matter.
func (r *records) nameOf(client int, req *http.Request) (op, call string) {
	op, object, part := r.identify(req)
	call = record.CallName(op, object, part)
	if r.fleet != nil {
		return op, call
	}
	id := req.Header.Get(requestID)
	r.mu.Lock()
	defer r.mu.Unlock()
	key := callKey{client, call}
	numbers := r.named[key]
	if numbers == nil {
		if id == "" {
			return op, call
		}
		numbers = map[string]int{}
		r.named[key] = numbers
		if r.calls[key] != nil {
			numbers[""] = 1 // there were requests without one
		}
	}
	n, ok := numbers[id]
	if !ok {
		n = len(numbers) + 1
		numbers[id] = n
	}
	return op, record.Nth(call, n)
}
