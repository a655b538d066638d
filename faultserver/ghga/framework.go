package ghga

import (
	"net/http"
	"strings"
)

// frameworkErrors turns the mux's own 404 and 405, which are plain text, into the framework's JSON. The mux also leads a path with two slashes to the
// one that may be meant; the framework knows no such path.
type frameworkErrors struct {
	http.ResponseWriter
	replaced bool
}

func (f *frameworkErrors) WriteHeader(status int) {
	h := f.Header()
	if status == http.StatusTemporaryRedirect || status == http.StatusMovedPermanently {
		status = http.StatusNotFound
		h.Del("Location")
		h.Del("Content-Type")
	}
	if (status == http.StatusNotFound || status == http.StatusMethodNotAllowed) && h.Get("Content-Type") != "application/json" {
		f.replaced = true
		h.Del("Content-Length")
		if allow := h.Get("Allow"); allow != "" {
			h.Set("Allow", strings.ReplaceAll(allow, ", HEAD", "")) // the mux takes it wherever it takes GET
		}
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
