package contestants

import (
	"strings"

	"github.com/ratebench/ratebench/internal/runner"
)

// nestedPrefix begins the names of all contestants that have two retry loops at once. No others do.
const nestedPrefix = "nested-"

func isNested(c Contestant) bool { return strings.HasPrefix(c.Name, nestedPrefix) }

// newNestedMinIO puts minio-go's retry loop over that of exponential: what comes of a client that was given a transport with
// retries and kept its own. With both defaults a request has up to 50 attempts.
func newNestedMinIO(name string, v values) (runner.Contestant, error) {
	b, err := fullJitter(v)
	if err != nil {
		return nil, err
	}
	return &minioContestant{name, v.count("max_retries"), v.flag("content_sha256"), retrying(name, v, b)}, nil
}
