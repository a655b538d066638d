package report

import (
	"strings"
	"testing"
)

func TestAgain(t *testing.T) {
	for _, c := range []struct{ backend, endpoint, resolved, clock, want string }{
		{"embedded", "", "name: x", "real", "ratebench run x.yaml"},
		{"", "", "", "", "ratebench run x.yaml"},
		{"embedded", "", "backend: {kind: embedded}", "virtual", "ratebench run x.yaml --clock virtual"},
		{"embedded", "", "backend: minio", "real", "ratebench run x.yaml --backend embedded"},
		{"http", "http://127.0.0.1:18765", "backend: embedded", "real", "ratebench run x.yaml --backend http://127.0.0.1:18765"},
		{"http", "https://me:hunter2@example.org/v1?token=hunter2", "", "real", "ratebench run x.yaml --backend https://example.org/v1"},
		{"http", "", "", "real", "ratebench run x.yaml --backend URL"},
		{"s3", "https://s3.example.org", "backend: embedded", "real", "ratebench run x.yaml --backend s3 --endpoint https://s3.example.org"},
		{"minio", "http://127.0.0.1:9000", "backend: {kind: minio}", "real", "ratebench run x.yaml --backend minio --endpoint http://127.0.0.1:9000"},
		{"$(rm -rf /)", "", "", "real", "ratebench run x.yaml --backend '$(rm -rf /)'"},
	} {
		a := &Analysis{Backend: c.backend, Endpoint: c.endpoint, Resolved: c.resolved, Clock: c.clock}
		if got := again(a, "x.yaml"); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	r, _ := analysed(t, storm)
	r.Manifest.Backend, r.Manifest.Endpoint, r.Manifest.Resolved = "s3", "https://s3.example.org", "name: storm"
	page := pageOf(t, Analyse(r), HTMLOptions{})
	for _, want := range []string{"ratebench run storm.yaml --backend s3 --endpoint https://s3.example.org<", "Its keys are not kept", `<th scope="row">endpoint</th><td>https://s3.example.org</td>`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}
