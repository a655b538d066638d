package report

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// CompareCase is made-up data of which it is known what a comparison has to say.
type CompareCase struct {
	Name       string
	Base, Head Side
	Options    CompareOptions
	Want       string // the outcome
}

// CompareCases are the cases of the self-check: that the gate fails, passes and withholds its verdict where it has to. The same every time.
func CompareCases() []CompareCase {
	lossy := func(t *record.Trial) { t.GoodputMiBs *= 0.8 }
	rule := func(s string) CompareOptions {
		r, err := ParseRule(s)
		if err != nil {
			panic(err) // a test holds every case
		}
		return CompareOptions{Rules: []Rule{r}}
	}
	nobody := rule("goodput<-5%")
	nobody.Rules[0].Contestants = []string{"nobody"}
	typo := rule("goodput<-5%")
	typo.Rules[0].Contestants = []string{"a", "a-typo"}
	other := rule("goodput<-5%")
	other.Rules[0].Contestants = []string{"b"}
	failed := func(n int) func(*Run) {
		return first(func(t *record.Trial) {
			if t.Repeat <= n {
				t.Status = record.TrialFailed
			}
		})
	}
	lost := func(n int) func(*Run) {
		return first(func(t *record.Trial) {
			if t.Repeat <= n {
				t.FailedObjects, t.Early = t.Objects, 30
			}
		})
	}
	saturated := every(func(t *record.Trial) { t.Saturated = "cpu" })
	brokenOff := func(r *Run) {
		short(7)(r)
		r.Manifest.Trials, r.Manifest.Outcome = 40, record.OutcomeFailed
	}
	unlimited := func(change func(*Run)) func(*Run) {
		return func(r *Run) {
			r.Manifest.Clock, r.Manifest.Unlimited = clockVirtual, true
			change(r)
		}
	}
	alike := func(r *Run) { r.Trials = madeUp(rand.New(rand.NewPCG(0, 1))).Trials }
	late := func(t *record.Trial) { t.RecoveryCensored = true }
	tenth := func(t *record.Trial) { t.GoodputMiBs *= 0.9 }
	steady := every(func(t *record.Trial) { t.GoodputMiBs = 50 + float64(t.Repeat) })
	both := func(one, other func(*Run)) func(*Run) { return func(r *Run) { one(r); other(r) } }
	traded := every(func(t *record.Trial) {
		if t.PartSize == 8<<20 {
			t.GoodputMiBs *= 0.8
		} else {
			t.GoodputMiBs /= 0.8
		}
	})
	survivors := func(n int) func(*Run) {
		return first(func(t *record.Trial) {
			if t.Repeat > n {
				t.P95S, t.RecoveryS = 0, nil
			}
		})
	}
	calls := func(cut func(t *record.Trial) int) func(*Run) { // how many of 200 are cut off; below zero: an older version did not count
		return func(r *Run) {
			r.Manifest.Resolved = "workload: {kind: calls}\n"
			every(func(t *record.Trial) {
				if t.Objects = 200; cut(t) >= 0 {
					t.CutOff = new(cut(t))
				}
			})(r)
		}
	}
	few := calls(func(t *record.Trial) int { return t.Trial % 2 })
	waits := both(calls(func(t *record.Trial) int { return 80 + t.Trial%3 }), first(func(t *record.Trial) { t.Amplification /= 2 }))
	uncounted := calls(func(*record.Trial) int { return -1 })
	gaveUp := first(func(t *record.Trial) { t.FailedObjects, t.P95S, t.Amplification = t.Objects, t.P95S/2, 1 })
	bySeed := every(func(t *record.Trial) { t.GoodputMiBs = 50 + 10*float64(t.Repeat) + 0.1*float64(t.Trial%3) })
	oneMore := func(r *Run) {
		one := r.Trials[0]
		one.Repeat, one.Seed, one.GoodputMiBs = 11, 11, 500
		r.Trials = append(r.Trials, one)
	}
	quarter := every(func(t *record.Trial) {
		if t.Repeat%4 == 0 {
			t.GoodputMiBs *= 0.92 - 0.17*float64(t.Repeat%5) // 8 to 76 % less
		}
	})
	noLarge := every(func(t *record.Trial) {
		if t.PartSize == 16<<20 {
			t.Status = record.TrialFailed
		}
	})
	return []CompareCase{
		made("nothing has changed, and numbers vary by 5 %", nil, nil, CompareOptions{}, ComparePassed),
		made("the very same numbers", alike, alike, CompareOptions{}, ComparePassed),
		made("a fifth more goodput", nil, first(func(t *record.Trial) { t.GoodputMiBs *= 1.2 }), CompareOptions{}, ComparePassed),
		made("a fifth less goodput in one cell", nil, first(lossy), CompareOptions{}, CompareFailed),
		made("a fifth more attempts in one cell", nil, first(func(t *record.Trial) { t.Amplification *= 1.2 }), CompareOptions{}, CompareFailed),
		made("three early attempts where there were none", nil, first(func(t *record.Trial) { t.Early = 3 }), CompareOptions{}, CompareFailed),
		made("half of the objects lost where none were", nil, first(func(t *record.Trial) { t.FailedObjects = 5 }), CompareOptions{}, CompareFailed),
		made("a fifth less goodput, and a rule that allows a third", nil, first(lossy), rule("goodput<-33%"), ComparePassed),
		made("a fifth less goodput, and a rule that does not", nil, first(lossy), rule("goodput<-5%"), CompareFailed),
		made("a tenth less goodput in every cell, and a rule over all cells", steady, both(steady, every(tenth)), rule("goodput<-5% over all cells"), CompareFailed),
		made("a fifth less goodput in one cell and more in the other, and a rule over all cells", steady, both(steady, traded), rule("goodput<-5% over all cells"), ComparePassed),
		made("a rule over all cells, of which one has no data", nil, noLarge, rule("goodput<-5% over all cells"), CompareNoVerdict),
		made("never recovered again, and a rule about it", nil, first(late), rule("recovery>+1"), CompareFailed),
		made("a rule that matches nothing", nil, nil, nobody, CompareNoVerdict),
		made("no trials", func(r *Run) { r.Trials = nil }, nil, CompareOptions{}, CompareNoVerdict),
		made("no trial that counts", nil, every(func(t *record.Trial) { t.Status = record.TrialFailed }), CompareOptions{}, CompareNoVerdict),
		made("p95 is known of four trials of ten, and a rule about it", nil, survivors(4), rule("p95>+10%"), CompareNoVerdict),
		made("recovery is known of four trials of ten, and a rule about it", nil, survivors(4), rule("recovery>+0.5"), CompareNoVerdict),
		made("the same eight trials of ten have a recovery on both sides, and a rule about it", survivors(8), survivors(8), rule("recovery>+0.5"), ComparePassed),
		made("everything lost, and what is left is faster, with a rule about that", nil, gaveUp, rule("p95>+10%"), CompareFailed),
		made("some calls are under way at the end of any trial", few, few, CompareOptions{}, ComparePassed),
		made("the head is cut off: it waits, and makes few attempts", few, waits, CompareOptions{}, CompareFailed),
		made("the head is cut off, with a rule about its attempts", few, waits, rule("amplification>+5%"), CompareFailed),
		made("the head is cut off, and a rule that allows it", few, waits, rule("cut>+1"), ComparePassed),
		made("the head is cut off, and nobody counted it in the base", uncounted, waits, CompareOptions{}, CompareNoVerdict),
		made("hardly any call is cut off, and nobody counted it in the base", uncounted, few, CompareOptions{}, ComparePassed),
		made("nobody counted what is cut off in the base, and a rule about p95", uncounted, few, rule("p95>+10%"), CompareNoVerdict),
		made("everything lost, and a rule that allows it", nil, gaveUp, rule("failed>+1"), ComparePassed),
		made("a tenth less goodput by seed, and a trial more in the head", bySeed, both(bySeed, both(every(tenth), oneMore)), CompareOptions{}, CompareFailed),
		made("a quarter of sixty seeds lose goodput, and the others are the very same", sameSeeds(60), both(sameSeeds(60), quarter), rule("goodput<-5%"), CompareFailed),
		made("a quarter of sixty seeds lose goodput, and a rule over all cells", sameSeeds(60), both(sameSeeds(60), quarter), rule("goodput<-5% over all cells"), CompareFailed),
		made("a quarter of sixty seeds lose goodput, and no rule", sameSeeds(60), both(sameSeeds(60), quarter), CompareOptions{}, CompareFailed),
		made("a quarter of sixty seeds lose goodput, and a rule that allows a third", sameSeeds(60), both(sameSeeds(60), quarter), rule("goodput<-33%"), ComparePassed),
		made("three trials in each cell", short(3), short(3), CompareOptions{}, CompareNoVerdict),
		made("too few trials for so many questions", short(4), short(4), CompareOptions{}, CompareNoVerdict),
		made("another scenario", nil, func(r *Run) { r.Manifest.Resolved = "workload: {objects: 2}\n" }, CompareOptions{}, CompareNoVerdict),
		made("another machine", nil, func(r *Run) { r.Manifest.Host.CPUs = 64 }, CompareOptions{}, CompareNoVerdict),
		made("another machine of the same make", func(r *Run) { r.Manifest.Host.Machine = "0123456789ab" },
			func(r *Run) { r.Manifest.Host.Machine = "ba9876543210" }, CompareOptions{}, CompareNoVerdict),
		made("another machine, in virtual time", func(r *Run) { r.Manifest.Clock = clockVirtual },
			func(r *Run) { r.Manifest.Clock, r.Manifest.Host.CPUs = clockVirtual, 64 }, CompareOptions{}, ComparePassed),
		made("another clock", nil, func(r *Run) { r.Manifest.Clock = clockVirtual }, CompareOptions{}, CompareNoVerdict),
		made("a contestant is missing", nil, func(r *Run) {
			r.Manifest.Contestants = []string{"a"}
			r.Trials = slices.DeleteFunc(r.Trials, func(t record.Trial) bool { return t.Contestant == "b" })
		}, CompareOptions{}, CompareNoVerdict),
		made("everything lost in four trials of ten", nil, lost(4), CompareOptions{}, CompareNoVerdict),
		made("everything lost in six trials of ten", nil, lost(6), CompareOptions{}, CompareNoVerdict),
		made("everything lost in all trials", nil, lost(10), CompareOptions{}, CompareFailed),
		made("everything lost in two trials of ten, and a rule that allows a third", nil, lost(2), rule("failed>+0.33"), ComparePassed),
		made("everything lost in six trials of ten on both sides", lost(6), lost(6), CompareOptions{}, ComparePassed),
		made("six trials of ten failed", nil, failed(6), CompareOptions{}, CompareNoVerdict),
		made("one trial of ten is invalid", nil, first(func(t *record.Trial) {
			if t.Repeat == 1 {
				t.Status = record.TrialInvalid
			}
		}), CompareOptions{}, CompareNoVerdict),
		made("three trials of ten failed, which is allowed", nil, failed(3), CompareOptions{AllowFailed: true}, ComparePassed),
		made("trials failed of a contestant that no rule is about", nil, failed(6), other, ComparePassed),
		made("a run that broke off", nil, brokenOff, CompareOptions{}, CompareNoVerdict),
		made("a run that broke off, which is allowed", nil, brokenOff, CompareOptions{AllowFailed: true}, ComparePassed),
		made("a run that failed, and no row says why", nil, func(r *Run) { r.Manifest.Outcome = record.OutcomeFailed }, CompareOptions{}, CompareNoVerdict),
		made("the machine was the bottleneck in all trials", nil, saturated, CompareOptions{}, CompareNoVerdict),
		made("the machine was the bottleneck in all trials, which is allowed", nil, saturated, CompareOptions{AllowSaturated: true}, ComparePassed),
		made("a rule of which one contestant is misspelt", nil, nil, typo, CompareNoVerdict),
		made("a fifth less goodput where it means nothing", unlimited(alike), unlimited(first(lossy)), CompareOptions{}, ComparePassed),
		made("a rule about goodput where it means nothing", unlimited(alike), unlimited(alike), rule("goodput<-5%"), CompareNoVerdict),
		copied(made("a run copied three times, on the real clock", nil, nil, CompareOptions{}, CompareNoVerdict)),
		copied(made("four trials copied three times, in virtual time: too few", virtual(4), virtual(4), CompareOptions{}, CompareNoVerdict)),
		copied(made("ten trials copied three times, in virtual time", virtual(10), virtual(10), CompareOptions{}, ComparePassed)),
	}
}

// copied has every run three times.
func copied(k CompareCase) CompareCase {
	for _, s := range []*Side{&k.Base, &k.Head} {
		s.Runs = []*Run{s.Runs[0], s.Runs[0], s.Runs[0]}
	}
	return k
}

// virtual keeps so many repeats and says that they were run in virtual time.
func virtual(repeats int) func(*Run) {
	return func(r *Run) {
		short(repeats)(r)
		r.Manifest.Clock = clockVirtual
	}
}

// sameSeeds has so many repeats in virtual time, which are the same on both sides: each seed has goodput of its own, as on a machine that is none.
func sameSeeds(repeats int) func(*Run) {
	return func(r *Run) {
		made := madeUpRuns(rand.New(rand.NewPCG(0, 60)), repeats)
		r.Manifest.Clock, r.Manifest.Trials, r.Trials = clockVirtual, len(made.Trials), made.Trials
	}
}

// made makes up two runs and changes them.
func made(name string, base, head func(*Run), o CompareOptions, want string) CompareCase {
	rng := rand.New(rand.NewPCG(6, 21))
	b, h := madeUp(rng), madeUp(rng)
	b.Dir, h.Dir = "base", "head"
	if base != nil {
		base(b)
	}
	if head != nil {
		head(h)
	}
	return CompareCase{Name: name, Base: Side{Name: "base", Runs: []*Run{b}}, Head: Side{Name: "head", Runs: []*Run{h}}, Options: o, Want: want}
}

// madeUp is a run of two contestants in two cells, ten times, and madeUpRuns as often as is said.
func madeUp(rng *rand.Rand) *Run { return madeUpRuns(rng, 10) }

func madeUpRuns(rng *rand.Rand, repeats int) *Run {
	r := &Run{Manifest: record.Manifest{
		Scenario: "self-check", Resolved: "workload: {objects: 1}\n", Clock: "real", Backend: "embedded", Contestants: []string{"a", "b"},
		Host: record.Host{OS: "linux", Arch: "amd64", CPUs: 2}, Trials: 4 * repeats,
	}}
	vary := func() float64 { return 1 + 0.05*rng.NormFloat64() }
	for repeat := range repeats {
		for _, size := range []int64{8 << 20, 16 << 20} {
			for _, name := range r.Manifest.Contestants {
				recovery := 2 * vary()
				r.Trials = append(r.Trials, record.Trial{
					Trial: len(r.Trials) + 1, Contestant: name, PartSize: size, Concurrency: 4, Repeat: repeat + 1, Seed: uint64(repeat), Status: record.TrialOK,
					Objects: 10, GoodputMiBs: 50 * vary(), Amplification: 1.4 * vary(), P95S: vary(), RecoveryS: &recovery,
				})
			}
		}
	}
	return r
}

// first changes the trials of one contestant in one cell, and every those of all.
func first(change func(*record.Trial)) func(*Run) {
	return every(func(t *record.Trial) {
		if t.Contestant == "a" && t.PartSize == 8<<20 {
			change(t)
		}
	})
}

func every(change func(*record.Trial)) func(*Run) {
	return func(r *Run) {
		for i := range r.Trials {
			change(&r.Trials[i])
		}
	}
}

// short keeps so many repeats.
func short(n int) func(*Run) {
	return func(r *Run) {
		r.Trials = slices.DeleteFunc(r.Trials, func(t record.Trial) bool { return t.Repeat > n })
		r.Manifest.Trials = len(r.Trials)
	}
}

// Check compares the case and says what came of it, and whether that is what has to come of it.
func (k CompareCase) Check() (got string, right bool) {
	c, err := Compare(k.Base, k.Head, k.Options)
	if err != nil {
		return fmt.Sprint("error: ", err), false
	}
	return c.Outcome, c.Outcome == k.Want
}
