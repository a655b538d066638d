package ghga

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// handler answers with a JSON value and a status, or with an error. Status 204 has no body.
type handler func(r *request) (status int, body any, err error)

// route is a handler and the tokens that it takes. Without any it asks for none.
type route struct {
	handler
	accepts *accepted
}

// service answers the requests of one of the services.
type service struct {
	mux *http.ServeMux
	// tokens checks work order tokens. Nil: no route asks for one.
	tokens *verifier
	// internal is the error for what the service has none of its own for.
	internal *apiError
	// strict refuses requests without a correlation ID.
	strict bool
}

func newService(tokens *verifier, internal *apiError, routes map[string]route) *service {
	s := &service{mux: http.NewServeMux(), tokens: tokens, internal: internal}
	for pattern, h := range routes {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead { // the mux takes it for GET, and the framework does not
				w.Header().Set("Allow", http.MethodGet)
				w.WriteHeader(http.StatusMethodNotAllowed)
				return
			}
			s.answer(w, r, h)
		})
	}
	return s
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.correlate(w, r) {
		s.mux.ServeHTTP(&frameworkErrors{ResponseWriter: w}, r)
	}
}

// patience is how long a service works on a request at most.
const patience = 30 * time.Second

// answer carries a request out. What was begun is brought to its end also when the client goes away meanwhile, as in the services, whose
// framework does not interrupt a handler: half of it, such as an upload that S3 has and nobody knows, would stay behind.
func (s *service) answer(w http.ResponseWriter, hr *http.Request, h route) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(hr.Context()), patience)
	defer cancel()
	hr = hr.WithContext(ctx)
	r := &request{Request: hr, answer: w.Header()}
	status, body, err := s.handle(r, h)
	var api *apiError
	var inv invalid
	var refusal *refused
	switch {
	case err == nil:
	case errors.As(err, &api):
		status, body = api.status, api
	case errors.As(err, &inv):
		status, body = http.StatusUnprocessableEntity, map[string]any{"detail": inv}
	case errors.As(err, &refusal):
		status, body = refusal.status, map[string]string{"detail": refusal.detail}
	default:
		status, body = s.internal.status, s.internal
	}
	if status == http.StatusNoContent {
		w.WriteHeader(status)
		return
	}
	sendJSON(w, status, body)
}

// handle looks at the token before anything else, as the framework does: a request that is wrong in both ways is refused for its token.
func (s *service) handle(r *request, h route) (status int, body any, err error) {
	if s.tokens != nil && h.accepts != nil {
		if r.token, err = s.tokens.check(r.Header.Get("Authorization"), h.accepts); err != nil {
			return 0, nil, err
		}
	}
	return h.handler(r)
}
