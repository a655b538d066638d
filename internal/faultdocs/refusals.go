package faultdocs

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
)

const refused = `
## How GHGA's services refuse

A fault that refuses at an operation of the WKVS, WPS, UCS or DCS gives what that service itself says with the status:

- an exception, ` + "`{\"data\": …, \"description\": …, \"exception_id\": …}`" + `, where the table has one. Ids and names in ` + "`data`" + ` are those of the request;
  what only the service knows, such as sizes, is made up.
- ` + "`{\"detail\": \"Invalid authentication credentials\"}`" + ` with 401 at the UCS and the DCS, ` + "`{\"detail\": \"Not authenticated\"}`" + ` at the others;
  ` + "`{\"detail\": \"Invalid work package access token\"}`" + ` with 403 at the WPS; a list of one complaint as ` + "`detail`" + ` with 422; ` + "`{\"message\": \"Internal Server Error.\"}`" + `
  with 500 at the WPS and the WKVS; ` + "`{\"detail\": …}`" + ` with the status in words for all others below 500.
- the HTML page of a gateway with 408, 413, 429, what is above 500 and statuses without a name, unless the table has an exception: no service gives
  these by itself, so they come from what stands before it.

` + "`s3_code`" + ` sets another exception id (` + "`TooManyOpenUploads`" + ` and ` + "`tooManyOpenUploads`" + ` are the same), at any status and any of these services;
` + "`body`" + ` sets another form. complete_error and complete_slow send their white space before JSON.

Clients act on what they read. A 404 at ` + "`ucs_delete`" + ` says that the upload is gone: whoever believes it leaves an upload open at S3, and a 409 or a
404 at ` + "`ucs_complete`" + ` makes ` + "`connector-fixed`" + ` begin the file anew.

`

// refusals says how GHGA's services answer where a fault refuses.
func refusals() string {
	var b strings.Builder
	b.WriteString(refused + "| `op` | status | exception id |\n|---|---|---|\n")
	for _, op := range ops.All() {
		for status := http.StatusBadRequest; status < 600; status++ {
			if id := faults.UsualException(op.Name, status); id != "" {
				fmt.Fprintf(&b, "| `%s` | %d | `%s` |\n", op.Name, status, id)
			}
		}
	}
	return b.String()
}
