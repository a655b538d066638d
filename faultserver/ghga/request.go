package ghga

import (
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// maxBody bounds a request's body: the digests of 10,000 parts need about 1 MiB.
const maxBody = 8 << 20

// request reads the parts of a request and collects what is wrong with them, as the service's web framework does, so
// that one answer names all faults.
type request struct {
	*http.Request
	answer http.Header // of the response
	token  *workOrder  // nil: nobody asks for one here
	body   map[string]any
	faults invalid
}

func (r *request) fault(kind, msg string, input any, loc ...any) {
	r.faults = append(r.faults, detail{Type: kind, Loc: loc, Msg: msg, Input: input})
}

// err is what is wrong with the request, or nil.
func (r *request) err() error {
	if len(r.faults) == 0 {
		return nil
	}
	return r.faults
}

// id reads a UUID of version 4 from the path.
func (r *request) id(name string) uuid.UUID { return r.parseID(r.PathValue(name), "path", name) }

func (r *request) parseID(s string, loc ...any) uuid.UUID {
	id, err := uuid.Parse(s)
	if err != nil {
		r.fault("uuid_parsing", "Input should be a valid UUID", s, loc...)
	} else if id.Version() != 4 {
		r.fault("uuid_version", "UUID version 4 expected", s, loc...)
	}
	return id
}

// needed reads an integer of at least 0 from the query, where it must be.
func (r *request) needed(name string) int {
	if !r.URL.Query().Has(name) {
		r.fault("missing", "Field required", nil, "query", name)
		return 0
	}
	return r.query(name, 0, 0, 1<<53)
}

// query reads an integer between min and max from the query.
func (r *request) query(name string, missing, min, max int) int {
	if !r.URL.Query().Has(name) {
		return missing
	}
	s := r.URL.Query().Get(name)
	n, err := strconv.Atoi(s)
	switch {
	case err != nil:
		r.fault("int_parsing", "Input should be a valid integer, unable to parse string as an integer", s, "query", name)
	case n < min:
		r.fault("greater_than_equal", "Input should be greater than or equal to "+strconv.Itoa(min), s, "query", name)
	case n > max:
		r.fault("less_than_equal", "Input should be less than or equal to "+strconv.Itoa(max), s, "query", name)
	}
	return n
}

// asked reads a boolean from the query, in any of the ways that the framework takes.
func (r *request) asked(name string) bool {
	s := r.URL.Query().Get(name)
	switch strings.ToLower(s) {
	case "1", "true", "t", "yes", "y", "on":
		return true
	case "0", "false", "f", "no", "n", "off":
		return false
	}
	if r.URL.Query().Has(name) {
		r.fault("bool_parsing", "Input should be a valid boolean, unable to interpret input", s, "query", name)
	}
	return false
}

// object reads the body, which must be a JSON object.
func (r *request) object() {
	b, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	var v any
	if err == nil && len(b) == 0 {
		r.fault("missing", "Field required", nil, "body")
		return
	}
	if err != nil || len(b) > maxBody || json.Unmarshal(b, &v) != nil {
		r.fault("json_invalid", "JSON decode error", map[string]any{}, "body", 0)
		return
	}
	if r.body, _ = v.(map[string]any); r.body == nil {
		r.fault("model_attributes_type", "Input should be a valid dictionary or object to extract fields from", v, "body")
	}
}

// field gets a member of the body; a missing one is a fault.
func (r *request) field(name string) (any, bool) {
	if r.body == nil {
		return nil, false
	}
	v, ok := r.body[name]
	if !ok {
		r.fault("missing", "Field required", r.body, "body", name)
	}
	return v, ok
}

func (r *request) text(name string) string {
	v, ok := r.field(name)
	s, isText := v.(string)
	if ok && !isText {
		r.fault("string_type", "Input should be a valid string", v, "body", name)
	}
	return s
}

// optionalText reads a text that may be null or left out.
func (r *request) optionalText(name string) string {
	if r.body[name] == nil {
		return ""
	}
	return r.text(name)
}

// optionalID reads a UUID of version 4 that may be null or left out.
func (r *request) optionalID(name string) uuid.UUID {
	s, isText := r.body[name].(string)
	if !isText {
		if v := r.body[name]; v != nil {
			r.fault("uuid_type", "UUID input should be a string, bytes or UUID object", v, "body", name)
		}
		return uuid.Nil
	}
	return r.parseID(s, "body", name)
}

func (r *request) texts(name string) []string {
	v, ok := r.field(name)
	if !ok {
		return nil
	}
	list, isList := v.([]any)
	if !isList {
		r.fault("list_type", "Input should be a valid list", v, "body", name)
	}
	texts := make([]string, len(list))
	for i, e := range list {
		if texts[i], ok = e.(string); !ok {
			r.fault("string_type", "Input should be a valid string", e, "body", name, i)
		}
	}
	return texts
}

// number reads an integer of at least min, and at most max unless that is 0.
func (r *request) number(name string, min, max int64) int64 {
	v, ok := r.field(name)
	if !ok {
		return 0
	}
	f, isNumber := v.(float64)
	switch {
	case !isNumber || math.Abs(f) > 1<<53:
		r.fault("int_type", "Input should be a valid integer", v, "body", name)
	case f != math.Trunc(f):
		r.fault("int_from_float", "Input should be a valid integer, got a number with a fractional part", v, "body", name)
	case int64(f) < min:
		r.fault("greater_than_equal", "Input should be greater than or equal to "+strconv.FormatInt(min, 10), v, "body", name)
	case max > 0 && int64(f) > max:
		r.fault("less_than_equal", "Input should be less than or equal to "+strconv.FormatInt(max, 10), v, "body", name)
	default:
		return int64(f)
	}
	return 0
}

// flag reads a boolean that may be left out.
func (r *request) flag(name string) bool {
	v, ok := r.body[name]
	b, isFlag := v.(bool)
	if ok && !isFlag {
		r.fault("bool_type", "Input should be a valid boolean", v, "body", name)
	}
	return b
}
