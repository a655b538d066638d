// Package contestants holds the table of all contestants: what there is ([Builtin]), which parameters each takes
// ([Params]), and how one is made from a name and parameters as a scenario writes them ([New]).
//
// What holds for every contestant:
//
//   - It sends everything through Client.Wire, so the recorder sees all that it does.
//   - It takes its randomness from Client.Rand and so repeats with the seed. Where a library leaves no way to do so, the table says
//     where it takes it from (Contestant.Random).
//   - A parameter that it does not know, or a value that makes no sense, is an error that names it and says what would do.
//   - Its defaults are those that a user gets who sets nothing.
//   - It has one retry loop. Those whose names begin with nested- have two, as a warning; a whole Connector has what it does
//     with parts and files above the one of its stack.
//
// The oracle is in the table and takes no part in the competition: it is told the server's plan.
package contestants
