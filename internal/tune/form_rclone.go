package tune

import (
	"fmt"
	"strings"

	"github.com/ratebench/ratebench/internal/units"
)

// rclone is its flags, for an S3 remote. There the waits are the AWS SDK's, and --low-level-retries its number of attempts; --retries
// is how often the whole command is done for what failed.
func (s *set) rclone() Form {
	f := Form{Name: "rclone", Title: "rclone", Syntax: "sh"}
	flags := []string{}
	var expressed []string
	if n, name := s.attempts(); name != "" {
		expressed = append(expressed, name)
		if n == 0 {
			f.Missing = append(f.Missing, "attempts without a bound: --low-level-retries is a number; a large one comes close")
		} else {
			flags = append(flags, fmt.Sprintf("--low-level-retries %d", n))
		}
	}
	flags = append(flags, "--retries 1")
	if s.PartSize > 0 {
		size := mebi(s.PartSize)
		flags = append(flags, "--s3-chunk-size "+size, "--s3-upload-cutoff "+size)
	}
	if s.Concurrency > 0 {
		flags = append(flags, fmt.Sprintf("--s3-upload-concurrency %d", s.Concurrency), "--transfers 1")
	}
	if rate, ok := s.number("rate"); ok && s.Contestant == "token-bucket" && rate > 0 {
		expressed = append(expressed, "rate", "burst")
		flags = append(flags, "--tpslimit "+plain(rate))
		if burst, _ := s.number("burst"); burst >= 1 {
			flags = append(flags, fmt.Sprintf("--tpslimit-burst %d", int(burst)))
		}
	}
	f.Text = "rclone copy SOURCE REMOTE:BUCKET \\\n  " + strings.Join(flags, " \\\n  ") + "\n"
	f.Missing = append(f.Missing, s.unexpressed(func(name, _ string) string {
		switch {
		case isFirst(name):
			return "rclone has no base for the backoff: the waits for S3 are the AWS SDK's, which begin at up to 1 s and double"
		case s.isCap(name):
			return "rclone has no cap for the backoff: the AWS SDK's is 20 s"
		case isJitter(name):
			return "the AWS SDK's waits are drawn from nothing to their bound, always"
		}
		return "there is no such flag"
	}, expressed...)...)
	f.Missing = append(f.Missing, "what "+s.Contestant+" does besides: measure rclone itself under this scenario (ratebench run --exec) before you set these")
	if s.Concurrency > 0 {
		f.Missing = append(f.Missing, "more than one file at a time: each of --transfers files has so many parts in flight")
	}
	return f
}

// mebi prints bytes as rclone takes them, to a MiB.
func mebi(n int64) string { return fmt.Sprintf("%dM", (n+int64(units.MiB)/2)/int64(units.MiB)) }
