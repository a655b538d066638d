package connector

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
)

// A part that was damaged on its way goes once more, by itself. Without a look at its ETag the completion is refused, and the whole file goes again.
func TestDamagedPart(t *testing.T) {
	quoted := func(md5 string) string { return `"` + strings.ToUpper(md5) + `"` }
	for name, tt := range map[string]struct {
		behaviour Behaviour
		etag      func(string) string
		puts      int
	}{
		"fixed":               {Fixed(), nil, 4},
		"quoted":              {Fixed(), quoted, 4},
		"as is":               {AsIs(), nil, 6},
		"no look":             {func() Behaviour { b := Fixed(); b.CheckETag = false; return b }(), nil, 6},
		"no ETag":             {Fixed(), func(string) string { return "" }, 6},
		"another kind of tag": {Fixed(), func(string) string { return `"0123456789abcdef0123456789abcdef-1"` }, 6},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, done := newFake(t), false
				f.etag = tt.etag
				f.damage = func(part, n int, sent []byte) {
					if part == 2 && !done {
						sent[100] ^= 1
						done = true
					}
				}
				plain := some(3)
				up, err := f.connector(t, tt.behaviour, nil).Upload(t.Context(), source("a", plain))
				if err != nil {
					t.Fatal(err)
				}
				f.check(t, up, plain)
				f.expect(t, map[string]int{"put": tt.puts, "complete": tt.puts / 3})
			})
		})
	}
}

// A way that damages everything ends the upload as one that refuses everything does, and the attempts of the stack are counted.
func TestDamagedForGood(t *testing.T) {
	for _, stack := range []int{1, 3} {
		t.Run(fmt.Sprint(stack), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				f.damage = func(_, _ int, sent []byte) { sent[0] ^= 1 }
				_, err := f.connector(t, Fixed(), retrying(stack)).Upload(t.Context(), source("a", some(1)))
				if !errors.Is(err, errDamaged) || !strings.Contains(err.Error(), "sending part 1") {
					t.Errorf("got %v", err)
				}
				f.expect(t, map[string]int{"put": Fixed().PartAttempts, "create": 1, "complete": 0, "delete": 1})
			})
		})
	}
}
