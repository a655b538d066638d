package connector

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
)

// serving is what a mock's hook gets.
type serving = func() *http.Response

// rewritten replaces a text in an answer.
func rewritten(resp *http.Response, old, new string) *http.Response {
	b, _ := io.ReadAll(resp.Body) // from memory
	b = bytes.ReplaceAll(b, []byte(old), []byte(new))
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	return resp
}

// Whatever goes wrong, the error says what and nothing is left in the folder.
func TestDownloadFails(t *testing.T) {
	plain := noise(1, 3<<18)
	body := EncryptedSize(3<<18) - 124
	stranger := newKeyPair(t)
	for name, c := range map[string]struct {
		hook func(op string, n int, r *http.Request, serve serving) (*http.Response, error)
		is   error
		says string
		most int // GETs of the object in Fixed
	}{
		"not there": {
			hook: func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
				if op == "dcs_object" {
					return plainAnswer(404, `{"exception_id":"noSuchObject","description":"gone","data":{}}`), nil
				}
				return serve(), nil
			}, says: "404 Not Found (noSuchObject)",
		},
		"staging without a time": {
			hook: func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
				if op == "dcs_object" {
					return plainAnswer(202, "null"), nil
				}
				return serve(), nil
			}, says: "no Retry-After",
		},
		"no URL": {
			hook: func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
				if op == "dcs_object" {
					return rewritten(serve(), `"s3"`, `"ftp"`), nil
				}
				return serve(), nil
			}, says: "no usable S3 URL",
		},
		"no JSON": {
			hook: func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
				if op == "dcs_object" {
					return plainAnswer(200, "<html>"), nil
				}
				return serve(), nil
			}, says: "the DCS answered with something",
		},
		"an envelope for somebody else": {
			hook: func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
				if op == "dcs_envelope" {
					return plainAnswer(200, strconv.Quote(base64.StdEncoding.EncodeToString(encryptedFor(t, nil, stranger)[:124]))), nil
				}
				return serve(), nil
			}, is: ErrWrongKey,
		},
		"an envelope of nonsense": {
			hook: func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
				if op == "dcs_envelope" {
					return plainAnswer(200, strconv.Quote(base64.StdEncoding.EncodeToString([]byte("crypt4gh\x01\x00\x00\x00\xff\xff\x00\x00nonsense")))), nil
				}
				return serve(), nil
			}, says: "makes no sense",
		},
		"an envelope with more behind it": {
			hook: func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
				if op == "dcs_envelope" {
					return plainAnswer(200, strconv.Quote(base64.StdEncoding.EncodeToString(append(encryptedFor(t, nil, stranger), "more"...)))), nil
				}
				return serve(), nil
			}, says: "more than a header",
		},
		"a URL that is always refused": {
			hook: func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
				if op == "get_object" {
					return plainAnswer(403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"), nil
				}
				return serve(), nil
			}, says: "403 Forbidden (AccessDenied)", most: 13,
		},
		"an object that is gone": {
			hook: func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
				if op == "get_object" {
					return plainAnswer(404, "<Error><Code>NoSuchKey</Code></Error>"), nil
				}
				return serve(), nil
			}, says: "404 Not Found (NoSuchKey)", most: 1,
		},
		"another size than the DCS says": {
			hook: func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
				if op == "dcs_object" {
					return rewritten(serve(), fmt.Sprint(body), fmt.Sprint(body-1)), nil
				}
				return serve(), nil
			}, says: "not those from 0 to", most: 12,
		},
		"another SHA-256 than the DCS says": {
			hook: func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
				if op == "dcs_object" {
					return rewritten(serve(), fmt.Sprintf("%x", sha(plain)), strings.Repeat("0", 64)), nil
				}
				return serve(), nil
			}, says: "SHA-256", most: 4,
		},
		"the whole file for every range": {
			hook: func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
				if op == "get_object" {
					r.Header.Del("Range")
				}
				return serve(), nil
			}, says: "not 262144", most: 12,
		},
		"a body that is longer than it says": {
			hook: func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
				resp := serve()
				if op == "get_object" {
					resp.ContentLength, resp.Body = -1, io.NopCloser(io.MultiReader(resp.Body, strings.NewReader("x")))
				}
				return resp, nil
			}, says: "longer than what was asked for", most: 12,
		},
		"damaged again and again": {
			hook: func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
				resp := serve()
				if op == "get_object" {
					resp.Body = &spoilt{ReadCloser: resp.Body}
				}
				return resp, nil
			}, says: "is damaged", most: 100,
		},
		"a stack that gives up": {
			hook: func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
				if op == "get_object" {
					return nil, errors.New("connection refused")
				}
				return serve(), nil
			}, says: "connection refused", most: 12,
		},
	} {
		for behaviourName, behaviour := range map[string]Behaviour{"fixed": Fixed(), "as is": AsIs()} {
			t.Run(name+", "+behaviourName, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := newMock(t, nil)
					m.put(t, accession, ".bam", plain)
					m.hook = c.hook
					_, dir, err := m.download(t, m.connector(t, behaviour, func(cfg *Config) { cfg.InFlight = 1 }, accession))
					if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
						t.Errorf("got %v, want %v and %q", err, c.is, c.says)
					}
					if err != nil && strings.Contains(err.Error(), "Signature") {
						t.Error("the error holds a signature") // without it, as this is a log
					}
					if n := m.count("get_object"); behaviourName == "fixed" && n > c.most || behaviourName == "as is" && n > 4 {
						t.Errorf("S3 was asked %d times", n)
					}
					only(t, dir)
				})
			})
		}
	}
}

// A token that the DCS refuses is renewed, once.
func TestDownloadRenewsToken(t *testing.T) {
	for status, c := range map[int]struct{ fixed, asIs bool }{403: {true, true}, 401: {true, false}} {
		for name, behaviour := range map[string]Behaviour{"fixed": Fixed(), "as is": AsIs()} {
			t.Run(fmt.Sprintf("%s, %d", name, status), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := newMock(t, nil)
					m.put(t, accession, "", noise(1, 100))
					m.hook = func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
						if op == "dcs_object" && n == 1 {
							return plainAnswer(status, `{"detail":"Not authorized"}`), nil
						}
						return serve(), nil
					}
					want := c.fixed
					if name == "as is" {
						want = c.asIs
					}
					if _, _, err := m.download(t, m.connector(t, behaviour, nil, accession)); (err == nil) != want {
						t.Errorf("got %v", err)
					}
				})
			})
		}
	}
}

func TestDownloadKeepsWhatIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMock(t, nil)
		plain := noise(1, 1000)
		m.put(t, accession, ".bam", plain)
		dir := t.TempDir()
		path := filepath.Join(dir, accession+".bam")
		if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+".c4gh.part", make([]byte, 5000), 0o600); err != nil { // of a process that was killed
			t.Fatal(err)
		}
		if _, err := m.connector(t, Fixed(), nil, accession).Download(t.Context(), accession, dir, false); !errors.Is(err, ErrFileExists) {
			t.Errorf("got %v", err)
		}
		if n := m.count("get_object"); n != 0 {
			t.Errorf("%d ranges of it were asked for", n)
		}
		c := m.connector(t, Fixed(), func(cfg *Config) { cfg.Overwrite = true }, accession)
		if _, err := c.Download(t.Context(), accession, dir, false); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("not replaced; %v", err)
		}
		only(t, dir, accession+".bam")
	})
}

// Names come from services: none may lead out of the folder.
func TestPlace(t *testing.T) {
	for name, ok := range map[[2]string]bool{
		{"GHGAF1", ".bam"}: true, {"GHGAF1", ""}: true, {"GHGAF1", ".tar.gz"}: true, {"GHGAF1", "bam"}: true,
		{"", ".bam"}: false, {"..", ""}: false, {"../GHGAF1", ""}: false, {"GHGAF1", "/../../x"}: false, {"GHGAF1", `\x`}: false,
		{".GHGAF1", ""}: false, {"a/b", ""}: false, {"GHGAF1", "\x00"}: false, {"GHGAF1", ".a\nb"}: false,
	} {
		path, err := place("dir", name[0], name[1])
		if (err == nil) != ok || ok && path != filepath.Join("dir", name[0]+name[1]) {
			t.Errorf("%q: %q, %v", name, path, err)
		}
	}
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	err := intoPlace(filepath.Join(dir, "x"), false, true, func(f *os.File) error {
		if _, err := f.WriteString("half"); err != nil {
			return err
		}
		return &os.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
	})
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "is full; what was written of it is removed") {
		t.Errorf("got %v", err)
	}
	only(t, dir)
	f := &fetched{connector: newFake(t).connector(t, Fixed(), nil), sealed: filepath.Join(dir, "x.c4gh")}
	for inPlace, why := range map[bool]error{true: err, false: syscall.ENOSPC} {
		if err := f.fail(t.Context(), why, inPlace); strings.Count(err.Error(), "is full") != 1 {
			t.Errorf("it says not once why: %v", err)
		}
	}
}
