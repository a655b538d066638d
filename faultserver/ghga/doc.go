// Package ghga holds the control plane of GHGA that uploads talk to: the Upload Controller Service (UCS), with the
// paths, bodies, states and errors of version 15 of ghga-de/ghga, services/ucs. It asks for no tokens yet: the
// Authorization header is ignored, and so no answer is 401 or 403.
//
// The UCS keeps its records in memory and works on any S3 endpoint through the S3 API. It talks to S3 past the faults
// ([Config.Endpoint]) and hands out part URLs that lead through them ([Config.PublicEndpoint]).
//
// Invariants:
//   - An upload's states are those of the service: init, inbox, cancelled, failed. What follows inbox there is done by
//     others, and not here.
//   - Presigning asks nobody: a part URL costs one ListMultipartUploads, as in the service, and no more.
//   - No message holds a key, a signature or a query. An object's key is a fresh UUID; [UCS.OrdinalOf] leads from it
//     back to the alias that the client gave, which is the same in every run.
//   - S3 is asked without a lock held; limits count creations under way, so that they hold under concurrency too.
//
// Flaws of the service are kept where a client meets them: POST is not idempotent, a POST for an alias that exists
// leaves an orphaned multipart upload behind, and nothing carries Retry-After.
//
//	ucs, err := ghga.New(ghga.Config{Endpoint: s3URL, PublicEndpoint: faultServerURL, Bucket: "inbox",
//		AccessKey: key, SecretKey: secret})
//	if err != nil {
//		return err
//	}
//	return http.Serve(listener, ucs)
package ghga
