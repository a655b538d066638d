package ghga

import (
	"net/http"

	"github.com/google/uuid"
)

// correlationHeader carries the id by which a request is known in all services.
const correlationHeader = "X-Request-Id"

// correlate gives a request's correlation id back, in the form that UUIDs are written in, or a new one where it is missing or no UUID of
// version 4. A strict service refuses such a request instead, before it looks at anything else, and ok is false then. It is the outermost of what the
// framework does, so every answer has the header but that refusal.
func (s *service) correlate(w http.ResponseWriter, r *http.Request) (ok bool) {
	id, err := uuid.Parse(r.Header.Get(correlationHeader))
	if err != nil || id.Version() != 4 {
		if s.strict {
			e := fail(http.StatusBadRequest, "invalidCorrelationId", "The correlation ID is missing, or no UUID of version 4.")
			sendJSON(w, e.status, e)
			return false
		}
		id = uuid.New()
	}
	w.Header().Set(correlationHeader, id.String())
	return true
}
