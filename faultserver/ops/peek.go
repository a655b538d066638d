package ops

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"slices"
)

// MaxPeek bounds how much of a body a classifier reads.
const MaxPeek = 64 << 10

// peekFile finds what file a JSON body is about, by its alias or else its id, and what work is to be done on it. Empty: it does not say.
func peekFile(r *http.Request) (name, work string) {
	if r.Body == nil || r.ContentLength > MaxPeek {
		return "", ""
	}
	if r.GetBody != nil { // a client's request, whose body is not ours to touch
		b, err := r.GetBody()
		if err != nil {
			return "", ""
		}
		name, work = fileIn(b)
		b.Close()
		if again, err := r.GetBody(); err == nil { // azcore hands out one reader each time, and this puts it back to its beginning
			again.Close()
		}
		return name, work
	}
	body := r.Body
	head, _ := io.ReadAll(io.LimitReader(body, MaxPeek))
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), body), body}
	return fileIn(bytes.NewReader(head))
}

// works are what tokens for uploads are for.
var works = []string{"create", "upload", "close", "delete", "view"}

func fileIn(body io.Reader) (name, work string) {
	var order struct {
		Alias  string
		FileID string `json:"file_id"`
		Work   string `json:"work_type"`
	}
	_ = json.NewDecoder(io.LimitReader(body, MaxPeek)).Decode(&order) // a body that is no JSON names no file
	if !slices.Contains(works, order.Work) {
		order.Work = "" // the WPS refuses it, and it is in the ledger
	}
	return cmp.Or(order.Alias, order.FileID), order.Work
}
