package contestants

import (
	"fmt"
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/ratebench/ratebench/internal/runner"
)

// awsContestant implements runner.SDKContestant with the S3 client of aws-sdk-go-v2.
type awsContestant struct {
	name string
	// retryer is made once for every client, so that clients share no quota and no limit.
	retryer func(c runner.Client) aws.Retryer
	over    runner.StackContestant // nil: the wire
}

// Name implements runner.Contestant.
func (a *awsContestant) Name() string { return a.name }

// Uploader implements runner.SDKContestant. The client is made without any of the user's configuration files or environment; what
// is not set here is as the SDK has it, checksums too, and the header Expect: 100-continue with parts of 2 MiB and more. The SDK
// does not wait for the 100: its requests name no protocol version, and net/http waits from 1.1 on. A server of Go's that
// refuses such a part before it has read it hangs up, and the SDK may see a broken connection where others see the 503, so that its
// adaptive limiter does not learn of it.
func (a *awsContestant) Uploader(c runner.Client) (runner.Uploader, error) {
	if c.S3.Endpoint == nil {
		return nil, fmt.Errorf("%s: no endpoint is given", a.name)
	}
	o := s3.Options{
		BaseEndpoint: aws.String(c.S3.Endpoint.String()),
		Region:       c.S3.Region,
		UsePathStyle: true,
		Credentials:  credentials.NewStaticCredentialsProvider(c.S3.AccessKey, c.S3.SecretKey, ""),
		HTTPClient:   &http.Client{Transport: below(a.over, c), CheckRedirect: awsRedirect},
		Retryer:      a.retryer(c),
	}
	if a.over != nil {
		replayableParts(&o, c.S3.Endpoint)
	}
	return &awsUploader{name: a.name, client: s3.New(o), c: c}, nil
}

// awsRedirect is what the SDK's own HTTP client does: it follows only what keeps the method.
func awsRedirect(r *http.Request, _ []*http.Request) error {
	if code := r.Response.StatusCode; code == http.StatusTemporaryRedirect || code == http.StatusPermanentRedirect {
		return nil
	}
	return http.ErrUseLastResponse
}

// awsStandard sets what a user of the row has set. 0 leaves the SDK its default, which the row's default says as well.
func awsStandard(v values) func(*retry.StandardOptions) {
	return func(o *retry.StandardOptions) {
		o.MaxAttempts, o.MaxBackoff = v.count("max_attempts"), v.duration("max_backoff")
	}
}

func newAWSStandard(name string, v values) (runner.Contestant, error) {
	return newAWS(name, func(runner.Client) aws.Retryer { return retry.NewStandard(awsStandard(v)) })
}

func newAWSAdaptive(name string, v values) (runner.Contestant, error) {
	return newAWS(name, func(runner.Client) aws.Retryer {
		return breathing{retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
			o.StandardOptions = append(o.StandardOptions, awsStandard(v))
		})}
	})
}

func newAWSStandard2026(name string, v values) (runner.Contestant, error) {
	return newAWS(name, func(c runner.Client) aws.Retryer {
		return newRetries2026(c, v, retry.NewStandard(awsStandard(v), awsCosts2026))
	})
}

func newAWSAdaptive2026(name string, v values) (runner.Contestant, error) {
	return newAWS(name, func(c runner.Client) aws.Retryer {
		return newRetries2026(c, v, breathing{retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
			o.StandardOptions = append(o.StandardOptions, awsStandard(v), awsCosts2026)
		})})
	})
}

// awsSwitch is the environment variable by which the SDK takes its new retries. It asks at every attempt, so a process has
// either kind and never both: the rows of 2026 are built without it, and with it the others would not be what they say.
const awsSwitch = "AWS_NEW_RETRIES_2026"

func newAWS(name string, retryer func(runner.Client) aws.Retryer) (runner.Contestant, error) {
	if os.Getenv(awsSwitch) == "true" {
		return nil, fmt.Errorf("%s is set in the environment, which changes the SDK for all contestants at once: unset it, and use the contestants that end in -2026", awsSwitch)
	}
	return &awsContestant{name: name, retryer: retryer}, nil
}
