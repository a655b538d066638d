package ghga

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// TestStatistics: a box's size counts files from inbox on, whatever the data hub makes of them.
func TestStatistics(t *testing.T) {
	r := deploy(t, nil).ruler()
	id := r.whole("a", "12345") // version 1
	for _, state := range []string{interrogated, awaiting, inArchive} {
		if err := r.ucs.Advance(id, state); err != nil {
			t.Error(err)
		}
		if got := bodyOf(t, r.change("resize", `{"version":1,"max_size":3}`)); !strings.Contains(got, `"boxMaxSizeTooLow"`) || !strings.Contains(got, `"current_size":4`) {
			t.Errorf("%s: %s", state, got)
		}
		// A further completion changes nothing, and the alias stays taken, even for one that would overwrite.
		if resp := r.finish(id, finish()); resp.StatusCode != 204 {
			t.Errorf("%s: completing once more: %d", state, resp.StatusCode)
		}
		over := strings.Replace(create("a", 5), "}", `,"overwrite":true}`, 1)
		if got := bodyOf(t, r.create("a", over)); !strings.Contains(got, `"fileUploadAlreadyExists"`) {
			t.Errorf("%s: %s", state, got)
		}
	}
	if resp := r.remove(id); resp.StatusCode != 204 {
		t.Errorf("removing: %d", resp.StatusCode)
	}
	if resp := r.change("resize", `{"version":2,"max_size":3}`); resp.StatusCode != 204 {
		t.Errorf("resizing after the file is gone: %d", resp.StatusCode)
	}
	for _, tt := range []struct{ id, state string }{{id, interrogated}, {"nonsense", interrogated}, {uuid.NewString(), interrogated}, {r.whole("b", "12"), initial}, {r.whole("c", "12"), inbox}} {
		if r.ucs.Advance(tt.id, tt.state) == nil {
			t.Errorf("%q was possible", tt.state)
		}
	}
	for _, name := range []string{"nonsense", uuid.NewString()} {
		if _, ok := r.p.State(name); ok {
			t.Errorf("the state of %s is known", name)
		}
	}
}

func TestDeleteBox(t *testing.T) {
	r := deploy(t, nil).ruler()
	done := r.whole("a", "12345") // version 1
	_, key, _ := r.ucs.Object(done)
	_, open := r.begin(r.wp, "b", 5)
	box := "/ucs/boxes/" + r.box.String()
	r.expect("DELETE", box, r.rs("delete_box"), "", 422, "")
	r.expect("DELETE", box+"?version=x", r.rs("delete_box"), "", 422, "")
	r.expect("DELETE", box+"?version=0", r.rs("delete_box"), "", 409, "")
	r.expect("DELETE", box+"?version=1", r.rs("delete_box"), "", 204, "")
	r.expect("DELETE", box+"?version=1", r.rs("delete_box"), "", 404, "")
	if _, ok := r.s3.Stat(bucket, key); ok {
		t.Error("the object is still there")
	}
	if left, err := r.p.Open(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("open uploads: %v, %v", left, err)
	}
	for _, id := range []string{done, open} {
		if resp := r.part(id, 1); resp.StatusCode != 404 {
			t.Errorf("a part URL of the box's file: %d", resp.StatusCode)
		}
		if _, ok := r.p.OrdinalOf(id); !ok {
			t.Error("the file's name is forgotten")
		}
	}
}

// TestDeletedMeanwhile: a file that is deleted while its completion is at S3 is not completed.
func TestDeletedMeanwhile(t *testing.T) {
	r := deploy(t, nil).ruler()
	file, id := r.begin(r.wp, "a", 5)
	body := finish(r.bring(file, r.order(r.wp, forFile("upload", id)), 1, "12345"))
	r.beforeS3 = func() {
		r.beforeS3 = nil
		if resp := r.remove(id); resp.StatusCode != 204 {
			t.Errorf("deleting: %d", resp.StatusCode)
		}
	}
	if got := bodyOf(t, r.finish(id, body)); !strings.Contains(got, `"uploadCompletionError"`) {
		t.Errorf("got %s", got)
	}
	if got := bodyOf(t, r.finish(id, body)); !strings.Contains(got, `"fileUploadStateError"`) {
		t.Errorf("then %s", got)
	}
}

// TestPartLeftBehind: S3 has kept a part that came while the upload was aborted. A second deletion makes it good.
func TestPartLeftBehind(t *testing.T) {
	r := deploy(t, nil).ruler()
	_, id := r.begin(r.wp, "a", 5)
	r.insteadOfS3 = func(req *http.Request) *http.Response {
		if req.Method != http.MethodGet || !req.URL.Query().Has("uploadId") {
			return nil
		}
		const body = `<ListPartsResult><Part><PartNumber>1</PartNumber><ETag>"x"</ETag><Size>5</Size></Part></ListPartsResult>`
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: req}
	}
	if got := bodyOf(t, r.remove(id)); !strings.Contains(got, `"uploadAbortError"`) {
		t.Errorf("got %s", got)
	}
	r.insteadOfS3 = nil
	if resp := r.remove(id); resp.StatusCode != 204 {
		t.Errorf("once more: %d", resp.StatusCode)
	}
}

// TestBoxGoneMeanwhile: the box is deleted while a file is created in it.
func TestBoxGoneMeanwhile(t *testing.T) {
	r := deploy(t, nil).ruler()
	r.beforeS3 = func() {
		r.beforeS3 = nil
		r.expect("DELETE", "/ucs/boxes/"+r.box.String()+"?version=0", r.rs("delete_box"), "", 204, "")
	}
	if got := bodyOf(t, r.create("a", create("a", 5))); !strings.Contains(got, `"boxNotFound"`) {
		t.Errorf("got %s", got)
	}
}

// TestIDsAreSeeded: with ids from a seed, two platforms name everything alike.
func TestIDsAreSeeded(t *testing.T) {
	names := func() string {
		d := deploy(t, nil)
		wp := d.upload()
		_, id := d.begin(wp, "a", 5)
		_, key, _ := d.ucs.Object(id)
		object, token := d.stored(5)
		access := decode[drsObject](t, d.expect("GET", object, token, "", 200, "")).AccessMethods[0].AccessURL.URL
		return fmt.Sprint(wp.ID, wp.BoxID, d.orders(wp), id, key, path.Base(access[:strings.Index(access, "?")]))
	}
	if a, b := names(), names(); a != b {
		t.Errorf("%s\n%s", a, b)
	}
}

// A forced lock that fails has changed nothing, and can be asked for again.
func TestForcedLockAgain(t *testing.T) {
	r := deploy(t, nil).ruler()
	r.begin(r.wp, "a", 5)
	const lock = `{"version":0,"state":"locked","force":true}`
	r.s3Down.Store(true)
	if resp := r.change("lock", lock); resp.StatusCode != 500 {
		t.Errorf("without S3: %d", resp.StatusCode)
	}
	r.s3Down.Store(false)
	if resp := r.change("lock", lock); resp.StatusCode != 204 {
		t.Errorf("again: %d %s", resp.StatusCode, bodyOf(t, resp))
	}
	if open, err := r.p.Open(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("open uploads %v, %v", open, err)
	}
	if resp := r.change("unlock", `{"version":1,"state":"open"}`); resp.StatusCode != 204 {
		t.Errorf("unlocking the next version: %d", resp.StatusCode)
	}
}

// A box that is deleted while an upload to it is created takes that along, whichever of the two S3 answers first.
func TestDeleteBoxDuringCreate(t *testing.T) {
	for _, down := range []bool{false, true} {
		r := deploy(t, nil).ruler()
		r.whole("before", "12345")
		create, remove := create("a", 5), func() int {
			return r.ask("DELETE", "/ucs/boxes/"+r.box.String()+"?version=1", r.rs("delete_box"), "").StatusCode
		}
		token := r.order(r.wp, `{"work_type":"create","alias":"a"}`)
		r.beforeS3 = func() {
			r.beforeS3 = nil
			r.s3Down.Store(down)
			if got := remove(); got == 204 == down {
				t.Errorf("deleting the box: %d", got)
			}
			r.s3Down.Store(false)
		}
		if resp := r.ask("POST", r.path, token, create); resp.StatusCode != 404 {
			t.Errorf("create: %d", resp.StatusCode)
		}
		if got := remove(); down && got != 204 {
			t.Errorf("deleting the box again: %d", got)
		}
		if open, err := r.p.Open(t.Context()); err != nil || len(open) != 0 {
			t.Errorf("open uploads %q, %v", open, err)
		}
	}
}
