package blackbox

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRedact(t *testing.T) {
	const hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	r := NewRedactor([]string{"MY_TOKEN=hunter2hunter2", "PASSWORD=short", "HOME=/home/somebody", "broken"}, "s3cret/key", "")
	for in, want := range map[string]string{
		"nothing here":                                            "nothing here",
		"key s3cret/key, s3cret%2Fkey":                            "key [redacted], [redacted]",
		"hunter2hunter2 in /home/somebody, short":                 "[redacted] in /home/somebody, short",
		"PUT /b/k?X-Amz-Signature=" + hex[:20] + "&partNumber=1":  "PUT /b/k?[redacted]&partNumber=1",
		"x-amz-credential=ratebench%2F2026 and more":              "[redacted] and more",
		"Authorization: AWS4-HMAC-SHA256 Credential=a, Signature": "Authorization: [redacted]",
		"Signature:\n" + hex + "\nend":                            "Signature:\n[redacted]\nend",
		"ETag " + hex[:32]:                                        "ETag " + hex[:32],
	} {
		if got := r.Redact(in); got != want {
			t.Errorf("%q\ngave %q\nwant %q", in, got, want)
		}
	}
}

// However the output comes, no secret gets through, and lines without one are as they were.
func TestWriterRedacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const secret = "SECRETSECRETSECRET"
		var text, want strings.Builder
		for range rapid.IntRange(0, 20).Draw(t, "lines") {
			line := rapid.StringMatching(`[a-z ]{0,40}`).Draw(t, "line")
			text.WriteString(line)
			want.WriteString(line)
			if rapid.Bool().Draw(t, "secret") {
				text.WriteString(secret)
				want.WriteString(redacted)
			}
			text.WriteString("\n")
			want.WriteString("\n")
		}
		var out bytes.Buffer
		w := NewRedactor(nil, secret).Writer(&out)
		for rest := text.String(); rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "chunk")
			if _, err := w.Write([]byte(rest[:n])); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if out.String() != want.String() {
			t.Errorf("got  %q\nwant %q", out.String(), want.String())
		}
	})
}

func TestWriterIsBounded(t *testing.T) {
	var out bytes.Buffer
	w := NewRedactor(nil, "SECRETSECRET").Writer(&out)
	// A line that is cut in the middle of a secret.
	_, _ = w.Write([]byte(strings.Repeat("x", maxLine-5) + "SECRETSECRET\nnext\n"))
	if s := out.String(); strings.Contains(s, "SECRE") || !strings.HasSuffix(s, "… (the line is longer)\nnext\n") {
		t.Errorf("it ends in %q", s[max(0, len(s)-60):])
	}
	if raceEnabled {
		return // the rest is much of the same
	}
	for range 2 * maxLog / 1000 {
		_, _ = w.Write([]byte(strings.Repeat("y", 999) + "\n"))
	}
	if err := w.Close(); err != nil || out.Len() > maxLog+100 || !strings.HasSuffix(out.String(), "… (the command printed more)\n") {
		t.Errorf("%d bytes were kept, %v", out.Len(), err)
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("X-Amz-Signature=abc&x", "secretsecret")
	f.Add("Authorization: AWS4", "a+b/c d=e%")
	f.Fuzz(func(t *testing.T, text, secret string) {
		if len(secret) < least || strings.Contains(redacted, secret) || strings.Contains(secret, "redacted") {
			return
		}
		var out bytes.Buffer
		w := NewRedactor(nil, secret).Writer(&out)
		_, _ = w.Write([]byte(text))
		_, _ = w.Write([]byte("before " + secret + " after"))
		_ = w.Close()
		if !strings.ContainsAny(secret, "\r\n") && strings.Contains(out.String(), secret) {
			t.Errorf("the secret %q stands in %q", secret, out.String())
		}
	})
}
