package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/ratebench/ratebench/internal/guard"
)

// Server is a port at which a run is shown.
type Server struct {
	URL string // of its root, with a slash at the end

	listener net.Listener
	guard    guard.Guard
	http     *http.Server
	done     sync.WaitGroup
	visits   visits
}

// Loopback completes an address: one without a host is this machine's own, and not all of its interfaces.
func Loopback(address string) string {
	if strings.HasPrefix(address, ":") {
		return "127.0.0.1" + address
	}
	return address
}

// Listen takes a port, so that what is wrong with it shows before anything is begun. Nothing is answered until Serve.
func Listen(address, token string) (*Server, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return &Server{
		URL: "http://" + l.Addr().String() + "/", listener: l, guard: guard.Guard{Token: token, Password: true},
	}, nil
}

// The limits of a server that few ask, and little.
const (
	headerTimeout = 5 * time.Second
	writeTimeout  = time.Minute
	maxHeader     = 16 << 10
)

// Serve answers at one path, GET and HEAD only, until Close. Those who ask are expected again after every, or if that is zero after as long
// as between their last two visits.
func (s *Server) Serve(path string, h http.Handler, every time.Duration) {
	s.visits.every = every
	mux := http.NewServeMux()
	if path == "/" {
		path = "/{$}"
	}
	mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		s.visits.note(time.Now())
		h.ServeHTTP(w, r)
	})
	s.http = &http.Server{ReadHeaderTimeout: headerTimeout, WriteTimeout: writeTimeout, MaxHeaderBytes: maxHeader,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if no := s.guard.Check(w, r); no != nil {
				http.Error(w, no.Message, no.Status)
				return
			}
			mux.ServeHTTP(w, r)
		})}
	s.done.Go(func() { _ = s.http.Serve(s.listener) }) // it ends with Close, or nobody can be shown anything any more
}

// Linger returns when whoever asks regularly has asked once more, so that they have seen the end, or would have; at the latest
// after most, and at once if nobody does.
func (s *Server) Linger(ctx context.Context, most time.Duration) { s.visits.await(ctx, most) }

// closeWithin bounds the wait for those who are being answered.
const closeWithin = 2 * time.Second

// Close answers those who have asked and gives the port back.
func (s *Server) Close() error {
	if s.http == nil {
		return s.listener.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(s.http.Close())
	}
	s.done.Wait()
	return err
}

// visits tells who comes again. It is safe for concurrent use.
type visits struct {
	every time.Duration // between two visits; zero: as between the last two

	mu           sync.Mutex
	last, before time.Time
	waiting      chan struct{} // closed by the next visit; nil: nobody waits for it
}

func (v *visits) note(now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.before, v.last = v.last, now
	if v.waiting != nil {
		close(v.waiting)
		v.waiting = nil
	}
}

// next is when the next visit may be expected at the latest; zero: not at all.
func (v *visits) next() time.Time {
	every := v.every
	if every == 0 && !v.before.IsZero() {
		every = v.last.Sub(v.before)
	}
	if v.last.IsZero() || every == 0 {
		return time.Time{}
	}
	return v.last.Add(every + every/2)
}

func (v *visits) await(ctx context.Context, most time.Duration) {
	v.mu.Lock()
	left := min(most, time.Until(v.next()))
	if left <= 0 {
		v.mu.Unlock()
		return
	}
	came := make(chan struct{})
	v.waiting = came
	v.mu.Unlock()
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-came:
	case <-timer.C:
	case <-ctx.Done():
	}
}
