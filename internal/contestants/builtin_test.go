package contestants

import (
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/runner"
)

func TestBuiltin(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Builtin() {
		if seen[c.Name] || c.Summary == "" || !slices.Contains([]string{KindStack, KindSDK, KindConnector, KindOracle}, c.Kind) {
			t.Errorf("%s: stands there twice, or lacks a summary or a kind", c.Name)
		}
		seen[c.Name] = true
		for _, p := range c.Params {
			if p.Help == "" || p.Type == "" || p.Default == "" {
				t.Errorf("%s: parameter %s lacks a help, a type or a default", c.Name, p.Name)
			}
		}
		got, err := New(c.Name, "", nil)
		if err != nil {
			t.Errorf("%s with its defaults: %v", c.Name, err)
			continue
		}
		_, isStack := got.(runner.StackContestant)
		_, isSDK := got.(runner.SDKContestant)
		if got.Name() != c.Name || isStack == isSDK || isSDK != (c.Kind == KindSDK) {
			t.Errorf("%s is called %s; stack %v, SDK %v, kind %s", c.Name, got.Name(), isStack, isSDK, c.Kind)
		}
		if named, err := New(c.Name, "mine", nil); err != nil || named.Name() != "mine" {
			t.Errorf("%s under another name: %v, %v", c.Name, named, err)
		}
	}
}

func TestParamNames(t *testing.T) {
	for name, want := range map[string][]string{"exponential": {"attempts", "base", "cap", "jitter"}, "no-retry": {}} {
		c, err := Find(name)
		if got := c.ParamNames(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if c, err := Find("nobody"); err == nil {
		t.Errorf("nobody: %v", c)
	}
}

func TestNewErrors(t *testing.T) {
	for _, tt := range []struct {
		name string
		with map[string]string
		want []string
	}{
		{"nobody", nil, []string{`"nobody"`, "ratebench list contestants"}},
		{"exponentail", nil, []string{"did you mean exponential?"}},
		{"no-retry", map[string]string{"attempts": "3"}, []string{"no-retry", `"attempts"`, "takes none"}},
		{"exponential", map[string]string{"tries": "3"}, []string{`"tries"`, "attempts, base, cap, jitter"}},
		{"exponential", map[string]string{"attempts": "0"}, []string{"attempts", `"0"`, "from 1"}},
		{"exponential", map[string]string{"attempts": "many"}, []string{"attempts", `"many"`}},
		{"exponential", map[string]string{"attempts": "99999999999999999999"}, []string{"attempts"}},
		{"exponential", map[string]string{"attempts": ""}, []string{"attempts"}},
		{"exponential", map[string]string{"base": "100"}, []string{"base", "no unit"}},
		{"exponential", map[string]string{"base": "-1s"}, []string{"base", "negative"}},
		{"exponential", map[string]string{"base": "20s"}, []string{"base 20s", "cap 10s"}},
		{"ghga-python", map[string]string{"client_num_retries": "3"}, []string{`"client_num_retries"`, "num_retries"}},
		{"ghga-python", map[string]string{"retry_status_codes": "429,soon"}, []string{"retry_status_codes", `"soon"`}},
		{"ghga-python", map[string]string{"retry_status_codes": "429,429"}, []string{"retry_status_codes", "twice"}},
		{"ghga-python", map[string]string{"retry_status_codes": "42"}, []string{"retry_status_codes", "100 to 599"}},
		{"ghga-python", map[string]string{"retry_after_applicable_for_num_requests": "0"}, []string{"from 1"}},
		{"minio-go", map[string]string{"content_sha256": "yes"}, []string{"content_sha256", `"yes"`, "true nor false"}},
		{"minio-go", map[string]string{"max_retries": "0"}, []string{"max_retries", "from 1"}},
		{"aws-sdk-nop", map[string]string{"over": "exponentiel"}, []string{"over", `"exponentiel"`, "exponential"}},
		{"aws-sdk-standard", map[string]string{"max_attempts": "0"}, []string{"max_attempts", "from 1"}},
		{"sethvargo-go-retry", map[string]string{"base": "0s"}, []string{"base is 0s", "1s"}},
		{"gcs", map[string]string{"retry_always": "POST"}, []string{"retry_always", "true nor false"}},
		{"oracle", map[string]string{"x": "1"}, []string{"oracle", "takes none"}},
	} {
		c, err := New(tt.name, "", tt.with)
		if err == nil {
			t.Errorf("%s %v: made %v", tt.name, tt.with, c)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s %v: %q does not say %q", tt.name, tt.with, err, want)
			}
		}
	}
}

func FuzzParam(f *testing.F) {
	for _, s := range []string{"5", "250ms", "true", "429, 503", "-1", "1e9", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range []Param{{Type: TypeCount, Min: 1}, {Type: TypeDuration}, {Type: TypeBool}, {Type: TypeStatuses}, {Type: TypeStack}} {
			v, err := p.parse(s)
			if err != nil {
				continue
			}
			switch v := v.(type) {
			case int:
				if v < 1 || v > maxCount {
					t.Errorf("%q is the count %d", s, v)
				}
			case []int:
				if len(v) == 0 {
					t.Errorf("%q is no statuses", s)
				}
			case string:
				if v == "" {
					t.Errorf("%q is no name", s)
				}
			}
		}
	})
}
