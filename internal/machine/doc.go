// Package machine watches what this process takes of the machine while a trial runs: a client that is short of processors or file
// descriptors measures the machine instead of the contestant. Where a system does not tell, nothing is known.
package machine
