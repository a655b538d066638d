package tune

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/scenarios"
)

// settings are some of each contestant: its defaults, and points of its space that it takes.
func settings() []Setting {
	var all []Setting
	for _, s := range spaces() {
		all = append(all, Setting{Contestant: s.Contestant})
		p := newPoints(len(s.Dims), 5)
		for n := 0; n < 3; {
			set := s.setting(p.next())
			if _, err := contestants.New(set.Contestant, "", set.With); err == nil {
				set.PartSize, set.Concurrency = 8<<20, 6
				all = append(all, set)
				n++
			}
		}
	}
	return all
}

// Every Go form of every contestant builds, and package transport takes it.
func TestGoForms(t *testing.T) {
	var b strings.Builder
	b.WriteString(`package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"time"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

var _ time.Duration
var _ strategies.None
var _ = slices.Contains[[]int]

// of makes a Connector the way that a stack is made.
func of(make func(connector.Access, http.RoundTripper) (*connector.Connector, error)) func(http.RoundTripper) (http.RoundTripper, error) {
	return func(next http.RoundTripper) (http.RoundTripper, error) {
		_, err := make(connector.Access{WellKnown: &url.URL{Scheme: "https", Host: "ghga.test"}, WorkPackage: "made-up", Token: "made-up"}, next)
		return next, err
	}
}

func main() {
	for i, make := range []func(http.RoundTripper) (http.RoundTripper, error){
`)
	named := map[string]bool{}
	var texts []string
	for _, s := range settings() {
		for _, f := range Forms(s) {
			if f.Name == "go" && f.Text != "" {
				named[s.Contestant] = true
				texts = append(texts, s.Contestant+" "+f.Text)
				if connector, ok := strings.CutPrefix(f.Text, "func newConnector("); ok {
					fmt.Fprintf(&b, "of(func(%s),\n", strings.TrimSpace(connector))
					continue
				}
				fmt.Fprintf(&b, "%s,\n", strings.TrimSpace(strings.Replace(f.Text, "func newTransport(", "func(", 1)))
			}
		}
	}
	b.WriteString(`	} {
		if _, err := make(http.DefaultTransport); err != nil {
			fmt.Println(i, err)
			os.Exit(1)
		}
	}
}
`)
	file := filepath.Join(t.TempDir(), "forms.go")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "run", file).CombinedOutput(); err != nil {
		var i int
		if n, _ := fmt.Sscan(string(out), &i); n == 1 && i < len(texts) {
			t.Errorf("not taken: %s", texts[i])
		}
		t.Fatalf("%v\n%s", err, out)
	}
	for _, c := range contestants.Builtin() {
		library := false
		for _, name := range []string{"failsafe", "retryablehttp", "cenkalti", "avast", "sethvargo", "azcore", "gcs", "nested"} {
			library = library || strings.Contains(c.Name, name)
		}
		stack := c.Kind == contestants.KindStack || c.Kind == contestants.KindConnector
		if want := stack && !library && len(c.Searchable()) > 0; named[c.Name] != want {
			t.Errorf("%s: a Go form is there: %v, want %v", c.Name, named[c.Name], want)
		}
	}
}

// Every YAML form is a scenario's, and names the setting it was made of.
func TestYAMLForms(t *testing.T) {
	for _, s := range settings() {
		text := "version: 1\nname: form\n" + Forms(s)[0].Text
		if s.PartSize == 0 {
			text += "workload: {object_size: 64MiB, part_size: 8MiB, concurrency: 4}\n"
		} else {
			text = strings.Replace(text, "workload:\n", "workload:\n  object_size: 64MiB\n", 1)
		}
		if strings.HasPrefix(s.Contestant, "connector-") {
			text = strings.NewReplacer("workload: {", "workload: {kind: ghga, ", "workload:\n", "workload:\n  kind: ghga\n").Replace(text)
		}
		got, err := scenarios.Parse("form", []byte(text), nil, scenarios.Known(trials.KnownContestants()), scenarios.Check(trials.CheckContestant))
		if err != nil {
			t.Errorf("%v\n%s", err, text)
			continue
		}
		c := got.Contestants[0]
		same := Setting{Contestant: c.Name, With: c.With}
		if s.PartSize > 0 {
			same.PartSize, same.Concurrency = int64(got.Workload.PartSize[0]), got.Workload.Concurrency[0]
		}
		if same.key() != s.key() {
			t.Errorf("%v became %v", s, same)
		}
	}
}

// What is set stands in the text of a form, or is said to be missing.
func TestFormsMissNothing(t *testing.T) {
	for _, s := range settings() {
		row, _ := contestants.Find(s.Contestant)
		for _, f := range Forms(s) {
			if f.Name == "go" || f.Name == "scenario" || f.Text == "" {
				continue
			}
			missing := strings.Join(f.Missing, "\n")
			v, _ := newSet(s)
			n, attempts := v.attempts()
			for _, p := range row.Searchable() {
				value := v.value(p.Name)
				number, err := p.Number(value)
				in := strings.Contains(missing, p.Name+" "+value)
				switch {
				case p.Name == attempts:
					in = in || strings.Contains(f.Text, fmt.Sprint(n)) || n == 0 && strings.Contains(missing, "without a bound")
				case err == nil:
					in = in || strings.Contains(f.Text, plain(number)) || strings.Contains(f.Text, fmt.Sprint(int(number)))
				}
				if !in {
					t.Errorf("%s of %s: %s %s is nowhere in\n%s%s", f.Name, s.Contestant, p.Name, value, f.Text, missing)
				}
			}
		}
	}
}

func TestForms(t *testing.T) {
	s := Setting{Contestant: "ghga-connector", PartSize: 16 << 20, Concurrency: 8, With: map[string]string{
		"num_retries": "9", "exponential_backoff_max": "20s", "per_request_jitter": "250ms", "retry_after_applicable_for_num_requests": "12", "max_connections": "8",
	}}
	want := map[string]string{
		"ghga-connector": `# .ghga_connector.yaml; as environment variables, each with ghga_connector_ in front
client_num_retries: 9 # attempts in all, in spite of its name
client_exponential_backoff_max: 20
client_retry_status_codes: [408, 429, 500, 502, 503, 504]
per_request_jitter: 0.25
retry_after_applicable_for_num_requests: 12
part_size: 16777216
max_concurrent_uploads: 8
max_concurrent_downloads: 8 # the size of its pool of connections, for uploads too
`,
		"aws": `export AWS_RETRY_MODE=standard
export AWS_MAX_ATTEMPTS=9

# for aws s3 cp and sync only; SDKs have it in their code
aws configure set default.s3.multipart_threshold 16777216
aws configure set default.s3.multipart_chunksize 16777216
aws configure set default.s3.max_concurrent_requests 8 # of a command, over all its files
`,
		"rclone": `rclone copy SOURCE REMOTE:BUCKET \
  --low-level-retries 3 \
  --retries 1 \
  --s3-chunk-size 16M \
  --s3-upload-cutoff 16M \
  --s3-upload-concurrency 8 \
  --transfers 1
`,
		"go": `func newTransport(next http.RoundTripper) (http.RoundTripper, error) {
	return transport.Stack(next,
		transport.GHGARetry(transport.GHGARetryConfig{
			NumRetries:            9, // attempts in all
			ExponentialBackoffMax: 20 * time.Second,
			RetryStatusCodes:      []int{408, 429, 500, 502, 503, 504},
		}),
		transport.GHGARateLimit(transport.GHGARateLimitConfig{
			PerRequestJitter:                   250 * time.Millisecond,
			RetryAfterApplicableForNumRequests: 12,
		}),
		transport.Gated(&strategies.Bulkhead{Max: 8}, transport.UntilRead()),
	), nil
}
`,
	}
	for _, f := range Forms(s) {
		if w, ok := want[f.Name]; ok && f.Text != w {
			t.Errorf("%s:\n%s\nwant\n%s", f.Name, f.Text, w)
		}
	}
	for _, f := range Forms(Setting{Contestant: "exponential", With: map[string]string{"base": "250ms", "attempts": "8"}}) {
		if missing := strings.Join(f.Missing, "\n"); f.Name == "aws" && !strings.Contains(missing, "base 250ms: the environment has no base for the backoff") {
			t.Errorf("the AWS form does not say that it has no base: %s", missing)
		}
	}
}

// What a client makes of a number of attempts is said, where it is another one: rclone multiplies, the Connector begins again, and two
// loops in a contestant are no number.
func TestFormsTellAttempts(t *testing.T) {
	for _, tt := range []struct {
		contestant, parameter string
		n                     int
		rclone                string // the flag; empty: there is none
		missing               map[string]string
	}{
		{"exponential", "attempts", 1, "--low-level-retries 1 ", map[string]string{
			"rclone":         "attempts 1: --low-level-retries 1 comes to 2 attempts of a part that keeps failing (4 attempts of a part before rclone 1.68), and it cannot do with fewer",
			"ghga-connector": "a part that keeps failing gets up to 4",
		}},
		{"failsafe-go", "max_retries", 8, "--low-level-retries 3 ", map[string]string{
			"rclone":         "max_retries 8: --low-level-retries 3 comes to 18 attempts of a part that keeps failing (24 attempts of a part before rclone 1.68), 6 (8) in an upload, which it begins 3 times",
			"ghga-connector": "that 9 attempts are all",
		}},
		{"nested-minio", "attempts", 7, "", map[string]string{"rclone": "attempts 7: there is no such flag", "aws": "attempts 7: there is no such setting"}},
	} {
		seen := 0
		for _, f := range Forms(Setting{Contestant: tt.contestant, With: map[string]string{tt.parameter: fmt.Sprint(tt.n)}}) {
			if f.Name == "rclone" && strings.Contains(f.Text, "--low-level-retries") != (tt.rclone != "") || f.Name == "rclone" && !strings.Contains(f.Text, tt.rclone) {
				t.Errorf("%s: %s", tt.contestant, f.Text)
			}
			if want := tt.missing[f.Name]; want != "" {
				if seen++; !strings.Contains(strings.Join(f.Missing, "\n"), want) {
					t.Errorf("%s, %s: %q is not in\n%s", tt.contestant, f.Name, want, strings.Join(f.Missing, "\n"))
				}
			}
		}
		if seen != len(tt.missing) {
			t.Errorf("%s: %d of %d forms", tt.contestant, seen, len(tt.missing))
		}
	}
}
