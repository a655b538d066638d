package ghga

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// FileState is what the UCS has of a file.
type FileState struct {
	Alias, State                 string
	DecryptedSize, EncryptedSize int64
	DecryptedSHA256              string // as the client said
}

// State tells what the UCS has of a file. ok is false for an unknown file.
func (u *UCS) State(fileID string) (s FileState, ok bool) {
	id, err := uuid.Parse(fileID)
	if err != nil {
		return FileState{}, false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	f := u.files[id]
	if f == nil {
		return FileState{}, false
	}
	return FileState{f.alias, f.state, f.decryptedSize, f.encryptedSize, f.decryptedSHA}, true
}

// Advance puts a completed file into one of the states that the data hub brings about: interrogated, awaiting_archival or archived.
func (u *UCS) Advance(fileID, state string) error {
	id, err := uuid.Parse(fileID)
	if err != nil {
		return fmt.Errorf("ghga: file %q: %w", fileID, err)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	f := u.files[id]
	if f == nil || !counts(f.state) {
		return fmt.Errorf("ghga: file %s is not there, or not complete", id)
	}
	if !counts(state) || state == inbox {
		return fmt.Errorf("ghga: a complete file does not get %q: choose interrogated, awaiting_archival or archived", state)
	}
	f.set(state)
	return nil
}

// OpenUploads lists the multipart uploads that are open in S3: the ids of the files they are for, or empty ids for those that no file
// knows any more. It asks for one object after the other, since MinIO lists the uploads of one key only.
func (u *UCS) OpenUploads(ctx context.Context) (files []string, err error) {
	u.mu.Lock()
	begun := slices.Clone(u.begun)
	of := map[string]string{}
	for id, f := range u.files {
		of[f.key()+" "+f.uploadID] = id.String()
	}
	u.mu.Unlock()
	for _, f := range begun {
		key := f.key()
		uploads, err := u.storage.uploads(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("ghga: listing the uploads of an object: %w", err)
		}
		for _, id := range uploads {
			files = append(files, of[key+" "+id])
		}
	}
	return files, nil
}
