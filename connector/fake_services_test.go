package connector

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/crypto/nacl/box"
)

func (f *fake) serve(w *httptest.ResponseRecorder, op string, r *http.Request, sent []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	answer := func(status int, v any) {
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(v)
	}
	refuse := func(status int, id string) { answer(status, json.RawMessage(exception(id))) }
	seg := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch op {
	case "values":
		b64 := base64.StdEncoding.EncodeToString(f.hub.Public[:])
		answer(200, map[string]any{
			"wps_api_url": "http://ghga.test/wps/", "ucs_api_url": "http://ghga.test/ucs", "dcs_api_url": "http://ghga.test/dcs",
			"crypt4gh_public_keys": map[string]string{"hub": b64},
		})
		return
	case "health":
		answer(200, map[string]string{"status": "OK"})
		return
	case "package", "token":
		if r.Header.Get("Authorization") != "Bearer "+fakeWPAT {
			answer(403, map[string]string{"detail": "Invalid work package access token"})
			return
		}
		if op == "package" {
			answer(200, map[string]any{
				"type": "upload", "files": nil, "research_data_upload_box_id": fakeResearchBox, "file_upload_box_id": fakeBox,
			})
			return
		}
		f.token(w, r, sent)
		return
	case "put":
		f.put(w, r, sent)
		return
	}
	token, ok := f.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	want := map[string]string{"create": "create", "list": "view", "url": "upload", "complete": "close", "delete": "delete"}[op]
	if !ok || time.Now().After(token.until) || token.Type != want {
		answer(401, map[string]string{"detail": "Invalid authentication credentials"})
		return
	}
	if seg[2] != fakeBox {
		refuse(404, "boxNotFound")
		return
	}
	switch op {
	case "create":
		f.create(w, token, sent)
		return
	case "list":
		q := r.URL.Query()
		skip, _ := strconv.Atoi(q.Get("skip"))
		limit, _ := strconv.Atoi(q.Get("limit"))
		items := []FileUpload{}
		for _, id := range slices.SortedFunc(maps.Keys(f.uploads), func(a, b string) int {
			return strings.Compare(f.uploads[a].Alias, f.uploads[b].Alias)
		}) {
			items = append(items, f.uploads[id].FileUpload)
		}
		total := len(items)
		items = items[min(skip, total):min(skip+min(limit, f.pageLimit), total)]
		answer(200, map[string]any{"items": items, "total_count": total})
		return
	}
	u := f.uploads[seg[4]]
	switch {
	case token.FileID != seg[4]:
		refuse(403, "notAuthorized")
	case u == nil:
		refuse(404, "fileUploadNotFound")
	case op == "url" && u.State != "init":
		refuse(404, "s3UploadNotFound")
	case op == "url":
		answer(200, fmt.Sprintf("http://s3.test/inbox/%s?uploadId=1&partNumber=%s&X-Amz-Signature=secret&X-Until=%d",
			u.ID, seg[6], time.Now().Add(time.Hour).Unix()))
	case op == "complete":
		f.complete(w, u, sent)
	case op == "delete":
		u.State = "cancelled"
		u.parts = nil
		w.WriteHeader(204)
	}
}

func (f *fake) token(w *httptest.ResponseRecorder, r *http.Request, sent []byte) {
	var o struct {
		Type   string `json:"work_type"`
		Alias  string `json:"alias"`
		FileID string `json:"file_id"`
	}
	if err := json.Unmarshal(sent, &o); err != nil || !strings.Contains(r.URL.Path, fakeResearchBox) {
		w.WriteHeader(403)
		return
	}
	now := time.Now()
	named := f.named
	if named == nil {
		named = f.user.Public[:]
	}
	payload, _ := json.Marshal(map[string]any{
		"user_public_crypt4gh_key": base64.StdEncoding.EncodeToString(named),
		"iat":                      now.Unix(), "exp": now.Add(f.life).Unix(), "jti": len(f.tokens),
	})
	token := "eyJhbGciOiJFUzI1NiJ9." + base64.RawURLEncoding.EncodeToString(payload) + ".sig"
	f.tokens[token] = fakeToken{o.Type, o.Alias, o.FileID, now.Add(f.life)}
	sealed, err := box.SealAnonymous(nil, []byte(token), &f.user.Public, rand.Reader)
	if err != nil {
		f.t.Error(err)
	}
	w.Header().Set("Cache-Control", "max-age=30, private")
	w.WriteHeader(201)
	json.NewEncoder(w).Encode(base64.StdEncoding.EncodeToString(sealed))
}

func (f *fake) create(w *httptest.ResponseRecorder, token fakeToken, sent []byte) {
	var n NewUpload
	if err := json.Unmarshal(sent, &n); err != nil || n.Alias != token.Alias {
		w.WriteHeader(403)
		return
	}
	for id, u := range f.uploads {
		if u.Alias != n.Alias {
			continue
		}
		if n.Overwrite && !u.over() {
			u.State = "cancelled"
		}
		if !u.over() {
			w.WriteHeader(409)
			io.WriteString(w, exception("fileUploadAlreadyExists"))
			return
		}
		delete(f.uploads, id)
	}
	id := uuid.NewString()
	f.uploads[id] = &fakeUpload{parts: map[int][]byte{}, FileUpload: FileUpload{
		ID: id, BoxID: fakeBox, Alias: n.Alias, State: "init", StorageAlias: "hub", DecryptedSize: n.DecryptedSize,
		EncryptedSize: n.EncryptedSize, PartSize: n.PartSize, Initiated: time.Now().Add(f.clock).UTC().Format("2006-01-02T15:04:05.000Z07:00"),
	}}
	w.WriteHeader(201)
	json.NewEncoder(w).Encode(Created{FileID: id, StorageAlias: "hub"})
}

func (f *fake) put(w *httptest.ResponseRecorder, r *http.Request, sent []byte) {
	q := r.URL.Query()
	n, _ := strconv.Atoi(q.Get("partNumber"))
	until, _ := strconv.ParseInt(q.Get("X-Until"), 10, 64)
	u := f.uploads[strings.TrimPrefix(r.URL.Path, "/inbox/")]
	for name := range r.Header {
		if name != "X-Request-Id" {
			f.t.Errorf("a part was sent with the header %s", name)
		}
	}
	switch {
	case time.Now().Unix() > until:
		w.WriteHeader(403)
		io.WriteString(w, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
	case u == nil || u.State != "init":
		w.WriteHeader(404)
		io.WriteString(w, "<Error><Code>NoSuchUpload</Code><Message>It is gone</Message></Error>")
	default:
		key := fmt.Sprintf("%s/%d", u.ID, n)
		if f.damage != nil {
			f.damage(n, len(f.puts[key])+1, sent)
		}
		u.parts[n] = sent
		sum := md5.Sum(sent)
		text := hex.EncodeToString(sum[:])
		f.puts[key] = append(f.puts[key], text)
		if f.etag != nil {
			text = f.etag(text)
		}
		if text != "" {
			w.Header().Set("ETag", text)
		}
	}
}

func (f *fake) complete(w *httptest.ResponseRecorder, u *fakeUpload, sent []byte) {
	if u.over() {
		w.WriteHeader(409)
		io.WriteString(w, exception("fileUploadStateError"))
		return
	}
	if u.State != "init" {
		w.WriteHeader(204)
		return
	}
	if err := json.Unmarshal(sent, &u.done); err != nil {
		f.t.Error(err)
	}
	var raw []byte
	for _, n := range slices.Sorted(maps.Keys(u.parts)) {
		sum := md5.Sum(u.parts[n])
		raw = append(raw, sum[:]...)
	}
	sum := md5.Sum(raw)
	if tag := fmt.Sprintf("%x-%d", sum, len(u.parts)); tag != u.done.EncryptedMD5 || int64(len(u.object())) != u.EncryptedSize {
		u.State = "failed"
		w.WriteHeader(400)
		io.WriteString(w, exception("checksumMismatch"))
		return
	}
	u.State = "inbox"
	w.WriteHeader(204)
}

// object is what S3 has.
func (u *fakeUpload) object() []byte {
	var all bytes.Buffer
	for _, n := range slices.Sorted(maps.Keys(u.parts)) {
		all.Write(u.parts[n])
	}
	return all.Bytes()
}
