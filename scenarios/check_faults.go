package scenarios

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
)

// rule checks one fault rule.
func (c *checker) rule(i int) {
	r, at := &c.Faults[i], fmt.Sprintf("faults.%d", i)
	if !plainName(r.Name) {
		c.fail(at+".name", "%q is no name for a rule: %s", clip(r.Name), wantedName)
	}
	for _, o := range c.Faults[:i] {
		if o.Name == r.Name {
			c.fail(at+".name", "two rules are called %s: rename one, since the name is part of the dice", r.Name)
			break
		}
	}
	c.match(r.Match, at+".match")
	c.when(r.When, at+".when")

	if t := r.Throttle; t != nil {
		c.retryAfter(t.RetryAfter, at+".throttle.retry_after", true)
	}
	if s := r.Status; s != nil {
		if strings.Trim(s.S3Code, letters) != "" || len(s.S3Code) > maxName {
			c.fail(at+".status.s3_code", "%q is no error code: write up to 64 letters and digits, such as SlowDown", clip(s.S3Code))
		}
		c.retryAfter(s.RetryAfter, at+".status.retry_after", false)
	}
	if r.Reset != nil {
		if c.given(at + ".reset.share") {
			switch {
			case r.Reset.At != "mid_body":
				c.fail(at+".reset.share", "only at: mid_body reads a share of the body, and this is %s: remove it", r.Reset.At)
			case r.Reset.Share == 0:
				c.fail(at+".reset.share", "a reset after 0%% of the body is at: before_body; write that, or a larger share")
			}
		}
	}
	var wrong *faults.ParamError
	if err := r.Check(); errors.As(err, &wrong) && len(c.problems) == 0 {
		c.fail(at+"."+wrong.Param, "%s", wrong.Message)
	}
	before := len(c.problems)
	switch set := r.Names(); {
	case len(set) == 0:
		c.fail(at, "rule %s does nothing: write what goes wrong; see `ratebench list faults`", r.Name)
	case len(set) > 1:
		c.fail(at, "rule %s has %s: a rule does one thing, so write a rule for each", r.Name, strings.Join(set, " and "))
	case len(c.problems) == before:
		c.params(r, at+"."+set[0])
	}
}

// params lets the fault check its own parameters.
func (c *checker) params(r *faultserver.Rule, at string) {
	_, _, err := r.New(faults.Env{Rule: r.Name, Admin: noAdmin{}})
	var wrong *faults.ParamError
	switch {
	case err == nil:
	case errors.As(err, &wrong) && wrong.Param != "":
		c.fail(at+"."+wrong.Param, "%s", wrong.Message)
	case errors.As(err, &wrong):
		c.fail(at, "%s", wrong.Message)
	default:
		c.fail(at, "%v", err)
	}
}

// noAdmin stands for a backend where only parameters are checked.
type noAdmin struct{ faults.Admin }

func (c *checker) match(m faultserver.Match, at string) {
	var known []string
	for _, op := range ops.All() {
		known = append(known, op.Name)
	}
	parts := len(m.Op) == 0 // whether anything that matches has a part number
	for i, op := range m.Op {
		if !slices.Contains(known, op) {
			c.fail(fmt.Sprintf("%s.op.%d", at, i), "unknown operation %q: %s", op, suggest(op, known))
			parts = true // perhaps
		}
		parts = parts || op == ops.UploadPart || op == ops.UCSPartURL
	}
	if len(m.Parts) > 0 && !parts {
		c.fail(at+".parts", "%s has no part numbers: match upload_part, or remove parts", strings.Join(m.Op, ", "))
	}
	for i, n := range m.Parts {
		if n < 1 || n > maxParts {
			c.fail(fmt.Sprintf("%s.parts.%d", at, i), "%d is no part number: S3 counts from 1 to %d", n, maxParts)
		}
	}
	if _, err := path.Match(m.Key, ""); err != nil {
		c.fail(at+".key", "%q is no pattern: write a key with * and ?, such as object-*", m.Key)
	}
}

func (c *checker) when(w faultserver.When, at string) {
	if c.given(at+".probability") && w.Probability == 0 {
		c.fail(at+".probability", "a rule with 0%% never acts: write more, or remove the rule")
	}
	for _, n := range []struct {
		key   string
		value int
	}{{"first", w.First}, {"every", w.Every}} {
		if c.given(at+"."+n.key) && n.value < 1 {
			c.fail(at+"."+n.key, "%d is not possible: write a whole number of at least 1, or remove the key", n.value)
		}
	}
	if c.given(at+".to") && w.To <= w.From {
		c.fail(at+".to", "%s is not after from, %s: write a later time", w.To, w.From)
	}
	var phases []string
	for _, p := range c.Phases {
		phases = append(phases, p.Name)
	}
	for i, p := range w.Phase {
		if !slices.Contains(phases, p) {
			c.fail(fmt.Sprintf("%s.phase.%d", at, i), "no phase is called %q: %s", p, suggest(p, phases))
		}
	}
}

// retryAfter checks a hint; a bucket knows by itself how long to wait.
func (c *checker) retryAfter(ra faults.RetryAfter, at string, bucket bool) {
	switch {
	case ra.Form == "none" && c.given(at+".value"):
		c.fail(at+".value", "form none sends no hint: remove the value, or write form: seconds")
	case ra.Form == "seconds" && c.given(at+".value") && ra.Value.D()%time.Second != 0:
		c.fail(at+".value", "%s: Retry-After counts whole seconds, so write %s", ra.Value, ra.Value.D().Truncate(time.Second)+time.Second)
	case c.given(at+".value") && ra.Value == 0:
		c.fail(at+".value", "0s is no wait: write 1s or more, or remove the value")
	case !bucket && ra.Form != "none" && ra.Form != "raw" && ra.Value == 0:
		c.fail(at, "a rule without a bucket knows no wait: write a value, such as value: 2s")
	}
}
