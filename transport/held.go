package transport

import (
	"io"
	"net/http"
	"sync"
)

// holdUntilRead calls end once when the body of an answer has been read to its end, failed, or is closed, whatever comes first; net/http has let go
// of the connection by then. It says no, and never calls end, of an answer that has no body: it is over already.
func holdUntilRead(resp *http.Response, end func()) bool {
	if resp.Body == nil || resp.Body == http.NoBody {
		return false
	}
	held := &heldBody{resp.Body, sync.OnceFunc(end)}
	if both, ok := resp.Body.(io.ReadWriteCloser); ok { // after 101 Switching Protocols
		resp.Body = &heldBoth{held, both}
	} else {
		resp.Body = held
	}
	return true
}

type heldBody struct {
	io.ReadCloser
	end func()
}

func (b *heldBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.end()
	}
	return n, err
}

func (b *heldBody) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
}

type heldBoth struct {
	*heldBody
	io.Writer
}
