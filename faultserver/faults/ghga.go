package faults

import (
	"net/http"
	"strings"

	"github.com/ratebench/ratebench/faultserver/ops"
)

// The bodies that GHGA's services refuse with. exception is an error of a service itself, detail one that its web framework (FastAPI) makes,
// or that the WPS and the WKVS raise by it, and message is of what nobody caught.
type (
	exception struct {
		Data        map[string]any `json:"data"`
		Description string         `json:"description"`
		ExceptionID string         `json:"exception_id"`
	}
	detail struct {
		Detail any `json:"detail"` // a text or a list of invalid
	}
	message struct {
		Message string `json:"message"`
	}
	invalid struct {
		Type  string   `json:"type"`
		Loc   []string `json:"loc"`
		Msg   string   `json:"msg"`
		Input any      `json:"input"`
	}
)

// ghgaRefusal is what the service that req asks says with a status; nil: it never gives that one. Then the answer comes from what stands
// before it, a gateway or a load balancer.
func ghgaRefusal(req ops.Request, status int) any {
	if id := UsualException(req.Op, status); id != "" {
		return newException(id, req)
	}
	service := ops.Service(req.Op)
	switch {
	case status == http.StatusInternalServerError:
		return message{"Internal Server Error."}
	case status == http.StatusUnauthorized && (service == "ucs" || service == "dcs"):
		return detail{"Invalid authentication credentials"} // also what a token that has run out gets
	case status == http.StatusUnauthorized:
		return detail{"Not authenticated"} // the WPS says 403 to a token that is no good
	case status == http.StatusForbidden && service == "wps" && req.Op != ops.WPSHealth:
		return detail{"Invalid work package access token"}
	case status == http.StatusUnprocessableEntity:
		where := "path"
		if takesJSON[req.Op] {
			where = "body"
		}
		return detail{[]invalid{{"value_error", []string{where}, "Value error, the request is not valid", nil}}}
	case status >= 500 || beforeService[status] || http.StatusText(status) == "":
		return nil
	}
	return detail{http.StatusText(status)}
}

// beforeService are the statuses below 500 that come from a gateway, unless a service has an exception for them.
var beforeService = map[int]bool{
	http.StatusRequestTimeout: true, http.StatusRequestEntityTooLarge: true, http.StatusTooManyRequests: true,
}

// takesJSON are the operations whose requests have a body.
var takesJSON = map[string]bool{
	ops.WPSToken: true, ops.UCSCreateBox: true, ops.UCSUpdateBox: true, ops.UCSCreate: true, ops.UCSComplete: true,
}

// newException makes an exception as the service that req asks would raise it. What only the service knows, such as sizes, is made up.
func newException(id string, req ops.Request) exception {
	e := exception{Data: map[string]any{}, Description: exceptions[id].text, ExceptionID: id}
	for name := range strings.FieldsSeq(exceptions[id].data) {
		e.Data[name] = about(name, req)
	}
	return e
}

func about(name string, req ops.Request) any {
	switch name {
	case "box_id":
		return req.Bucket
	case "max_concurrent":
		return 5 // the service's default
	case "max_size", "current_size":
		return int64(1) << 40 // a full box
	case "part_no":
		return req.Part
	case "part_size":
		return 0
	case "box_state":
		return "locked"
	case "file_ids":
		return [][2]string{}
	}
	return req.Key // a file's id or alias, or an accession
}

// exceptionID writes an error code as an exception id.
func exceptionID(code string) string { return strings.ToLower(code[:1]) + code[1:] }
