package ghga

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
)

func TestUpload(t *testing.T) {
	f := start(t, nil)
	f.want("GET", "/health", "", 200, `{"status":"OK"}`)
	box := f.box(1000)
	file := f.file(box, "sample.bam", 25)
	a, b, c := []byte("ten bytes!"), []byte("ten more!!"), []byte("five!")
	f.put(file, 2, a) // overwritten below
	sums := [][16]byte{f.put(file, 1, a), f.put(file, 2, b), f.put(file, 3, c)}

	id := path.Base(file)
	bucketName, key, ok := f.ucs.Object(id)
	if !ok || bucketName != bucket || key == id {
		t.Errorf("Object: %s %s %v", bucketName, key, ok)
	}
	if alias, ok := f.ucs.OrdinalOf(key); !ok || alias != "sample.bam" {
		t.Errorf("OrdinalOf: %s %v", alias, ok)
	}
	for range 2 { // it may be asked again
		f.want("PATCH", file, finish(sums...), 204, "")
	}
	info, ok := f.s3.Stat(bucket, key)
	if !ok || info.Size != 25 || len(info.Parts) != 3 {
		t.Errorf("in S3: %+v %v", info, ok)
	}
	f.want("GET", file+"/parts/1", "", 404, exception("s3UploadNotFound", "The multipart upload was not found in S3.", "{}"))
	for range 2 {
		f.want("DELETE", file, "", 204, "")
	}
	if _, ok := f.s3.Stat(bucket, key); ok {
		t.Error("the object is there after DELETE")
	}
	f.want("PATCH", file, finish(sums...), 409, exception("fileUploadStateError", "The upload is cancelled.", `{"file_id":"`+id+`"}`))
	if _, _, ok := f.ucs.Object("nonsense"); ok {
		t.Error("Object knows nonsense")
	}
}

func TestRequestID(t *testing.T) {
	f := start(t, nil)
	id := uuid.NewString()
	for sent, same := range map[string]bool{
		id: true, strings.ToUpper(id): true, "{" + id + "}": true, strings.ReplaceAll(id, "-", ""): true,
		"": false, "nonsense": false, uuid.Must(uuid.NewV7()).String(): false,
	} {
		req, err := http.NewRequest(http.MethodGet, f.url+"/health", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Request-Id", sent)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		got := resp.Header.Get("X-Request-Id")
		if parsed, err := uuid.Parse(got); err != nil || parsed.Version() != 4 || parsed.String() != got || (got == id) != same {
			t.Errorf("sent %q, got %q", sent, got)
		}
	}
}

func TestErrors(t *testing.T) {
	const nobody = "00000000-0000-4000-8000-999999999999"
	boxNotFound := exception("boxNotFound", "No box was found with the given ID.", `{"box_id":"`+nobody+`"}`)
	fileNotFound := exception("fileUploadNotFound", "No upload was found with the given file ID.", `{"file_id":"`+nobody+`"}`)
	f := start(t, nil)
	box := f.box(1 << 40)
	boxID := path.Base(box)
	file := f.file(box, "taken", 10)
	huge := `{"alias":"huge","decrypted_size":1,"encrypted_size":52428800001,"part_size":5242880}`
	for _, tt := range []struct {
		method, path, body string
		status             int
		answer             string
	}{
		{"POST", "/boxes", `{"storage_alias":"else","max_size":1}`, 400, exception("noSuchStorage", "The storage does not exist.", "{}")},
		{"POST", "/boxes/" + nobody + "/uploads", create("a", 10), 404, boxNotFound},
		{"GET", "/boxes/" + nobody + "/uploads", "", 404, boxNotFound},
		{"PATCH", "/boxes/" + nobody + "/uploads/" + nobody, finish(), 404, boxNotFound},
		{"DELETE", "/boxes/" + nobody + "/uploads/" + nobody, "", 404, boxNotFound},
		{"PATCH", "/boxes/" + nobody, `{"version":0,"state":"locked"}`, 404, boxNotFound},
		{"GET", "/boxes/" + nobody + "/uploads/" + nobody + "/parts/1", "", 404, fileNotFound},
		{"PATCH", box + "/uploads/" + nobody, finish(), 404, fileNotFound},
		{"DELETE", box + "/uploads/" + nobody, "", 404, fileNotFound},
		{"POST", box + "/uploads", create("taken", 10), 409, exception("fileUploadAlreadyExists", "An upload with this alias exists.", `{"alias":"taken"}`)},
		{"POST", box + "/uploads", huge, 400, exception("invalidPartSize", "The file would have more than 10,000 parts.", `{"file_alias":"huge","part_size":5242880}`)},
		{"GET", file + "/parts/0", "", 500, exception("internalError", "An internal server error has occurred.", "{}")},
		{"GET", file + "/parts/10001", "", 500, exception("internalError", "An internal server error has occurred.", "{}")},
		{"PATCH", file, finish(), 500, exception("uploadCompletionError", "The multipart upload could not be completed.", `{"box_id":"`+boxID+`","file_id":"`+path.Base(file)+`"}`)},
		{"PATCH", box, `{"version":7,"state":"locked"}`, 409, exception("boxVersionOutdated", "The box has changed.", `{"box_id":"`+boxID+`"}`)},
		{"PATCH", box, `{"version":0,"state":"locked"}`, 409, exception("incompleteUploads", "Some uploads are not complete.", `{"box_id":"`+boxID+`","file_ids":[["`+path.Base(file)+`","taken"]]}`)},
		{"GET", box + "/uploads?sort=colour", "", 422, exception("paginationError", "Uploads cannot be sorted by colour.", "{}")},
		{"GET", "/nowhere", "", 404, `{"detail":"Not Found"}`},
		{"PUT", "/boxes", "", 405, `{"detail":"Method Not Allowed"}`},
	} {
		f.want(tt.method, tt.path, tt.body, tt.status, tt.answer)
	}
}

func TestCompleteChecks(t *testing.T) {
	for name, tt := range map[string]struct {
		size   int // declared
		parts  []string
		etag   string // empty: the right one
		status int
		id     string
		state  string
		then   int // status of the same request once more
	}{
		"right":              {10, []string{"12345", "67890"}, "", 204, "", "inbox", 204},
		"smaller last":       {7, []string{"12345", "67"}, "", 204, "", "inbox", 204},
		"wrong ETag":         {10, []string{"12345", "67890"}, "0-2", 400, "checksumMismatch", "failed", 409},
		"wrong size":         {11, []string{"12345", "67890"}, "", 400, "uploadSizeMismatch", "failed", 409},
		"no parts":           {10, nil, "", 500, "uploadCompletionError", "init", 500},
		"larger last":        {10, []string{"1234", "567890"}, "", 500, "uploadCompletionError", "init", 500},
		"unequal in between": {12, []string{"12345", "67", "89012"}, "", 500, "uploadCompletionError", "init", 500},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, nil)
			box := f.box(1000)
			file := f.file(box, "a", tt.size)
			var sums [][16]byte
			for i, p := range tt.parts {
				sums = append(sums, f.put(file, i+1, []byte(p)))
			}
			body := finish(sums...)
			if tt.etag != "" {
				body = finishWith(tt.etag)
			}
			text := f.want("PATCH", file, body, tt.status, "")
			if !strings.Contains(text, tt.id) {
				t.Errorf("got %s, want %s", text, tt.id)
			}
			list := decode[struct{ Items []listed }](t, f.want("GET", box+"/uploads", "", 200, ""))
			if list.Items[0].State != tt.state {
				t.Errorf("state %s, want %s", list.Items[0].State, tt.state)
			}
			f.want("PATCH", file, body, tt.then, "")
		})
	}
}

func TestLimits(t *testing.T) {
	f := start(t, func(c *Config) { c.MaxOpenUploads = 2 })
	box := f.box(20)
	id := path.Base(box)
	a := f.file(box, "a", 11) // 10 decrypted
	f.want("POST", box+"/uploads", create("b", 12), 507, exception("boxMaxSizeExceeded", "The file does not fit into the box.",
		`{"box_id":"`+id+`","current_size":10,"file_alias":"b","max_size":20}`))
	f.file(box, "b", 11) // fills the box exactly
	f.want("POST", box+"/uploads", create("c", 12), 429, exception("tooManyOpenUploads", "Too many uploads of this box are open.",
		`{"box_id":"`+id+`","max_concurrent":2}`))
	f.want("DELETE", a, "", 204, "")
	again := f.file(box, "a", 11) // a cancelled upload gives way
	if again == a {
		t.Error("the new upload has the old id")
	}
	over := strings.Replace(create("a", 11), "}", `,"overwrite":true}`, 1)
	f.want("POST", box+"/uploads", over, 201, "")
	f.want("GET", again+"/parts/1", "", 404, "")
}

func TestLimitHoldsUnderConcurrency(t *testing.T) {
	f := start(t, nil)
	box := f.box(1000)
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[int]int{}
	for i := range 20 {
		wg.Go(func() {
			status, _ := f.call("POST", box+"/uploads", create(fmt.Sprint("f", i), 10))
			mu.Lock()
			got[status]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if got[201] != 5 || got[429] != 15 {
		t.Errorf("statuses %v", got)
	}
}

func TestBoxStates(t *testing.T) {
	f := start(t, nil)
	box := f.box(100)
	id := path.Base(box)
	file := f.file(box, "a", 5)
	sum := f.put(file, 1, []byte("12345"))
	f.want("PATCH", file, finish(sum), 204, "") // version 1
	f.want("PATCH", box, `{"version":1,"max_size":3}`, 409, exception("boxMaxSizeTooLow", "The box holds more.",
		`{"box_id":"`+id+`","current_size":4,"max_size":3}`))
	f.want("PATCH", box, `{"version":1,"max_size":4}`, 204, "")
	f.want("PATCH", box, `{"version":2,"max_size":400}`, 204, "")
	open := f.file(box, "b", 5)
	f.want("PATCH", box, `{"version":3,"state":"archived"}`, 409, "")
	f.want("PATCH", box, `{"version":3,"state":"locked","force":true}`, 204, "")
	f.want("GET", open+"/parts/1", "", 404, "")
	closed := exception("boxStateError", "The box is not open.", `{"box_id":"`+id+`","box_state":"locked"}`)
	f.want("POST", box+"/uploads", create("c", 5), 409, closed)
	f.want("PATCH", file, finish(sum), 409, closed)
	f.want("DELETE", file, "", 409, closed)
	f.want("PATCH", box, `{"version":4,"state":"locked"}`, 204, "") // it is, so nothing changes
	f.want("PATCH", box, `{"version":4,"state":"archived"}`, 409, exception("incompleteUploads", "Some uploads are not complete.",
		`{"box_id":"`+id+`","file_ids":[["`+path.Base(file)+`","a"]]}`)) // it is not interrogated
	if err := f.ucs.Advance(path.Base(file), "interrogated"); err != nil {
		t.Error(err)
	}
	f.want("PATCH", box, `{"version":4,"state":"archived"}`, 204, "")
	if s, _ := f.ucs.State(path.Base(file)); s.State != awaiting {
		t.Errorf("a file of an archived box: %s", s.State)
	}
	for _, state := range []string{"archived", "locked"} {
		f.want("PATCH", box, `{"version":5,"state":"`+state+`"}`, 204, "")
	}
	gone := exception("boxStateError", "The box is archived.", `{"box_id":"`+id+`","box_state":"archived"}`)
	f.want("PATCH", box, `{"version":5,"state":"open"}`, 409, "")
	f.want("DELETE", box+"?version=4", "", 409, exception("boxVersionOutdated", "The box has changed.", `{"box_id":"`+id+`"}`))
	f.want("DELETE", box+"?version=5", "", 409, gone)
	other := f.box(100)
	f.want("PATCH", other, `{"version":0,"state":"open"}`, 204, "")
	f.want("PATCH", other, `{"version":0,"state":"locked"}`, 204, "")
	f.want("PATCH", other, `{"version":1,"state":"open"}`, 204, "")
}

func TestListPages(t *testing.T) {
	f := start(t, func(c *Config) { c.MaxOpenUploads = -1 })
	box := f.box(1 << 20)
	for _, alias := range []string{"c", "a", "d", "b"} {
		f.file(box, alias, 200-int(alias[0]))
	}
	for query, want := range map[string]string{
		"":                            "abcd",
		"?limit=2":                    "ab",
		"?skip=1&limit=2":             "bc",
		"?skip=9":                     "",
		"?limit=0":                    "",
		"?sort=-alias":                "dcba",
		"?sort=decrypted_size":        "dcba",
		"?sort=state,-encrypted_size": "abcd",
	} {
		page := decode[struct {
			Items []listed
			Total int `json:"total_count"`
		}](t, f.want("GET", box+"/uploads"+query, "", 200, ""))
		got := ""
		for _, it := range page.Items {
			got += it.Alias
		}
		if got != want || page.Total != 4 {
			t.Errorf("%s: %q of %d, want %q of 4", query, got, page.Total, want)
		}
	}
	text := f.want("GET", box+"/uploads?limit=1", "", 200, "")
	for _, field := range []string{`"secret_id":null`, `"encrypted_parts_md5":null`, `"completed":null`, `"state":"init"`, `"bucket_id":"inbox"`} {
		if !strings.Contains(text, field) {
			t.Errorf("no %s in %s", field, text)
		}
	}
}

func TestS3Down(t *testing.T) {
	f := start(t, nil)
	box := f.box(1000)
	file := f.file(box, "a", 10)
	internal := exception("internalError", "An internal server error has occurred.", "{}")
	f.s3Down.Store(true)
	f.want("POST", box+"/uploads", create("b", 10), 500, internal)
	f.want("GET", file+"/parts/1", "", 500, internal)
	f.want("PATCH", file, finish(), 500, internal)
	f.want("DELETE", file, "", 500, exception("uploadAbortError", "The multipart upload could not be aborted.", "{}"))
	over := strings.Replace(create("a", 11), "}", `,"overwrite":true}`, 1)
	f.want("POST", box+"/uploads", over, 409, exception("orphanedMultipartUpload", "The earlier upload could not be aborted.", `{"file_alias":"a"}`))
	f.s3Down.Store(false)
	for i := range 4 { // the failed creation of b holds no place
		f.file(box, fmt.Sprint("c", i), 10)
	}
}

func TestPartURL(t *testing.T) {
	f := start(t, func(c *Config) {
		c.PublicEndpoint = &url.URL{Scheme: "http", Host: "faults.example:1234"}
		c.URLLifetime = 90e9
	})
	file := f.file(f.box(1000), "a", 10)
	u, err := url.Parse(decode[string](t, f.want("GET", file+"/parts/3", "", 200, "")))
	if err != nil {
		t.Fatal(err)
	}
	_, key, _ := f.ucs.Object(path.Base(file))
	q := u.Query()
	if u.Host != "faults.example:1234" || u.Path != "/"+bucket+"/"+key || q.Get("partNumber") != "3" ||
		q.Get("X-Amz-Expires") != "90" || q.Get("X-Amz-Signature") == "" || q.Get("uploadId") == "" {
		t.Errorf("URL %s %s %v", u.Host, u.Path, q)
	}
}

func TestNewRefuses(t *testing.T) {
	s3url := &url.URL{Scheme: "http", Host: "localhost:1"}
	for name, cfg := range map[string]Config{
		"nothing":  {},
		"lifetime": {Endpoint: s3url, Bucket: "b", AccessKey: "a", SecretKey: "sesame", URLLifetime: 1},
	} {
		if _, err := New(cfg); err == nil || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
