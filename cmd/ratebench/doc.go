// Ratebench measures which retry and rate-limit strategy gets uploads through a service that throttles and fails,
// and what it costs that service.
//
// This is the command line; it only joins packages together and holds nothing that another program could want.
// Its invariants:
//
//   - Results go to standard output, everything else (messages, progress) to standard error.
//   - The exit code says what happened, see the exit constants; a usage error never starts anything.
//   - A secret key is read from flags or the environment and goes to the S3 client; it is printed nowhere.
//
// Example:
//
//	go run ./cmd/ratebench run scenarios/flaky.yaml
package main
