// Package guard decides who may ask a server of this program that is not under test: the control API of a fault server, the live view
// of a run and its metrics. Whoever can reach such a port may ask with a token. Without one only this machine may, and only for
// itself: a page in a browser here must not be able to ask on somebody else's behalf, not even under a name that was made to point to
// this machine (DNS rebinding).
package guard

import (
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Guard is what a server asks of those who come. The zero value answers this machine alone.
type Guard struct {
	// Token has to come with every request. Empty: none has to, and only requests made for this machine are answered.
	Token string
	// Password says that the token may also come as the password of basic authentication, whatever the user is called: browsers ask
	// for that. A browser sends it along when another page makes a request, so it is for servers that change nothing.
	Password bool
}

// Refusal says why a request is not answered, and with which status.
type Refusal struct {
	Status  int
	Message string
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// Check returns nil if a request may be answered. Where a token is missing it sets the header that says so.
func (g Guard) Check(w http.ResponseWriter, r *http.Request) *Refusal {
	switch {
	case g.Token != "" && !g.knows(r):
		if g.Password {
			w.Header().Set("WWW-Authenticate", `Basic realm="ratebench: the token is the password"`)
			return &Refusal{http.StatusUnauthorized, "a token is needed: send it as the password, or as Authorization: Bearer"}
		}
		w.Header().Set("WWW-Authenticate", "Bearer")
		return &Refusal{http.StatusUnauthorized, "a token is needed: send it as Authorization: Bearer"}
	case g.Token == "" && !Loopback(r.Host):
		return &Refusal{http.StatusForbidden, "without a token only this machine is answered: ask for it as 127.0.0.1 or localhost"}
	case g.Token == "" && r.Header.Get("Origin") != "" && !sameOrigin(r):
		return &Refusal{http.StatusForbidden, "a page of another origin may not ask"}
	}
	return nil
}

func (g Guard) knows(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok && g.Password {
		_, token, ok = r.BasicAuth()
	}
	return ok && subtle.ConstantTimeCompare([]byte(token), []byte(g.Token)) == 1
}

// Loopback reports whether a host, with or without a port, means this machine.
func Loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func sameOrigin(r *http.Request) bool {
	u, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && u.Host == r.Host
}

// Suits says what is wrong with an address to listen on: that it is none, or that it can be reached from elsewhere and there is no
// token. variable is where a token would come from.
func (g Guard) Suits(address, variable string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%s is no address: write host:port", address)
	}
	if g.Token == "" && !Loopback(host) {
		return fmt.Errorf("%s can be reached from elsewhere: set %s, or listen on 127.0.0.1", address, variable)
	}
	return nil
}
