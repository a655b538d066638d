package faults

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Fault is what a rule does to an attempt. Its methods are safe for concurrent use.
type Fault interface {
	// Act carries the fault out. It returns false if the attempt goes on to the next rule: the fault let it pass, or only
	// changes how it goes.
	Act(x *Exchange) (done bool)
}

// Config is what a scenario says of a fault. It is implemented by pointers to structs.
type Config interface {
	// Defaults fills in what was left out.
	Defaults()
	// New checks the parameters and makes the fault, which may keep a copy of the config. Defaults was called before. It
	// returns the errors that Wrong makes.
	New(env Env) (Fault, error)
}

// ParamError says which parameter of a config is wrong, and why.
type ParamError struct {
	Param   string // as in a scenario, dotted; empty: the fault as a whole
	Message string
}

func (e *ParamError) Error() string {
	if e.Param == "" {
		return e.Message
	}
	return e.Param + ": " + e.Message
}

// Wrong makes a ParamError.
func Wrong(param, format string, args ...any) error {
	return &ParamError{param, fmt.Sprintf(format, args...)}
}

// Env is what a fault may need from its server.
type Env struct {
	// Rule is the rule's name, Seed the trial's.
	Rule string
	Seed uint64
	// Admin reaches the backend past the faults. Nil: the backend is no S3, and faults that need it cannot be made.
	Admin Admin
}

// Admin is what a fault may do behind a client's back.
type Admin interface {
	AbortUpload(ctx context.Context, bucket, key, upload string) error
	DeleteObject(ctx context.Context, bucket, key string) error
}

// Hinting is a fault whose answers can tell clients when to come back. HintScope names what shares one hint for this
// attempt; empty: no hint would be given.
type Hinting interface {
	// Hints reports whether it ever gives one.
	Hints() bool
	HintScope(x *Exchange) string
}

// Reserving is a limit that can say beforehand when it will let an attempt pass. Reserve is for the oracle: it takes what
// the attempt will need and returns how long it takes to be there. Where that is not ok nothing was taken: it is worth
// asking again after wait, or, if that is 0, cannot be known.
type Reserving interface {
	Reserve(x *Exchange) (wait time.Duration, ok bool)
}

// Shadowing is a fault that can say whether it would have done something.
type Shadowing interface {
	Would(x *Exchange) bool
}

// Reading is a fault that says how much of a request's body it costs. One that does not is not certain to fail every
// attempt that it acts on.
type Reading interface {
	// BodyRead is how many bytes of a body of this size are read before the attempt fails; negative: it may not fail.
	BodyRead(size int64) int64
}

// Effect says what a kind of fault does to an attempt that it acts on.
type Effect int

const (
	Fails  Effect = iota // the attempt fails, or its answer is spoilt
	Delays               // the attempt goes on, slower or with other bytes
	Limits               // one or the other, depending on what came before
)

// Where a fault can act. `ratebench run` speaks HTTP/1.1 without TLS, `ratebench serve --tls` both versions.
const (
	OnlyHTTP1 = "HTTP/1.1" // over HTTP/2 the stream is reset instead
	OnlyHTTP2 = "HTTP/2"
	OnlyTLS   = "TLS"
)

// Kind describes a kind of fault.
type Kind struct {
	Name    string // in a scenario
	Family  string
	Summary string // one sentence
	Effect  Effect
	// Order says what the fault's own randomness and state depend on: identity, arrival or time. The rule's schedule comes
	// on top.
	Order string
	// Only says where the fault can act, if not everywhere: one of the Only constants.
	Only string
	// Config is a zero value of the config type, a struct.
	Config any
	// Example is the name of the shipped scenario that shows it. Set by Builtin.
	Example string
}

// Set returns the kind and the config that are set in d, and how many there are; exactly one is right.
func (d *Do) Set() (kind string, c Config, n int) {
	eachConfig(reflect.ValueOf(d).Elem(), func(name string, v reflect.Value) {
		if !v.IsNil() {
			kind, c = name, v.Interface().(Config)
			n++
		}
	})
	return kind, c, n
}

// Names lists what is set in d, as in a scenario.
func (d *Do) Names() []string {
	var names []string
	eachConfig(reflect.ValueOf(d).Elem(), func(name string, v reflect.Value) {
		if !v.IsNil() {
			names = append(names, name)
		}
	})
	return names
}

// New makes the fault that is set in d. Exactly one must be.
func (d *Do) New(env Env) (Fault, *Kind, error) {
	name, c, n := d.Set()
	if n != 1 {
		return nil, nil, fmt.Errorf("exactly one kind of fault must be set, not %d", n)
	}
	own := reflect.New(reflect.TypeOf(c).Elem()) // Defaults must not change what belongs to the caller
	own.Elem().Set(reflect.ValueOf(c).Elem())
	c = own.Interface().(Config)
	c.Defaults()
	f, err := c.New(env)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, kinds[name], nil
}

// eachConfig visits the fields of all families.
func eachConfig(v reflect.Value, visit func(name string, v reflect.Value)) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			eachConfig(v.Field(i), visit)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		visit(name, v.Field(i))
	}
}

// String says it in a word.
func (e Effect) String() string {
	switch e {
	case Delays:
		return "delays"
	case Limits:
		return "limits"
	}
	return "fails"
}
