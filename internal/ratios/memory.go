package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// memory uploads one large object with the command line as users run it, and asks the system for the most memory that
// the process ever held: client and server together.
func memory(ctx context.Context, s size) ([]figure, error) {
	dir, binary, err := built(ctx)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	scenario := filepath.Join(dir, "large.yaml")
	text := fmt.Sprintf("version: 1\nname: large\nworkload: {object_size: %dB, part_size: 8MiB, concurrency: 16}\ncontestants: [exponential]\noracle: false\n", s.memory)
	if err := os.WriteFile(scenario, []byte(text), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, binary, "run", scenario, "--quiet", "--out", filepath.Join(dir, "results"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("uploading %d GiB: %w\n%s", s.memory>>30, err, out)
	}
	peak, ok := peakRSS(cmd.ProcessState)
	if !ok {
		return nil, nil // the system does not tell
	}
	return []figure{{
		name: fmt.Sprintf("peak memory, one object of %d GiB, 8 MiB parts, 16 in flight", s.memory>>30),
		ours: fmt.Sprintf("%.0f MiB", peak), measured: peak, bar: 300, atMost: true, unit: " MiB",
	}}, nil
}
