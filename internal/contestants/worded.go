package contestants

// worded is an error in other words than the library's, which hold addresses or the query of a presigned URL.
type worded struct {
	text string
	err  error
}

// Error implements error.
func (w *worded) Error() string { return w.text }

// Unwrap returns the library's error.
func (w *worded) Unwrap() error { return w.err }
