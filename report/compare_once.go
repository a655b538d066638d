package report

import (
	"reflect"
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// chance is what a trial met: in virtual time, one contestant in one cell with one seed makes one trial, however often it is run.
type chance struct {
	place
	seed uint64
}

// once is a side of which every trial counts once, and how many were left out, the oracle's not counted. In virtual time a seed that comes again gives the same trial again,
// so only the first counts. On the real clock it gives another one. The side itself is left as it is.
func (s Side) once() (counted Side, left int) {
	counted.Name = s.Name
	seen := map[chance]bool{}
	for _, r := range s.Runs {
		if r.Manifest.Clock == clockVirtual {
			c := *r
			c.Trials = slices.DeleteFunc(slices.Clone(r.Trials), func(t record.Trial) bool {
				k := chanceOf(&t)
				again := seen[k]
				seen[k] = true
				if again && t.Contestant != OracleName {
					left++
				}
				return again
			})
			r = &c
		}
		counted.Runs = append(counted.Runs, r)
	}
	return counted, left
}

func chanceOf(t *record.Trial) chance {
	return chance{placeOfTrial(t), t.Seed}
}

// noCopies doubts a side that has a trial of the real clock twice: copies of a run would count as so many runs.
func (c *Comparison) noCopies(side string, s Side) {
	type start struct {
		at   string
		seed uint64
	}
	began := map[start]*Run{}
	type row struct {
		run   *Run
		trial *record.Trial
	}
	rows := map[chance][]row{}
	for _, r := range s.Runs {
		m := &r.Manifest
		if m.Clock == clockVirtual {
			continue
		}
		first := began[start{m.Started, m.Seed}]
		if first != nil && m.Started != "" {
			c.doubt("%s and %s of the %s began at the same time with the same seed, so one is a copy: take one away", clean(first.Dir), clean(r.Dir), side)
			continue
		}
		began[start{m.Started, m.Seed}] = r
		for i := range r.Trials {
			t := &r.Trials[i]
			k := chanceOf(t)
			for _, old := range rows[k] {
				if t.Status == record.TrialOK && sameRow(old.trial, t) {
					c.doubt("trial %d of %s and trial %d of %s are the same to the last digit, which no clock gives twice: take the copy away",
						old.trial.Trial, clean(old.run.Dir), t.Trial, clean(r.Dir))
					return
				}
			}
			rows[k] = append(rows[k], row{r, t})
		}
	}
}

// sameRow reports whether two rows differ in nothing but their numbers in the run.
func sameRow(a, b *record.Trial) bool {
	x, y := *a, *b
	x.Trial, y.Trial, x.Repeat, y.Repeat = 0, 0, 0, 0
	return reflect.DeepEqual(x, y)
}
