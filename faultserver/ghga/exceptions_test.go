package ghga

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// exceptionIDs are all ids that the services have, with their statuses and what their data name.
var exceptionIDs = map[string]struct {
	status int
	data   string
}{
	"noSuchStorage":               {400, ""},
	"invalidPartSize":             {400, "file_alias part_size"},
	"checksumMismatch":            {400, "file_id"},
	"partSizeExceeded":            {400, "file_id part_no part_size"},
	"invalidCorrelationId":        {400, ""},
	"uploadSizeMismatch":          {400, "file_id"},
	"boxNotFound":                 {404, "box_id"},
	"fileUploadNotFound":          {404, "file_id"},
	"s3UploadNotFound":            {404, ""},
	"boxStateError":               {409, "box_id box_state"},
	"boxVersionOutdated":          {409, "box_id"},
	"boxMaxSizeTooLow":            {409, "box_id current_size max_size"},
	"incompleteUploads":           {409, "box_id file_ids"},
	"fileUploadAlreadyExists":     {409, "alias"},
	"orphanedMultipartUpload":     {409, "file_alias"},
	"fileUploadStateError":        {409, "file_id"},
	"tooManyOpenUploads":          {429, "box_id max_concurrent"},
	"partUrlRateLimitError":       {429, "file_id"},
	"boxMaxSizeExceeded":          {507, "box_id current_size file_alias max_size"},
	"paginationError":             {422, ""},
	"uploadCompletionError":       {500, "box_id file_id"},
	"uploadAbortError":            {500, ""},
	"internalError":               {500, ""},
	"notAuthorized":               {403, ""},
	"wrongFileAuthorizationError": {403, ""},
	"noSuchObject":                {404, "object_id"},
	"internalServerError":         {500, ""},
}

// ruler is a box that the test rules with the RS's tokens.
type ruler struct {
	*deployment
	wp   WorkPackage
	box  uuid.UUID
	path string // of its uploads
}

func (d *deployment) ruler() *ruler {
	wp := d.upload()
	return &ruler{d, wp, wp.BoxID, "/ucs/boxes/" + wp.BoxID.String() + "/uploads"}
}

// rs is a token of the RS.
func (r *ruler) rs(work string) string {
	r.t.Helper()
	token, err := r.p.BoxToken(work, r.box, uuid.Nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return token
}

// change asks for a change of the box.
func (r *ruler) change(work, body string) *http.Response {
	return r.ask("PATCH", "/ucs/boxes/"+r.box.String(), r.rs(work), body)
}

// create asks for an upload with this body, which names the alias.
func (r *ruler) create(alias, body string) *http.Response {
	return r.ask("POST", r.path, r.order(r.wp, fmt.Sprintf(`{"work_type":"create","alias":%q}`, alias)), body)
}

func (r *ruler) part(id string, n int) *http.Response {
	return r.ask("GET", fmt.Sprintf("%s/%s/parts/%d", r.path, id, n), r.order(r.wp, forFile("upload", id)), "")
}

func (r *ruler) finish(id, body string) *http.Response {
	return r.ask("PATCH", r.path+"/"+id, r.order(r.wp, forFile("close", id)), body)
}

func (r *ruler) remove(id string) *http.Response {
	return r.ask("DELETE", r.path+"/"+id, r.order(r.wp, forFile("delete", id)), "")
}

// whole uploads a file of one part and completes it.
func (r *ruler) whole(alias, content string) (id string) {
	r.t.Helper()
	file, id := r.begin(r.wp, alias, len(content))
	sum := r.bring(file, r.order(r.wp, forFile("upload", id)), 1, content)
	if resp := r.finish(id, finish(sum)); resp.StatusCode != 204 {
		r.t.Fatalf("completing: %d", resp.StatusCode)
	}
	return id
}

// download is a token for an accession, made past the WPS.
func (d *deployment) download(accession string) string {
	d.t.Helper()
	token, err := d.p.wps.orders.sign(workOrder{
		Work: workDownload, Accession: accession, FileID: uuid.New(), UserKey: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return token
}

// TestExceptionIDs produces every exception id, with its status and what its data must name.
func TestExceptionIDs(t *testing.T) {
	missing := maps.Clone(exceptionIDs)
	nobody := uuid.NewString()
	overwrite := strings.Replace(create("a", 9), "}", `,"overwrite":true}`, 1)
	for _, tt := range []struct {
		id, how string
		produce func(r *ruler) *http.Response
	}{
		{"noSuchStorage", "create box", func(r *ruler) *http.Response {
			return r.ask("POST", "/ucs/boxes", r.rs("create"), `{"storage_alias":"else","max_size":1}`)
		}},
		{"invalidPartSize", "too many parts", func(r *ruler) *http.Response {
			return r.create("huge", `{"alias":"huge","decrypted_size":1,"encrypted_size":52428800001,"part_size":5242880}`)
		}},
		{"checksumMismatch", "another ETag", func(r *ruler) *http.Response {
			file, id := r.begin(r.wp, "a", 5)
			r.bring(file, r.order(r.wp, forFile("upload", id)), 1, "12345")
			return r.finish(id, finishWith("0-1"))
		}},
		{"uploadSizeMismatch", "shorter than declared", func(r *ruler) *http.Response {
			file, id := r.begin(r.wp, "a", 5)
			sum := r.bring(file, r.order(r.wp, forFile("upload", id)), 1, "1234")
			return r.finish(id, finish(sum))
		}},
		{"partSizeExceeded", "part URL after a part that is too large", func(r *ruler) *http.Response {
			file, id := r.begin(r.wp, "a", minPartSize+2)
			r.bring(file, r.order(r.wp, forFile("upload", id)), 1, strings.Repeat("x", minPartSize+1))
			return r.part(id, 2)
		}},
		{"invalidCorrelationId", "none where one is needed", func(r *ruler) *http.Response {
			return deploy(r.t, func(c *PlatformConfig) { c.RequireCorrelationID = true }).ask("GET", "/ucs/health", "", "")
		}},
		{"boxNotFound", "a box that is gone", func(r *ruler) *http.Response {
			if resp := r.ask("DELETE", "/ucs/boxes/"+r.box.String()+"?version=0", r.rs("delete_box"), ""); resp.StatusCode != 204 {
				r.t.Errorf("deleting the box: %d", resp.StatusCode)
			}
			return r.create("a", create("a", 5))
		}},
		{"fileUploadNotFound", "part URL", func(r *ruler) *http.Response { return r.part(nobody, 1) }},
		{"fileUploadNotFound", "complete", func(r *ruler) *http.Response { return r.finish(nobody, finish()) }},
		{"fileUploadNotFound", "delete", func(r *ruler) *http.Response { return r.remove(nobody) }},
		{"s3UploadNotFound", "part URL after the end", func(r *ruler) *http.Response { return r.part(r.whole("a", "12345"), 1) }},
		{"boxStateError", "a locked box", func(r *ruler) *http.Response {
			if resp := r.change("lock", `{"version":0,"state":"locked"}`); resp.StatusCode != 204 {
				r.t.Errorf("locking: %d", resp.StatusCode)
			}
			return r.create("a", create("a", 5))
		}},
		{"boxVersionOutdated", "change", func(r *ruler) *http.Response { return r.change("lock", `{"version":7,"state":"locked"}`) }},
		{"boxVersionOutdated", "delete", func(r *ruler) *http.Response {
			return r.ask("DELETE", "/ucs/boxes/"+r.box.String()+"?version=7", r.rs("delete_box"), "")
		}},
		{"boxMaxSizeTooLow", "resize", func(r *ruler) *http.Response {
			r.whole("a", "12345")
			return r.change("resize", `{"version":1,"max_size":3}`)
		}},
		{"incompleteUploads", "lock", func(r *ruler) *http.Response {
			r.begin(r.wp, "a", 5)
			return r.change("lock", `{"version":0,"state":"locked"}`)
		}},
		{"fileUploadAlreadyExists", "create twice", func(r *ruler) *http.Response {
			r.begin(r.wp, "a", 5)
			resp := r.create("a", create("a", 5))
			if open, err := r.p.Open(r.t.Context()); err != nil || len(open) != 2 || !slices.Contains(open, "") {
				r.t.Errorf("open uploads: %v, %v: one orphan must be among them", open, err)
			}
			return resp
		}},
		{"orphanedMultipartUpload", "overwrite while S3 is down", func(r *ruler) *http.Response {
			r.begin(r.wp, "a", 5)
			r.s3Down.Store(true)
			return r.create("a", overwrite)
		}},
		{"fileUploadStateError", "complete after delete", func(r *ruler) *http.Response {
			_, id := r.begin(r.wp, "a", 5)
			r.remove(id)
			return r.finish(id, finish())
		}},
		{"tooManyOpenUploads", "six at once", func(r *ruler) *http.Response {
			for i := range 5 {
				r.begin(r.wp, fmt.Sprint("f", i), 5)
			}
			return r.create("a", create("a", 5))
		}},
		{"partUrlRateLimitError", "an empty bucket", func(r *ruler) *http.Response {
			_, id := r.begin(r.wp, "a", 5)
			for range 10 {
				if resp := r.part(id, 1); resp.StatusCode != 200 {
					r.t.Errorf("part URL from a full bucket: %d", resp.StatusCode)
				}
			}
			resp := r.part(id, 1)
			if got := resp.Header.Get("Retry-After"); got != "3600" {
				r.t.Errorf("Retry-After %q", got)
			}
			return resp
		}},
		{"boxMaxSizeExceeded", "create", func(r *ruler) *http.Response {
			if resp := r.change("resize", `{"version":0,"max_size":3}`); resp.StatusCode != 204 {
				r.t.Errorf("resizing: %d", resp.StatusCode)
			}
			return r.create("a", create("a", 5))
		}},
		{"paginationError", "sort by what is not there", func(r *ruler) *http.Response {
			return r.ask("GET", r.path+"?sort=colour", r.rs("view"), "")
		}},
		{"uploadCompletionError", "no parts", func(r *ruler) *http.Response {
			_, id := r.begin(r.wp, "a", 5)
			return r.finish(id, finish())
		}},
		{"uploadAbortError", "delete while S3 is down", func(r *ruler) *http.Response {
			_, id := r.begin(r.wp, "a", 5)
			r.s3Down.Store(true)
			return r.remove(id)
		}},
		{"uploadAbortError", "forced lock while S3 is down", func(r *ruler) *http.Response {
			r.begin(r.wp, "a", 5)
			r.s3Down.Store(true)
			return r.change("lock", `{"version":0,"state":"locked","force":true}`)
		}},
		{"internalError", "S3 is down", func(r *ruler) *http.Response {
			r.s3Down.Store(true)
			return r.create("a", create("a", 5))
		}},
		{"internalError", "part 0", func(r *ruler) *http.Response {
			_, id := r.begin(r.wp, "a", 5)
			return r.part(id, 0)
		}},
		{"internalError", "part 10001", func(r *ruler) *http.Response {
			_, id := r.begin(r.wp, "a", 5)
			return r.part(id, 10001)
		}},
		{"notAuthorized", "another box", func(r *ruler) *http.Response {
			_, id := r.begin(r.wp, "a", 5)
			other := r.upload()
			return r.ask("GET", r.path+"/"+id+"/parts/1", r.order(other, forFile("upload", id)), "")
		}},
		{"notAuthorized", "another file", func(r *ruler) *http.Response {
			_, id := r.begin(r.wp, "a", 5)
			return r.ask("DELETE", r.path+"/"+id, r.order(r.wp, forFile("delete", nobody)), "")
		}},
		{"notAuthorized", "another alias", func(r *ruler) *http.Response { return r.create("a", create("b", 5)) }},
		{"notAuthorized", "another change", func(r *ruler) *http.Response { return r.change("resize", `{"version":0,"state":"locked"}`) }},
		{"wrongFileAuthorizationError", "another accession", func(r *ruler) *http.Response {
			return r.ask("GET", "/dcs/objects/GHGAF2", r.download("GHGAF1"), "")
		}},
		{"wrongFileAuthorizationError", "another accession's envelope", func(r *ruler) *http.Response {
			return r.ask("GET", "/dcs/objects/GHGAF2/envelopes", r.download("GHGAF1"), "")
		}},
		{"noSuchObject", "removed", func(r *ruler) *http.Response {
			if err := r.p.Store(r.t.Context(), "GHGAF1", "", strings.NewReader("x"), 1); err != nil {
				r.t.Fatal(err)
			}
			if err := r.p.Remove(r.t.Context(), "GHGAF1"); err != nil {
				r.t.Fatal(err)
			}
			return r.ask("GET", "/dcs/objects/GHGAF1", r.download("GHGAF1"), "")
		}},
		{"internalServerError", "an envelope that is damaged", func(r *ruler) *http.Response {
			if err := r.p.Store(r.t.Context(), "GHGAF1", "", strings.NewReader("x"), 1); err != nil {
				r.t.Fatal(err)
			}
			r.p.dcs.object("GHGAF1").envelope = []byte("damaged")
			return r.ask("GET", "/dcs/objects/GHGAF1/envelopes", r.download("GHGAF1"), "")
		}},
	} {
		t.Run(tt.id+"/"+tt.how, func(t *testing.T) {
			want := exceptionIDs[tt.id]
			r := deploy(t, func(c *PlatformConfig) { c.PartURLInterval, c.CheckPartSizes = time.Hour, true }).ruler()
			resp := tt.produce(r)
			text := bodyOf(t, resp)
			got := decode[map[string]any](t, text)
			data, _ := got["data"].(map[string]any)
			names := strings.Join(slices.Sorted(maps.Keys(data)), " ")
			if resp.StatusCode != want.status || len(got) != 3 || got["exception_id"] != tt.id || names != want.data || data == nil {
				t.Errorf("%d %s\nwant %d %s with data %q", resp.StatusCode, text, want.status, tt.id, want.data)
			}
			if _, ok := got["description"].(string); !ok {
				t.Errorf("no description in %s", text)
			}
			if resp.StatusCode != 429 && resp.Header.Get("Retry-After") != "" {
				t.Error("the UCS sends no Retry-After with this")
			}
			if !t.Failed() {
				delete(missing, tt.id)
			}
		})
	}
	if len(missing) > 0 {
		t.Errorf("not produced: %v", slices.Sorted(maps.Keys(missing)))
	}
}
