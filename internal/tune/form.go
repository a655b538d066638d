package tune

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/scenarios"
)

// Form is a setting as something that people configure takes it.
type Form struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	Syntax string `json:"syntax"` // of the text: go, yaml, sh
	Text   string `json:"text"`   // empty: it can express nothing of the setting
	// Missing says what of the setting, or of what the contestant does, the form cannot express.
	Missing []string `json:"missing,omitempty"`
}

// Forms are all there are, for one setting. statuses and waits that are not searched are part of it with their values.
func Forms(s Setting) []Form {
	v, err := newSet(s)
	if err != nil {
		return nil
	}
	forms := []Form{v.yaml(), v.goForm(), v.ghga()}
	if !v.movesFiles() {
		return append(forms, v.aws(), v.rclone())
	}
	return append(forms, Form{Name: "aws", Title: "AWS SDKs, AWS CLI and rclone", Syntax: "sh", Missing: []string{
		"anything: files go by way of GHGA's services (WPS, UCS and DCS), which these do not speak to",
	}})
}

// movesFiles reports whether what was measured moves files as the GHGA Connector does.
func (s *set) movesFiles() bool {
	return s.Kind == scenarios.KindGHGA || s.row.Kind == contestants.KindConnector
}

// downloads reports whether the files come, and do not go.
func (s *set) downloads() bool { return s.movesFiles() && s.Do == scenarios.DoDownload }

// set is a setting with all values of its contestant, given or default.
type set struct {
	Setting
	row contestants.Contestant
}

func newSet(s Setting) (*set, error) {
	row, err := contestants.Find(s.Contestant)
	return &set{s, row}, err
}

// text is a parameter's value; ok is false if the contestant has no such parameter.
func (s *set) text(name string) (string, bool) {
	for _, p := range s.row.Params {
		if p.Name == name {
			if v, ok := s.With[name]; ok {
				return v, true
			}
			return p.Default, true
		}
	}
	return "", false
}

// number is a parameter's value in seconds, bytes or as it is; not there: 0.
func (s *set) number(name string) (float64, bool) {
	text, ok := s.text(name)
	if !ok {
		return 0, false
	}
	for _, p := range s.row.Params {
		if p.Name == name {
			v, err := p.Number(text)
			return v, err == nil
		}
	}
	return 0, false
}

// attempts of every call in all; 0: no bound. name is the parameter that says it; empty: none does, and the number means nothing. Of two
// loops, one in the other, no single parameter does.
func (s *set) attempts() (n int, name string) {
	if strings.HasPrefix(s.Contestant, "nested-") {
		return 0, ""
	}
	total := map[string]bool{"attempts": true, "num_retries": true, "max_attempts": true, "max_tries": true}
	switch s.Contestant {
	case "minio-go", "distant-exponential", "distant-fibonacci", "distant-fixed":
		total["max_retries"] = true // in spite of its name
	}
	for _, name := range []string{"attempts", "num_retries", "max_attempts", "max_tries", "max_retries", "retries", "retry_max", "retries_number"} {
		v, ok := s.number(name)
		switch {
		case !ok:
			continue
		case total[name]:
			if name == "num_retries" && v == 0 {
				v = 1
			}
			return int(v), name
		case v == 0 && s.Contestant == "sethvargo-go-retry":
			return 0, name
		}
		return int(v) + 1, name
	}
	return 0, ""
}

// unexpressed lists the parameters that a form has no word for, but for those that it has.
func (s *set) unexpressed(why func(name, value string) string, expressed ...string) []string {
	has := map[string]bool{}
	for _, name := range expressed {
		has[name] = true
	}
	var list []string
	for _, p := range s.row.Params {
		if has[p.Name] || !p.Search.Is() && s.With[p.Name] == "" {
			continue
		}
		value, _ := s.text(p.Name)
		text := fmt.Sprintf("%s %s", p.Name, value)
		if reason := why(p.Name, value); reason != "" {
			text += ": " + reason
		}
		list = append(list, text)
	}
	return list
}

// isFirst and isCap know the names that first waits and caps go by.
func isFirst(name string) bool {
	switch name {
	case "base", "initial", "initial_interval", "delay", "retry_delay", "retry_wait_min", "starting_backoff", "retry_interval", "retry_after", "step":
		return true
	}
	return false
}

func (s *set) isCap(name string) bool {
	switch name {
	case "cap", "max_interval", "max_delay", "max_retry_delay", "retry_wait_max", "max_backoff", "max_duration", "exponential_backoff_max":
		return true
	case "max":
		return s.Contestant == "gcs" // a bulkhead's is something else
	}
	return false
}

func isJitter(name string) bool {
	return name == "jitter" || name == "full_jitter" || name == "max_jitter" || name == "per_request_jitter" || name == "hint_jitter"
}

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
