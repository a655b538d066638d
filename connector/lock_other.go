//go:build !unix || solaris || aix || illumos

package connector

import "os"

// lock does nothing: the standard library has no locks for this system.
func lock(*os.File) error { return nil }
