package main

import (
	"fmt"
	"reflect"

	"github.com/alecthomas/kong"
)

// asGiven takes an argument as it is. kong's own way leads through JSON, which puts other bytes in the place of those that are not in UTF-8: then a file
// with such a name could not be found.
func asGiven(ctx *kong.DecodeContext, target reflect.Value) error {
	token, err := ctx.Scan.PopValue("string")
	if err != nil {
		return err
	}
	text, ok := token.Value.(string)
	if !ok {
		return fmt.Errorf("expected text but got %v", token.Value)
	}
	target.SetString(text)
	return nil
}
