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
		s.visits.note(visitor(r), time.Now())
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
// after most, and at once if nobody does, or if they ask too seldom to see it within that time.
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

// visitor tells those who ask apart: by where they ask from, and with what.
func visitor(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return host + " " + r.UserAgent()
}

// visits tells who comes again. It is safe for concurrent use.
type visits struct {
	every time.Duration // between two visits; zero: as between the last two of the same visitor

	mu      sync.Mutex
	of      map[string]visit // by visitor
	waiting chan struct{}    // closed by the next visit of the one who is waited for; nil: nobody waits
	whom    string
}

// visit is when somebody came, last and the time before; zero: not.
type visit struct{ last, before time.Time }

// maxVisitors is how many are remembered: who came longest ago is forgotten.
const maxVisitors = 32

func (v *visits) note(who string, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.of == nil {
		v.of = map[string]visit{}
	}
	if _, ok := v.of[who]; !ok && len(v.of) == maxVisitors {
		first := ""
		for name, x := range v.of {
			if first == "" || x.last.Before(v.of[first].last) {
				first = name
			}
		}
		delete(v.of, first)
	}
	v.of[who] = visit{last: now, before: v.of[who].last}
	if v.waiting != nil && who == v.whom {
		close(v.waiting)
		v.waiting = nil
	}
}

// next is who may be expected latest of those who come within most, and for how long to wait: half as long again as they take; zero: nobody comes.
func (v *visits) next(most time.Duration) (whom string, left time.Duration) {
	for name, x := range v.of {
		every := v.every
		if every == 0 && !x.before.IsZero() {
			every = x.last.Sub(x.before)
		}
		if every == 0 || time.Until(x.last.Add(every)) > most {
			continue
		}
		if l := min(most, time.Until(x.last.Add(every+every/2))); l > left {
			whom, left = name, l
		}
	}
	return whom, left
}

func (v *visits) await(ctx context.Context, most time.Duration) {
	v.mu.Lock()
	whom, left := v.next(most)
	if left <= 0 {
		v.mu.Unlock()
		return
	}
	came := make(chan struct{})
	v.waiting, v.whom = came, whom
	v.mu.Unlock()
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-came:
	case <-timer.C:
	case <-ctx.Done():
	}
}
