package connector

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/faultserver/ghga"
)

const accession = "GHGAF00000000000001"

// download downloads the one file into a new folder.
func (m *mock) download(t *testing.T, c *Connector) (Downloaded, string, error) {
	t.Helper()
	dir := t.TempDir()
	d, err := c.Download(t.Context(), accession, dir, false)
	return d, dir, err
}

// only fails unless a folder holds exactly these files.
func only(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, names) {
		t.Errorf("the folder holds %q, want %q", got, names)
	}
}

func TestDownload(t *testing.T) {
	for name, behaviour := range map[string]Behaviour{"fixed": Fixed(), "as is": AsIs()} {
		for _, n := range []int{0, 1, 65535, 65536, 65537, 1<<18 - 1, 1 << 18, 1<<18 + 1, 5<<18 + 777} {
			t.Run(fmt.Sprintf("%s, %d bytes", name, n), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := newMock(t, nil)
					plain := noise(uint64(n), n)
					m.put(t, accession, ".bam", plain)
					var events tallied
					c := m.connector(t, behaviour, func(cfg *Config) { cfg.Progress = events.add }, accession)
					d, dir, err := m.download(t, c)
					if err != nil {
						t.Fatal(err)
					}
					if want := filepath.Join(dir, accession+".bam"); d.Path != want || d.Size != int64(n) || d.EncryptedSize != EncryptedSize(int64(n)) {
						t.Errorf("got %+v, want %s with %d bytes", d, want, n)
					}
					got, err := os.ReadFile(d.Path)
					if err != nil || !bytes.Equal(got, plain) {
						t.Errorf("other bytes; %v", err)
					}
					only(t, dir, accession+".bam")
					if body := EncryptedSize(int64(n)) - 124; events.bytes != body || events.total != body {
						t.Errorf("the events tell of %d bytes of %d, want %d", events.bytes, events.total, body)
					}
				})
			})
		}
	}
}

// tallied sums up events.
type tallied struct {
	mu    sync.Mutex
	bytes int64
	total int64
	what  map[string]int
	errs  []string
}

func (e *tallied) add(ev Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.bytes += ev.Bytes
	e.total = max(e.total, ev.Total)
	if e.what == nil {
		e.what = map[string]int{}
	}
	e.what[ev.What]++
	if ev.Err != nil {
		e.errs = append(e.errs, ev.Err.Error())
	}
}

// As it is, the calls are those of GHGA Connector 3.1.0, in its order: a token for each call of the DCS, the object once for all parts.
func TestDownloadCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMock(t, nil)
		m.put(t, accession, "", noise(1, 3<<18))
		c := m.connector(t, AsIs(), func(cfg *Config) { cfg.InFlight = 1 }, accession)
		if _, _, err := m.download(t, c); err != nil {
			t.Fatal(err)
		}
		want := []string{"wkvs_values", "wps_package", "dcs_health", "wps_token", "dcs_object", "wps_token", "dcs_envelope",
			"get_object", "get_object", "get_object", "get_object"}
		if !slices.Equal(m.calls, want) {
			t.Errorf("called\n%v, want\n%v", m.calls, want)
		}
	})
}

// What is fixed keeps the token of a file for as long as it lives.
func TestDownloadKeepsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMock(t, nil)
		m.put(t, accession, "", noise(1, 3<<18))
		if _, _, err := m.download(t, m.connector(t, Fixed(), nil, accession)); err != nil {
			t.Fatal(err)
		}
		if n := m.count("wps_token"); n != 1 {
			t.Errorf("%d tokens, want 1", n)
		}
	})
}

func TestDownloadStages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMock(t, func(c *ghga.PlatformConfig) { c.Staging = 12 * time.Second })
		m.put(t, accession, "", noise(1, 1000))
		var events tallied
		c := m.connector(t, AsIs(), func(cfg *Config) { cfg.Progress = events.add }, accession)
		start := time.Now()
		if _, _, err := m.download(t, c); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 15*time.Second { // three times five, the least that the DCS says
			t.Errorf("took %v", took)
		}
		if events.what["staging"] == 0 || m.count("dcs_object") != 4 {
			t.Errorf("%v, %d questions", events.what, m.count("dcs_object"))
		}
	})
}

func TestDownloadGivesStagingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMock(t, func(c *ghga.PlatformConfig) { c.Staging = 3 * time.Hour })
		m.put(t, accession, "", noise(1, 1000))
		start := time.Now()
		_, dir, err := m.download(t, m.connector(t, Fixed(), nil, accession))
		if took := time.Since(start); !errors.Is(err, ErrNotStaged) || took != time.Hour {
			t.Errorf("%v after %v", err, took)
		}
		only(t, dir)
	})
}

// A file of which the parts take longer than a URL lives: as it is, S3 refuses one now and then and gets the next.
func TestDownloadRenewsURLs(t *testing.T) {
	for name, c := range map[string]struct {
		behaviour Behaviour
		refused   bool
	}{"fixed": {Fixed(), false}, "as is": {AsIs(), true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMock(t, nil)
				plain := noise(1, 10<<18)
				m.put(t, accession, "", plain)
				refused := 0
				m.hook = func(op string, n int, r *http.Request, serve func() *http.Response) (*http.Response, error) {
					resp := serve()
					if op == "get_object" {
						time.Sleep(8 * time.Second)
						if resp.StatusCode == http.StatusForbidden {
							refused++
						}
					}
					return resp, nil
				}
				d, _, err := m.download(t, m.connector(t, c.behaviour, func(cfg *Config) { cfg.InFlight = 1 }, accession))
				if err != nil {
					t.Fatal(err)
				}
				if got, err := os.ReadFile(d.Path); err != nil || !bytes.Equal(got, plain) {
					t.Errorf("other bytes; %v", err)
				}
				if refused > 0 != c.refused {
					t.Errorf("%d URLs were refused", refused)
				}
			})
		})
	}
}

// A part that broke off goes on from where it stopped.
func TestDownloadGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMock(t, nil)
		plain := noise(1, 1<<18)
		m.put(t, accession, "", plain)
		var ranges []string
		m.hook = func(op string, n int, r *http.Request, serve func() *http.Response) (*http.Response, error) {
			if op != "get_object" {
				return serve(), nil
			}
			ranges = append(ranges, r.Header.Get("Range"))
			if r.Header.Get("Cache-Control") != "no-store" {
				t.Error("a range without no-store")
			}
			switch n {
			case 1:
				return broken(serve(), 70_000), nil
			case 2:
				return nil, errors.New("refused")
			case 3:
				return plainAnswer(503, ""), nil
			}
			return serve(), nil
		}
		c := m.connector(t, Fixed(), func(cfg *Config) { cfg.PartSize, cfg.InFlight = 2<<18, 1 }, accession)
		d, _, err := m.download(t, c)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(d.Path); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("other bytes; %v", err)
		}
		last := EncryptedSize(1<<18) - 124 - 1
		want := []string{fmt.Sprintf("bytes=0-%d", last)}
		for range 3 {
			want = append(want, fmt.Sprintf("bytes=70000-%d", last))
		}
		if !slices.Equal(ranges, want) {
			t.Errorf("asked for %v, want %v", ranges, want)
		}
	})
}

// Nobody waits for ever for bytes that do not come.
func TestDownloadOfNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMock(t, nil)
		m.put(t, accession, "", noise(1, 1000))
		m.hook = func(op string, n int, r *http.Request, serve func() *http.Response) (*http.Response, error) {
			resp := serve()
			if op == "get_object" && n == 1 {
				resp.Body = &silent{r.Context().Done()}
			}
			return resp, nil
		}
		var events tallied
		start := time.Now()
		if _, _, err := m.download(t, m.connector(t, Fixed(), func(cfg *Config) { cfg.Progress = events.add }, accession)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < time.Minute || took > 62*time.Second || !strings.Contains(fmt.Sprint(events.errs), "no bytes came for a minute") {
			t.Errorf("took %v; %v", took, events.errs)
		}
	})
}

// silent is a body of which nothing comes until its request is called off.
type silent struct{ done <-chan struct{} }

func (s *silent) Read([]byte) (int, error) { <-s.done; return 0, errors.New("called off") }
func (s *silent) Close() error             { return nil }

// A byte that changed on its way: the segment is asked for again, alone. As it is, the file is lost.
func TestDownloadMends(t *testing.T) {
	for name, behaviour := range map[string]Behaviour{"fixed": Fixed(), "as is": AsIs()} {
		for _, keep := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, kept: %v", name, keep), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := newMock(t, nil)
					plain := noise(1, 4<<18)
					m.put(t, accession, ".vcf", plain)
					var last string
					m.hook = func(op string, n int, r *http.Request, serve func() *http.Response) (*http.Response, error) {
						resp := serve()
						if op == "get_object" {
							last = r.Header.Get("Range")
							if n == 3 {
								resp.Body = &spoilt{ReadCloser: resp.Body}
							}
						}
						return resp, nil
					}
					c := m.connector(t, behaviour, func(cfg *Config) { cfg.InFlight = 1 }, accession)
					dir := t.TempDir()
					d, err := c.Download(t.Context(), accession, dir, keep)
					if name == "as is" && !keep {
						damaged, ok := errors.AsType[*DecryptError](err)
						if !ok || damaged.Segment != 8 { // where the third part begins
							t.Errorf("got %v", err)
						}
						only(t, dir)
						return
					}
					if err != nil {
						t.Fatal(err)
					}
					if name == "as is" {
						return // nobody looks
					}
					if want := fmt.Sprintf("bytes=%d-%d", 7*segment, 8*segment-1); last != want {
						t.Errorf("last asked for %s, want %s", last, want)
					}
					if keep {
						if d, err = keptFile(t, c, d); err != nil {
							t.Fatal(err)
						}
					}
					if got, err := os.ReadFile(d.Path); err != nil || !bytes.Equal(got, plain) {
						t.Errorf("other bytes; %v", err)
					}
				})
			})
		}
	}
}

// keptFile decrypts what was left encrypted.
func keptFile(t *testing.T, c *Connector, d Downloaded) (Downloaded, error) {
	t.Helper()
	to := strings.TrimSuffix(d.Path, ".c4gh")
	_, err := DecryptFile(t.Context(), d.Path, to, c.cfg.Access.Key, false, nil)
	d.Path = to
	return d, err
}

// spoilt changes the first byte.
type spoilt struct {
	io.ReadCloser
	done bool
}

func (s *spoilt) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	if n > 0 && !s.done {
		p[0] ^= 1
		s.done = true
	}
	return n, err
}
