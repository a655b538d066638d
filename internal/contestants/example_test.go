package contestants_test

import (
	"fmt"

	"github.com/ratebench/ratebench/internal/contestants"
)

func ExampleNew() {
	c, err := contestants.New("exponential", "patient", map[string]string{"attempts": "8", "cap": "60s"})
	fmt.Println(c.Name(), err)

	_, err = contestants.New("exponential", "", map[string]string{"base": "100"})
	fmt.Println(err)
	// Output:
	// patient <nil>
	// contestant exponential: parameter base: duration "100" has no unit: write 100ms or 100s
}
