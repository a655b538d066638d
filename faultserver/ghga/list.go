package ghga

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// listed is a FileUpload as listings show it.
type listed struct {
	ID            uuid.UUID `json:"id"`
	BoxID         uuid.UUID `json:"box_id"`
	Alias         string    `json:"alias"`
	State         string    `json:"state"`
	StateUpdated  string    `json:"state_updated"`
	StorageAlias  string    `json:"storage_alias"`
	BucketID      string    `json:"bucket_id"`
	ObjectID      uuid.UUID `json:"object_id"`
	SecretID      *string   `json:"secret_id"` // set by services after the upload
	DecryptedSize int64     `json:"decrypted_size"`
	EncryptedSize int64     `json:"encrypted_size"`
	DecryptedSHA  *string   `json:"decrypted_sha256"`
	PartsMD5      []string  `json:"encrypted_parts_md5"`
	PartsSHA      []string  `json:"encrypted_parts_sha256"`
	PartSize      int64     `json:"part_size"`
	FailureReason *string   `json:"failure_reason"`
	UploadID      string    `json:"s3_upload_id"`
	Initiated     string    `json:"initiated"`
	Completed     *string   `json:"completed"`
}

// listUploads answers one page of a box's uploads, by alias or as the query's sort says.
func (u *UCS) listUploads(r *request) (int, any, error) {
	id := r.id("box_id")
	skip, limit := r.query("skip", 0, 0, 1<<31-1), r.query("limit", 10, 0, 1000)
	sums := r.asked("with_checksums")
	if err := r.err(); err != nil {
		return 0, nil, err
	}
	if err := r.mayBox(id); err != nil {
		return 0, nil, err
	}
	items, err := u.listing(id, sums)
	if err != nil {
		return 0, nil, err
	}
	if err := sortBy(items, r.URL.Query().Get("sort")); err != nil {
		return 0, nil, err
	}
	total := len(items)
	items = items[min(skip, total):]
	items = items[:min(limit, len(items))]
	return http.StatusOK, map[string]any{"items": items, "total_count": total}, nil
}

func (u *UCS) listing(id uuid.UUID, sums bool) ([]listed, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	b := u.boxes[id]
	if b == nil {
		return nil, boxNotFound(id)
	}
	items := make([]listed, 0, len(b.uploads))
	for _, f := range b.uploads {
		l := listed{
			ID: f.id, BoxID: f.boxID, Alias: f.alias, State: f.state, StateUpdated: stamp(f.stateUpdated),
			StorageAlias: u.cfg.StorageAlias, BucketID: u.cfg.Bucket, ObjectID: f.objectID,
			DecryptedSize: f.decryptedSize, EncryptedSize: f.encryptedSize, PartSize: f.partSize,
			DecryptedSHA: textOrNull(f.decryptedSHA), FailureReason: textOrNull(f.failureReason),
			UploadID: f.uploadID, Initiated: stamp(f.initiated),
		}
		if sums {
			l.PartsMD5, l.PartsSHA = f.partsMD5, f.partsSHA
		}
		if !f.completed.IsZero() {
			l.Completed = textOrNull(stamp(f.completed))
		}
		items = append(items, l)
	}
	return items, nil
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// sortBy sorts by a list of field names with commas between, each with "-" before it if the largest come first, and by
// alias at last.
func sortBy(items []listed, order string) error {
	var names []string
	if order != "" {
		names = strings.Split(order, ",")
	}
	known, err := fields(listed{})
	if err != nil {
		return err
	}
	for _, n := range names {
		if _, ok := known[strings.TrimPrefix(n, "-")]; !ok {
			return fail(http.StatusUnprocessableEntity, "paginationError", "Uploads cannot be sorted by "+n+".")
		}
	}
	values := make(map[uuid.UUID]map[string]any, len(items))
	for _, it := range items {
		if values[it.ID], err = fields(it); err != nil {
			return err
		}
	}
	slices.SortFunc(items, func(a, b listed) int {
		for _, n := range append(names, "alias") {
			name, down := strings.CutPrefix(n, "-")
			c := compare(values[a.ID][name], values[b.ID][name])
			if down {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
	return nil
}

// fields turns an item into its JSON fields.
func fields(l listed) (map[string]any, error) {
	var m map[string]any
	b, err := json.Marshal(l)
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	return m, err
}

// compare orders JSON values: null first, then numbers and texts as such, anything else by how it prints.
func compare(a, b any) int {
	if x, ok := a.(float64); ok {
		if y, ok := b.(float64); ok {
			return cmp.Compare(x, y)
		}
	}
	text := func(v any) string {
		if v == nil {
			return ""
		}
		return fmt.Sprint(v)
	}
	return strings.Compare(text(a), text(b))
}
