package blackbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ratebench/ratebench/internal/runner"
)

// Var is a variable that a program is given.
type Var struct{ Name, Summary string }

// Vars lists the variables that are meant to be used in a command. Those of the AWS SDKs and of an rclone remote called
// ratebench come on top, so that most clients need nothing else.
func Vars() []Var {
	return []Var{
		{"RATEBENCH_FILE", "the file to upload; its name, object-1 and so on, must be the last element of the key"},
		{"RATEBENCH_KEY", "the name alone"},
		{"RATEBENCH_BUCKET", "the bucket"},
		{"RATEBENCH_ENDPOINT", "the endpoint's URL"},
		{"RATEBENCH_OBJECT", "the object's number, from 1"},
		{"RATEBENCH_OBJECTS", "how many objects there will be; 0: as many as fit into RATEBENCH_DURATION"},
		{"RATEBENCH_OBJECT_SIZE", "its size in bytes"},
		{"RATEBENCH_PART_SIZE", "the cell's part size in bytes"},
		{"RATEBENCH_CONCURRENCY", "how many parts are to be in flight"},
		{"RATEBENCH_DURATION", "the trial's length in seconds; 0: until all is uploaded"},
		{"RATEBENCH_CLIENT", "the client's number, from 0"},
		{"RATEBENCH_SEED", "the trial's seed"},
	}
}

// vars are the variables for one object.
func (u *uploader) vars(o runner.Object, file string) map[string]string {
	c, s3 := u.client, u.client.S3
	endpoint, partSize, concurrency := s3.Endpoint.String(), strconv.FormatInt(c.PartSize, 10), strconv.Itoa(c.Concurrency)
	return map[string]string{
		"RATEBENCH_FILE": file, "RATEBENCH_KEY": fmt.Sprintf("object-%d", o.Ordinal), "RATEBENCH_BUCKET": s3.Bucket, "RATEBENCH_ENDPOINT": endpoint,
		"RATEBENCH_OBJECT": strconv.Itoa(o.Ordinal), "RATEBENCH_OBJECTS": strconv.Itoa(u.of.config.Objects * u.of.config.Clients),
		"RATEBENCH_OBJECT_SIZE": strconv.FormatInt(o.Size, 10), "RATEBENCH_PART_SIZE": partSize, "RATEBENCH_CONCURRENCY": concurrency,
		"RATEBENCH_DURATION": strconv.FormatFloat(u.of.config.Duration.Seconds(), 'f', -1, 64), "RATEBENCH_CLIENT": strconv.Itoa(c.Ordinal),
		"RATEBENCH_SEED": strconv.FormatUint(c.Trial.Seed, 10),

		"AWS_ENDPOINT_URL": endpoint, "AWS_ENDPOINT_URL_S3": endpoint, "AWS_ACCESS_KEY_ID": s3.AccessKey, "AWS_SECRET_ACCESS_KEY": s3.SecretKey,
		"AWS_REGION": s3.Region, "AWS_DEFAULT_REGION": s3.Region, "AWS_EC2_METADATA_DISABLED": "true",

		"RCLONE_CONFIG_RATEBENCH_TYPE": "s3", "RCLONE_CONFIG_RATEBENCH_PROVIDER": "Other", "RCLONE_CONFIG_RATEBENCH_ENV_AUTH": "false",
		"RCLONE_CONFIG_RATEBENCH_ACCESS_KEY_ID": s3.AccessKey, "RCLONE_CONFIG_RATEBENCH_SECRET_ACCESS_KEY": s3.SecretKey,
		"RCLONE_CONFIG_RATEBENCH_ENDPOINT": endpoint, "RCLONE_CONFIG_RATEBENCH_REGION": s3.Region,
		"RCLONE_CONFIG_RATEBENCH_FORCE_PATH_STYLE": "true", "RCLONE_CONFIG_RATEBENCH_NO_CHECK_BUCKET": "true",
		"RCLONE_CONFIG_RATEBENCH_CHUNK_SIZE": partSize + "B", "RCLONE_CONFIG_RATEBENCH_UPLOAD_CUTOFF": partSize + "B",
		"RCLONE_CONFIG_RATEBENCH_UPLOAD_CONCURRENCY": concurrency,

		"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost",
	}
}

// keptOut lists what of this process's environment a program must not get: keys of other endpoints, and what would lead it
// there. What tunes a client, such as AWS_MAX_ATTEMPTS, is part of what is measured and stays.
var keptOut = []string{
	"AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
	"AWS_CREDENTIAL_EXPIRATION", "AWS_CA_BUNDLE", "S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY",
}

// environ is the environment of a program.
func environ(own []string, vars map[string]string) []string {
	var out []string
	for _, e := range own {
		name, _, _ := strings.Cut(e, "=")
		_, set := vars[name]
		if set || slices.Contains(keptOut, name) || strings.HasPrefix(name, "RATEBENCH_") ||
			strings.HasPrefix(name, "AWS_ENDPOINT_URL") || strings.HasPrefix(name, "AWS_CONTAINER_") {
			continue
		}
		out = append(out, e)
	}
	for name, value := range vars {
		out = append(out, name+"="+value)
	}
	slices.Sort(out)
	return out
}
