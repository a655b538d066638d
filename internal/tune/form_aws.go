package tune

import (
	"fmt"
	"strings"
)

// aws is what the AWS SDKs and the AWS CLI take from the environment and from ~/.aws/config.
func (s *set) aws() Form {
	f := Form{Name: "aws", Title: "AWS SDKs and CLI", Syntax: "sh"}
	var b strings.Builder
	var expressed []string
	mode := "standard"
	if strings.HasPrefix(s.Contestant, "aws-sdk-adaptive") || s.Contestant == "aws-cubic" {
		mode = "adaptive"
	}
	fmt.Fprintf(&b, "export AWS_RETRY_MODE=%s\n", mode)
	if strings.HasSuffix(s.Contestant, "-2026") && strings.HasPrefix(s.Contestant, "aws-sdk-") {
		b.WriteString("export AWS_NEW_RETRIES_2026=true # of SDKs that know it\n")
	}
	if n, name := s.attempts(); name != "" {
		expressed = append(expressed, name)
		if n == 0 {
			f.Missing = append(f.Missing, "attempts without a bound: AWS_MAX_ATTEMPTS is a number; a large one comes close, within the quota of retries")
		} else {
			fmt.Fprintf(&b, "export AWS_MAX_ATTEMPTS=%d\n", n)
		}
	}
	if s.PartSize > 0 || s.Concurrency > 0 {
		b.WriteString("\n# for aws s3 cp and sync only; SDKs have it in their code\n")
		if s.PartSize > 0 {
			fmt.Fprintf(&b, "aws configure set default.s3.multipart_threshold %d\naws configure set default.s3.multipart_chunksize %d\n", s.PartSize, s.PartSize)
		}
		if s.Concurrency > 0 {
			fmt.Fprintf(&b, "aws configure set default.s3.max_concurrent_requests %d # of a command, over all its files\n", s.Concurrency)
		}
	}
	f.Text = b.String()
	sdk := strings.HasPrefix(s.Contestant, "aws-sdk-")
	f.Missing = append(f.Missing, s.unexpressed(func(name, _ string) string {
		switch {
		case isFirst(name):
			return "the environment has no base for the backoff, which begins at up to 1 s, in the SDK for Go at up to 2 s, and doubles"
		case s.isCap(name) && sdk:
			return "the environment has no cap; it is 20 s, and only code can change it (retry.StandardOptions.MaxBackoff in Go)"
		case s.isCap(name):
			return "the environment has no cap for the backoff, which is 20 s"
		case isJitter(name):
			return "the waits are drawn from nothing to their bound, always"
		}
		return "there is no such setting"
	}, expressed...)...)
	if !sdk {
		f.Missing = append(f.Missing, "what "+s.Contestant+" does besides: these clients do not read Retry-After, do not retry a 429 without one of S3's error codes, and have a quota of retries, so measure aws-sdk-standard with these values before you set them")
	}
	return f
}
