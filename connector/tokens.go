package connector

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// TokenSource keeps work order tokens for as long as they may be used. Of those who want the same one at the same time, one asks.
// It is safe for concurrent use.
type TokenSource struct {
	// Ask gets a sealed token.
	Ask func(context.Context, Order) (sealed string, err error)
	// Key opens it, and must be the one that it is meant for.
	Key KeyPair
	// Life is how long a token is used after it came. Zero: until shortly before the end that it names itself, or 27 s if it names none.
	Life time.Duration

	mu   sync.Mutex
	held map[Order]*heldToken
}

// heldToken is guarded by its turn.
type heldToken struct {
	turn  turn
	token string
	until time.Time
}

// mostTokens is how many are kept.
const mostTokens = 250

// Get returns a token that may be used now.
func (s *TokenSource) Get(ctx context.Context, o Order) (string, error) {
	h := s.of(o)
	if err := h.turn.take(ctx); err != nil {
		return "", err
	}
	defer h.turn.leave()
	if h.token != "" && time.Now().Before(h.until) {
		return h.token, nil
	}
	asked := time.Now()
	token, life, err := s.fetch(ctx, o)
	if err != nil {
		return "", err
	}
	if s.Life > 0 {
		asked, life = time.Now(), s.Life
	}
	h.token, h.until = token, asked.Add(life)
	return token, nil
}

// Drop forgets a token that was refused, unless a newer one has taken its place.
func (s *TokenSource) Drop(ctx context.Context, o Order, token string) {
	h := s.of(o)
	if h.turn.take(ctx) != nil {
		return
	}
	defer h.turn.leave()
	if h.token == token {
		h.token = ""
	}
}

func (s *TokenSource) of(o Order) *heldToken {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.held[o]
	if h == nil {
		if len(s.held) >= mostTokens { // whoever uses one of them now still holds it
			s.held = nil
		}
		if s.held == nil {
			s.held = map[Order]*heldToken{}
		}
		h = &heldToken{turn: newTurn()}
		s.held[o] = h
	}
	return h
}

func (s *TokenSource) fetch(ctx context.Context, o Order) (token string, life time.Duration, err error) {
	sealed, err := s.Ask(ctx, o)
	if err != nil {
		return "", 0, err
	}
	if token, err = unseal(sealed, s.Key); err != nil {
		return "", 0, hopeless{fmt.Errorf("the token to %s: %w", o.Type, err)}
	}
	c, ok := readClaims(token)
	if ok {
		if err := c.meantFor(s.Key.Public); err != nil {
			return "", 0, hopeless{err}
		}
	}
	if life = c.life(); life == 0 {
		life = 27 * time.Second
	}
	return token, life, nil
}
