package workloads

import (
	"context"
	"io"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/runner"
)

// Deployment is a target that may stand for a deployment of GHGA.
type Deployment interface {
	runner.Target
	GHGA() GHGASide // nil: it does not
}

// GHGASide is what a target offers that stands for a deployment of GHGA. What it does goes past the faults.
type GHGASide interface {
	// Access is that of a client: a work package of its own. Files are given by their accessions, for downloads; without any it is for uploads.
	Access(client int, accessions ...string) (connector.Access, error)
	// Alias is the name of the file with an ordinal where it is uploaded or deleted.
	Alias(ordinal int) string
	// Accession is the name of the file with an ordinal where it is downloaded.
	Accession(ordinal int) string
	// Store makes the file with an ordinal ready for download.
	Store(ctx context.Context, ordinal int, content io.Reader, size int64) error
	// Prepare makes an upload of a client's that is finished, or is running and has its first part. It returns the id of the file. What is
	// prepared has at most size bytes.
	Prepare(ctx context.Context, client, ordinal int, content io.ReaderAt, size int64, running bool) (fileID string, err error)
	// GoesOn says that the upload with an ordinal was not over when the trial was, so that it is no orphan.
	GoesOn(ordinal int)
}

// ConnectorContestant is the GHGA Connector with a behaviour of its own. Other stacks move files with connector.Fixed.
type ConnectorContestant interface {
	runner.StackContestant
	Behaviour() connector.Behaviour
}
