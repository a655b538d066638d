package workloads

import (
	"net/http"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/runner"
)

// ghgaSDK is an S3 client, and so no stack.
type ghgaSDK struct{}

func (ghgaSDK) Name() string { return "sdk" }

// Who cannot move files is told so before anything begins.
func TestGHGARefuses(t *testing.T) {
	err := (&GHGA{Do: "upload", Size: 1, Objects: 1}).Run(t.Context(), &runner.Env{Contestant: ghgaSDK{}})
	if err == nil || !strings.Contains(err.Error(), "no control plane") {
		t.Errorf("without a control plane: %v", err)
	}
	if _, err := behaviourOf(ghgaSDK{}); err == nil || !strings.Contains(err.Error(), "sdk is no stack") {
		t.Errorf("an SDK: %v", err)
	}
}

// connectorStack is a Connector, with a behaviour of its own.
type connectorStack struct {
	runner.StackContestant
	behaviour connector.Behaviour
}

func (c connectorStack) Behaviour() connector.Behaviour { return c.behaviour }

// wrapped is what a runner makes of a stack.
type wrapped struct{ runner.StackContestant }

func (w wrapped) Unwrap() runner.StackContestant { return w.StackContestant }

// plainStack is a stack without layers.
type plainStack struct{}

func (plainStack) Name() string                                   { return "plain" }
func (plainStack) RoundTripper(c runner.Client) http.RoundTripper { return c.Wire }

// A Connector keeps its behaviour under whatever the runner puts around it; other stacks have the mended one.
func TestBehaviourOf(t *testing.T) {
	asIs := connectorStack{behaviour: connector.AsIs()}
	for _, c := range []runner.Contestant{asIs, wrapped{asIs}, wrapped{wrapped{asIs}}} {
		if b, err := behaviourOf(c); err != nil || b != connector.AsIs() {
			t.Errorf("%T: %+v, %v", c, b, err)
		}
	}
	if b, err := behaviourOf(wrapped{plainStack{}}); err != nil || b != connector.Fixed() {
		t.Errorf("another stack: %+v, %v", b, err)
	}
}
