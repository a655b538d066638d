package ops

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
)

// MaxPeek bounds how much of a body a classifier reads.
const MaxPeek = 64 << 10

// peekFile finds what file a JSON body is about: its alias, or else its id. Empty: it does not say.
func peekFile(r *http.Request) string {
	if r.Body == nil || r.ContentLength > MaxPeek {
		return ""
	}
	if r.GetBody != nil { // a client's request, whose body is not ours to touch
		b, err := r.GetBody()
		if err != nil {
			return ""
		}
		name := fileIn(b)
		b.Close()
		if again, err := r.GetBody(); err == nil { // azcore hands out one reader each time, and this puts it back to its beginning
			again.Close()
		}
		return name
	}
	body := r.Body
	head, _ := io.ReadAll(io.LimitReader(body, MaxPeek))
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), body), body}
	return fileIn(bytes.NewReader(head))
}

func fileIn(body io.Reader) string {
	var order struct {
		Alias  string
		FileID string `json:"file_id"`
	}
	_ = json.NewDecoder(io.LimitReader(body, MaxPeek)).Decode(&order) // a body that is no JSON names no file
	return cmp.Or(order.Alias, order.FileID)
}
