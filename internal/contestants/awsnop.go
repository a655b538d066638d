package contestants

import (
	"context"
	"fmt"
	"io"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ratebench/ratebench/internal/runner"
)

// newAWSNop is the SDK without retries over a stack that has them.
func newAWSNop(name string, v values) (runner.Contestant, error) {
	over, err := stackBelow(v.text("over"))
	if err != nil {
		return nil, err
	}
	return &awsContestant{name, func(runner.Client) aws.Retryer { return aws.NopRetryer{} }, over}, nil
}

// stackBelow makes the stack of that name, with its defaults, for an SDK to send through.
func stackBelow(name string) (runner.StackContestant, error) {
	row, err := Find(name)
	if err != nil {
		return nil, fmt.Errorf("parameter over: %w", err)
	}
	if row.Kind != KindStack || isNested(row) {
		return nil, fmt.Errorf("parameter over: %s is no stack with one retry loop that an SDK can send through; exponential is", name)
	}
	made, err := New(name, "", nil)
	if err != nil {
		return nil, fmt.Errorf("parameter over: %w", err)
	}
	over, ok := made.(runner.StackContestant)
	if !ok {
		return nil, fmt.Errorf("parameter over: %s has no RoundTripper", name)
	}
	return over, nil
}

// replayableParts gives every request a GetBody, which the SDK does not set: it rewinds a stream of its own instead, above
// its HTTP client. A layer that goes by the contract of net/http could not repeat a single part without.
//
// Over HTTPS the SDK puts the checksum of a part behind it, while it is sent, and such a body cannot be read anew. There,
// parts go without; over plain HTTP they have the SDK's default, a checksum in the header.
func replayableParts(o *s3.Options, endpoint *url.URL) {
	if endpoint.Scheme == "https" {
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	}
	o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
		return s.Finalize.Add(middleware.FinalizeMiddlewareFunc("GetBody", setGetBody), middleware.After)
	})
}

func setGetBody(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	if r, ok := in.Request.(*smithyhttp.Request); ok {
		content, ok := r.GetStream().(io.ReaderAt)
		if length := r.ContentLength; ok && length > 0 {
			r.GetBody = func() (io.ReadCloser, error) {
				return io.NopCloser(io.NewSectionReader(content, 0, length)), nil
			}
		}
	}
	return next.HandleFinalize(ctx, in)
}
