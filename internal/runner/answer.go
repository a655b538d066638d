package runner

import (
	"bytes"
	"io"
	"net/http"
)

// maxErrorBody is how much of an error answer is read to find its S3 code.
const maxErrorBody = 4 << 10

// s3Code finds the S3 error code in an answer and leaves the body readable.
func s3Code(resp *http.Response) string {
	head, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody)) // what came before an error is enough
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), resp.Body), resp.Body}
	return codeIn(head)
}

// codeIn finds the code in S3's XML for errors. It looks for the two tags instead of parsing, which a fleet of clients
// would feel; codes are plain words.
func codeIn(body []byte) string {
	if !bytes.Contains(body, []byte("<Error>")) && !bytes.Contains(body, []byte("<Error ")) {
		return ""
	}
	_, rest, ok := bytes.Cut(body, []byte("<Code>"))
	code, _, closed := bytes.Cut(rest, []byte("</Code>"))
	if !ok || !closed {
		return ""
	}
	return string(bytes.TrimSpace(code))
}
