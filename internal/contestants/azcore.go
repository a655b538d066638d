package contestants

import (
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/ratebench/ratebench/internal/runner"
)

// newAzcore is a pipeline of azcore as its clients make it: the retry policy, the policy that reads every answer into memory, and
// the wire as its transport. The policy that names the program in a header is off.
//
// Every try seeks the same reader of the body. Where an answer came before the body had gone out, net/http may still be reading it,
// and the next try sends a body that is too short, which net/http notices: one wasted attempt in about a hundred of those.
func newAzcore(name string, v values) (runner.Contestant, error) {
	o := policy.RetryOptions{
		MaxRetries:    int32(v.count("max_retries")),
		RetryDelay:    v.duration("retry_delay"),
		MaxRetryDelay: v.duration("max_retry_delay"),
	}
	// To the library 0 is the default and less than 0 is what 0 says.
	if o.MaxRetries == 0 {
		o.MaxRetries = -1
	}
	for _, d := range []*time.Duration{&o.RetryDelay, &o.MaxRetryDelay} {
		if *d == 0 {
			*d = -1
		}
	}
	return wholeStack(name, func(next http.RoundTripper) http.RoundTripper {
		return azcorePipeline{runtime.NewPipeline("", "", runtime.PipelineOptions{}, &policy.ClientOptions{
			Retry:     o,
			Transport: azcoreWire{next},
			Telemetry: policy.TelemetryOptions{Disabled: true},
		})}
	}), nil
}

// azcorePipeline makes a RoundTripper of a pipeline.
type azcorePipeline struct{ runtime.Pipeline }

// RoundTrip implements http.RoundTripper. The library reads a body that cannot seek into memory, once.
func (p azcorePipeline) RoundTrip(req *http.Request) (*http.Response, error) {
	r, err := runtime.NewRequestFromRequest(req.Clone(req.Context())) // it sets a body and headers
	if err != nil {
		return nil, err
	}
	return p.Do(r)
}

// azcoreWire makes a transport for a pipeline of a RoundTripper.
type azcoreWire struct{ http.RoundTripper }

// Do implements policy.Transporter.
func (w azcoreWire) Do(req *http.Request) (*http.Response, error) { return w.RoundTrip(req) }
