package ghga

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

const (
	notAuthenticated = `{"detail":"Not authenticated"}`
	badCredentials   = `{"detail":"Invalid authentication credentials"}`
)

// TestTokenOfEveryEndpoint: each takes the types of work that it is for, signed by whom it trusts, and answers 401 to all others.
func TestTokenOfEveryEndpoint(t *testing.T) {
	works := []string{
		workCreate, workUpload, workClose, workDelete, workView, workDownload, workLock, workUnlock, workArchive, workResize, workDeleteBox,
	}
	d := deploy(t, nil)
	box, file := uuid.New(), uuid.New()
	base := "/ucs/boxes/" + box.String()
	order := workOrder{Alias: "a", BoxID: box, FileID: file, Accession: "GHGAF1", UserKey: base64.StdEncoding.EncodeToString(d.public[:])}
	for _, tt := range []struct {
		method, path, body string
		wps, rs            string // types of work, with blanks around each
		refusal, accepted  int
	}{
		{"POST", "/ucs/boxes", `{"storage_alias":"else","max_size":1}`, "", " create ", 401, 400},
		{"PATCH", base, `{"version":0,"state":"locked"}`, "", " lock ", 401, 404},
		{"PATCH", base, `{"version":0,"state":"open"}`, "", " unlock ", 401, 404},
		{"PATCH", base, `{"version":0,"state":"archived"}`, "", " archive ", 401, 404},
		{"PATCH", base, `{"version":0,"max_size":1}`, "", " resize ", 401, 404},
		{"DELETE", base + "?version=0", "", "", " delete_box ", 401, 404},
		{"GET", base + "/uploads", "", " view ", " view ", 401, 404},
		{"POST", base + "/uploads", create("a", 5), " create ", "", 401, 404},
		{"GET", base + "/uploads/" + file.String() + "/parts/1", "", " upload ", "", 401, 404},
		{"PATCH", base + "/uploads/" + file.String(), finish(), " close ", "", 401, 404},
		{"DELETE", base + "/uploads/" + file.String(), "", " delete ", " delete ", 401, 404},
		{"GET", "/dcs/objects/GHGAF1", "", " download ", "", 403, 404},
		{"GET", "/dcs/objects/GHGAF1/envelopes", "", " download ", "", 403, 404},
	} {
		d.expect(tt.method, tt.path, "", tt.body, tt.refusal, notAuthenticated)
		for _, work := range works {
			for issuer, allowed := range map[*authority]string{d.p.wps.orders: tt.wps, d.p.rs: tt.rs} {
				order.Work = work
				token, err := issuer.sign(order)
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case strings.Contains(allowed, " "+work+" "):
					d.expect(tt.method, tt.path, token, tt.body, tt.accepted, "")
				case tt.method == "PATCH" && tt.path == base && issuer == d.p.rs && strings.Contains("lock unlock archive resize", work):
					d.expect(tt.method, tt.path, token, tt.body, 403, "") // for another change
				default:
					d.expect(tt.method, tt.path, token, tt.body, tt.refusal, badCredentials)
				}
			}
		}
	}
}

func TestBadTokens(t *testing.T) {
	d := deploy(t, nil)
	wp := d.upload()
	file, id := d.begin(wp, "a", 5)
	good := d.order(wp, forFile("upload", id))
	head, rest, _ := strings.Cut(good, ".")
	claims, signature, _ := strings.Cut(rest, ".")
	sign := func(method jwt.SigningMethod, key any, claims jwt.Claims) string {
		token, err := jwt.NewWithClaims(method, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	other, err := newAuthority(time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := other.sign(workOrder{Work: workUpload})
	if err != nil {
		t.Fatal(err)
	}
	key := d.p.wps.orders.key
	full := jwt.MapClaims{"work_type": "upload", "box_id": wp.BoxID.String(), "file_id": id, "exp": time.Now().Unix() + 10}
	change := func(name string, value any) jwt.MapClaims {
		m := jwt.MapClaims{}
		for k, v := range full {
			m[k] = v
		}
		if m[name] = value; value == nil {
			delete(m, name)
		}
		return m
	}
	url := file + "/parts/1"
	d.expect("GET", url, good, "", 200, "")
	d.expect("GET", url, sign(jwt.SigningMethodES256, key, full), "", 200, "")
	d.expect("GET", url, sign(jwt.SigningMethodES256, key, change("more", 1)), "", 200, "")
	for name, token := range map[string]string{
		"nonsense":        "nonsense",
		"two parts":       head + "." + claims,
		"no signature":    head + "." + claims + ".",
		"other signature": head + "." + claims + "." + strings.ToUpper(signature[:4]) + strings.ToLower(signature[4:]),
		"none":            sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, full),
		"HS256":           sign(jwt.SigningMethodHS256, []byte("guess"), full),
		"other key":       foreign,
		"no box":          sign(jwt.SigningMethodES256, key, change("box_id", nil)),
		"no file":         sign(jwt.SigningMethodES256, key, change("file_id", nil)),
		"file is a text":  sign(jwt.SigningMethodES256, key, change("file_id", "x")),
		"file is v7":      sign(jwt.SigningMethodES256, key, change("file_id", uuid.Must(uuid.NewV7()).String())),
		"alias is 1":      sign(jwt.SigningMethodES256, key, change("alias", 1)),
		"no exp":          sign(jwt.SigningMethodES256, key, change("exp", nil)),
		"exp is a text":   sign(jwt.SigningMethodES256, key, change("exp", "soon")),
		"expired":         sign(jwt.SigningMethodES256, key, change("exp", time.Now().Unix()-1)),
	} {
		if resp := d.ask("GET", url, token, ""); resp.StatusCode != 401 || bodyOf(t, resp) != badCredentials {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
}

// A request that is wrong in several ways is refused for its token first, then for its form, then for what the token is for.
func TestOrderOfRefusals(t *testing.T) {
	d := deploy(t, nil)
	wp := d.upload()
	path := "/ucs/boxes/" + wp.BoxID.String() + "/uploads"
	token := d.order(wp, `{"work_type":"create","alias":"a"}`)
	d.expect("POST", path, "", `{`, 401, notAuthenticated)
	d.expect("POST", path, "x", `{`, 401, badCredentials)
	d.expect("POST", path, token, `{"alias":"b"}`, 422, "")
	d.expect("POST", path, token, create("b", 5), 403, "")
	d.expect("POST", "/ucs/boxes/nonsense/uploads", token, create("a", 5), 422, "")
	d.expect("DELETE", "/ucs/boxes/"+wp.BoxID.String(), "", "", 401, "")
	for header, ok := range map[string]bool{"Bearer x": true, "bearer  x ": true, "BEARER x": true, "": false, "Bearer": false, "Bearer ": false, "Basic x": false, "x": false} {
		if got, k := bearer(header); k != ok || k && got != "x" {
			t.Errorf("%q: %q, %v", header, got, k)
		}
	}
}

func TestTokenForm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(1234 * time.Millisecond)
		d := deploy(t, nil)
		wp := d.upload()
		box := wp.BoxID.String()
		id := uuid.NewString()
		if err := d.p.Store(t.Context(), "GHGAF1", ".bam", strings.NewReader("x"), 1); err != nil {
			t.Fatal(err)
		}
		down, err := d.p.NewDownloadPackage(d.public, "GHGAF1")
		if err != nil {
			t.Fatal(err)
		}
		key := base64.StdEncoding.EncodeToString(d.public[:])
		now := time.Now().Unix()
		common := map[string]any{"iat": float64(now), "exp": float64(now + 30), "user_public_crypt4gh_key": key}
		for _, tt := range []struct {
			wp     WorkPackage
			path   string
			body   string
			claims map[string]any
		}{
			{wp, d.orders(wp), `{"work_type":"create","alias":"a","file_id":"` + id + `"}`, map[string]any{"work_type": "create", "alias": "a", "box_id": box}},
			{wp, d.orders(wp), `{"work_type":"upload","alias":"a","file_id":"` + id + `"}`, map[string]any{"work_type": "upload", "file_id": id, "box_id": box}},
			{wp, d.orders(wp), forFile("close", id), map[string]any{"work_type": "close", "file_id": id, "box_id": box}},
			{wp, d.orders(wp), forFile("delete", id), map[string]any{"work_type": "delete", "file_id": id, "box_id": box}},
			{wp, d.orders(wp), `{"work_type":"view","alias":null,"file_id":null}`, map[string]any{"work_type": "view", "box_id": box}},
			{down, "/wps/work-packages/" + down.ID + "/files/GHGAF1/work-order-tokens", "", map[string]any{"work_type": "download", "accession": "GHGAF1", "file_id": d.p.dcs.object("GHGAF1").fileID.String()}},
		} {
			resp := d.ask("POST", tt.path, tt.wp.Token, tt.body)
			if resp.StatusCode != 201 || resp.Header.Get("Cache-Control") != "max-age=30, private" {
				t.Errorf("%s: %d, %q", tt.body, resp.StatusCode, resp.Header.Get("Cache-Control"))
			}
			parts := strings.Split(d.open(decode[string](t, bodyOf(t, resp))), ".")
			if head, _ := base64.RawURLEncoding.DecodeString(parts[0]); string(head) != `{"alg":"ES256"}` {
				t.Errorf("header %s", head)
			}
			raw, _ := base64.RawURLEncoding.DecodeString(parts[1])
			got := decode[map[string]any](t, string(raw))
			for k, v := range common {
				tt.claims[k] = v
			}
			a, _ := json.Marshal(got)
			b, _ := json.Marshal(tt.claims)
			if string(a) != string(b) || strings.Contains(string(raw), "e+") || strings.Contains(string(raw), ".0") {
				t.Errorf("%s: other claims than %v", tt.body, tt.claims["work_type"])
			}
		}
	})
}

// TestExpiry: a token lives for 30 s from the full second in which it was made, and as much longer as the leeway says.
func TestExpiry(t *testing.T) {
	for name, tt := range map[string]struct {
		change  func(*PlatformConfig)
		lasts   time.Duration // the last moment at which it is good
		forever bool
	}{
		"no leeway": {func(*PlatformConfig) {}, 30 * time.Second, false},
		"leeway":    {func(c *PlatformConfig) { c.Leeway = 60 * time.Second }, 90 * time.Second, false},
		"longer":    {func(c *PlatformConfig) { c.TokenLifetime = 300 * time.Second }, 300 * time.Second, false},
		"ignored":   {func(c *PlatformConfig) { c.IgnoreExpiry = true }, time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := deploy(t, tt.change)
				wp := d.upload()
				file, id := d.begin(wp, "a", 5)
				token := d.order(wp, forFile("upload", id))
				time.Sleep(tt.lasts)
				d.expect("GET", file+"/parts/1", token, "", 200, "")
				time.Sleep(time.Millisecond)
				if tt.forever {
					d.expect("GET", file+"/parts/1", token, "", 200, "")
				} else {
					d.expect("GET", file+"/parts/1", token, "", 401, badCredentials)
				}
			})
		})
	}
}

// The memory of tokens is bounded, and a token that it has forgotten is checked again.
func TestVerifierForgets(t *testing.T) {
	a, err := newAuthority(time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := newAuthority(time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	v := &verifier{wps: &a.key.PublicKey, rs: &rs.key.PublicKey, refusal: 401, known: map[string]*verified{}}
	for i := range maxKnown {
		v.known[strings.Repeat("x", i)] = &verified{}
	}
	token, err := a.sign(workOrder{Work: workView, BoxID: uuid.New()})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := v.check("Bearer "+token, &accepted{wps: []string{workView}, claims: []claim{claimBox}}); err != nil {
			t.Error(err)
		}
	}
	if len(v.known) != 1 {
		t.Errorf("%d tokens known", len(v.known))
	}
}

// FuzzAuthorization: no header crashes the check, and none is taken.
func FuzzAuthorization(f *testing.F) {
	a, err := newAuthority(time.Minute)
	if err != nil {
		f.Fatal(err)
	}
	other, err := newAuthority(time.Minute)
	if err != nil {
		f.Fatal(err)
	}
	foreign, err := other.sign(workOrder{Work: workView, BoxID: uuid.New()})
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"", "Bearer", "Bearer x.y.z", "bearer " + foreign, "Bearer eyJhbGciOiJub25lIn0.e30.", "Basic eA=="} {
		f.Add(s)
	}
	v := &verifier{wps: &a.key.PublicKey, rs: &a.key.PublicKey, refusal: 401, ignoreExpiry: true}
	f.Fuzz(func(t *testing.T, header string) {
		if _, err := v.check(header, &accepted{wps: []string{workView}, rs: []string{workView}}); err == nil {
			t.Error("a token that nobody signed is taken")
		}
	})
}
