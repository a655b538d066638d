package faultserver

// The operations a rule can match. S3's carry S3's names; those of the GHGA Upload Controller begin with ucs_.
const (
	OpCreateUpload   = "create_upload"
	OpUploadPart     = "upload_part"
	OpCompleteUpload = "complete_upload"
	OpAbortUpload    = "abort_upload"
	OpListParts      = "list_parts"
	OpListUploads    = "list_uploads"
	OpPutObject      = "put_object"
	OpGetObject      = "get_object"
	OpHeadObject     = "head_object"
	OpDeleteObject   = "delete_object"
	OpListObjects    = "list_objects"
	OpCreateBucket   = "create_bucket"
	OpHeadBucket     = "head_bucket"
	OpUCSCreateBox   = "ucs_create_box"
	OpUCSCreate      = "ucs_create"
	OpUCSPartURL     = "ucs_part_url"
	OpUCSComplete    = "ucs_complete"
	OpUCSDelete      = "ucs_delete"
	OpUCSList        = "ucs_list"
	OpOther          = "other"
)

// Op names an operation and says what it is.
type Op struct{ Name, Summary string }

// Ops lists every operation.
func Ops() []Op {
	return []Op{
		{OpCreateUpload, "S3 CreateMultipartUpload"},
		{OpUploadPart, "S3 UploadPart"},
		{OpCompleteUpload, "S3 CompleteMultipartUpload"},
		{OpAbortUpload, "S3 AbortMultipartUpload"},
		{OpListParts, "S3 ListParts"},
		{OpListUploads, "S3 ListMultipartUploads"},
		{OpPutObject, "S3 PutObject"},
		{OpGetObject, "S3 GetObject"},
		{OpHeadObject, "S3 HeadObject"},
		{OpDeleteObject, "S3 DeleteObject"},
		{OpListObjects, "S3 ListObjects, both versions"},
		{OpCreateBucket, "S3 CreateBucket"},
		{OpHeadBucket, "S3 HeadBucket"},
		{OpUCSCreateBox, "UCS POST /boxes"},
		{OpUCSCreate, "UCS POST /boxes/{box}/uploads"},
		{OpUCSPartURL, "UCS GET /boxes/{box}/uploads/{file}/parts/{n}"},
		{OpUCSComplete, "UCS PATCH /boxes/{box}/uploads/{file}"},
		{OpUCSDelete, "UCS DELETE /boxes/{box}/uploads/{file}"},
		{OpUCSList, "UCS GET /boxes/{box}/uploads"},
		{OpOther, "anything else"},
	}
}
