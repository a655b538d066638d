// Package trials turns a scenario into what the runner runs: the plan, the contestants, the workload, the manifest, and at the
// end the verdict. The command line and package bench share it, so that both run the same trials.
package trials
