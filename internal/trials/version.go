package trials

import "runtime/debug"

// module is this project's.
const module = "github.com/ratebench/ratebench"

// Version is this module's version as the go command stamped it; "(devel)" for a build from a working tree. The program may
// be somebody else's that imports the module.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	for _, dep := range info.Deps {
		if dep.Path == module {
			return dep.Version
		}
	}
	if info.Main.Path == module && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
