package awschunk

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReader(t *testing.T) {
	const sig = ";chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"
	for name, tt := range map[string]struct{ in, out, err string }{
		"signed":         {"5" + sig + "\r\nhello\r\n6" + sig + "\r\n world\r\n0" + sig + "\r\n\r\n", "hello world", ""},
		"unsigned":       {"5\r\nhello\r\n0\r\n\r\n", "hello", ""},
		"trailer":        {"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAA==\r\nx-amz-trailer-signature:00\r\n\r\n", "hello", ""},
		"no last line":   {"5\r\nhello\r\n0\r\n", "hello", ""},
		"empty":          {"0\r\n\r\n", "", ""},
		"cut":            {"5\r\nhel", "hel", "unexpected EOF"},
		"no end":         {"5\r\nhello\r\n", "hello", "unexpected EOF"},
		"longer chunk":   {"3\r\nhello\r\n0\r\n\r\n", "hel", "does not end where"},
		"no length":      {"zz\r\nhello", "", "no length"},
		"negative":       {"-5\r\nhello", "", "no length"},
		"too long":       {"ffffffffffffffffff\r\n", "", "no length"},
		"line of no end": {strings.Repeat("0", 5000), "", "does not end"},
	} {
		got, err := io.ReadAll(NewReader(iotest.OneByteReader(strings.NewReader(tt.in))))
		if string(got) != tt.out || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %q, %v; want %q, %q", name, got, err, tt.out, tt.err)
		}
	}
}

func TestEncoded(t *testing.T) {
	for value, want := range map[string]bool{"STREAMING-AWS4-HMAC-SHA256-PAYLOAD": true, "STREAMING-UNSIGNED-PAYLOAD-TRAILER": true, "UNSIGNED-PAYLOAD": false, "": false} {
		if got := Encoded(&http.Request{Header: http.Header{"X-Amz-Content-Sha256": {value}}}); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte("hello"), 3)
	f.Fuzz(func(t *testing.T, content []byte, size int) {
		_, _ = io.Copy(io.Discard, NewReader(bytes.NewReader(content))) // whatever it is, it ends
		if size < 1 {
			return
		}
		var b bytes.Buffer
		for rest := content; len(rest) > 0; {
			n := min(size, len(rest))
			fmt.Fprintf(&b, "%x\r\n%s\r\n", n, rest[:n])
			rest = rest[n:]
		}
		b.WriteString("0\r\n\r\n")
		if got, err := io.ReadAll(NewReader(&b)); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%q, %v; want %q", got, err, content)
		}
	})
}

func TestUnsign(t *testing.T) {
	in := "5;chunk-signature=00\r\nhello\r\n1;chunk-signature=00\r\n!\r\n0;chunk-signature=00\r\nx-amz-checksum-crc32:AAAA==\r\nx-amz-trailer-signature:00\r\n\r\n"
	want := "5\r\nhello\r\n1\r\n!\r\n0\r\nx-amz-checksum-crc32:AAAA==\r\n\r\n"
	if got, err := io.ReadAll(Unsign(strings.NewReader(in))); err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := io.ReadAll(Unsign(strings.NewReader("5\r\nhel"))); err != io.ErrUnexpectedEOF {
		t.Errorf("cut: %v", err)
	}
}
