package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// built makes a temporary folder with the command in it, as users have it. The folder is the caller's to remove.
func built(ctx context.Context) (dir, binary string, err error) {
	if dir, err = os.MkdirTemp("", "ratios-"); err != nil {
		return "", "", err
	}
	binary = filepath.Join(dir, "ratebench")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/ratebench").CombinedOutput(); err != nil {
		return "", "", errors.Join(fmt.Errorf("building ratebench: %w\n%s", err, out), os.RemoveAll(dir))
	}
	return dir, binary, nil
}
