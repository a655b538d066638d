package blackbox

import (
	"bytes"
	"cmp"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Redactor takes secrets out of text: those that it knows, and what looks like one in the debug output of S3 clients.
type Redactor struct{ secrets *strings.Replacer }

const redacted = "[redacted]"

// least is how long the value of a variable is that is worth hiding.
const least = 8

var (
	secretName = regexp.MustCompile(`(?i)SECRET|TOKEN|PASSW|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_KEY`)
	// Presigned URLs, headers, and whatever has the length of a signature.
	secretLooks = regexp.MustCompile(`(?i)X-Amz-(?:Signature|Credential|Security-Token)(?:=|%3D)[^&\s"'<>]+|(Authorization["']?\s*[:=]\s*)[^\r\n]+|\b[0-9a-f]{64}\b`)
)

// NewRedactor knows some secrets, and the values of all variables of an environment whose names speak of one.
func NewRedactor(environ []string, secrets ...string) *Redactor {
	for _, e := range environ {
		if name, value, _ := strings.Cut(e, "="); secretName.MatchString(name) && len(value) >= least {
			secrets = append(secrets, value)
		}
	}
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // one may be part of another
	var pairs []string
	for _, s := range secrets {
		if s == "" {
			continue
		}
		pairs = append(pairs, s, redacted)
		if escaped := url.QueryEscape(s); escaped != s {
			pairs = append(pairs, escaped, redacted)
		}
	}
	return &Redactor{strings.NewReplacer(pairs...)}
}

// Redact returns a text without secrets.
func (r *Redactor) Redact(s string) string {
	return secretLooks.ReplaceAllString(r.secrets.Replace(s), "${1}"+redacted)
}

// The most that is kept of what one program prints, and the longest line.
const (
	maxLog  = 4 << 20
	maxLine = 64 << 10
)

// Writer writes lines on to w without secrets. Close writes what is left and does not close w.
func (r *Redactor) Writer(w io.Writer) io.WriteCloser {
	return &redactingWriter{r: r, w: w, left: maxLog}
}

type redactingWriter struct {
	r    *Redactor
	w    io.Writer
	line []byte
	left int // bytes; negative: it was said that no more follow
	long bool
}

// Write never fails because of w: a log that cannot be written must not end the program.
func (w *redactingWriter) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n')
		part := rest
		if end >= 0 {
			part = rest[:end+1]
		}
		rest = rest[len(part):]
		if room := maxLine - len(w.line); len(part) > room { // the rest of such a line is dropped: it could hold half a secret
			part, w.long = part[:max(0, room)], true
		}
		w.line = append(w.line, part...)
		if end >= 0 {
			w.flush()
		}
	}
	return len(p), nil
}

func (w *redactingWriter) flush() {
	text := w.line
	if w.long { // what was cut may be half a secret
		text = append(text[:max(0, len(text)-1024)], "… (the line is longer)\n"...)
	}
	w.line, w.long = w.line[:0], false
	if len(text) == 0 || w.left < 0 {
		return
	}
	s := w.r.Redact(string(text))
	if w.left -= len(s); w.left < 0 {
		s = "… (the command printed more)\n"
	}
	_, _ = io.WriteString(w.w, s)
}

func (w *redactingWriter) Close() error {
	w.flush()
	return nil
}
