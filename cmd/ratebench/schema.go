package main

import "github.com/ratebench/ratebench/scenarios"

type schemaCmd struct{}

func (schemaCmd) Help() string {
	return `Examples:

    ratebench schema > scenario.schema.json

Then let the first line of a scenario name it, and your editor completes keys and marks mistakes:

    # yaml-language-server: $schema=scenario.schema.json`
}

func (schemaCmd) Run(io *streams) error {
	schema, err := scenarios.Schema()
	if err == nil {
		_, err = io.out.Write(schema)
	}
	return err
}
