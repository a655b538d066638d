package connector

import (
	"cmp"
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"
)

// hide takes the token and whatever signs the URL out of a text, in the forms in which services and stacks repeat them.
func (r *request) hide(text string) string {
	for _, secret := range r.secrets() {
		text = strings.ReplaceAll(text, secret, "…")
	}
	return text
}

// secrets are longest first, so that none is taken apart by another one.
func (r *request) secrets() (list []string) {
	add := func(s string) {
		if s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	add(r.token)
	_, query, _ := strings.Cut(r.url, "?")
	query, _, _ = strings.Cut(query, "#")
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if !signs(name) {
			continue
		}
		add(value)
		if plain, err := url.QueryUnescape(value); err == nil {
			add(plain)
			add(url.QueryEscape(plain))
		}
		if plain, err := url.PathUnescape(value); err == nil { // a plus is a plus
			add(plain)
		}
	}
	add(query)
	slices.SortFunc(list, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return list
}

// signs says whether the value of a parameter of a presigned URL is to be kept secret. The others, such as the algorithm, say nothing, and
// may be words that a message needs.
func signs(name string) bool {
	switch strings.ToLower(name) {
	case "signature", "awsaccesskeyid", "x-amz-signature", "x-amz-credential", "x-amz-security-token":
		return true
	}
	return false
}

// hidden is an error whose own text holds a secret. It does not hand that error out, as who gets it may print it.
type hidden struct {
	text string
	err  error
}

func (h *hidden) Error() string        { return h.text }
func (h *hidden) Is(target error) bool { return errors.Is(h.err, target) }

// Timeout and Temporary make it a net.Error, like those that it may hide.
func (h *hidden) Timeout() bool {
	e, ok := errors.AsType[net.Error](h.err)
	return ok && e.Timeout()
}

// Temporary implements net.Error.
func (h *hidden) Temporary() bool { return h.Timeout() }
