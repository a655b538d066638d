package workloads

import (
	"context"
	"io"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/runner"
)

// GHGASide is what a target offers that stands for a deployment of GHGA. What it does goes past the faults.
type GHGASide interface {
	// Access is that of a client: a work package of its own. Files are given by their accessions, for downloads; without any it is for uploads.
	Access(client int, accessions ...string) (connector.Access, error)
	// Accession is the name of the file with an ordinal where it is downloaded.
	Accession(ordinal int) string
	// Store makes the file with an ordinal ready for download.
	Store(ctx context.Context, ordinal int, content io.Reader, size int64) error
}

// ConnectorContestant is the GHGA Connector with a behaviour of its own. Other stacks move files with connector.Fixed.
type ConnectorContestant interface {
	runner.StackContestant
	Behaviour() connector.Behaviour
}
