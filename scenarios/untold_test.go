package scenarios

import (
	"strings"
	"testing"
)

// The oracle is told the plan of the fault server, and nothing of limits that GHGA's services have of their own.
func TestOracleOfGHGA(t *testing.T) {
	for _, tt := range []struct {
		sets string
		key  string // that holds the oracle up; empty: none does
	}{
		{"", ""},
		{"ghga.token_lifetime=30s ghga.max_open_uploads=5", ""},
		{"ghga.token_lifetime=2s", "token_lifetime"},
		{"ghga.token_lifetime=2s ghga.token_expiry=ignored", ""},
		{"ghga.part_url_interval=1s", "part_url_interval"},
		{"ghga.max_open_uploads=1", "max_open_uploads"},
		{"ghga.upload_ttl=1s ghga.cleanup_interval=1s", "upload_ttl"},
		{"ghga.cleanup_interval=1s", "cleanup_interval"},
		{"ghga.check_part_sizes=true ghga.correlation_ids=required", ""},
		{"ghga.shared_box=true workload.clients=5", ""},
		{"ghga.shared_box=true workload.clients=6", "max_open_uploads"},
	} {
		sets := append([]string{"workload.kind=ghga", "workload.part_size=5MiB"}, strings.Fields(tt.sets)...)
		s, err := Parse("base", []byte(base), sets)
		if err != nil {
			t.Errorf("%q: %v", tt.sets, err)
			continue
		}
		if *s.Oracle != (tt.key == "") {
			t.Errorf("%q: oracle %v", tt.sets, *s.Oracle)
		}
		_, err = Parse("base", []byte(base), append(sets, "oracle=true"))
		if tt.key == "" && err != nil || tt.key != "" && (err == nil || !strings.Contains(err.Error(), "ghga."+tt.key)) {
			t.Errorf("%q with an oracle: %v", tt.sets, err)
		}
	}
}
