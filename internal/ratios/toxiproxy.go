package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// toxiproxy starts Shopify's TCP proxy, which people use for faults, in front of a backend. It is a process of its own, as
// its users run it: `make toxiproxy` installs the binary.
func toxiproxy(ctx context.Context, backend string) (url string, stop func(), err error) {
	binary, err := filepath.Abs("bin/toxiproxy-server")
	if err != nil {
		return "", nil, err
	}
	if _, err := os.Stat(binary); err != nil {
		return "", nil, fmt.Errorf("toxiproxy is what the fault server is compared with (install it with make toxiproxy): %w", err)
	}
	api, err := freePort()
	if err != nil {
		return "", nil, err
	}
	listen, err := freePort()
	if err != nil {
		return "", nil, err
	}
	_, port, _ := net.SplitHostPort(api)
	cmd := exec.CommandContext(ctx, binary, "-host", "127.0.0.1", "-port", port)
	cmd.Env = append(os.Environ(), "LOG_LEVEL=error")
	if err := cmd.Start(); err != nil {
		return "", nil, fmt.Errorf("starting toxiproxy: %w", err)
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed, and says so
	}
	body, err := json.Marshal(map[string]any{"name": "s3", "listen": listen, "upstream": backend, "enabled": true})
	if err == nil {
		err = create(ctx, "http://"+api+"/proxies", body)
	}
	if err != nil {
		stop()
		return "", nil, err
	}
	return "http://" + listen, stop, nil
}

// create makes the proxy, once toxiproxy answers.
func create(ctx context.Context, url string, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			text, _ := io.ReadAll(resp.Body) // only for the message
			resp.Body.Close()
			if resp.StatusCode != http.StatusCreated {
				return fmt.Errorf("toxiproxy answered %s: %s", resp.Status, text)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(errors.New("toxiproxy does not answer"), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// freePort finds a loopback port that nobody uses now.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
