package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A file whose name is not in UTF-8 is refused before a key is read or anybody asked, in a message that can be shown.
func TestAliasesUTF8(t *testing.T) {
	path, _ := someFile(t)
	odd := filepath.Join(filepath.Dir(path), "caf\xe9.bam")
	if err := os.Rename(path, odd); err != nil {
		if runtime.GOOS == "linux" {
			t.Fatal(err)
		}
		t.Skip("this file system takes no such name")
	}
	for want, args := range map[string][]string{
		`caf\xe9.bam": the name of the file is not in UTF-8, so it cannot be its alias: rename the file, or upload it alone with --alias NAME`: {"upload", "--key", "none", odd},
		`--alias "\xff" is not in UTF-8, so it cannot be an alias: choose another one`:                                                         {"upload", "--key", "none", "--alias", "\xff", odd},
		`"caf\xe9.bam" is not in UTF-8, so no upload can have it as its alias`:                                                                 {"delete", "--key", "none", "caf\xe9.bam"},
		`--key: stat none`: {"upload", "--key", "none", "--alias", "café.bam", odd}, // the next thing that is wrong
	} {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"ghga"}, args...), strings.NewReader(""), &out, &errs)
		if code != exitUsage || !strings.Contains(errs.String(), want) || out.Len() > 0 || strings.Contains(errs.String(), "\xe9") {
			t.Errorf("%q: exit code %d, %q", args, code, errs.String())
		}
	}
}
