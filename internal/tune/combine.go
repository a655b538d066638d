package tune

import (
	"cmp"
	"math"

	"github.com/ratebench/ratebench/internal/record"
)

// Combine makes a result of the trials of one setting with one seed: one for each cell of the scenario's grid. Of calls the speed is
// 1 ÷ p95, since how many there are is not the client's to decide. A p95 that is a lower limit counts twice, as a recovery does: calls that the trial's
// end cut off had waited for so long at least. Where none succeeded, it says nothing but how long the trial was.
func Combine(cells []record.Trial, calls bool) Result {
	r := Result{RecoveryS: -1}
	logs, recovery, troubled := 0.0, 0.0, 0
	amplified, known := 0.0, 0
	for _, t := range cells {
		r.Objects += t.Objects
		r.Failed += t.FailedObjects
		if t.Status != record.TrialOK && r.Problem == "" {
			r.Problem = cmp.Or(t.Problem, t.Status)
		}
		speed := t.GoodputMiBs
		if calls {
			speed = callSpeed(t)
		}
		logs += math.Log(speed) // of 0: the mean is 0
		if t.Amplification > 0 {
			amplified, known = amplified+math.Log(t.Amplification), known+1
		}
		if t.RecoveryS != nil {
			troubled++
			recovery += *t.RecoveryS
			if t.RecoveryCensored {
				recovery += *t.RecoveryS
			}
		}
	}
	r.Speed = math.Exp(logs / float64(len(cells)))
	if known > 0 {
		r.Amplification = math.Exp(amplified / float64(known))
	}
	if troubled > 0 {
		r.RecoveryS = recovery / float64(troubled)
	}
	return r
}

// callSpeed is 1 ÷ p95 in 1/s; 0: no call succeeded.
func callSpeed(t record.Trial) float64 {
	switch {
	case t.Calls1+t.Calls2+t.Calls3+t.Calls4Plus == 0 || t.P95S <= 0:
		return 0
	case t.P95Censored:
		return 1 / (2 * t.P95S)
	}
	return 1 / t.P95S
}
