// Package ghga holds the control plane of GHGA, with the paths, bodies, states and errors of ghga-de/ghga: the Well-Known Value Service
// (WKVS), the Work Package Service (WPS, version 11), the Upload Controller Service (UCS, version 15) and the Download Controller
// Service (DCS, version 10). [Platform] is all of them on one address; [UCS] is also there on its own, and then asks for no tokens.
//
// The services keep their records in memory and work on any S3 endpoint through the S3 API. They talk to S3 past the faults
// ([Config.Endpoint]) and hand out URLs that lead through them ([Config.PublicEndpoint]).
//
// Invariants:
//   - An upload's states are those of the service: init, inbox, cancelled, failed. What follows inbox is brought about by
//     others there, and by [UCS.Advance] here.
//   - Presigning asks nobody: a part URL costs one ListMultipartUploads, as in the service, and no more.
//   - No error and no answer but those that hand them out holds a token, a key or a presigned URL. A refusal with 422 repeats what was wrong in
//     the request, as the service's does.
//   - An object's key is a fresh UUID; [Platform.OrdinalOf] leads from it back to the alias that the client gave, or to the accession, which is
//     the same in every run.
//   - S3 is asked without a lock held; limits count creations under way, so that they hold under concurrency too.
//   - What was begun is brought to its end also when the client goes away meanwhile, in 30 s at most.
//   - No goroutine outlives its request, and time is package time's, so that a platform can run in a synctest bubble.
//
// Flaws of the services are kept where a client meets them: POST is not idempotent, a POST for an alias that exists
// leaves an orphaned multipart upload behind, nothing of the UCS carries Retry-After but the limit of part URLs, which is in no released
// version. The job that cleans up what was left is [Platform.KeepClean], which its caller starts.
//
// Where public sources leave something open, this is the choice: the UCS takes view tokens of both issuers; a token for another change of a
// box than the one that is asked for is refused with 403; the DCS refuses tokens that are missing or no good with 403, and does not
// look whether a file is staged when it is asked for the envelope.
//
//	platform, err := ghga.NewPlatform(ghga.PlatformConfig{Config: ghga.Config{Endpoint: s3URL, PublicEndpoint: faultServerURL,
//		Bucket: "inbox", AccessKey: key, SecretKey: secret}})
//	if err != nil {
//		return err
//	}
//	return http.Serve(listener, platform)
package ghga
