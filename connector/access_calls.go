package connector

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// where says where the services are, once the one that is to be asked has said that it is well.
func (c *Connector) where(ctx context.Context, service string) (Values, error) {
	v, err := c.values.get(ctx, c.handler.Values)
	if err != nil {
		return v, err
	}
	base := v.UCS
	if service == dcs {
		base = v.DCS
	}
	_, err = c.healthy[service].get(ctx, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, c.handler.Healthy(ctx, service, base)
	})
	return v, err
}

// pkg is the work package: the one that is known, or a fresh one.
func (c *Connector) pkg(ctx context.Context, v Values) (Package, error) {
	ask := func(ctx context.Context) (Package, error) { return c.handler.Package(ctx, v.WPS) }
	if c.behaviour.KeepPackage {
		return c.workPackage.get(ctx, ask)
	}
	return ask(ctx)
}

// askToken is the token source's way to the WPS. It is asked when the values are known.
func (c *Connector) askToken(ctx context.Context, o Order) (string, error) {
	v, err := c.values.get(ctx, c.handler.Values)
	if err != nil {
		return "", err
	}
	return c.handler.Token(ctx, v.WPS, o)
}

// authorized calls f with a token, and once more with a new one if the first is refused. An error from before the call itself is unsent.
func (c *Connector) authorized(ctx context.Context, o Order, f func(v Values, p Package, token string) error) error {
	return c.authorizedAfter(ctx, 0, o, f)
}

// authorizedAfter is authorized for a call that waits a moment once it has its token. Calls to the UCS are kept apart after that. What a token has
// aged while it waited for its turn does no harm: it is looked at again, and one that has run out is replaced, before the turn is used.
func (c *Connector) authorizedAfter(ctx context.Context, moment time.Duration, o Order, f func(v Values, p Package, token string) error) error {
	service := ucs
	if o.Type == "download" {
		service = dcs
	}
	v, err := c.where(ctx, service)
	if err != nil {
		return unsent{err}
	}
	for renewed := false; ; renewed = true {
		p, err := c.pkg(ctx, v)
		if err != nil {
			return unsent{err}
		}
		if service == ucs {
			if o.Box = p.ResearchBox; p.Box == "" || o.Box == "" {
				return unsent{hopeless{errors.New("the work package is not for uploads: it names no box")}}
			}
		}
		token, err := c.tokens.Get(ctx, o)
		if err != nil {
			return unsent{err}
		}
		if moment > 0 {
			if err := sleep(ctx, moment); err != nil {
				return unsent{err}
			}
		}
		if service == ucs {
			err := c.pace.wait(ctx, func() error {
				token, err = c.tokens.Get(ctx, o)
				return err
			})
			if err != nil {
				return unsent{err}
			}
		}
		err = f(v, p, token)
		if err == nil || renewed || !c.behaviour.renews(err, service, o.Type) {
			return err
		}
		c.tokens.Drop(ctx, o, token)
	}
}

// renews says whether a refusal is worth a new token. As it is, only those are that the calls of a part or of a download meet, with 403.
func (b Behaviour) renews(err error, service, work string) bool {
	switch {
	case isStatus(err, service, http.StatusUnauthorized):
		return b.RenewOn401
	case isStatus(err, service, http.StatusForbidden):
		return b.RenewOn401 || work == "upload" || work == "download"
	}
	return false
}
