package faults

import (
	"fmt"
	"reflect"
)

// Of puts a config, such as a *Status, into its place. It panics if the type is none of a kind that Builtin lists: that is
// a mistake in the program.
func Of(c Config) Do {
	var d Do
	found := false
	eachConfig(reflect.ValueOf(&d).Elem(), func(_ string, v reflect.Value) {
		if v.Type() == reflect.TypeOf(c) {
			v.Set(reflect.ValueOf(c))
			found = true
		}
	})
	if !found {
		panic(fmt.Sprintf("faults.Of: %T is no kind of fault", c))
	}
	return d
}
