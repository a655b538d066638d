package ghga

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
)

// sealed uploads and completes a file as a client should.
func (r *ruler) sealed(alias, plain string) (id string) {
	r.t.Helper()
	header, body, err := encrypt(r.p.hubPublic, strings.NewReader(plain), int64(len(plain)))
	if err != nil {
		r.t.Fatal(err)
	}
	rest, err := io.ReadAll(body)
	if err != nil {
		r.t.Fatal(err)
	}
	content := string(header) + string(rest)
	resp := r.create(alias, fmt.Sprintf(`{"alias":%q,"decrypted_size":%d,"encrypted_size":%d,"part_size":5242880}`, alias, len(plain), len(content)))
	id = decode[map[string]string](r.t, bodyOf(r.t, resp))["file_id"]
	sum := r.bring(r.path+"/"+id, r.order(r.wp, forFile("upload", id)), 1, content)
	if resp := r.finish(id, finish(sum)); resp.StatusCode != 204 {
		r.t.Fatalf("completing: %d", resp.StatusCode)
	}
	return id
}

// An archived file leaves the inbox, the UCS goes on knowing it, and the DCS has what the client said of it. Archived it is only once.
func TestArchive(t *testing.T) {
	r := deploy(t, nil).ruler()
	id := r.sealed("a.bam", "plain")
	_, inbox, _ := r.ucs.Object(id)
	if err := r.p.Archive(t.Context(), id, "GHGAF1"); err != nil {
		t.Fatal(err)
	}
	r.wantState(id, inArchive)
	if _, ok := r.s3.Stat(bucket, inbox); ok {
		t.Error("it is still in the inbox")
	}
	o := r.p.dcs.object("GHGAF1")
	if info, ok := r.s3.Stat(bucket, o.key); !ok || info.Size != 5+28 || o.size != info.Size || o.plainSize != 5 || o.ext != ".bam" || o.sha256 != "aa" || o.created.IsZero() {
		t.Errorf("the DCS has %+v, and S3 %+v", o, info)
	}
	if name, ok := r.p.OrdinalOf(o.key); !ok || name != "GHGAF1" {
		t.Errorf("its key leads to %q", name)
	}
	_, open := r.begin(r.wp, "open", 5)
	for name, tt := range map[string]struct{ id, accession, want string }{
		"twice":     {id, "GHGAF2", "archived already"},
		"taken":     {r.sealed("b", "b"), "GHGAF1", "choose another"},
		"accession": {id, "a.bam", "is no accession"},
		"no id":     {"a.bam", "GHGAF2", `file "a.bam"`},
		"unknown":   {uuid.NewString(), "GHGAF2", "is not there"},
		"open":      {open, "GHGAF2", "not complete"},
	} {
		if err := r.p.Archive(t.Context(), tt.id, tt.accession); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	if err := r.p.Clear(t.Context()); err != nil {
		t.Error(err)
	}
	if _, ok := r.s3.Stat(bucket, o.key); ok {
		t.Error("it is there when all is cleared")
	}
}

// What no data hub can open fails, and what S3 does not give stays as it is.
func TestArchiveRejects(t *testing.T) {
	r := deploy(t, nil).ruler()
	id := r.whole("a", strings.Repeat("not Crypt4GH ", 20))
	if err := r.p.Archive(t.Context(), id, "GHGAF1"); err == nil || !strings.Contains(err.Error(), "not what was declared") {
		t.Errorf("got %v", err)
	}
	r.wantState(id, failed)
	id = r.sealed("b", "plain")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.p.Archive(ctx, id, "GHGAF1"); err == nil {
		t.Error("archived without S3")
	}
	r.wantState(id, inbox)
	if r.p.dcs.object("GHGAF1") != nil {
		t.Error("the DCS has it")
	}
}

// Whoever keeps archiving finds every complete file, and all download packages get it; others do not.
func TestKeepArchiving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := deploy(t, nil).ruler()
		if err := r.p.Store(t.Context(), "GHGAF00000000000002", "", strings.NewReader("x"), 1); err != nil {
			t.Fatal(err)
		}
		down, err := r.p.NewDownloadPackage(r.public)
		if err != nil {
			t.Fatal(err)
		}
		early := r.sealed("early.bam", "1")
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			r.p.KeepArchiving(ctx)
		}()
		synctest.Wait()
		late := r.sealed("late.vcf", "2")
		synctest.Wait()
		r.wantState(early, inArchive)
		r.wantState(late, inArchive)
		got := decode[described](t, r.expect("GET", "/wps/work-packages/"+down.ID, down.Token, "", 200, ""))
		if len(got.Files) != 2 || got.Files["GHGAF00000000000001"] != ".bam" || got.Files["GHGAF00000000000003"] != ".vcf" {
			t.Errorf("the download package has %v", got.Files)
		}
		r.expect("POST", "/wps/work-packages/"+down.ID+"/files/GHGAF00000000000003/work-order-tokens", down.Token, "", 201, "")
		if got := decode[described](t, r.expect("GET", "/wps/work-packages/"+r.wp.ID, r.wp.Token, "", 200, "")); got.Type != "upload" || len(got.Files) > 0 {
			t.Errorf("the upload package has %v", got.Files)
		}
		cancel()
		<-ended
	})
}

// A file that S3 does not give is tried again after a while, though no other file is complete, and its accession goes to whoever comes next.
func TestKeepArchivingAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := deploy(t, nil).ruler()
		id := r.sealed("a.bam", "1")
		r.s3Down.Store(true)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			r.p.KeepArchiving(ctx)
		}()
		time.Sleep(3*archiveAgain + time.Second)
		r.wantState(id, inbox)
		r.s3Down.Store(false)
		time.Sleep(archiveAgain)
		synctest.Wait()
		r.wantState(id, inArchive)
		if r.p.dcs.object("GHGAF00000000000001") == nil {
			t.Error("what failed has used up accessions")
		}
		cancel()
		<-ended
	})
}

// An upload that is archived, but cannot be taken out of the inbox, is in the download packages all the same.
func TestKeepArchivingLeavesInInbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := deploy(t, nil).ruler()
		down, err := r.p.NewDownloadPackage(r.public)
		if err != nil {
			t.Fatal(err)
		}
		id := r.sealed("a.bam", "1")
		r.insteadOfS3 = func(q *http.Request) *http.Response {
			if q.Method != http.MethodDelete {
				return nil
			}
			return &http.Response{StatusCode: 400, Header: http.Header{}, Body: http.NoBody, Request: q}
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			r.p.KeepArchiving(ctx)
		}()
		synctest.Wait()
		r.wantState(id, inArchive)
		got := decode[described](t, r.expect("GET", "/wps/work-packages/"+down.ID, down.Token, "", 200, ""))
		if got.Files["GHGAF00000000000001"] != ".bam" {
			t.Errorf("the download package has %v", got.Files)
		}
		cancel()
		<-ended
	})
}
