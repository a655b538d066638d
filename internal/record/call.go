package record

import (
	"strconv"
	"strings"
)

// CallName builds the name of a call: operation, ordinal of the object, number of the part, as in
// "upload_part/3/17". A call that belongs to no object has object 0, one that belongs to no part has part 0, and
// zeros at the end are left out: "create/3", "list".
func CallName(op string, object, part int) string {
	switch {
	case part != 0:
		return op + "/" + strconv.Itoa(object) + "/" + strconv.Itoa(part)
	case object != 0:
		return op + "/" + strconv.Itoa(object)
	}
	return op
}

// Nth is the name of a client's nth call, from 1, of those that are about the same: the first goes by the name itself, the second
// is "upload_part/3/17#2".
func Nth(name string, n int) string {
	if n < 2 {
		return name
	}
	return name + "#" + strconv.Itoa(n)
}

// CutNth takes the number off a name built by Nth. A name without one is the first.
func CutNth(call string) (name string, n int) {
	name, number, found := strings.Cut(call, "#")
	if n, err := strconv.Atoi(number); found && err == nil && n > 1 {
		return name, n
	}
	return name, 1
}

// ParseCall takes a name built by CallName, or by Nth from it, apart. Anything that is not a number counts as 0.
func ParseCall(call string) (op string, object, part int) {
	name, _ := CutNth(call)
	op, rest, _ := strings.Cut(name, "/")
	o, p, _ := strings.Cut(rest, "/")
	object, _ = strconv.Atoi(o)
	part, _ = strconv.Atoi(p)
	return op, object, part
}
