package ghga

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Paths and methods that the services do not know are refused as their framework does.
func TestUnknownPathsAndMethods(t *testing.T) {
	d := deploy(t, nil)
	for _, p := range []string{"/ucs//health", "/ucs/./health", "/ucs/health/", "/.well-known//values", "/wps/../ucs/health", "/dcs//objects/x"} {
		resp := d.ask("GET", p, "", "")
		if text := bodyOf(t, resp); resp.StatusCode != 404 || text != `{"detail":"Not Found"}` || resp.Header.Get("Location") != "" {
			t.Errorf("GET %s: %d %s %s", p, resp.StatusCode, resp.Header.Get("Location"), text)
		}
	}
	for _, tt := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"HEAD", "/.well-known/values", 405, "GET"},
		{"HEAD", "/ucs/health", 405, "GET"},
		{"HEAD", "/ucs/nowhere", 404, ""},
		{"POST", "/ucs/health", 405, "GET"},
		{"PUT", "/ucs/boxes/x/uploads", 405, "GET, POST"},
	} {
		if resp := d.ask(tt.method, tt.path, "", ""); resp.StatusCode != tt.status || resp.Header.Get("Allow") != tt.allow {
			t.Errorf("%s %s: %d, Allow: %s", tt.method, tt.path, resp.StatusCode, resp.Header.Get("Allow"))
		}
	}
}

func TestPackageKeepsItsToken(t *testing.T) {
	wp := deploy(t, nil).upload()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, v := range []any{wp, &wp, []WorkPackage{wp}} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, wp.Token) || strings.Contains(text, wp.Sealed) {
				t.Errorf("%s of %T gives the token away", verb, v)
			}
		}
	}
}

func TestStoreAgain(t *testing.T) {
	d := deploy(t, nil)
	store := func(text string) string {
		if err := d.p.Store(t.Context(), "GHGAF1", "", strings.NewReader(text), int64(len(text))); err != nil {
			t.Fatal(err)
		}
		return d.p.dcs.object("GHGAF1").key
	}
	first, second := store("x"), store("y")
	if _, _, err := d.ucs.storage.head(t.Context(), first); !isCode(err, "NoSuchKey") {
		t.Errorf("the object that was replaced: %v", err)
	}
	if _, _, err := d.ucs.storage.head(t.Context(), second); err != nil {
		t.Error(err)
	}
}

// Lifetimes are written down in whole seconds, so there are no others.
func TestWholeSeconds(t *testing.T) {
	const odd = 1500 * time.Millisecond
	for what, change := range map[string]func(*PlatformConfig){
		"tokens":        func(c *PlatformConfig) { c.TokenLifetime = odd },
		"part URLs":     func(c *PlatformConfig) { c.URLLifetime = odd },
		"download URLs": func(c *PlatformConfig) { c.DownloadURLLifetime = odd },
	} {
		cfg := deploy(t, nil).cfg
		change(&cfg)
		if _, err := NewPlatform(cfg); err == nil || !strings.Contains(err.Error(), "whole seconds") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
