package ghga

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
)

func TestWorkPackage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deploy(t, nil)
		if err := d.p.Store(t.Context(), "GHGAF1", ".bam", strings.NewReader("x"), 1); err != nil {
			t.Fatal(err)
		}
		up := d.upload()
		down, err := d.p.NewDownloadPackage(d.public, "GHGAF1")
		if err != nil {
			t.Fatal(err)
		}
		const times = `"created":"2000-01-01T00:00:00.000Z","expires":"2000-01-31T00:00:00.000Z"}`
		research := decode[described](t, d.expect("GET", "/wps/work-packages/"+up.ID, up.Token, "", 200, "")).ResearchID
		if *research == up.BoxID {
			t.Error("the research box has the id of the FileUploadBox")
		}
		d.expect("GET", "/wps/work-packages/"+up.ID, up.Token, "", 200, fmt.Sprintf(
			`{"type":"upload","files":{},"research_data_upload_box_id":%q,"file_upload_box_id":%q,%s`, research, up.BoxID, times))
		d.expect("GET", "/wps/work-packages/"+down.ID, down.Token, "", 200,
			`{"type":"download","files":{"GHGAF1":".bam"},"research_data_upload_box_id":null,"file_upload_box_id":null,`+times)
		if len(up.ID) != 36 || len(up.Token) != 24 || len(up.Sealed) != 96 {
			t.Errorf("lengths %d, %d, %d", len(up.ID), len(up.Token), len(up.Sealed))
		}
		if printed := fmt.Sprintf("%v %+v %s", up, up, up); strings.Contains(printed, up.Token) || strings.Contains(printed, up.Sealed) {
			t.Error("printing a work package gives its token away")
		}
		shared, err := d.p.NewUploadPackageFor(up.BoxID, d.public)
		if err != nil || shared.BoxID != up.BoxID || shared.ID == up.ID || d.orders(shared)[len("/wps/work-packages/")+36:] != d.orders(up)[len("/wps/work-packages/")+36:] {
			t.Errorf("a second package of the box: %v", err)
		}
		if _, err := d.p.NewUploadPackageFor(uuid.New(), d.public); err == nil {
			t.Error("there is a package for a box that is not there")
		}
		if _, err := d.p.NewDownloadPackage(d.public, "GHGAF2"); err == nil {
			t.Error("there is a package for a file that is not stored")
		}
	})
}

func TestWorkPackageRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deploy(t, nil)
		if err := d.p.Store(t.Context(), "GHGAF1", "", strings.NewReader("x"), 1); err != nil {
			t.Fatal(err)
		}
		up := d.upload()
		down, err := d.p.NewDownloadPackage(d.public, "GHGAF1")
		if err != nil {
			t.Fatal(err)
		}
		detail := func(text string) string { return `{"detail":"` + text + `"}` }
		const view = `{"work_type":"view"}`
		orders, download := d.orders(up), "/wps/work-packages/"+down.ID+"/files/GHGAF1/work-order-tokens"
		type request struct{ method, path, body string }
		uploads := []request{{"GET", "/wps/work-packages/" + up.ID, ""}, {"POST", orders, view}}
		downloads := []request{{"GET", "/wps/work-packages/" + down.ID, ""}, {"POST", download, ""}}
		all := func(requests []request, token string, status int, answer string) {
			t.Helper()
			for _, r := range requests {
				d.expect(r.method, r.path, token, r.body, status, answer)
			}
		}
		all(append(uploads, downloads...), "", 401, notAuthenticated)
		all(uploads, down.Token, 403, detail("Invalid work package access token"))
		all(downloads, up.Token, 403, detail("Invalid work package access token"))
		d.expect("GET", "/wps/work-packages/"+uuid.NewString(), up.Token, "", 403, detail("Work package not found"))
		other := strings.Replace(orders, orders[len(orders)-len("/work-order-tokens")-36:len(orders)-len("/work-order-tokens")], up.BoxID.String(), 1)
		d.expect("POST", other, up.Token, view, 403, detail("Specified box ID is incorrect."))
		d.expect("POST", strings.Replace(orders, up.ID, down.ID, 1), down.Token, view, 403, detail("Specified box ID is incorrect."))
		d.expect("POST", strings.Replace(download, "GHGAF1", "GHGAF2", 1), down.Token, "", 403, detail("File is not contained in work package"))
		d.expect("POST", strings.Replace(download, down.ID, up.ID, 1), up.Token, "", 403, detail("Work package type must be DOWNLOAD to obtain a download access WOT"))

		d.p.DoubtAccess(true)
		all(uploads, up.Token, 403, detail("Failed to check upload box access permission"))
		all(downloads, down.Token, 403, detail("Failed to check dataset access permission"))
		d.p.DoubtAccess(false)
		all(downloads, down.Token, 0, "")

		revoked := d.upload()
		if err := d.p.Revoke(revoked.ID); err != nil {
			t.Error(err)
		}
		d.expect("GET", "/wps/work-packages/"+revoked.ID, revoked.Token, "", 403, detail("Upload access has been revoked"))
		for _, id := range []string{"nonsense", uuid.NewString()} {
			if d.p.Revoke(id) == nil {
				t.Errorf("%s can be revoked", id)
			}
		}
		time.Sleep(30*24*time.Hour - time.Nanosecond)
		all(uploads, up.Token, 0, "")
		time.Sleep(time.Nanosecond)
		all(append(uploads, downloads...), up.Token, 403, "")
		all(uploads, up.Token, 403, detail("Work package has expired"))
		all(downloads, down.Token, 403, detail("Work package has expired"))
		if err := d.p.Revoke(down.ID); err != nil {
			t.Error(err)
		}
	})
}

func TestRevokedDownload(t *testing.T) {
	d := deploy(t, nil)
	if err := d.p.Store(t.Context(), "GHGAF1", "", strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	wp, err := d.p.NewDownloadPackage(d.public, "GHGAF1")
	if err != nil {
		t.Fatal(err)
	}
	orders := "/wps/work-packages/" + wp.ID + "/files/GHGAF1/work-order-tokens"
	d.expect("POST", orders, wp.Token, "", 201, "")
	d.expect("GET", "/wps/work-packages/"+wp.ID, wp.Token, "", 200, "")
	if err := d.p.Revoke(wp.ID); err != nil {
		t.Fatal(err)
	}
	d.expect("POST", orders, wp.Token, "", 403, `{"detail":"Download access has been revoked"}`)
}

func TestWorkOrderValidation(t *testing.T) {
	d := deploy(t, nil)
	wp := d.upload()
	orders := d.orders(wp)
	for body, want := range map[string]string{
		``:                                      "[body] missing",
		`{`:                                     "[body 0] json_invalid",
		`[]`:                                    "[body] model_attributes_type",
		`{}`:                                    "[body work_type] missing",
		`{"work_type":1}`:                       "[body work_type] string_type",
		`{"work_type":"fly"}`:                   "[body work_type] literal_error",
		`{"work_type":"create"}`:                "[body] value_error",
		`{"work_type":"create","alias":2}`:      "[body alias] string_type",
		`{"work_type":"upload"}`:                "[body] value_error",
		`{"work_type":"close","alias":"a"}`:     "[body] value_error",
		`{"work_type":"delete","file_id":null}`: "[body] value_error",
		`{"work_type":"delete","file_id":"x"}`:  "[body file_id] uuid_parsing",
		`{"work_type":"delete","file_id":7}`:    "[body file_id] uuid_type",
		`{"work_type":"upload","file_id":"` + uuid.Must(uuid.NewV7()).String() + `"}`:            "[body file_id] uuid_version",
		`{"work_type":"upload","alias":[],"file_id":"` + uuid.Must(uuid.NewV7()).String() + `"}`: "[body alias] string_type [body file_id] uuid_version",
	} {
		got := ""
		for _, f := range decode[struct{ Detail []detail }](t, d.expect("POST", orders, wp.Token, body, 422, "")).Detail {
			got += fmt.Sprint(" ", f.Loc, " ", f.Type)
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	d.expect("GET", "/wps/work-packages/nonsense", wp.Token, "", 422, "")
	d.expect("POST", "/wps/work-packages/"+wp.ID+"/boxes/nonsense/work-order-tokens", wp.Token, `{"work_type":"view"}`, 422, "")
}

// FuzzWorkOrder: no body crashes the WPS or is its fault.
func FuzzWorkOrder(f *testing.F) {
	for _, s := range []string{`{"work_type":"view"}`, `{"work_type":"create","alias":"a"}`, `{"work_type":"upload","file_id":"x"}`, `{"alias":null`, `7`, ""} {
		f.Add(s)
	}
	d := deploy(f, nil)
	wp := d.upload()
	orders := d.orders(wp)
	f.Fuzz(func(t *testing.T, body string) {
		d := &deployment{fixture: &fixture{t: t}, p: d.p}
		if status := d.ask("POST", orders, wp.Token, body).StatusCode; status != 201 && status != 422 {
			t.Errorf("%d for %q", status, body)
		}
	})
}
