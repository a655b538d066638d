package contestants

// libraries returns the rows of other people's code. Each library is as it comes, with its own defaults; a parameter's
// default is the library's.
func libraries() []Contestant {
	return []Contestant{
		{
			Name: "failsafe-go", Kind: KindStack, make: newFailsafe,
			Summary: "failsafe-go 0.9: two retries without a wait; Retry-After in seconds. Leaks the connection of every answer that it retries.",
			Params:  []Param{failsafeRetries},
		},
		{
			Name: "failsafe-go-closing", Kind: KindStack, make: newFailsafeClosing,
			Summary: "failsafe-go, and below it a layer that closes error answers, so that no connection leaks.",
			Params:  []Param{failsafeRetries},
		},
		{
			Name: "go-retryablehttp", Kind: KindStack, make: newRetryableHTTP,
			Summary: "hashicorp/go-retryablehttp 0.7: 1 s doubling without jitter; obeys Retry-After without a cap; closes idle connections when it gives up.",
			Params: []Param{
				{Name: "retry_max", Type: TypeCount, Default: "4", Help: "Retries after the first attempt.", Search: searchRetries},
				{Name: "retry_wait_min", Type: TypeDuration, Default: "1s", Help: "First wait; it doubles with every retry.", Search: searchFirst},
				{Name: "retry_wait_max", Type: TypeDuration, Default: "30s", Help: "Cap of the waits; not of Retry-After.", Search: searchCap},
			},
		},
		{
			Name: "cenkalti-backoff", Kind: KindStack, Random: RandomRuntime, make: newCenkalti,
			Summary: "cenkalti/backoff 5 around each call: 500 ms × 1.5 ± 50 %, for 15 minutes; is told Retry-After in seconds.",
			Params: []Param{
				{Name: "max_tries", Type: TypeCount, Default: "0", Help: "Attempts of every call. 0: no bound.", Search: searchUnbound},
				{Name: "initial_interval", Type: TypeDuration, Default: "500ms", Help: "First wait before its jitter.", Search: searchFirst},
				{Name: "max_interval", Type: TypeDuration, Default: "1m", Help: "Cap of the waits before their jitter.", Search: searchCap},
				{Name: "max_elapsed_time", Type: TypeDuration, Default: "15m", Help: "No retry that would begin later than this. 0s: no bound."},
			},
		},
		{
			Name: "avast-retry-go", Kind: KindStack, Random: RandomRuntime, make: newAvast,
			Summary: "avast/retry-go 5 around each call: 100 ms doubling plus up to 100 ms, ten attempts; knows no Retry-After.",
			Params: []Param{
				{Name: "attempts", Type: TypeCount, Default: "10", Help: "Attempts of every call. 0: no bound.", Search: searchUnbound},
				{Name: "delay", Type: TypeDuration, Default: "100ms", Help: "First wait; it doubles with every retry.", Search: searchFirst},
				{Name: "max_jitter", Type: TypeDuration, Default: "100ms", Help: "Upper bound of what is added to every wait at random.", Search: searchFirst},
				{Name: "max_delay", Type: TypeDuration, Default: "0s", Help: "Cap of the waits. 0s: none.", Search: logs("1s", "2m", "0s")},
			},
		},
		{
			Name: "sethvargo-go-retry", Kind: KindStack, make: newSethvargo,
			Summary: "sethvargo/go-retry 0.5 as in its README: waits of 1, 2, 3, 5, 8 s and so on without jitter or end; knows no Retry-After.",
			Params: []Param{
				{Name: "base", Type: TypeDuration, Default: "1s", Help: "First wait; the others follow Fibonacci.", Search: searchFirst},
				{Name: "max_retries", Type: TypeCount, Default: "0", Help: "Retries after the first attempt. 0: no bound, as without WithMaxRetries.", Search: searchUnbound},
			},
		},
		{
			Name: "azcore", Kind: KindStack, Random: RandomRuntime, make: newAzcore,
			Summary: "azcore 1.24's pipeline: 0.8 s × (2^n − 1) × 0.8 to 1.3; obeys Retry-After and gives up if it is longer than the cap.",
			Params: []Param{
				{Name: "max_retries", Type: TypeCount, Default: "3", Help: "Retries after the first attempt.", Search: searchRetries},
				{Name: "retry_delay", Type: TypeDuration, Default: "800ms", Help: "First wait before its jitter. 0s: max_retry_delay, by a slip of the library.", Search: searchFirst},
				{Name: "max_retry_delay", Type: TypeDuration, Default: "60s", Help: "Cap of the waits. A longer Retry-After ends the call. 0s: none.", Search: searchCap},
			},
		},
		{
			Name: "gcs", Kind: KindStack, Random: RandomRuntime, make: newGCS,
			// Note: cloud.google.com/go/storage itself would more than double this program, and it speaks JSON and gRPC, not S3.
			Summary: "Google Cloud Storage's policy, not its client: gax-go's backoff of up to 1 s doubling to 30 s without end, under a predicate like storage.ShouldRetry.",
			Params: []Param{
				{Name: "max_attempts", Type: TypeCount, Default: "0", Help: "Attempts of every call. 0: no bound.", Search: searchUnbound},
				{Name: "initial", Type: TypeDuration, Default: "1s", Help: "Upper bound of the first wait; it doubles with every retry.", Search: searchFirst},
				{Name: "max", Type: TypeDuration, Default: "30s", Help: "Cap of that bound.", Search: searchCap},
				{Name: "retry_always", Type: TypeBool, Default: "false", Help: "Retry POST too, as with storage.RetryAlways."},
			},
		},
		{
			Name: "aws-sdk-standard", Kind: KindSDK, Random: RandomRuntime, make: newAWSStandard,
			Summary: "aws-sdk-go-v2's S3 client, standard mode: three attempts, up to 2^n s, a quota of retries; no Retry-After, no retry of a bare 429.",
			Params:  []Param{awsAttempts, awsBackoff},
		},
		{
			Name: "aws-sdk-standard-2026", Kind: KindSDK, make: newAWSStandard2026,
			Summary: "aws-sdk-standard as AWS_NEW_RETRIES_2026=true makes it: from 50 ms, from 1 s if throttled; a smaller quota; x-amz-retry-after.",
			Params:  []Param{awsAttempts, awsBackoff},
		},
		{
			Name: "aws-sdk-adaptive", Kind: KindSDK, Random: RandomRuntime, make: newAWSAdaptive,
			Summary: "aws-sdk-standard and, once throttled, a limit on the rate of all attempts of the client.",
			Params:  []Param{awsAttempts, awsBackoff},
		},
		{
			Name: "aws-sdk-adaptive-2026", Kind: KindSDK, Random: RandomScheduler, make: newAWSAdaptive2026,
			Summary: "aws-sdk-standard-2026 and, once throttled, a limit on the rate of all attempts of the client.",
			Params:  []Param{awsAttempts, awsBackoff},
		},
		{
			Name: "aws-sdk-nop", Kind: KindSDK, make: newAWSNop,
			Summary: "aws-sdk-go-v2's S3 client without retries of its own, over one of the stacks.",
			Params: []Param{
				{Name: "over", Type: TypeStack, Default: "exponential", Help: "The stack below, with its defaults."},
			},
		},
		{
			Name: "nested-minio", Kind: KindSDK, Random: RandomScheduler, make: newNestedMinIO,
			Summary: "A warning: minio-go's own retries over those of exponential, with bodies in memory between: attempts multiply.",
			Params: []Param{
				minioRetries, minioSHA256, attempts, base, capped,
			},
		},
	}
}

var (
	failsafeRetries = Param{Name: "max_retries", Type: TypeCount, Default: "2", Help: "Retries after the first attempt.", Search: searchRetries}
	awsAttempts     = Param{Name: "max_attempts", Type: TypeCount, Min: 1, Default: "3", Help: "Attempts of every request, the first one included.", Search: searchAttempts}
	awsBackoff      = Param{Name: "max_backoff", Type: TypeDuration, Default: "20s", Help: "Cap of every wait.", Search: searchCap}
	minioRetries    = Param{Name: "max_retries", Type: TypeCount, Min: 1, Default: "10", Help: "Attempts of every request, in spite of its name.", Search: searchAttempts}
	minioSHA256     = Param{Name: "content_sha256", Type: TypeBool, Default: "true", Help: "Sign the content of parts, as minio-go does by default over plain HTTP."}
)
