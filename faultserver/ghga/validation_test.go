package ghga

import (
	"fmt"
	"testing"
)

func TestValidation(t *testing.T) {
	f := start(t, nil)
	box := f.box(1000)
	file := f.file(box, "a", 10)
	type kinds = map[string]string // where → type of the fault
	for _, tt := range []struct {
		method, path, body string
		want               kinds
	}{
		{"POST", "/boxes", ``, kinds{"[body]": "missing"}},
		{"POST", "/boxes", `{`, kinds{"[body 0]": "json_invalid"}},
		{"POST", "/boxes", `[]`, kinds{"[body]": "model_attributes_type"}},
		{"POST", "/boxes", `{}`, kinds{"[body storage_alias]": "missing", "[body max_size]": "missing"}},
		{"POST", "/boxes", `{"storage_alias":1,"max_size":0}`, kinds{"[body storage_alias]": "string_type", "[body max_size]": "greater_than_equal"}},
		{"POST", "/boxes", `{"storage_alias":"test","max_size":1.5}`, kinds{"[body max_size]": "int_from_float"}},
		{"POST", "/boxes", `{"storage_alias":"test","max_size":1e300}`, kinds{"[body max_size]": "int_type"}},
		{"POST", "/boxes/x/uploads", create("b", 10), kinds{"[path box_id]": "uuid_parsing"}},
		{"POST", "/boxes/00000000-0000-1000-8000-000000000001/uploads", create("b", 10), kinds{"[path box_id]": "uuid_version"}},
		{"POST", box + "/uploads", `{"alias":"b","decrypted_size":5,"encrypted_size":5,"part_size":5242880}`, kinds{"[body]": "value_error"}},
		{"POST", box + "/uploads", `{"alias":"b","decrypted_size":5,"encrypted_size":6,"part_size":5242879}`, kinds{"[body part_size]": "greater_than_equal"}},
		{"POST", box + "/uploads", `{"alias":"b","decrypted_size":5,"encrypted_size":6,"part_size":5368709121}`, kinds{"[body part_size]": "less_than_equal"}},
		{"POST", box + "/uploads", `{"alias":"b","decrypted_size":5,"encrypted_size":6,"part_size":5242880,"overwrite":2}`, kinds{"[body overwrite]": "bool_type"}},
		{"GET", file + "/parts/one", "", kinds{"[path part_no]": "int_parsing"}},
		{"PATCH", file, `{"decrypted_sha256":"","encrypted_md5":"","encrypted_parts_md5":"","encrypted_parts_sha256":[1]}`, kinds{"[body encrypted_parts_md5]": "list_type", "[body encrypted_parts_sha256 0]": "string_type"}},
		{"GET", box + "/uploads?skip=-1&limit=1001&with_checksums=maybe", "", kinds{"[query skip]": "greater_than_equal", "[query limit]": "less_than_equal", "[query with_checksums]": "bool_parsing"}},
		{"GET", box + "/uploads?skip=&limit=&with_checksums=", "", kinds{"[query skip]": "int_parsing", "[query limit]": "int_parsing", "[query with_checksums]": "bool_parsing"}},
		{"PATCH", box, `{"version":0}`, kinds{"[body]": "value_error"}},
		{"PATCH", box, `{"version":0,"state":"ajar"}`, kinds{"[body state]": "literal_error"}},
	} {
		text := f.want(tt.method, tt.path, tt.body, 422, "")
		got := kinds{}
		for _, d := range decode[struct{ Detail []detail }](t, text).Detail {
			got[fmt.Sprint(d.Loc)] = d.Type
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s %s: got %v, want %v", tt.method, tt.path, got, tt.want)
		}
	}
}

// FuzzCreateBody: no body crashes the service or is its fault.
func FuzzCreateBody(f *testing.F) {
	f.Add(create("a", 10))
	f.Add(`{"alias":"a","decrypted_size":1,"encrypted_size":9007199254740992,"part_size":5242880}`)
	f.Add(`{"storage_alias":"test","max_size":1}`)
	f.Add(`[[[[`)
	fx := start(f, func(c *Config) { c.MaxOpenUploads = -1 })
	box := fx.box(1 << 50)
	fx.s3Down.Store(true)
	f.Fuzz(func(t *testing.T, body string) {
		fx := &fixture{t: t, url: fx.url}
		switch status, text := fx.call("POST", box+"/uploads", body); status {
		case 400, 422, 507:
		case 500: // a good one: S3 is down
			if text != exception("internalError", "An internal server error has occurred.", "{}") {
				t.Errorf("%d %s for %q", status, text, body)
			}
		default:
			t.Errorf("%d %s for %q", status, text, body)
		}
		if status, text := fx.call("POST", "/boxes", body); status != 201 && status != 400 && status != 422 {
			t.Errorf("%d %s for %q", status, text, body)
		}
	})
}
