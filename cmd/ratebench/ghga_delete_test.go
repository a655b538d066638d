package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/connector"
)

// shelf is a box that notes what is deleted from it.
type shelf struct {
	uploads []connector.FileUpload
	deleted []string
}

func (s *shelf) List(context.Context) ([]connector.FileUpload, error) { return s.uploads, nil }

func (s *shelf) Delete(_ context.Context, id string) error {
	s.deleted = append(s.deleted, id)
	return nil
}

// An upload that is named by its alias and by its id is one upload: it is deleted once, and nothing is left to do.
func TestDeleteNamedTwice(t *testing.T) {
	const id = "6b4e2c0e-3a4f-4a63-9d0e-0f5c2f9d6a11"
	s := &shelf{uploads: []connector.FileUpload{{ID: id, Alias: "a", State: "inbox"}, {ID: "other", Alias: "b", State: "init"}}}
	var out strings.Builder
	c := ghgaDeleteCmd{Files: []string{"a", "b", strings.ToUpper(id)}, Yes: true}
	all := tellFlags{Format: "json"}.account(&out, "deleted", len(c.Files))
	if err := all.end(c.delete(t.Context(), &streams{}, s, all), false); err != nil {
		t.Fatal(err)
	}
	if want := []string{id, "other"}; !slices.Equal(s.deleted, want) {
		t.Errorf("deleted are %v, want %v", s.deleted, want)
	}
	if want := `"status":"done","files":2,"skipped":0,"failed":0,"not_begun":0`; !strings.Contains(out.String(), want) {
		t.Errorf("no %s in\n%s", want, out.String())
	}
}
