package ops

import "strings"

// The operations. S3's carry S3's names; those of GHGA's services begin with the service's name.
const (
	CreateUpload   = "create_upload"
	UploadPart     = "upload_part"
	CompleteUpload = "complete_upload"
	AbortUpload    = "abort_upload"
	ListParts      = "list_parts"
	ListUploads    = "list_uploads"
	PutObject      = "put_object"
	GetObject      = "get_object"
	HeadObject     = "head_object"
	DeleteObject   = "delete_object"
	DeleteObjects  = "delete_objects"
	CopyObject     = "copy_object"
	PostObject     = "post_object"
	PatchObject    = "patch_object"
	ListObjects    = "list_objects"
	CreateBucket   = "create_bucket"
	HeadBucket     = "head_bucket"
	WKVSValues     = "wkvs_values"
	WPSHealth      = "wps_health"
	WPSPackage     = "wps_package"
	WPSToken       = "wps_token"
	UCSHealth      = "ucs_health"
	UCSCreateBox   = "ucs_create_box"
	UCSUpdateBox   = "ucs_update_box"
	UCSDeleteBox   = "ucs_delete_box"
	UCSCreate      = "ucs_create"
	UCSPartURL     = "ucs_part_url"
	UCSComplete    = "ucs_complete"
	UCSDelete      = "ucs_delete"
	UCSList        = "ucs_list"
	DCSHealth      = "dcs_health"
	DCSObject      = "dcs_object"
	DCSEnvelope    = "dcs_envelope"
	HTTP           = "http"
	Other          = "other"
)

// Op names an operation and says what it is.
type Op struct{ Name, Summary string }

// All lists every operation.
func All() []Op {
	return []Op{
		{CreateUpload, "S3 CreateMultipartUpload"},
		{UploadPart, "S3 UploadPart"},
		{CompleteUpload, "S3 CompleteMultipartUpload"},
		{AbortUpload, "S3 AbortMultipartUpload"},
		{ListParts, "S3 ListParts"},
		{ListUploads, "S3 ListMultipartUploads"},
		{PutObject, "S3 PutObject"},
		{GetObject, "S3 GetObject"},
		{HeadObject, "S3 HeadObject"},
		{DeleteObject, "S3 DeleteObject"},
		{DeleteObjects, "S3 DeleteObjects, many at once"},
		{CopyObject, "S3 CopyObject and UploadPartCopy"},
		{PostObject, "POST to an object: a call, no operation of S3's"},
		{PatchObject, "PATCH of an object: a call, no operation of S3's"},
		{ListObjects, "S3 ListObjects, both versions"},
		{CreateBucket, "S3 CreateBucket"},
		{HeadBucket, "S3 HeadBucket"},
		{WKVSValues, "WKVS GET /values, and /values/{name}"},
		{WPSHealth, "WPS GET /health"},
		{WPSPackage, "WPS GET /work-packages/{id}"},
		{WPSToken, "WPS POST /work-packages/{id}/…/work-order-tokens"},
		{UCSHealth, "UCS GET /health"},
		{UCSCreateBox, "UCS POST /boxes"},
		{UCSUpdateBox, "UCS PATCH /boxes/{box}"},
		{UCSDeleteBox, "UCS DELETE /boxes/{box}"},
		{UCSCreate, "UCS POST /boxes/{box}/uploads"},
		{UCSPartURL, "UCS GET /boxes/{box}/uploads/{file}/parts/{n}"},
		{UCSComplete, "UCS PATCH /boxes/{box}/uploads/{file}"},
		{UCSDelete, "UCS DELETE /boxes/{box}/uploads/{file}"},
		{UCSList, "UCS GET /boxes/{box}/uploads"},
		{DCSHealth, "DCS GET /health"},
		{DCSObject, "DCS GET /objects/{accession}"},
		{DCSEnvelope, "DCS GET /objects/{accession}/envelopes"},
		{HTTP, "any request, where the service is neither S3 nor GHGA's"},
		{Other, "anything else"},
	}
}

// Service is the service of GHGA's that an operation asks: wkvs, wps, ucs or dcs. Empty: it asks none.
func Service(op string) string {
	switch service, _, _ := strings.Cut(op, "_"); service {
	case "wkvs", "wps", "ucs", "dcs":
		return service
	}
	return ""
}

// Control reports whether an operation belongs to a control plane: it asks a service of GHGA's that moves no content itself.
func Control(op string) bool { return Service(op) != "" }
