package workloads

import (
	"errors"
	"regexp"
	"strings"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/runner"
)

// mostReason is how long a reason may be, in bytes.
const mostReason = 200

// A query is what may sign a URL; a Connector takes it out of its errors, but stacks are other people's. Addresses differ from file to file.
var (
	query   = regexp.MustCompile(`\?\S+`)
	address = regexp.MustCompile(`\b(GET|PUT|POST|PATCH|DELETE) \S+: `)
)

// reasonOf says why a file failed: what was asked for then, and what came of it. It is the same for all files that failed of the same: it has
// neither the name of the file nor what a service says in its own words. Empty: it did not fail.
func reasonOf(err error, name string) string {
	if err == nil {
		return ""
	}
	if api, ok := errors.AsType[*connector.APIError](err); ok {
		return (&connector.APIError{Service: api.Service, Doing: unnamed(api.Doing, name), Status: api.Status, ID: api.ID}).Error()
	}
	text := unnamed(err.Error(), name)
	if kind := runner.ErrorKind(err); kind != "other" {
		if doing, _, ok := strings.Cut(text, ": "); ok {
			return doing + ": " + kind
		}
		return kind
	}
	text, _, _ = strings.Cut(query.ReplaceAllString(address.ReplaceAllString(text, ""), "?…"), "\n")
	if len(text) > mostReason {
		text = strings.ToValidUTF8(text[:mostReason], "") + "…"
	}
	return text
}

// unnamed takes the name of a file out of what is said of it.
func unnamed(text, name string) string {
	for _, before := range []string{"uploading " + name + ": ", "deleting " + name + ": ", name + ": "} {
		text = strings.TrimPrefix(text, before)
	}
	if name == "" {
		return text
	}
	return strings.ReplaceAll(text, name, "the file")
}
