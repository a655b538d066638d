// Package transport carries the decisions of package strategies out around HTTP requests: retries, rate limits, budgets, circuit
// breakers, hedging. What comes of it is an http.RoundTripper for any http.Client or SDK that lets its transport be given.
//
// [New] builds the whole from a [Config] whose zero value is a good beginning; it puts each setting where it belongs and refuses
// those that do not go together. Whoever wants another order takes the layers ([Retry], [Gated], [Hedged], [AttemptTimeout]) and puts
// them over a wire with [Stack]. [Do] gives the same policies to any function.
//
// What to set, and what not to:
//
//   - Share one stack for all calls of a client. A budget, a rate limit or a breaker knows only what passes through it.
//   - Give each request a deadline through its context. No wait is begun that would end past it: the caller gets the last answer
//     while there is still time to do something about it.
//   - Set GetBody on requests with a body, as http.NewRequest does for the usual readers. For a part of a file,
//     GetBody returns io.NopCloser(io.NewSectionReader(file, offset, size)). Without it there is one attempt.
//   - Do not put one retry loop over another. An SDK over a stack of this package is told to make one attempt: minio-go by MaxRetries: 1,
//     aws-sdk-go-v2 by aws.NopRetryer.
//   - Bound retries by a budget as well as by attempts. Attempts bound what one call does to the server; in an overload it is all calls
//     together that keep it down.
//
// What every layer keeps to:
//
//   - The caller's request is never changed. The first attempt sends it as it is; a further one is a shallow copy.
//   - A body is never copied, buffered or rewound. Every further attempt reads a new one from Request.GetBody, because the
//     wire may have answered early and still be reading the old one.
//   - The request's body is closed on every path, and so is every answer that the caller does not get.
//   - The end of the request's context ends every wait at once; the error wraps the context's.
//   - No error, log or field holds a query string, which may be a presigned signature.
//   - Layers of this package hand a call's state down, so their strategies see one *strategies.Call, and a stack of retry, rate
//     limit and budget costs an attempt that succeeds at once two allocations, whatever the size of the body. A test holds that.
//
// It needs package strategies and the standard library; strategies needs one more module, which reads the structured fields of the
// RateLimit headers.
//
// [GHGARateLimit], [GHGARetry] and [GHGAEpic] are different: they repeat designs of others, flaws included, so that these
// can be measured.
package transport
