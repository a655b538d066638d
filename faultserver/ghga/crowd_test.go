package ghga

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
)

// TestCrowd: many clients at once, each with a work package of its own, in virtual time.
func TestCrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deploy(t, nil)
		var wg sync.WaitGroup
		for client := range 20 {
			wp := d.upload()
			wg.Go(func() {
				for n := range 3 {
					alias := fmt.Sprintf("client-%d/object-%d", client, n)
					file, id := d.begin(wp, alias, 15)
					token := d.order(wp, forFile("upload", id))
					sums := [][16]byte{d.bring(file, token, 1, "ten bytes!"), d.bring(file, token, 2, "five!")}
					d.expect("PATCH", file, d.order(wp, forFile("close", id)), finish(sums...), 204, "")
					if name, ok := d.p.OrdinalOf(id); !ok || name != alias {
						t.Errorf("%s is known as %s", alias, name)
					}
				}
			})
		}
		wg.Wait()
		if open, err := d.p.Open(t.Context()); err != nil || len(open) != 0 {
			t.Errorf("open uploads: %v, %v", open, err)
		}
	})
}
