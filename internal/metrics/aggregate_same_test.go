package metrics

import (
	"cmp"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/ratebench/ratebench/internal/record"
	"pgregory.net/rapid"
)

// What is added up while a trial happens is what is computed when it has ended, as far as it is known.
func TestAggregateIsTheSame(t *testing.T) {
	unknown := []string{"Connections", "MissedRetries", "SlotS", "ConnectionS", "SendingS", "HintCompliance", "LateByS", "LateByMaxS"}
	rapid.Check(t, func(t *rapid.T) {
		in := draw(t, calls)
		for i := range in.Attempts { // what a fleet's recorder does not know
			a := &in.Attempts[i]
			a.SlotS, a.QueuedS, a.ConnectionS, a.SendingS = nil, nil, nil, nil
		}
		g := NewAggregate(in.WarmUpS, in.Phases, in.Clients)
		for i := range in.Ledger {
			g.Ledger(&in.Ledger[i])
		}
		for i := range in.Attempts {
			g.Attempt(&in.Attempts[i])
		}
		byObject := map[int][]record.Attempt{}
		for _, a := range in.Attempts {
			_, o, _ := record.ParseCall(a.Call)
			byObject[o] = append(byObject[o], a)
		}
		for _, o := range in.Objects {
			g.Call(asCall(o, byObject[o.Ordinal], in.WarmUpS))
		}
		got, _ := g.Trial(in)
		want := Of(in)
		unknown := unknown
		if *want.Trial.CutOff > 0 { // of times that are nearly the same it matters which is first, and histograms do not tell: TestLengthsProperties
			unknown = append(slices.Clip(unknown), "P50S", "P95S", "P99S", "P50Censored", "P95Censored", "P99Censored")
			got.Detail.Response, want.Detail.Response = "", ""
			got.Detail.ResponseLimits, want.Detail.ResponseLimits, got.Detail.BusyLimits, want.Detail.BusyLimits = 0, 0, 0, 0
		}
		alike(t, "trial", reflect.ValueOf(got.Trial), reflect.ValueOf(want.Trial), unknown)
		if len(got.Phases) != len(want.Phases) {
			t.Fatalf("%d phases, want %d", len(got.Phases), len(want.Phases))
		}
		for i := range got.Phases {
			alike(t, got.Phases[i].Phase, reflect.ValueOf(got.Phases[i]), reflect.ValueOf(want.Phases[i]), unknown)
		}
		sameTimes(t, g, in)
		got.Detail.Busy, want.Detail.Busy = "", "" // goes by sums of rounded times
		want.Detail.LateBy = ""
		if !reflect.DeepEqual(got.Detail, want.Detail) {
			t.Fatalf("details\n%+v\n%+v", got.Detail, want.Detail)
		}
	})
}

// asCall is what the recorder of a fleet tells of a call.
func asCall(o record.Object, attempts []record.Attempt, warmUp float64) Call {
	slices.SortFunc(attempts, func(a, b record.Attempt) int { return cmp.Compare(a.Attempt, b.Attempt) })
	c := Call{Object: o}
	hopeless := false
	for _, a := range attempts {
		if a.StartS >= warmUp {
			if c.Attempts++; c.Attempts == 1 {
				c.FirstS = a.StartS
			}
			if hopeless {
				c.Hopeless++
			}
		}
		if !c.Succeeded {
			c.WaitedS += a.WaitedS
		}
		if a.Status == 200 {
			c.Succeeded, c.OKStartS, c.OKEndS = true, a.StartS, end(&a)
		}
		c.LastEndS = max(c.LastEndS, end(&a))
		hopeless = Hopeless(a.Status, a.Code)
		c.Download = a.Op == "get_object"
	}
	return c
}

// sameTimes compares what goes into percentiles and histograms, call by call, with what Of makes of the same calls.
func sameTimes(t *rapid.T, g *Aggregate, in Input) {
	objects := map[objectKey]record.Object{}
	for _, o := range in.Objects {
		objects[objectKey{o.Client, o.Ordinal}] = o
	}
	calls := callsOf(inOrder(in.Attempts))
	var response, busy, waited, worked []float64
	for _, one := range timesOf(calls, objects, in.WarmUpS) {
		response, busy = append(response, one.response), append(busy, one.busy())
	}
	for _, one := range waitingOf(calls, objects, in.WarmUpS) {
		waited, worked = append(waited, one.response), append(worked, one.busy)
	}
	for _, c := range []struct {
		name string
		got  *histogram
		want []float64
	}{{"response", &g.response, response}, {"busy", &g.busy, busy}, {"cut off", &g.waited, waited}, {"busy until cut off", &g.worked, worked}} {
		var got []float64
		for _, x := range c.got.spans(false) {
			got = append(got, slices.Repeat([]float64{x.s}, int(x.n))...)
		}
		slices.Sort(c.want)
		if !slices.EqualFunc(got, c.want, nearly) {
			t.Fatalf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// nearly says that two numbers are the same to three digits.
func nearly(a, b float64) bool { return math.Abs(a-b) <= 2e-3*math.Abs(b)+2e-6 }

// alike compares all numbers of two rows, to three digits.
func alike(t *rapid.T, where string, got, want reflect.Value, skip []string) {
	for i := range got.NumField() {
		name := got.Type().Field(i).Name
		g, w := got.Field(i), want.Field(i)
		if slices.Contains(skip, name) {
			continue
		}
		if g.Kind() == reflect.Pointer {
			if g.IsNil() != w.IsNil() {
				t.Fatalf("%s: %s is %v, want %v", where, name, g, w)
			}
			if g.IsNil() {
				continue
			}
			g, w = g.Elem(), w.Elem()
		}
		if g.Kind() == reflect.Float64 {
			if a, b := g.Float(), w.Float(); !nearly(a, b) {
				t.Fatalf("%s: %s is %v, want %v", where, name, a, b)
			}
		} else if !g.Equal(w) {
			t.Fatalf("%s: %s is %v, want %v", where, name, g, w)
		}
	}
}

// A call whose one attempt fails at once waits to be tried again until the trial's end cuts it off at 10 s: it was busy for 0.01 s.
func TestAggregateOfCallsCutOffInAWait(t *testing.T) {
	busy := func(d record.Detail) float64 {
		h, err := hdrhistogram.Decode([]byte(d.Busy))
		if err != nil {
			t.Fatal(err)
		}
		return float64(h.Max()) / 1e6
	}
	o := record.Object{Ordinal: 1, Single: true, EndS: 10}
	a := record.Attempt{Call: record.CallName("get_object", 1, 0), Op: "get_object", Attempt: 1, TookS: 0.01, Status: 503}
	in := Input{WallS: 10, Clients: 1, Objects: []record.Object{o}, Attempts: []record.Attempt{a}}
	g := NewAggregate(0, nil, 1)
	g.Attempt(&a)
	g.Call(asCall(o, in.Attempts, 0))
	n, _ := g.Trial(in)
	if all, sum := busy(Of(in).Detail), busy(n.Detail); !nearly(all, 0.01) || !nearly(sum, 0.01) {
		t.Errorf("busy for %v s, and added up for %v s", all, sum)
	}
}
