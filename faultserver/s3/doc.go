// Package s3 holds the backends that stand behind the fault server: an embedded S3 server, and a streaming proxy to
// any S3 endpoint.
//
// The embedded server speaks enough S3 for uploads and their verification: buckets, multipart uploads, simple PUT, GET
// with ranges, HEAD, lists and deletes, with AWS signature V4 in headers and in presigned URLs. It is built on
// gofakes3; what gofakes3 does not do as S3 does (a repeated Complete, multipart ETags, lists while parts arrive,
// partial content) is answered here, in front of it.
//
// By default it keeps digests only: the size and MD5 of every part, and nothing per byte, so that a benchmark measures
// clients and not a disk. With [Config.Dir] the bytes are kept too, one file per part; an object is the list of its
// files, so that Complete copies nothing.
//
// Invariants:
//   - A part is there wholly or not at all: a short body, a lost client or a full disk leave nothing.
//   - A signature that is wrong, expired or for another region never reaches a handler.
//   - Nothing is logged, and no message holds a query, a key or a signature.
//   - No goroutine outlives its request, so that the server can run in a synctest bubble.
//
// Two things that S3 checks are not checked: the SHA-256 of a signed payload, and the signatures of single chunks in a
// streaming payload. The MD5 of every part is, through its ETag.
//
//	srv, err := s3.New(s3.Config{AccessKey: "key", SecretKey: "secret", Buckets: []string{"uploads"}})
//	if err != nil {
//		return err
//	}
//	defer srv.Close()
//	return http.Serve(listener, srv)
package s3
