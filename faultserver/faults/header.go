package faults

import "net/http"

// headerWriter changes an answer's header just before it is sent.
type headerWriter struct {
	http.ResponseWriter
	change func(status int, h http.Header)
	began  bool
}

func (w *headerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *headerWriter) WriteHeader(status int) {
	if !w.began && status >= 200 {
		w.began = true
		w.change(status, w.Header())
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *headerWriter) Write(p []byte) (int, error) {
	if !w.began {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}

// changeHeader lets change see every answer's header before it is sent. A backend that says nothing has its header
// changed at the end.
func (x *Exchange) changeHeader(change func(status int, h http.Header)) {
	w := &headerWriter{ResponseWriter: x.W, change: change}
	x.W = w
	x.Host.After(func() {
		if !w.began {
			w.began = true
			change(http.StatusOK, w.Header())
		}
	})
}
