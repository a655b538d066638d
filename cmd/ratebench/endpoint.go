package main

import (
	"net/url"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/scenarios"
)

var s3Group = kong.Group{
	Key:   "s3",
	Title: "S3 endpoint:",
	Description: "Left out, the values come from RATEBENCH_ENDPOINT, RATEBENCH_ACCESS_KEY and so on, then from the usual " +
		"AWS_* and S3_* variables.",
}

// s3Flags say which S3, or what other HTTP service, stands behind the fault server.
//
// The environment is read here and not by kong, for two reasons: an empty variable means "not set", and the two keys
// of a pair must come from the same place.
type s3Flags struct {
	Backend   *string `group:"s3" placeholder:"KIND|URL" help:"embedded (in this process, default), minio, s3, or for calls the URL of any HTTP service."`
	Endpoint  string  `group:"s3" placeholder:"URL" help:"Where it is; means --backend s3 if that is not given. Default for minio: http://127.0.0.1:9000."`
	AccessKey string  `group:"s3" placeholder:"KEY" help:"Access key."`
	SecretKey string  `group:"s3" placeholder:"KEY" help:"Secret key. Other users can read your command line: prefer the environment."`
	Region    string  `group:"s3" placeholder:"NAME" help:"Region. Default: us-east-1."`
	Bucket    string  `group:"s3" placeholder:"NAME" help:"Bucket for the uploads. One that does not exist is made for the run, and removed after it. Default: such a one."`
}

// The kinds of a backend.
const (
	kindEmbedded = "embedded"
	kindMinIO    = "minio"
	kindS3       = "s3"
	kindHTTP     = scenarios.BackendHTTP
)

// resolve says what stands behind the fault server: the kind, and the endpoint unless that is embedded. The kind, or the URL
// of an HTTP service in its place, comes from the flags, RATEBENCH_BACKEND or the scenario, so that an AWS_ENDPOINT_URL that happens to be set sends no load
// anywhere; the rest comes from flags and environment.
func (f s3Flags) resolve(scenarioPlace string, getenv func(string) string) (kind string, external *target.External, err error) {
	first := func(value string, names ...string) string {
		for _, name := range names {
			if value != "" {
				return value
			}
			value = getenv(name)
		}
		return value
	}
	switch {
	case f.Backend != nil:
		kind = *f.Backend
	case f.Endpoint != "" && getenv("RATEBENCH_BACKEND") != kindMinIO:
		kind = kindS3
	default:
		kind = getenv("RATEBENCH_BACKEND")
		if kind == "" {
			kind = scenarioPlace
		}
	}
	switch kind {
	case "", kindEmbedded:
		if f.Endpoint != "" {
			return "", nil, usagef("--endpoint does not go with --backend embedded: the embedded server is in this process")
		}
		return kindEmbedded, nil, nil
	case kindMinIO, kindS3:
	default:
		to, err := parseService(kind)
		if err == nil && f.Endpoint != "" {
			err = usagef("--endpoint is of an S3, and --backend names another service: leave one of them out")
		}
		return kindHTTP, &target.External{Endpoint: to, HTTP: true}, err
	}

	external = &target.External{
		Region: first(f.Region, "RATEBENCH_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"),
		Bucket: first(f.Bucket, "RATEBENCH_BUCKET"),
	}
	endpoint := first(f.Endpoint, "RATEBENCH_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "S3_ENDPOINT")
	if endpoint == "" && kind == kindMinIO {
		endpoint = "http://127.0.0.1:9000"
	}
	if external.Endpoint, err = parseEndpoint(endpoint); err != nil {
		return "", nil, err
	}
	external.AccessKey, external.SecretKey, err = f.keys(kind, getenv)
	return kind, external, err
}

// parseService reads what is none of the kinds: the URL of an HTTP service. Its errors do not repeat the text: people put keys
// into URLs.
func parseService(s string) (*url.URL, error) {
	if !strings.ContainsAny(s, ":/@?") {
		return nil, usagef("the backend is %q: it must be embedded, minio, s3, or the URL of an HTTP service such as http://127.0.0.1:8080", s)
	}
	if why := scenarios.NotAService(s); why != "" {
		return nil, usagef("the URL of the backend %s", why)
	}
	u, err := url.Parse(s)
	return u, err
}

// suits refuses a workload that a backend cannot serve. The backend may come from a flag, which a scenario knows nothing of.
func suits(s *scenarios.Scenario, kind string) error {
	if s.Workload.Kind != scenarios.KindCalls {
		if kind == kindHTTP {
			return usagef("uploads need S3, and the backend is any HTTP service: use embedded, minio or s3, or a workload of kind: calls")
		}
		return nil
	}
	if why := s.Workload.Unfit(kind); why != "" {
		return usagef("backend %s: %s", kind, why)
	}
	return nil
}

// keys finds the pair of keys: from the first family of variables that holds either of them. A flag wins over it.
func (f s3Flags) keys(kind string, getenv func(string) string) (access, secret string, err error) {
	var session string
	for _, family := range [][3]string{
		{"RATEBENCH_ACCESS_KEY", "RATEBENCH_SECRET_KEY", ""},
		{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"},
		{"S3_ACCESS_KEY", "S3_SECRET_KEY", ""},
	} {
		if access != "" || secret != "" || f.AccessKey != "" && f.SecretKey != "" {
			break
		}
		access, secret = getenv(family[0]), getenv(family[1])
		if family[2] != "" && access != "" {
			session = getenv(family[2])
		}
	}
	if f.AccessKey != "" {
		access, session = f.AccessKey, ""
	}
	if f.SecretKey != "" {
		secret = f.SecretKey
	}
	if access == "" && secret == "" && kind == kindMinIO {
		return "minioadmin", "minioadmin", nil // what a MinIO answers to that nobody has configured
	}
	switch {
	case access == "":
		return "", "", usagef("no access key: set RATEBENCH_ACCESS_KEY or AWS_ACCESS_KEY_ID, or give --access-key")
	case secret == "":
		return "", "", usagef("no secret key: set RATEBENCH_SECRET_KEY or AWS_SECRET_ACCESS_KEY")
	case session != "":
		return "", "", usagef("AWS_SESSION_TOKEN is set, and temporary keys are not supported: use a lasting pair of keys")
	}
	return access, secret, nil
}

// parseEndpoint reads an endpoint. Its errors do not repeat the text: people put keys into URLs.
func parseEndpoint(s string) (*url.URL, error) {
	if s == "" {
		return nil, usagef("no endpoint: give --endpoint URL or set RATEBENCH_ENDPOINT, such as http://127.0.0.1:9000")
	}
	u, err := url.Parse(s)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return nil, usagef("the endpoint is not a URL of a server: write http://host:port or https://host")
	case u.User != nil:
		return nil, usagef("the endpoint holds a user or password: leave them out and set RATEBENCH_ACCESS_KEY and RATEBENCH_SECRET_KEY")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, usagef("the endpoint must end after the host and port: buckets go into --bucket")
	}
	u.Path = ""
	return u, nil
}
