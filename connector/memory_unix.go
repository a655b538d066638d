//go:build !race && (darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package connector

import (
	"fmt"
	"syscall"
)

// mapMemory gets memory from the system.
func mapMemory(size int) ([]byte, error) {
	p, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("getting %d bytes of memory for a part: %w", size, err)
	}
	return p, nil
}

func unmapMemory(p []byte) { _ = syscall.Munmap(p) } // it fails for what is not mapped, and this is
