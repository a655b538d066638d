// Package gateway puts a fault server up on its own, for any client: in front of the embedded S3, of an S3 endpoint, of GHGA over either, of any
// HTTP service, or of an echo. It owns the listeners, the ledger's file and what counts clients, and ends all of it.
package gateway
