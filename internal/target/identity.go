package target

import (
	"strconv"
	"strings"

	"github.com/ratebench/ratebench/faultserver/ops"
)

// ordinal finds the number of the object a request is about, whatever the contestant calls it: in the key that the
// workload chose, or behind the UCS's ids.
func (x *trial) ordinal(q ops.Request) (int, bool) {
	name := q.Key
	if x.ucs != nil {
		if ops.Control(q.Op) && q.Op != ops.UCSCreate {
			if _, key, ok := x.ucs.Object(q.Key); ok {
				name = key
			}
		}
		if alias, ok := x.ucs.OrdinalOf(name); ok {
			name = alias
		}
	}
	return ordinalOf(name)
}

// ordinalOf finds the number in the name of an object or in an accession.
func ordinalOf(name string) (int, bool) {
	if digits, ok := strings.CutPrefix(name, accessionMark); ok {
		n, err := strconv.Atoi(digits)
		return n, err == nil && n > 0
	}
	name = "/" + name // programs of their own may put it at the top
	i := strings.LastIndex(name, objectMark)
	if i < 0 {
		return 0, false
	}
	n, err := strconv.Atoi(name[i+len(objectMark):])
	return n, err == nil && n > 0
}

// objectMark stands before an object's ordinal in its key.
const objectMark = "/object-"

// Key is the key of the object with this ordinal.
func (x *trial) Key(ordinal int) string { return x.prefix + objectMark + strconv.Itoa(ordinal) }
