package main

import (
	"strings"
	"testing"
)

func TestResolveBackend(t *testing.T) {
	keys := map[string]string{"AWS_ACCESS_KEY_ID": "aws", "AWS_SECRET_ACCESS_KEY": "aws-secret"}
	for _, test := range []struct {
		name     string
		flags    s3Flags
		scenario string
		env      map[string]string
		want     string // kind endpoint access secret region bucket
		problem  string
	}{
		{name: "nothing given", want: "embedded"},
		{name: "an endpoint in the environment alone moves no load",
			env: map[string]string{"AWS_ENDPOINT_URL": "https://s3.example.org", "RATEBENCH_ENDPOINT": "http://h:1"}, want: "embedded"},
		{name: "the scenario chooses", scenario: "minio", want: "minio http://127.0.0.1:9000 minioadmin minioadmin  "},
		{name: "the flag wins over the scenario", flags: s3Flags{Backend: new("embedded")}, scenario: "minio", want: "embedded"},
		{name: "the environment wins over the scenario", scenario: "minio", env: map[string]string{"RATEBENCH_BACKEND": "embedded"}, want: "embedded"},
		{name: "an endpoint means s3", flags: s3Flags{Endpoint: "https://s3.example.org/"}, env: keys,
			want: "s3 https://s3.example.org aws aws-secret  "},
		{name: "an endpoint leaves minio alone", flags: s3Flags{Endpoint: "http://h:1"}, env: map[string]string{"RATEBENCH_BACKEND": "minio"},
			want: "minio http://h:1 minioadmin minioadmin  "},
		{name: "ratebench's own variables win over AWS's", flags: s3Flags{Backend: new("s3")}, env: map[string]string{
			"RATEBENCH_ENDPOINT": "http://own:1", "AWS_ENDPOINT_URL_S3": "http://aws:1", "S3_ENDPOINT": "http://s3:1",
			"RATEBENCH_ACCESS_KEY": "own", "RATEBENCH_SECRET_KEY": "own-secret", "AWS_ACCESS_KEY_ID": "aws", "AWS_SECRET_ACCESS_KEY": "aws-secret",
			"RATEBENCH_REGION": "own-1", "AWS_REGION": "aws-1", "RATEBENCH_BUCKET": "own-bucket"},
			want: "s3 http://own:1 own own-secret own-1 own-bucket"},
		{name: "AWS's for S3 alone win over its general ones", flags: s3Flags{Backend: new("s3")}, env: map[string]string{
			"AWS_ENDPOINT_URL_S3": "http://for-s3:1", "AWS_ENDPOINT_URL": "http://general:1",
			"S3_ACCESS_KEY": "s3", "S3_SECRET_KEY": "s3-secret", "AWS_DEFAULT_REGION": "default-1"},
			want: "s3 http://for-s3:1 s3 s3-secret default-1 "},
		{name: "empty variables count as not set", flags: s3Flags{Backend: new("s3")}, env: map[string]string{
			"RATEBENCH_ENDPOINT": "", "S3_ENDPOINT": "http://s3:1", "RATEBENCH_ACCESS_KEY": "", "S3_ACCESS_KEY": "s3", "S3_SECRET_KEY": "s3-secret"},
			want: "s3 http://s3:1 s3 s3-secret  "},
		{name: "a pair is never mixed", flags: s3Flags{Backend: new("s3"), Endpoint: "http://h:1"},
			env: map[string]string{"RATEBENCH_ACCESS_KEY": "own", "AWS_SECRET_ACCESS_KEY": "aws-secret"}, problem: "no secret key"},
		{name: "flags complete a pair", flags: s3Flags{Endpoint: "http://h:1", AccessKey: "flag"}, env: keys,
			want: "s3 http://h:1 flag aws-secret  "},

		{name: "no endpoint", flags: s3Flags{Backend: new("s3")}, env: keys, problem: "no endpoint"},
		{name: "no keys", flags: s3Flags{Endpoint: "http://h:1"}, problem: "no access key"},
		{name: "temporary keys", flags: s3Flags{Endpoint: "http://h:1"}, env: map[string]string{
			"AWS_ACCESS_KEY_ID": "aws", "AWS_SECRET_ACCESS_KEY": "aws-secret", "AWS_SESSION_TOKEN": "hunter2"}, problem: "temporary keys"},
		{name: "an embedded endpoint", flags: s3Flags{Backend: new("embedded"), Endpoint: "http://h:1"}, problem: "does not go with"},
		{name: "an unknown backend", env: map[string]string{"RATEBENCH_BACKEND": "ceph"}, problem: `"ceph"`},
		{name: "an HTTP service", flags: s3Flags{Backend: new("http://h:8080/api")}, scenario: "minio", want: "http http://h:8080/api    "},
		{name: "the scenario's HTTP service", scenario: "https://h", want: "http https://h    "},
		{name: "an HTTP service with a key", flags: s3Flags{Backend: new("http://me:hunter2@h")}, problem: "user or password"},
		{name: "an HTTP service with a query", flags: s3Flags{Backend: new("http://h?key=hunter2")}, problem: "query"},
		{name: "an HTTP service of another scheme", flags: s3Flags{Backend: new("ftp://h/hunter2")}, problem: "not the URL of a service"},
		{name: "an HTTP service and an endpoint", flags: s3Flags{Backend: new("http://h"), Endpoint: "http://h:1"}, problem: "--endpoint"},
		{name: "no scheme", flags: s3Flags{Endpoint: "127.0.0.1:9000"}, problem: "not a URL"},
		{name: "not a URL", flags: s3Flags{Endpoint: "http://hunter2@:x"}, problem: "not a URL"},
		{name: "another scheme", flags: s3Flags{Endpoint: "ftp://h"}, problem: "not a URL"},
		{name: "keys in the URL", flags: s3Flags{Endpoint: "http://me:hunter2@h:1"}, problem: "user or password"},
		{name: "a bucket in the URL", flags: s3Flags{Endpoint: "http://h:1/bucket"}, problem: "--bucket"},
		{name: "a query in the URL", flags: s3Flags{Endpoint: "http://h:1?key=hunter2"}, problem: "after the host"},
	} {
		t.Run(test.name, func(t *testing.T) {
			kind, got, err := test.flags.resolve(test.scenario, func(name string) string { return test.env[name] })
			if test.problem != "" {
				if err == nil || !strings.Contains(err.Error(), test.problem) || exitCode(err) != exitUsage {
					t.Fatalf("error %v with exit code %d, want one about %q with %d", err, exitCode(err), test.problem, exitUsage)
				}
				if strings.Contains(err.Error(), "hunter2") {
					t.Fatalf("the error shows a secret: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			fields := []string{kind}
			if got != nil {
				fields = append(fields, got.Endpoint.String(), got.AccessKey, got.SecretKey, got.Region, got.Bucket)
			}
			if s := strings.Join(fields, " "); s != test.want {
				t.Errorf("got  %s\nwant %s", s, test.want)
			}
		})
	}
}
