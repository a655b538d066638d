package live

import (
	"bytes"
	"html/template"

	"github.com/ratebench/ratebench/internal/record"
)

// notice is a page of one sentence. It asks again by itself, without a script.
var notice = template.Must(template.New("notice").Parse(`<!doctype html>
<html lang="en" data-live>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="2">
<title>{{.Title}}</title>
<style>
:root { color-scheme: light dark }
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
</style>
</head>
<body>
<main id="main">
<h1>{{.Title}}</h1>
<p role="status">{{.Text}}</p>
</main>
</body>
</html>
`))

func say(title, text string) []byte {
	var b bytes.Buffer
	if err := notice.Execute(&b, struct{ Title, Text string }{title, text}); err != nil {
		return []byte(err.Error()) // two texts always go in
	}
	return b.Bytes()
}

// waiting is the page of a run of which there is nothing to show yet.
func waiting(m *record.Manifest) []byte {
	if m.Outcome != record.OutcomeRunning {
		return say(m.Scenario, "The run has ended, and no trial has: there is nothing to show.")
	}
	return say(m.Scenario, "No trial has ended yet. The report comes here by itself as soon as the first one has.")
}

func failure(err error) []byte {
	return say("The results cannot be read", err.Error()+". This page tries again by itself.")
}
