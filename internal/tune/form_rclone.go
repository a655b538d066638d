package tune

import (
	"fmt"
	"strings"

	"github.com/ratebench/ratebench/internal/units"
)

// rclone is its flags, for an S3 remote. --retries is how often the whole command is done for what failed, and --low-level-retries no
// number of attempts either: see rcloneAttempts. The waits are the AWS SDK's.
func (s *set) rclone() Form {
	f := Form{Name: "rclone", Title: "rclone", Syntax: "sh"}
	flags := []string{}
	var expressed []string
	if n, name := s.attempts(); name != "" {
		expressed = append(expressed, name)
		if n == 0 {
			f.Missing = append(f.Missing, "attempts without a bound: --low-level-retries is a number; a large one comes close")
		} else {
			level := rcloneLevel(n)
			flags = append(flags, fmt.Sprintf("--low-level-retries %d", level))
			f.Missing = append(f.Missing, rcloneTells(name+" "+s.value(name), level))
		}
	}
	flags = append(flags, "--retries 1")
	if s.PartSize > 0 {
		size := rcloneSize(s.PartSize)
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
			return "rclone has no base for the backoff: the waits for S3 are the AWS SDK's, which begin at up to 2 s and double; before rclone 1.68 " +
				"at 30 to 60 ms, and at 0.5 to 1 s where it is throttled"
		case s.isCap(name):
			return "rclone has no cap for the backoff: the AWS SDK's is 20 s, before rclone 1.68 five minutes"
		case isJitter(name):
			return "the AWS SDK's waits are drawn from nothing to their bound, before rclone 1.68 from half of it, always"
		}
		return "there is no such flag"
	}, expressed...)...)
	f.Missing = append(f.Missing, "what "+s.Contestant+" does besides: measure rclone itself under this scenario (ratebench run --exec) before you set these")
	if s.Concurrency > 0 {
		f.Missing = append(f.Missing, "more than one file at a time: each of --transfers files has so many parts in flight")
	}
	return f
}

// rcloneAttempts is how often rclone sends a part that always fails, with so many --low-level-retries. Three loops are one within the
// other: the AWS SDK's, of so many attempts (and of one more before rclone 1.68, whose SDK counted retries); the backend's pacer, of two
// attempts whatever is set; and that of the copy, which begins the upload so many times from the beginning. Read in the sources of rclone
// 1.60 and 1.7x, and counted in internal/realclients.
func rcloneAttempts(level int) (inUpload, inUploadBefore168, uploads int) {
	return 2 * level, 2 * (level + 1), level
}

// rcloneLevel is the least number of --low-level-retries that gives a part at least n attempts, whatever the version. With fewer than the
// setting has, uploads may be lost that the setting does not lose.
func rcloneLevel(n int) int {
	level := 1
	for {
		if in, _, uploads := rcloneAttempts(level); in*uploads >= n {
			return level
		}
		level++
	}
}

// rcloneTells says what becomes of a number of attempts; what is the parameter that says it.
func rcloneTells(what string, level int) string {
	in, before, uploads := rcloneAttempts(level)
	text := fmt.Sprintf("%s: --low-level-retries %d comes to %d attempts of a part that keeps failing (%d attempts of a part before rclone 1.68), ",
		what, level, in*uploads, before*uploads)
	if uploads == 1 {
		return text + "and it cannot do with fewer"
	}
	return text + fmt.Sprintf("%d (%d) in an upload, which it begins %d times from the beginning, so that the parts that had come through are sent again", in, before, uploads)
}

// rcloneSize prints bytes as rclone takes them.
func rcloneSize(n int64) string {
	if n%int64(units.MiB) == 0 {
		return fmt.Sprintf("%dM", n/int64(units.MiB))
	}
	return fmt.Sprintf("%dB", n)
}
