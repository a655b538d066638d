// Package connector moves files between a machine and GHGA, the German Human Genome-Phenome Archive, as the GHGA Connector
// does: it encrypts a file as Crypt4GH while it uploads it in parts, deletes and lists uploads, and downloads and decrypts
// files. The interfaces are those of the Upload Controller (UCS) 15, the Work Package Service (WPS) 11, the Download
// Controller (DCS) 10 and the Well-Known Value Service of autumn 2026.
//
// The parts are put together, not nested. A [Handler] makes the API calls and decides nothing. An [Uploader], a
// [Downloader], a [TokenSource] and a [Stager] decide, and are given the functions that they need and nothing else; so each is
// tested by itself. A [Connector] is all of them over one stack of transports.
//
// How it behaves when things go wrong is a value, [Behaviour]: [AsIs] does what version 3.1.0 of the Connector does,
// weaknesses included; [Fixed] is what this package would have instead, and the default.
//
//	pasted := "<work package id>:<sealed token>" // as the data portal shows it
//	id, token, err := connector.OpenToken(pasted, key)
//	…
//	c, err := connector.New(connector.Config{
//		Access: connector.Access{WellKnown: wellKnown, WorkPackage: id, Token: token, Key: key},
//		Stack:  stack, // of package transport
//	})
//	…
//	uploaded, err := c.Upload(ctx, connector.Source{Alias: "reads.fastq", Size: size, Content: file})
//
// Invariants:
//   - Memory is Config.InFlight × the part size, and at most 64 MiB more, however large the file is.
//   - Within a pass over a file a retry of a part sends the same encrypted bytes. A part that a later pass, or another process, has to
//     bring is encrypted anew, with other nonces; only a segment that it shares with the next part comes out the same. Nonces are never
//     used twice for different texts with a key.
//   - An upload is completed only if all of its parts are of one state of the file, as far as the digest of what was read can tell.
//   - No error, event or log line holds a token, a key, a signature or a query.
//   - Every goroutine has ended when the call that started it returns.
package connector
