package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/internal/guard"
	"github.com/ratebench/ratebench/internal/tally"
	"github.com/ratebench/ratebench/scenarios"
)

// Config says what is controlled.
type Config struct {
	Server  *faultserver.Server
	Feed    *Feed
	Tally   *tally.Tally
	Metrics *Metrics
	// Token has to come as a bearer token with every request but /healthz. Empty: none has to, and only requests made for
	// this machine are answered.
	Token string
}

// maxBody bounds rules and scenarios.
const maxBody = 1 << 20

// New is the API.
func New(c Config) http.Handler {
	a := &api{c}
	c.Metrics.watch(c.Server)
	mux := http.NewServeMux()
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /rules": a.rules, "POST /rules": a.add, "GET /rules/{name}": a.rule, "PUT /rules/{name}": a.replace,
		"DELETE /rules/{name}": a.remove, "PUT /scenario": a.scenario, "GET /phases": a.phases, "POST /phase/{name}": a.phase,
		"POST /reset": a.reset, "GET /ledger": a.ledger, "GET /summary": a.summary,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				fail(w, err)
			}
		})
	}
	mux.Handle("GET /metrics", promhttp.HandlerFor(c.Metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	return a.guard(mux)
}

type api struct{ Config }

// guard lets in whoever may.
func (a *api) guard(next http.Handler) http.Handler {
	g := guard.Guard{Token: a.Token}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			if no := g.Check(w, r); no != nil {
				fail(w, &problem{no.Status, no})
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// problem is an error with its status.
type problem struct {
	status int
	err    error
}

func (p *problem) Error() string { return p.err.Error() }
func (p *problem) Unwrap() error { return p.err }

func wrong(err error) error { return &problem{http.StatusBadRequest, err} }

func missing(what, name string) error {
	return &problem{http.StatusNotFound, fmt.Errorf("no %s is called %q", what, name)}
}

func fail(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	var p *problem
	if errors.As(err, &p) {
		status = p.status
	}
	answer(w, status, map[string]string{"error": strings.TrimSpace(err.Error())})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // an error here means that the client has gone
}

// body reads a small body.
func body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, &problem{http.StatusRequestEntityTooLarge, fmt.Errorf("the body cannot be read (at most 1 MiB is): %w", err)}
	}
	return b, nil
}

// listed is a rule as it is told.
type listed struct {
	faultserver.Counts
	Rule faultserver.Rule `json:"rule"`
}

func (a *api) list() []listed {
	rules, counts := a.Server.Rules(), a.Server.Counts()
	out := make([]listed, 0, len(rules))
	for i := range min(len(rules), len(counts)) {
		if rules[i].Name == counts[i].Name { // else they changed between
			out = append(out, listed{counts[i], rules[i]})
		}
	}
	return out
}

func (a *api) rules(w http.ResponseWriter, _ *http.Request) error {
	answer(w, http.StatusOK, a.list())
	return nil
}

func (a *api) rule(w http.ResponseWriter, r *http.Request) error {
	for _, l := range a.list() {
		if l.Name == r.PathValue("name") {
			answer(w, http.StatusOK, l)
			return nil
		}
	}
	return missing("rule", r.PathValue("name"))
}

// parse reads a rule.
func (a *api) parse(w http.ResponseWriter, r *http.Request) (faultserver.Rule, error) {
	src, err := body(w, r)
	if err != nil {
		return faultserver.Rule{}, err
	}
	var phases []string
	for _, p := range a.Server.Phases() {
		phases = append(phases, p.Name)
	}
	rule, err := scenarios.ParseRule("rule", src, phases)
	if err != nil {
		return rule, wrong(err)
	}
	return rule, nil
}

func (a *api) add(w http.ResponseWriter, r *http.Request) error {
	rule, err := a.parse(w, r)
	if err != nil {
		return err
	}
	if err := a.Server.Add(rule); err != nil {
		return wrong(err)
	}
	answer(w, http.StatusCreated, a.list())
	return nil
}

func (a *api) replace(w http.ResponseWriter, r *http.Request) error {
	rule, err := a.parse(w, r)
	if err != nil {
		return err
	}
	if name := r.PathValue("name"); rule.Name != name {
		return wrong(fmt.Errorf("the rule is called %q and is to replace %q: give it the same name", rule.Name, name))
	}
	if _, ok := a.find(rule.Name); !ok {
		return missing("rule", rule.Name)
	}
	if err := a.Server.Replace(rule); err != nil {
		return wrong(err)
	}
	answer(w, http.StatusOK, a.list())
	return nil
}

func (a *api) find(name string) (faultserver.Rule, bool) {
	for _, r := range a.Server.Rules() {
		if r.Name == name {
			return r, true
		}
	}
	return faultserver.Rule{}, false
}

func (a *api) remove(w http.ResponseWriter, r *http.Request) error {
	if !a.Server.Remove(r.PathValue("name")) {
		return missing("rule", r.PathValue("name"))
	}
	answer(w, http.StatusOK, a.list())
	return nil
}

func (a *api) scenario(w http.ResponseWriter, r *http.Request) error {
	src, err := body(w, r)
	if err != nil {
		return err
	}
	s, err := scenarios.Parse("scenario", src, nil, scenarios.RulesOnly())
	if err != nil {
		return wrong(err)
	}
	for _, f := range s.Faults {
		if f.When.Replay != nil {
			return wrong(fmt.Errorf("rule %q: when.replay: a scenario that comes over the network may not name files", f.Name))
		}
	}
	if err := a.Server.Load(s.Faults, s.Timeline(), s.Seed); err != nil {
		return wrong(err)
	}
	answer(w, http.StatusOK, a.list())
	return nil
}

// phase is one as it is told.
type phase struct {
	Name  string   `json:"name"`
	FromS *float64 `json:"from_s,omitempty"` // nil: it is not going to come by itself, since another was begun
	ToS   float64  `json:"to_s,omitempty"`   // 0: until the next is begun
	Now   bool     `json:"now"`
}

func (a *api) phases(w http.ResponseWriter, _ *http.Request) error {
	now := a.Server.Elapsed()
	out := []phase{}
	for _, p := range a.Server.Phases() {
		told := phase{Name: p.Name}
		if p.From != math.MaxInt64 { // which stands for never
			from := p.From.Seconds()
			told.FromS, told.ToS, told.Now = &from, p.To.Seconds(), now >= p.From && (p.To == 0 || now < p.To)
		}
		out = append(out, told)
	}
	answer(w, http.StatusOK, out)
	return nil
}

func (a *api) phase(w http.ResponseWriter, r *http.Request) error {
	if err := a.Server.StartPhase(r.PathValue("name")); err != nil {
		return missing("phase", r.PathValue("name"))
	}
	return a.phases(w, r)
}

func (a *api) reset(w http.ResponseWriter, _ *http.Request) error {
	if err := a.Server.Reset(); err != nil {
		return err
	}
	a.Tally.Reset()
	answer(w, http.StatusOK, a.list())
	return nil
}

func (a *api) summary(w http.ResponseWriter, _ *http.Request) error {
	answer(w, http.StatusOK, a.Tally.Lines())
	return nil
}

func (a *api) ledger(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/x-ndjson")
	if r.URL.Query().Get("follow") == "" {
		_, _ = w.Write(a.Feed.Last()) // an error here means that the client has gone
		return nil
	}
	kept, rows, leave := a.Feed.Follow()
	defer leave()
	out := http.NewResponseController(w)
	if _, err := w.Write(kept); err != nil {
		return nil
	}
	for {
		if out.Flush() != nil {
			return nil
		}
		select {
		case line, ok := <-rows:
			if !ok {
				return nil // too slow
			}
			if _, err := w.Write(line); err != nil {
				return nil
			}
		case <-r.Context().Done():
			return nil
		case <-a.Server.Stopped():
			return nil
		}
	}
}
