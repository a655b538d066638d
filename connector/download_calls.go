package connector

import (
	"context"
	"net/http"
	"time"
)

// Files returns the files of a download package: file name extensions by accession. The work package is asked for once.
func (c *Connector) Files(ctx context.Context) (map[string]string, error) {
	v, err := c.values.get(ctx, c.handler.Values)
	if err != nil {
		return nil, err
	}
	p, err := c.workPackage.get(ctx, func(ctx context.Context) (Package, error) { return c.handler.Package(ctx, v.WPS) })
	return p.Files, err
}

// downloading calls f with the address of the DCS and a token for a file, and once more with a new token if the first is refused. A behaviour
// that does not keep what it knows asks for a token for every call, as the Connector does.
func (c *Connector) downloading(ctx context.Context, accession string, f func(base, token string) error) error {
	v, err := c.where(ctx, dcs)
	if err != nil {
		return err
	}
	o := Order{Type: "download", FileID: accession}
	for renewed := false; ; renewed = true {
		var token string
		if c.behaviour.KeepPackage {
			token, err = c.tokens.Get(ctx, o)
		} else {
			token, _, err = c.tokens.fetch(ctx, o)
		}
		if err != nil {
			return err
		}
		err = f(v.DCS, token)
		again := isStatus(err, dcs, http.StatusForbidden) || c.behaviour.RenewOn401 && isStatus(err, dcs, http.StatusUnauthorized)
		if renewed || !again {
			return err
		}
		c.tokens.Drop(ctx, o, token)
	}
}

// object is what is remembered of a file.
func (c *Connector) object(accession string) *download {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.objects[accession]
	if d == nil {
		d = newDownload(c.behaviour.URLLife, func(ctx context.Context) (o Object, wait time.Duration, err error) {
			err = c.downloading(ctx, accession, func(base, token string) error {
				o, wait, err = c.handler.object(ctx, base, accession, token)
				return err
			})
			return o, wait, err
		})
		if c.objects == nil {
			c.objects = map[string]*download{}
		}
		c.objects[accession] = d
	}
	return d
}

func (c *Connector) forgetObject(accession string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.objects, accession)
}

// envelope gets the Crypt4GH header of a file.
func (c *Connector) envelope(ctx context.Context, accession string) (header []byte, err error) {
	err = c.downloading(ctx, accession, func(base, token string) error {
		header, err = c.handler.envelope(ctx, base, accession, token)
		return err
	})
	return header, err
}

func (c *Connector) tell(e Event) {
	if c.cfg.Progress != nil {
		c.cfg.Progress(e)
	}
}

// mends says whether a part that came damaged counts as one that failed: then what cannot be decrypted is asked for again.
func (b Behaviour) mends() bool { return b.PartAttempts > 1 }
