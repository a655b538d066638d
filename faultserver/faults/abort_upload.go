package faults

// AbortUpload aborts the multipart upload that a request is part of, then lets the request go on, so that it meets the
// backend's NoSuchUpload. Requests that are part of none pass.
type AbortUpload struct{}

// Defaults implements Config.
func (*AbortUpload) Defaults() {}

// New implements Config.
func (*AbortUpload) New(env Env) (Fault, error) {
	if env.Admin == nil {
		return nil, Wrong("", "abort_upload needs an S3 backend, and this is none: write status with code 404 and s3_code NoSuchUpload instead")
	}
	return abortUpload{env.Admin}, nil
}

type abortUpload struct{ admin Admin }

func (f abortUpload) Act(x *Exchange) bool {
	if x.Req.Upload == "" {
		return false
	}
	x.Note("abort_upload")
	if err := f.admin.AbortUpload(x.R.Context(), x.Req.Bucket, x.Req.Key, x.Req.Upload); err != nil {
		x.Note("the upload is still there") // or was aborted before
	}
	return false
}
