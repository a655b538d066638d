package connector

import (
	"maps"
	"sync"
)

// MemoryJournal is a Journal for as long as the process lives, for several Connectors one after the other. The zero value is empty.
type MemoryJournal struct {
	mu   sync.Mutex
	half map[journalKey]*HalfUpload
}

type journalKey struct{ boxID, alias string }

// Load implements Journal.
func (j *MemoryJournal) Load(boxID, alias string) (*HalfUpload, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.half[journalKey{boxID, alias}].clone(), nil
}

// Save implements Journal.
func (j *MemoryJournal) Save(h *HalfUpload) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.half == nil {
		j.half = map[journalKey]*HalfUpload{}
	}
	j.half[journalKey{h.BoxID, h.Alias}] = h.clone()
	return nil
}

// Drop implements Journal.
func (j *MemoryJournal) Drop(boxID, alias string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.half, journalKey{boxID, alias})
	return nil
}

func (h *HalfUpload) clone() *HalfUpload {
	if h == nil {
		return nil
	}
	c := *h
	c.Parts = maps.Clone(h.Parts)
	return &c
}
