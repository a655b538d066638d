package report

import "testing"

func TestCompareCases(t *testing.T) {
	for _, k := range CompareCases() {
		got, right := k.Check()
		if !right {
			c, _ := Compare(k.Base, k.Head, k.Options)
			t.Errorf("%s: %s, want %s\n%v\n%+v", k.Name, got, k.Want, c.Doubts, c.Gate)
		}
	}
}
