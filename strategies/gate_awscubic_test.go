package strategies

import (
	"math"
	"testing"
	"time"
)

// awsTable is what the limiter of aws-sdk-go-v2 v1.47.6 did, when it was asked every 137 ms from the Unix second 1000 on,
// and each attempt that it let through ended 41 ms later: the wait (0: let through), whether the attempt was throttled,
// then the measured rate, the fill rate and the tokens that were left.
var awsTable = []struct {
	wait                     time.Duration
	throttled                bool
	measured, fill, capacity float64
}{
	{0, false, 0.000000, 0.500000, 0.000000},
	{0, false, 0.000000, 0.500000, 0.068500},
	{0, false, 0.000000, 0.500000, 0.137000},
	{0, false, 0.000000, 0.500000, 0.205500},
	{0, false, 8.000000, 0.500000, 0.274000},
	{0, false, 8.000000, 0.500000, 0.342500},
	{0, false, 8.000000, 0.500000, 0.411000},
	{0, false, 6.400000, 0.500000, 0.479500},
	{0, false, 6.400000, 0.587951, 0.548000},
	{0, false, 6.400000, 0.827120, 0.628549},
	{0, false, 6.400000, 1.123676, 0.741865},
	{0, false, 7.680000, 1.483791, 0.895808},
	{0, true, 7.680000, 5.376000, 1.099088},
	{0, true, 7.680000, 3.763200, 0.835600},
	{0, false, 7.680000, 4.144849, 0.351158},
	{60541731, false, 7.680000, 4.144849, 0.749064},
	{0, false, 7.936000, 4.717746, 0.486847},
	{12770840, false, 7.936000, 4.717746, 0.939750},
	{0, false, 3.187200, 5.077915, 0.779509},
	{0, false, 3.187200, 5.193655, 0.475184},
	{5049540, false, 3.187200, 5.193655, 0.973774},
	{0, false, 3.187200, 5.327302, 0.898245},
	{0, false, 5.437440, 5.357551, 0.628085},
	{0, false, 5.437440, 5.371646, 0.362070},
	{22758792, false, 5.437440, 5.371646, 0.877748},
	{0, false, 5.437440, 5.376057, 0.833901},
	{0, false, 5.887488, 5.378717, 0.570421},
	{0, false, 5.887488, 5.389907, 0.307305},
	{32517098, false, 5.887488, 5.389907, 0.824736},
	{0, false, 4.377498, 5.462563, 0.784139},
	{0, false, 4.377498, 5.536372, 0.532510},
	{0, false, 4.377498, 5.643397, 0.290993},
	{29634729, false, 4.377498, 5.643397, 0.832759},
	{0, false, 5.675500, 5.981778, 0.837284},
	{0, false, 5.675500, 6.225477, 0.656788},
	{0, false, 5.675500, 6.527077, 0.509678},
	{0, false, 5.675500, 6.892748, 0.403888},
	{0, false, 7.535100, 7.328663, 0.348194},
	{0, false, 7.535100, 7.840991, 0.352221},
	{0, false, 7.535100, 8.435906, 0.426437},
	{0, true, 6.307020, 4.414914, 0.582156},
	{0, false, 6.307020, 4.841395, 0.186999},
	{71927010, false, 6.307020, 4.841395, 0.651773},
	{0, false, 6.307020, 5.492194, 0.513541},
	{0, false, 6.061404, 5.728855, 0.265972},
	{32128247, false, 6.061404, 5.728855, 0.815942},
	{0, false, 6.061404, 6.055554, 0.835678},
	{0, false, 6.061404, 6.157934, 0.665289},
	{0, false, 6.012281, 6.227898, 0.508926},
	{0, false, 6.012281, 6.271615, 0.362148},
	{5704589, false, 6.012281, 6.271615, 0.964223},
	{0, false, 4.402456, 6.304997, 1.080571},
	{0, false, 4.402456, 6.307003, 0.944355},
	{0, false, 4.402456, 6.307449, 0.808415},
	{0, false, 4.402456, 6.312504, 0.672535},
	{0, false, 7.280491, 6.328341, 0.537348},
	{0, false, 7.280491, 6.361131, 0.404331},
	{0, false, 7.280491, 6.417044, 0.275806},
	{16854793, false, 7.280491, 6.417044, 0.891842},
	{0, false, 6.256098, 6.622928, 1.034076},
}

func TestAWSCubicIsTheSDKs(t *testing.T) {
	g := &AWSCubic{}
	start := time.Unix(1000, 0)
	for i, want := range awsTable {
		now := start.Add(time.Duration(i) * 137 * ms)
		c := &Call{}
		v := g.Admit(now, c)
		if v.Go() != (want.wait == 0) || (v.Wait-want.wait).Abs() > time.Microsecond {
			t.Fatalf("step %d: %+v, want a wait of %v", i, v, want.wait)
		}
		if !v.Go() {
			g.Leave(now, c)
		} else {
			o := Outcome{Status: 200}
			if want.throttled {
				o = Outcome{Status: 503, Code: "SlowDown"}
			}
			g.Done(now.Add(41*ms), c, o)
		}
		for _, n := range [][2]float64{{g.measured, want.measured}, {g.line.rate, want.fill}, {g.line.level, want.capacity}} {
			if math.Abs(n[0]-n[1]) > 2e-6 {
				t.Fatalf("step %d: measured %v, fill %v, level %v, want %+v", i, g.measured, g.line.rate, g.line.level, want)
			}
		}
	}
}

// A hair short of a token the SDK's wait rounds to nothing.
func TestAWSCubicNeverSpins(t *testing.T) {
	g := &AWSCubic{}
	g.Done(simStart, &Call{}, Outcome{Status: 429})
	g.line.level, g.line.rate = 1-1e-9, 1000 // 1 ps
	if g.Rate() != 1000 {
		t.Error("no rate")
	}
	if v := g.Admit(simStart, &Call{}); !v.Go() && v.Wait < ms {
		t.Errorf("a wait of %v", v.Wait)
	}
	g.line.level = 1 - 1e-7 // 100 ps
	if v := g.Admit(simStart, &Call{}); v.Wait != ms {
		t.Errorf("a wait of %v", v.Wait)
	}
}

func TestAWSCubicIsOffUntilThrottled(t *testing.T) {
	g := &AWSCubic{}
	for range 1000 {
		c := &Call{}
		if !g.Admit(simStart, c).Go() {
			t.Fatal("it limits")
		}
		g.Done(simStart, c, Outcome{Status: 503}) // not one of the codes for throttling
	}
	if g.Rate() != 0 {
		t.Errorf("a rate of %v", g.Rate())
	}
	g.Done(simStart, &Call{}, Outcome{Status: 503, Code: "SlowDown"})
	if g.Rate() != 0.5 {
		t.Errorf("a rate of %v", g.Rate())
	}
}
