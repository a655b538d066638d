package faultserver

import (
	"io"
	"log"
	"net/http"
	"time"
)

// NewHTTPServer is an http.Server fit for foreign clients: headers have to come within a minute and be at most 1 MiB, and
// an idle connection is kept for ten. Bodies may take as long as they like. Nothing is logged, since nearly every line
// would be an injected fault.
func NewHTTPServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: time.Minute,
		IdleTimeout:       10 * time.Minute,
		MaxHeaderBytes:    1 << 20,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
}
