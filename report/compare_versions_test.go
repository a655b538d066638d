package report

import (
	"strings"
	"testing"
)

// Other versions may be what has changed.
func TestCompareVersions(t *testing.T) {
	version := func(name, v string) func(*Run) {
		return func(r *Run) {
			r.Manifest.Versions = map[string]string{"ratebench": "v1.0.0", "go": "go1.26", "github.com/aws/aws-sdk-go-v2": "v1.2.0"}
			if v == "" {
				delete(r.Manifest.Versions, name)
			} else {
				r.Manifest.Versions[name] = v
			}
		}
	}
	for _, c := range []struct {
		name, v string
		o       CompareOptions
		want    string
	}{
		{"go", "go1.26", CompareOptions{}, ""},
		{"go", "go1.27", CompareOptions{}, "different versions of go, which may change numbers by itself: go1.26 in the base, go1.27 in the head"},
		{"ratebench", "v1.1.0", CompareOptions{}, "different versions of ratebench, which may change numbers by itself: v1.0.0 in the base, v1.1.0 in the head"},
		{"ratebench", "v1.1.0", CompareOptions{OneJob: true}, ""},
		{"github.com/aws/aws-sdk-go-v2", "v1.3.0", CompareOptions{OneJob: true}, "different versions of github.com/aws/aws-sdk-go-v2"},
		{"github.com/aws/aws-sdk-go-v2", "", CompareOptions{}, "v1.2.0 in the base, none in the head"},
	} {
		got := compare(t, made(c.name, version("go", "go1.26"), version(c.name, c.v), c.o, ""))
		var texts []string
		for _, w := range got.Warnings {
			texts = append(texts, w.Text)
		}
		if text := strings.Join(texts, "\n"); (text == "") != (c.want == "") || !strings.Contains(text, c.want) || got.Outcome != ComparePassed {
			t.Errorf("%s %s: %s, %q, want %q", c.name, c.v, got.Outcome, text, c.want)
		}
	}
}
