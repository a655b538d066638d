package connector

import (
	"context"
	"time"
)

// Object is what the DCS tells of a file that can be downloaded.
type Object struct {
	URL    string        // presigned: whoever has it has the file
	Size   int64         // bytes of the encrypted file without its header
	SHA256 string        // of the plain text, in hex; empty: the DCS did not say
	Asked  time.Time     // when it was asked for
	Life   time.Duration // how long the URL lives from then on; zero: the DCS did not say
}

// download is what a Connector remembers of a file while it downloads it: the object with its URL, for as long as that lives. It is safe for
// concurrent use.
type download struct {
	// ask asks the DCS. A wait above zero says that the file is being staged.
	ask func(ctx context.Context) (o Object, wait time.Duration, err error)
	// life is how long a URL is used after it came. Zero: as long as it lives, less a margin.
	life time.Duration

	turn  turn // guards all below, and who has it asks for all
	have  Object
	until time.Time
}

func newDownload(life time.Duration, ask func(context.Context) (Object, time.Duration, error)) *download {
	return &download{ask: ask, life: life, turn: newTurn()}
}

// get returns the object with a URL that can be used now. It asks for one if need be; others wait for the answer.
func (d *download) get(ctx context.Context) (o Object, wait time.Duration, err error) {
	if err := d.turn.take(ctx); err != nil {
		return Object{}, 0, err
	}
	defer d.turn.leave()
	if time.Now().Before(d.until) {
		return d.have, 0, nil
	}
	o, wait, err = d.ask(ctx)
	if err != nil || wait > 0 {
		return Object{}, wait, err
	}
	d.have = o
	if d.life > 0 {
		d.until = time.Now().Add(d.life)
	} else {
		d.until = o.Asked.Add(o.Life - min(o.Life/4, urlMargin))
	}
	return o, 0, nil
}

// urlMargin is how long before its end a URL is no longer used: for a request on its way, and for clocks that differ.
const urlMargin = 5 * time.Second

// refused forgets the object, unless somebody has got another URL meanwhile.
func (d *download) refused(ctx context.Context, o Object) error {
	if err := d.turn.take(ctx); err != nil {
		return err
	}
	defer d.turn.leave()
	if d.have.URL == o.URL {
		d.until = time.Time{}
	}
	return nil
}
