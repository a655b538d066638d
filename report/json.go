package report

import (
	"encoding/json"
	"fmt"
	"io"
)

// JSON prints the whole analysis.
func JSON(w io.Writer, a *Analysis) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(a); err != nil {
		return fmt.Errorf("print JSON: %w", err)
	}
	return nil
}
