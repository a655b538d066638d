package ghga

import (
	"bytes"
	"encoding/json"
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

// internalError is what the UCS, and the services that have no error of their own here, answer when something fails in them.
func internalError() *apiError {
	return fail(http.StatusInternalServerError, "internalError", "An internal server error has occurred.")
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

// refused is an answer of the framework, or of the WPS, that only has a text.
type refused struct {
	status int
	detail string
}

func (e *refused) Error() string { return e.detail }

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
