package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/faultserver"
)

// Option changes how a scenario is loaded.
type Option func(*options)

type options struct {
	overrides []string
	known     map[string][]string
	all       []string
	check     func(Workload, Contestant) error
	dir       string // of the file
	rulesOnly bool
}

// Set applies overrides such as "repeats=3", as the flag --set does. See Parse.
func Set(overrides ...string) Option {
	return func(o *options) { o.overrides = append(o.overrides, overrides...) }
}

// Known tells the names of all contestants and of the parameters each of them takes. Without it any name and any
// parameter is accepted, since this package does not know the contestants.
func Known(contestants map[string][]string) Option {
	return func(o *options) { o.known = contestants }
}

// All tells what the contestant "all" stands for: these, in this order, less those that Check refuses in the workload. Without
// it all is a name like any other.
func All(names ...string) Option {
	return func(o *options) { o.all = names }
}

// Check asks check about every contestant whose name and parameter names are right: about its parameters, and whether it
// can do this workload at all. An error becomes a problem at the place of the contestant.
func Check(check func(Workload, Contestant) error) Option {
	return func(o *options) { o.check = check }
}

// RulesOnly lets a scenario leave out workload and contestants, for a fault server on its own. What is there is checked
// all the same.
func RulesOnly() Option {
	return func(o *options) { o.rulesOnly = true }
}

// ParseRule reads one rule, in YAML or JSON, as it stands in a list of faults. phases are the names of those that it may
// go by; name stands for the file in messages. A rule read so may not name files. Every error is an *Error.
func ParseRule(name string, src []byte, phases []string) (faultserver.Rule, error) {
	text, problem := clean(src)
	var root *node
	if problem == nil {
		root, problem = parse(text)
	}
	if problem != nil {
		problem.File = name
		return faultserver.Rule{}, sorted([]Problem{*problem}, text)
	}
	d := &decoder{places: map[string]*node{}}
	s := &Scenario{Faults: make([]faultserver.Rule, 1)}
	d.decode(root, reflect.ValueOf(&s.Faults[0]).Elem(), "faults.0", limits{})
	problems := d.problems
	if len(problems) == 0 {
		if r := s.Faults[0].When.Replay; r != nil {
			problems = append(problems, *root.problem("when.replay: a rule that comes over the network may not name files"))
		} else {
			for _, p := range phases {
				s.Phases = append(s.Phases, Phase{Name: p})
			}
			if _, c, n := s.Faults[0].Set(); n == 1 {
				c.Defaults()
			}
			c := &checker{Scenario: s, places: d.places}
			c.places[""] = root
			c.rule(0)
			problems = c.problems
		}
	}
	if len(problems) > 0 {
		for i := range problems {
			problems[i].File = name
		}
		return faultserver.Rule{}, sorted(problems, text)
	}
	return s.Faults[0], nil
}

// Load reads the scenario file at path. Where there is no such file and path is the name of a shipped scenario, such as
// flaky or scenarios/flaky.yaml, that one is loaded, so that the shipped ones run from any folder. Every error is an *Error.
func Load(path string, opts ...Option) (*Scenario, error) {
	src, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		if name := shippedName(path); name != "" {
			path = "scenarios/" + name + ".yaml"
			src, err = Open(name)
		}
	}
	if err != nil {
		return nil, err
	}
	return Parse(path, src, nil, opts...)
}

// read reads a file that may be a scenario, and refuses everything else without waiting for it or filling the memory.
func read(path string) ([]byte, error) {
	if path == "" {
		return nil, whole("scenario", "no file is named: name a scenario file, or a shipped scenario: %s", strings.Join(Shipped(), ", "))
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		e := whole(path, "no such file, and no shipped scenario of that name: %s",
			suggest(strings.TrimSuffix(filepath.Base(path), ".yaml"), Shipped()))
		e.cause = fs.ErrNotExist
		return nil, e
	}
	if err != nil {
		return nil, unreadable(path, err)
	}
	switch {
	case info.IsDir():
		return nil, whole(path, "is a directory: name a scenario file, such as %s", filepath.Join(path, "flaky.yaml"))
	case !info.Mode().IsRegular():
		return nil, whole(path, "is not a regular file: a scenario is a YAML file")
	case info.Size() > maxBytes:
		return nil, whole(path, "%s", tooLarge(info.Size()))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxBytes+1)) // it may have grown
	if err != nil {
		return nil, unreadable(path, err)
	}
	return src, nil
}

func unreadable(path string, err error) *Error {
	var pe *fs.PathError
	msg := err.Error()
	if errors.As(err, &pe) {
		msg = pe.Err.Error() // the path stands in front already
	}
	e := whole(path, "cannot be read: %s", msg)
	e.cause = err
	return e
}

// Parse reads a scenario from text; name stands for the file in messages. Every error is an *Error.
//
// An override is key=value with a dotted key. It is applied before anything is checked:
//
//	workload.object_size=16MiB       a key of a mapping, created where it is missing
//	faults.0.throttle.rate=10/s      an entry of a list by its number, from 0
//	faults.quota.throttle.rate=10/s  … or by its name
//	contestants=[no-retry, immediate]  any YAML in one line
//	network.bandwidth=               nothing: removes the key, so that its default applies
func Parse(name string, src []byte, overrides []string, opts ...Option) (*Scenario, error) {
	o := options{overrides: slices.Clone(overrides)}
	for _, opt := range opts {
		opt(&o)
	}
	o.dir = filepath.Dir(name)
	text, problem := clean(src)
	var root *node
	if problem == nil {
		root, problem = parse(text)
	}
	if problem != nil {
		problem.File = name
		return nil, sorted([]Problem{*problem}, text)
	}
	s, problems := build(root, o)
	if len(problems) > 0 {
		for i := range problems {
			problems[i].File = name
		}
		return nil, sorted(problems, text)
	}
	s.File, s.Source = name, src
	return s, nil
}

// build turns a tree into a scenario: overrides, decoding, defaults, checks.
func build(root *node, o options) (*Scenario, []Problem) {
	for _, set := range o.overrides {
		if err := override(root, set); err != nil {
			return nil, []Problem{{Set: clip(set), Message: err.Error()}}
		}
	}
	d := &decoder{places: map[string]*node{}}
	if o.rulesOnly {
		d.optional = []string{"workload", "contestants"}
	}
	s := &Scenario{}
	if root.kind != mapping {
		return nil, []Problem{*root.problem(fmt.Sprintf("a scenario is a mapping with the keys %s; found %s",
			strings.Join(keys(reflect.TypeFor[Scenario]()), ", "), root.kind))}
	}
	d.decode(root, reflect.ValueOf(s).Elem(), "", limits{})
	for i := range s.Faults { // a path in a file is relative to it
		if r := s.Faults[i].When.Replay; r != nil && r.File != "" && !filepath.IsAbs(r.File) {
			r.File = filepath.Join(o.dir, r.File)
		}
	}
	if len(d.problems) > 0 {
		return nil, d.problems // checks would only complain about what follows from these
	}
	s.resolve()
	problems := s.expand(o, d.places)
	c := &checker{Scenario: s, rulesOnly: o.rulesOnly, known: o.known, check: o.check, places: d.places, problems: problems}
	c.all()
	return s, c.problems
}
