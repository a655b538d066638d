package ghga

import (
	"encoding/base64"
	"net/http"
)

// wkvs answers the Well-Known Value Service: where the services are, and for which key uploads are encrypted. It asks for no tokens.
func (p *Platform) wkvs() *service {
	return newService(nil, internalError(), map[string]route{
		"GET /values": {func(r *request) (int, any, error) { return http.StatusOK, p.values(r), nil }, nil},
		"GET /values/{name}": {func(r *request) (int, any, error) {
			name := r.PathValue("name")
			v, ok := p.values(r)[name]
			if !ok {
				return 0, nil, &refused{http.StatusNotFound, "The value " + name + " is not configured."}
			}
			return http.StatusOK, map[string]any{name: v}, nil
		}, nil},
	})
}

func (p *Platform) values(r *request) map[string]any {
	base := "http://" + r.Host
	if r.TLS != nil {
		base = "https://" + r.Host
	}
	storage := p.ucs.cfg.StorageAlias
	return map[string]any{
		"dcs_api_url": base + "/dcs", "ucs_api_url": base + "/ucs", "wps_api_url": base + "/wps",
		"storage_aliases":      map[string]string{storage: p.ucs.cfg.PublicEndpoint.String()},
		"storage_labels":       map[string]string{storage: "Storage " + storage},
		"crypt4gh_public_keys": map[string]string{storage: base64.StdEncoding.EncodeToString(p.hubPublic[:])},
	}
}
