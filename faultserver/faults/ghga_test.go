package faults_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
)

// asks are requests for every operation of GHGA's services.
var asks = map[string]struct{ method, path string }{
	ops.WKVSValues:   {"GET", "/.well-known/values"},
	ops.WPSHealth:    {"GET", "/wps/health"},
	ops.WPSPackage:   {"GET", "/wps/work-packages/p"},
	ops.WPSToken:     {"POST", "/wps/work-packages/p/boxes/r/work-order-tokens"},
	ops.UCSHealth:    {"GET", "/ucs/health"},
	ops.UCSCreateBox: {"POST", "/ucs/boxes"},
	ops.UCSUpdateBox: {"PATCH", "/ucs/boxes/b"},
	ops.UCSDeleteBox: {"DELETE", "/ucs/boxes/b"},
	ops.UCSCreate:    {"POST", "/ucs/boxes/b/uploads"},
	ops.UCSPartURL:   {"GET", "/ucs/boxes/b/uploads/f/parts/3"},
	ops.UCSComplete:  {"PATCH", "/ucs/boxes/b/uploads/f"},
	ops.UCSDelete:    {"DELETE", "/ucs/boxes/b/uploads/f"},
	ops.UCSList:      {"GET", "/ucs/boxes/b/uploads"},
	ops.DCSHealth:    {"GET", "/dcs/health"},
	ops.DCSObject:    {"GET", "/dcs/objects/GHGAF1"},
	ops.DCSEnvelope:  {"GET", "/dcs/objects/GHGAF1/envelopes"},
}

// controlOps are those operations; the test fails if one of them is not asked for.
func controlOps(t *testing.T) (list []string) {
	t.Helper()
	for _, op := range ops.All() {
		if !ops.Control(op.Name) {
			continue
		}
		list = append(list, op.Name)
		r := httptest.NewRequest(asks[op.Name].method, asks[op.Name].path, nil)
		if got := ops.GHGA(r).Op; got != op.Name {
			t.Fatalf("%s %s is %s, not %s", r.Method, r.URL.Path, got, op.Name)
		}
	}
	return list
}

// controlPlane asks for an operation behind a fault. Its answers are whole.
func controlPlane(t *testing.T, c faults.Config) func(op string) *http.Response {
	t.Helper()
	fs, err := faultserver.New(faultserver.Options{Rules: one(c)})
	if err != nil {
		t.Fatal(err)
	}
	h := fs.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Second)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `"done"`)
	}), ops.GHGA)
	return func(op string) *http.Response {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(asks[op].method, asks[op].path, strings.NewReader(`{"alias":"a"}`)))
		return w.Result()
	}
}

func text(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func exception(id, description, data string) string {
	return `{"data":{` + data + `},"description":"` + description + `","exception_id":"` + id + `"}`
}

func gateway(status int) string { return fmt.Sprintf("<html>\r\n<head><title>%d", status) }

const (
	credentials = `{"detail":"Invalid authentication credentials"}`
	noToken     = `{"detail":"Not authenticated"}`
	notCaught   = `{"message":"Internal Server Error."}`
	inBox       = `"box_id":"b"`
)

// An injected refusal is what the service that was asked says with such a status.
func TestRefusalsAtGHGA(t *testing.T) {
	t.Parallel()
	notAuthorized := exception("notAuthorized", "Not authorized", "")
	internal := exception("internalError", "An internal server error has occurred.", "")
	noStorage := exception("noSuchStorage", "The storage does not exist.", "")
	noBox := exception("boxNotFound", "No box was found with the given ID.", inBox)
	noFile := exception("fileUploadNotFound", "No upload was found with the given file ID.", `"file_id":"f"`)
	outdated := exception("boxVersionOutdated", "The box has changed.", inBox)
	ofService := map[string]map[int]string{
		"wkvs": {401: noToken, 403: `{"detail":"Forbidden"}`, 404: `{"detail":"Not Found"}`, 500: notCaught},
		"wps":  {401: noToken, 403: `{"detail":"Invalid work package access token"}`, 404: `{"detail":"Not Found"}`, 500: notCaught},
		"ucs":  {401: credentials, 403: notAuthorized, 404: `{"detail":"Not Found"}`, 500: internal},
		"dcs": {401: credentials, 403: exception("wrongFileAuthorizationError", "The token is for another file.", ""),
			404: exception("noSuchObject", "There is no such object.", `"object_id":"GHGAF1"`), 500: exception("internalServerError", "Internal Server Error.", "")},
	}
	own := map[string]map[int]string{
		ops.WPSHealth:    {403: `{"detail":"Forbidden"}`},
		ops.UCSHealth:    {403: `{"detail":"Forbidden"}`},
		ops.DCSHealth:    {403: `{"detail":"Forbidden"}`, 404: `{"detail":"Not Found"}`},
		ops.UCSCreateBox: {400: noStorage},
		ops.UCSUpdateBox: {404: noBox, 409: outdated},
		ops.UCSDeleteBox: {404: noBox, 409: outdated},
		ops.UCSList:      {404: noBox},
		ops.UCSCreate: {400: noStorage, 404: noBox,
			409: exception("fileUploadAlreadyExists", "An upload with this alias exists.", `"alias":"a"`),
			429: exception("tooManyOpenUploads", "Too many uploads of this box are open.", inBox+`,"max_concurrent":5`),
			507: exception("boxMaxSizeExceeded", "The file does not fit into the box.", inBox+`,"current_size":1099511627776,"file_alias":"a","max_size":1099511627776`)},
		ops.UCSPartURL: {400: noStorage, 404: noFile,
			429: exception("partUrlRateLimitError", "Too many part URLs were requested for the file.", `"file_id":"f"`)},
		ops.UCSComplete: {404: noFile,
			400: exception("checksumMismatch", "The checksum is not that of the object in S3.", `"file_id":"f"`),
			409: exception("fileUploadStateError", "The upload is in another state.", `"file_id":"f"`)},
		ops.UCSDelete: {400: noStorage, 404: noFile, 409: exception("boxStateError", "The box is not open.", inBox+`,"box_state":"locked"`)},
	}
	framework := map[int]string{400: `{"detail":"Bad Request"}`, 405: `{"detail":"Method Not Allowed"}`, 409: `{"detail":"Conflict"}`}
	for _, status := range []int{400, 401, 403, 404, 405, 408, 409, 413, 422, 429, 499, 500, 502, 503, 504, 507, 520} {
		ask := controlPlane(t, &faults.Status{Code: status})
		for _, op := range controlOps(t) {
			want, kind := own[op][status], "application/json"
			if want == "" {
				want = ofService[ops.Service(op)][status]
			}
			if want == "" {
				want = framework[status]
			}
			resp := ask(op)
			got := text(t, resp)
			if status == 422 {
				want = fmt.Sprintf(`{"detail":[{"type":"value_error","loc":[%q],"msg":"Value error, the request is not valid","input":null}]}`, place(op))
			} else if want == "" {
				want, kind = gateway(status), "text/html"
				got = got[:min(len(got), len(want))]
			}
			if got != want || resp.StatusCode != status || resp.Header.Get("Content-Type") != kind {
				t.Errorf("%s, %d: %s %s\n%s\nwant %s", op, status, resp.Status, resp.Header.Get("Content-Type"), got, want)
			}
		}
	}
}

// place is what of a request the framework checks.
func place(op string) string {
	if m := asks[op].method; m == "POST" || m == "PATCH" {
		return "body"
	}
	return "path"
}

// Whichever fault refuses, no operation of GHGA's services is answered in S3's words, and every answer with a status is the same.
func TestEveryKindRefusesAsGHGADoes(t *testing.T) {
	t.Parallel()
	configs := map[string]faults.Config{
		"status":            &faults.Status{Code: 403},
		"penalty":           &faults.Penalty{BanAfter: 2},
		"commit_then_fail":  &faults.CommitThenFail{},
		"throttle":          &faults.Throttle{Rate: 1},
		"gcra":              &faults.GCRA{Rate: 1},
		"leaky_bucket":      &faults.LeakyBucket{Rate: 1},
		"fixed_window":      &faults.FixedWindow{Limit: 1},
		"sliding_window":    &faults.SlidingWindow{Limit: 1},
		"byte_quota":        &faults.ByteQuota{Rate: 1},
		"concurrency_limit": &faults.ConcurrencyLimit{Limit: 1},
		"queue":             &faults.Queue{ServiceTime: seconds(1), Length: 1},
		"metastable":        &faults.Metastable{ServiceTime: seconds(1), Length: 1},
		"brownout":          &faults.Brownout{Rate: 1},
		"knee":              &faults.Knee{Knee: 1, Limit: 1},
		"prefix_growth":     &faults.PrefixGrowth{Start: 1},
		"noisy_neighbour":   &faults.NoisyNeighbour{Rate: 1},
		"disk_full":         nil, // takes no notice of these operations
	}
	usual := map[string]string{}
	for _, k := range faults.Builtin() {
		field, refuses := reflect.TypeOf(k.Config).FieldByName("S3Code")
		if !refuses || len(field.Index) == 1 { // of an Answer
			continue
		}
		c, known := configs[k.Name]
		if !known {
			t.Errorf("%s refuses, and is not tested", k.Name)
		}
		if c == nil {
			continue
		}
		for _, op := range controlOps(t) {
			refused := 0
			synctest.Test(t, func(t *testing.T) {
				ask := controlPlane(t, c)
				var all sync.WaitGroup
				var mu sync.Mutex
				for i := range 6 {
					time.Sleep(time.Duration(i) * time.Millisecond)
					all.Go(func() {
						resp := ask(op)
						got := text(t, resp)
						mu.Lock()
						defer mu.Unlock()
						if resp.StatusCode == 200 {
							return
						}
						refused++
						at := fmt.Sprintf("%s, %d", op, resp.StatusCode)
						if usual[at] == "" {
							usual[at] = got
						}
						if err := asGHGA(resp, got); err != nil || got != usual[at] {
							t.Errorf("%s at %s: %v\n%s", k.Name, at, err, got)
						}
					})
				}
				all.Wait()
			})
			if refused == 0 {
				t.Errorf("%s at %s refuses nothing", k.Name, op)
			}
		}
	}
}

var goodID = regexp.MustCompile(`^[a-z][a-zA-Z0-9]{2,39}$`)

// asGHGA says what is wrong with a refusal.
func asGHGA(resp *http.Response, body string) error {
	if strings.HasPrefix(body, "<html>") && resp.Header.Get("Content-Type") == "text/html" {
		return nil
	}
	var m map[string]any
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return err
	}
	id, _ := m["exception_id"].(string)
	_, data := m["data"].(map[string]any)
	switch {
	case resp.Header.Get("Content-Type") != "application/json":
		return fmt.Errorf("it is called %q", resp.Header.Get("Content-Type"))
	case len(m) == 1 && (m["detail"] != nil || m["message"] != nil):
		return nil
	case len(m) != 3 || !data || m["description"] == nil || !goodID.MatchString(id):
		return fmt.Errorf("it is none of GHGA's forms")
	}
	return nil
}

// What a scenario sets goes before what is usual.
func TestRefusalsByHandAtGHGA(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		op   string
		s    faults.Status
		want string
	}{
		{ops.UCSCreate, faults.Status{Code: 409, Answer: faults.Answer{S3Code: "OrphanedMultipartUpload"}},
			exception("orphanedMultipartUpload", "The earlier upload could not be aborted.", `"file_alias":"a"`)},
		{ops.UCSCreate, faults.Status{Code: 400, Answer: faults.Answer{S3Code: "invalidPartSize"}},
			exception("invalidPartSize", "The part size is not allowed.", `"file_alias":"a","part_size":0`)},
		{ops.UCSUpdateBox, faults.Status{Code: 409, Answer: faults.Answer{S3Code: "IncompleteUploads"}},
			exception("incompleteUploads", "Some uploads are not complete.", inBox+`,"file_ids":[]`)},
		{ops.UCSPartURL, faults.Status{Code: 400, Answer: faults.Answer{S3Code: "PartSizeExceeded"}},
			exception("partSizeExceeded", "A part is larger than was declared; the upload is cancelled.", `"file_id":"f","part_no":3,"part_size":0`)},
		{ops.UCSPartURL, faults.Status{Code: 503, Answer: faults.Answer{S3Code: "SlowDown"}}, exception("slowDown", "Lower your rate of requests.", "")},
		{ops.WPSToken, faults.Status{Code: 403, Answer: faults.Answer{S3Code: "Odd"}}, exception("odd", "", "")},
		{ops.UCSPartURL, faults.Status{Code: 503, Answer: faults.Answer{Body: "json"}}, exception("serviceUnavailable", "The service cannot answer now.", "")},
		{ops.UCSPartURL, faults.Status{Code: 401, Answer: faults.Answer{Body: "json"}}, credentials},
		{ops.UCSPartURL, faults.Status{Code: 404, Answer: faults.Answer{Body: "plain"}}, "404 Not Found\n"},
		{ops.UCSPartURL, faults.Status{Code: 404, Answer: faults.Answer{Body: "empty"}}, ""},
		{ops.UCSPartURL, faults.Status{Code: 404, Answer: faults.Answer{Body: "html"}}, gateway(404) + " Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n</body>\r\n</html>\r\n"},
	} {
		if got := text(t, controlPlane(t, &tt.s)(tt.op)); got != tt.want {
			t.Errorf("%s, %d %q %s:\n%s\nwant %s", tt.op, tt.s.Code, tt.s.S3Code, tt.s.Body, got, tt.want)
		}
	}
	got := text(t, controlPlane(t, &faults.Status{Code: 404, Answer: faults.Answer{Body: "xml"}})(ops.UCSPartURL))
	if !strings.Contains(got, "<Error><Code>NoSuchKey</Code>") {
		t.Errorf("XML: %s", got)
	}
}

// The other kinds that make up an answer speak JSON there as well.
func TestOtherAnswersAtGHGA(t *testing.T) {
	t.Parallel()
	for _, op := range controlOps(t) {
		resp := controlPlane(t, &faults.Redirect{})(op)
		if got := text(t, resp); resp.StatusCode != 307 || got != "" || resp.Header.Get("Location") != asks[op].path {
			t.Errorf("redirect at %s: %s %q", op, resp.Status, got)
		}
		for name, c := range map[string]faults.Config{
			"complete_error": &faults.CompleteError{For: seconds(2)}, "complete_slow": &faults.CompleteSlow{For: seconds(2)},
		} {
			synctest.Test(t, func(t *testing.T) {
				resp := controlPlane(t, c)(op)
				got := text(t, resp)
				if resp.StatusCode != 200 || !strings.HasPrefix(got, "  ") || !json.Valid([]byte(got)) || resp.Header.Get("Content-Type") != "application/json" {
					t.Errorf("%s at %s: %s %s %q", name, op, resp.Status, resp.Header.Get("Content-Type"), got)
				}
			})
		}
	}
	s := serveAs(t, nil, ops.GHGA, faultserver.Options{Rules: one(&faults.MalformedChunk{})})
	resp, err := s.client.Get(s.url + asks[ops.DCSObject].path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if start, err := io.ReadAll(resp.Body); err == nil || string(start) != `{"id"` || resp.Header.Get("Content-Type") != "application/json" {
		t.Errorf("malformed_chunk: %s %q, %v", resp.Header.Get("Content-Type"), start, err)
	}
	got := bytes.TrimSpace([]byte(text(t, controlPlane(t, &faults.CompleteError{S3Code: "UploadCompletionError"})(ops.UCSComplete))))
	if want := exception("uploadCompletionError", "The multipart upload could not be completed.", inBox+`,"file_id":"f"`); string(got) != want {
		t.Errorf("complete_error by hand: %s\nwant %s", got, want)
	}
}
