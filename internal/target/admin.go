package target

import (
	"context"
	"errors"
	"fmt"

	"github.com/minio/minio-go/v7"
)

// admin does what faults ask for behind a client's back, past the faults.
type admin struct{ x *trial }

// errNoS3 is what comes of it where calls go to a service that is no S3.
var errNoS3 = errors.New("there is no S3 behind the calls")

func (a admin) AbortUpload(ctx context.Context, bucket, key, upload string) error {
	if a.x.client == nil {
		return errNoS3
	}
	core := minio.Core{Client: a.x.client}
	if err := core.AbortMultipartUpload(ctx, bucket, key, upload); err != nil {
		return fmt.Errorf("aborting an upload of %s: %s", key, reason(err))
	}
	return nil
}

func (a admin) DeleteObject(ctx context.Context, bucket, key string) error {
	if a.x.client == nil {
		return errNoS3
	}
	if err := a.x.client.RemoveObject(ctx, bucket, key, minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("deleting %s: %s", key, reason(err))
	}
	return nil
}
