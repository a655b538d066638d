package tune

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// ghga is the GHGA Connector's configuration, as its file .ghga_connector.yaml takes it. Each key is an environment variable too, behind
// the prefix ghga_connector_.
func (s *set) ghga() Form {
	f := Form{Name: "ghga-connector", Title: "GHGA Connector", Syntax: "yaml"}
	var b strings.Builder
	b.WriteString("# .ghga_connector.yaml; as environment variables, each with ghga_connector_ in front\n")
	key := func(name string, value any) { fmt.Fprintf(&b, "%s: %v\n", name, value) }
	var expressed []string
	if n, name := s.attempts(); name != "" {
		expressed = append(expressed, name)
		if n == 0 {
			f.Missing = append(f.Missing, "attempts without a bound: client_num_retries is a number; a large one comes close")
		} else {
			key("client_num_retries", fmt.Sprintf("%d # attempts in all, in spite of its name", n))
		}
	}
	for _, p := range s.row.Params {
		if !s.isCap(p.Name) {
			continue
		}
		expressed = append(expressed, p.Name)
		seconds, _ := s.number(p.Name)
		key("client_exponential_backoff_max", int(math.Ceil(seconds)))
		if seconds != math.Ceil(seconds) {
			f.Missing = append(f.Missing, fmt.Sprintf("%s %s: the key takes whole seconds; rounded up", p.Name, s.value(p.Name)))
		}
	}
	if statuses, ok := s.text("retry_status_codes"); ok {
		expressed = append(expressed, "retry_status_codes")
		key("client_retry_status_codes", "["+strings.ReplaceAll(statuses, ",", ", ")+"]")
	}
	if jitter, ok := s.number("per_request_jitter"); ok {
		expressed = append(expressed, "per_request_jitter")
		key("per_request_jitter", plain(jitter))
	}
	if n, ok := s.text("retry_after_applicable_for_num_requests"); ok {
		expressed = append(expressed, "retry_after_applicable_for_num_requests")
		key("retry_after_applicable_for_num_requests", n)
	}
	if staging, ok := s.number("max_wait_time"); ok {
		expressed = append(expressed, "max_wait_time")
		if staging == 0 {
			staging = time.Hour.Seconds() // which is what 0s stands for
		}
		key("max_wait_time", int(math.Ceil(staging)))
		if staging != math.Ceil(staging) {
			f.Missing = append(f.Missing, fmt.Sprintf("max_wait_time %s: the key takes whole seconds; rounded up", s.value("max_wait_time")))
		}
	}
	s.ghgaTransfers(&f, key, &expressed)
	f.Text = b.String()
	ours := strings.HasPrefix(s.Contestant, "ghga-") && s.Contestant != "ghga-epic" || s.Contestant == "connector-as-is"
	f.Missing = append(f.Missing, s.unexpressed(func(name, _ string) string {
		switch {
		case isFirst(name):
			return "its waits begin at 1 s and double"
		case isJitter(name):
			return "its waits have no jitter; per_request_jitter goes before every request, the first included"
		}
		return "it has nothing of the kind"
	}, expressed...)...)
	if n, name := s.attempts(); name != "" && n > 0 && s.Contestant != "connector-as-is" && !s.downloads() {
		f.Missing = append(f.Missing, fmt.Sprintf("that %d attempts are all: the Connector uploads a file that failed up to three times again, 5 s apart, so a part that keeps failing gets up to %d",
			max(n, 1), ghgaPasses*max(n, 1)))
	}
	if !ours {
		f.Missing = append(f.Missing, "what "+s.Contestant+" does besides: the Connector's client is another one, so measure ghga-connector with these values before you set them")
	}
	return f
}

// ghgaPasses is how often the Connector uploads a file that keeps failing.
const ghgaPasses = 4

// ghgaTransfers writes what is about parts and connections. Downloads have one key for parts in flight and for the pool of connections.
func (s *set) ghgaTransfers(f *Form, key func(string, any), expressed *[]string) {
	if s.PartSize > 0 {
		key("part_size", s.PartSize)
		if !s.downloads() {
			f.Missing = append(f.Missing, "the exact part size: the Connector rounds it up to a multiple of 65564 B, an encrypted block")
		}
	}
	pool, limited := s.number("max_connections")
	connections := int(pool)
	if limited {
		*expressed = append(*expressed, "max_connections")
	}
	if !limited {
		connections = s.Concurrency
	}
	if s.downloads() {
		s.ghgaDownloads(f, key, connections)
		return
	}
	if s.Concurrency > 0 {
		key("max_concurrent_uploads", s.Concurrency)
	}
	if connections > 0 {
		key("max_concurrent_downloads", fmt.Sprintf("%d # the size of its pool of connections, for uploads too", connections))
	}
}

// ghgaDownloads writes the one key: no more parts are in flight than there are connections.
func (s *set) ghgaDownloads(f *Form, key func(string, any), connections int) {
	switch {
	case s.Concurrency > 0 && connections < s.Concurrency:
		key("max_concurrent_downloads", connections)
		f.Missing = append(f.Missing, fmt.Sprintf("%d parts in flight over %d connections: the key is for both, and no more come at a time than there are connections", s.Concurrency, connections))
	case s.Concurrency > 0:
		key("max_concurrent_downloads", s.Concurrency)
		if connections > s.Concurrency && s.With["max_connections"] != "" {
			f.Missing = append(f.Missing, fmt.Sprintf("max_connections %d: the size of the pool is the number of parts in flight", connections))
		}
	case connections > 0:
		key("max_concurrent_downloads", fmt.Sprintf("%d # parts in flight too, whose number was not tuned", connections))
	}
}

// value is a parameter's, as a scenario would write it.
func (s *set) value(name string) string {
	text, _ := s.text(name)
	return text
}
