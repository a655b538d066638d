package connector

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

// maxRefusal bounds what is read of an answer that is no success, and maxDetail what is kept of its text, in bytes.
const (
	maxRefusal = 64 << 10
	maxDetail  = 300
)

// refused makes an error of an answer.
func (r *request) refused(resp *http.Response) error {
	// The body may come slowly, and an error needs not all of it.
	late := time.AfterFunc(time.Second, func() { resp.Body.Close() })
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal)) // what has come is enough
	late.Stop()
	e := &APIError{Service: r.service, Doing: r.doing, Status: resp.StatusCode}
	if e.ID, e.Detail = parseRefusal(body, r.hide); e.Detail == e.ID {
		e.Detail = "" // some S3s repeat the code where others explain it
	}
	e.hint = hintOf(resp.StatusCode, resp.Header)
	return e
}

// failed makes an error of what the stack says. A stack that gives up after a status and keeps the answer is taken at that status.
func (r *request) failed(ctx context.Context, err error) error {
	if gaveUp, ok := errors.AsType[*transport.RetryError](err); ok {
		return &APIError{
			Service: r.service, Doing: r.doing, Status: gaveUp.Status, Detail: fmt.Sprintf("after %d attempts", gaveUp.Attempts),
			hint: hintOf(gaveUp.Status, gaveUp.Header), cause: gaveUp,
		}
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", r.doing, context.Cause(ctx))
	}
	// An http.Client in the stack names the whole URL.
	for inner, ok := errors.AsType[*url.Error](err); ok; inner, ok = errors.AsType[*url.Error](err) {
		err = inner.Err
	}
	if text := r.hide(err.Error()); text != err.Error() {
		return &hidden{r.doing + ": " + text, err}
	}
	return fmt.Errorf("%s: %w", r.doing, err)
}

func hintOf(status int, header http.Header) time.Duration {
	return strategies.ReadHint(status, header, time.Now()).After
}

// parseRefusal reads the body of an answer that is no success: of a GHGA service's own errors, of FastAPI's, or of S3. id is
// empty where there is none; detail is one line. What hide takes out of them it takes out before they are cut: half a secret is not known again.
func parseRefusal(body []byte, hide func(string) string) (id, detail string) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return "", ""
	}
	if body[0] == '<' {
		var e struct {
			XMLName       xml.Name
			Code, Message string
		}
		if xml.Unmarshal(body, &e) != nil || e.XMLName.Local != "Error" {
			return "", ""
		}
		return line(hide(e.Code)), line(hide(e.Message))
	}
	var e struct {
		ID          string          `json:"exception_id"`
		Description string          `json:"description"`
		Message     string          `json:"message"`
		Detail      json.RawMessage `json:"detail"`
	}
	if json.Unmarshal(body, &e) != nil {
		return "", ""
	}
	detail = e.Description
	if detail == "" {
		detail = e.Message
	}
	if detail == "" {
		detail = parseDetail(e.Detail)
	}
	return line(hide(e.ID)), line(hide(detail))
}

// parseDetail reads FastAPI's detail: a text, or a list of what is wrong where. The input that it repeats is left out.
func parseDetail(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var list []struct {
		Loc []any  `json:"loc"`
		Msg string `json:"msg"`
	}
	if json.Unmarshal(raw, &list) != nil {
		return ""
	}
	var says []string
	for _, d := range list {
		where := make([]string, len(d.Loc))
		for i, l := range d.Loc {
			where[i] = fmt.Sprint(l)
		}
		says = append(says, strings.Join(where, ".")+": "+d.Msg)
	}
	return strings.Join(says, "; ")
}

// line makes one short line of a text.
func line(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "�"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if len(s) <= maxDetail {
		return s
	}
	return strings.ToValidUTF8(s[:maxDetail], "") + "…"
}
