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

// ParseCall takes a name built by CallName apart. Anything that is not a number counts as 0.
func ParseCall(call string) (op string, object, part int) {
	op, rest, _ := strings.Cut(call, "/")
	o, p, _ := strings.Cut(rest, "/")
	object, _ = strconv.Atoi(o)
	part, _ = strconv.Atoi(p)
	return op, object, part
}
