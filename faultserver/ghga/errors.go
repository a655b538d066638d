package ghga

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
)

// apiError is an error of the service itself. On the wire it has exactly these three members.
type apiError struct {
	Data        map[string]any `json:"data"`
	Description string         `json:"description"`
	ExceptionID string         `json:"exception_id"`
	status      int
}

func (e *apiError) Error() string { return e.ExceptionID }

// fail makes an apiError; data are names and values in turn.
func fail(status int, id, description string, data ...any) *apiError {
	e := &apiError{Data: map[string]any{}, Description: description, ExceptionID: id, status: status}
	for i := 0; i+1 < len(data); i += 2 {
		e.Data[data[i].(string)] = data[i+1]
	}
	return e
}

// invalid is an error that the web framework finds before the service sees the request: 422 with a list of details.
type invalid []detail

type detail struct {
	Type  string `json:"type"`
	Loc   []any  `json:"loc"`
	Msg   string `json:"msg"`
	Input any    `json:"input"`
}

func (e invalid) Error() string { return "invalid request" }

// handler answers with a JSON value and a status, or with an error. Status 204 has no body.
type handler func(r *http.Request) (status int, body any, err error)

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, body, err := h(r)
	var api *apiError
	var inv invalid
	switch {
	case err == nil:
	case errors.As(err, &api):
		status, body = api.status, api
	case errors.As(err, &inv):
		status, body = http.StatusUnprocessableEntity, map[string]any{"detail": inv}
	default:
		e := fail(http.StatusInternalServerError, "internalError", "An internal server error has occurred.")
		status, body = e.status, e
	}
	if status == http.StatusNoContent {
		w.WriteHeader(status)
		return
	}
	sendJSON(w, status, body)
}

func sendJSON(w http.ResponseWriter, status int, body any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // part URLs hold ampersands
	if err := enc.Encode(body); err != nil {
		status = http.StatusInternalServerError
		b.Reset()
		b.WriteString(`{"message":"Internal Server Error."}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(bytes.TrimRight(b.Bytes(), "\n")) // the client is gone if this fails
}

// frameworkErrors turns the mux's own 404 and 405, which are plain text, into the framework's JSON.
type frameworkErrors struct {
	http.ResponseWriter
	replaced bool
}

func (f *frameworkErrors) WriteHeader(status int) {
	h := f.Header()
	if (status == http.StatusNotFound || status == http.StatusMethodNotAllowed) && h.Get("Content-Type") != "application/json" {
		f.replaced = true
		h.Del("Content-Length")
		text := map[int]string{404: "Not Found", 405: "Method Not Allowed"}[status]
		sendJSON(f.ResponseWriter, status, map[string]string{"detail": text})
		return
	}
	f.ResponseWriter.WriteHeader(status)
}

func (f *frameworkErrors) Write(b []byte) (int, error) {
	if f.replaced {
		return len(b), nil
	}
	return f.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (f *frameworkErrors) Unwrap() http.ResponseWriter { return f.ResponseWriter }
