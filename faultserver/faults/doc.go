// Package faults is the catalogue of everything that can go wrong: one small file for each kind of fault.
//
// A kind is a config type, whose fields are its parameters in a scenario, and what New makes of it: a [Fault], which acts
// on one attempt at a time. [Builtin] lists them all, in families; the struct of each family ([Answers], [Limits] and so
// on) gives them their names in a scenario. To add a kind, write its file, add a field to its family, a row to the family's
// table and an example to scenarios/faults/.
//
// There are three kinds of effect. A fault that delays wraps [Exchange.W] or the body of [Exchange.R], or waits, and lets the
// attempt go on to the next rule. A fault that fails ends the attempt, or lets the backend answer and spoils that. A limit
// does one or the other, depending on its state. When a fault acts is not its business: that is the rule's schedule.
//
// Invariants:
//   - A fault writes down what it does ([Exchange.Note]) before the client can see it.
//   - Whatever is random comes from [Exchange.Dice], so that it is the same for everybody.
//   - A fault starts no goroutine that outlives its Act, or the function it gave to [Exchange.After].
//   - Waiting ends when the client has gone or the server stops ([Exchange.Wait]).
package faults
