package main

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// A group whose figures differ from one measurement to the next, or that fails in a later one, keeps what it has.
func TestMeasured(t *testing.T) {
	of := func(name string, measured float64) figure { return figure{name: name, measured: measured, bar: 1} }
	broken := errors.New("broken")
	for _, c := range []struct {
		name   string
		rounds [][]figure // nil: an error
		want   []figure
		err    error
		took   int
	}{
		{"all at once", [][]figure{{of("a", 1), of("b", 1)}}, []figure{of("a", 1), of("b", 1)}, nil, 1},
		{"one later", [][]figure{{of("a", 1), of("b", 0.5)}, {of("a", 0.5), of("b", 1)}}, []figure{of("a", 1), of("b", 1)}, nil, 2},
		{"fewer and in another order", [][]figure{{of("a", 0.5), of("b", 0.5)}, {of("b", 1)}, {of("b", 0.5), of("a", 2)}}, []figure{of("a", 2), of("b", 1)}, nil, 3},
		{"never", [][]figure{{of("a", 0.5)}, {of("a", 0.6)}, {of("a", 0.7)}}, []figure{of("a", 0.7)}, nil, 3},
		{"broken at once", [][]figure{nil}, nil, broken, 1},
		{"broken later", [][]figure{{of("a", 1), of("b", 0.5)}, nil}, []figure{of("a", 1), of("b", 0.5)}, broken, 2},
	} {
		took := 0
		got, err := measured(context.Background(), size{}, func(context.Context, size) ([]figure, error) {
			took++
			if f := c.rounds[took-1]; f != nil {
				return f, nil
			}
			return nil, broken
		})
		same := func(a, b figure) bool { return a.name == b.name && a.measured == b.measured }
		if !slices.EqualFunc(got, c.want, same) || !errors.Is(err, c.err) || took != c.took {
			t.Errorf("%s: %v, %v after %d; want %v, %v after %d", c.name, got, err, took, c.want, c.err, c.took)
		}
	}
}
