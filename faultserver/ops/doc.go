// Package ops tells what an HTTP request is about: its operation, and the bucket, object, upload and part it names.
//
// It is what rules match and what the identity of a request is made of, so a classifier must give the same answer for the
// same request whoever sends it, and must not depend on what was sent before. Classifying an S3 request allocates nothing.
package ops
