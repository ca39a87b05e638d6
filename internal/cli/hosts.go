package cli

import (
	"encoding/json"
	"fmt"
	"strings"
)

// hosts are addresses: "HOST:PORT,HOST:PORT" on the command line, the same or a list in the configuration.
type hosts []string

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *hosts) UnmarshalText(text []byte) error {
	*h = strings.Split(string(text), ",")
	return nil
}

// UnmarshalJSON implements json.Unmarshaler; kong makes JSON of what the configuration holds.
func (h *hosts) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		return h.UnmarshalText([]byte(one))
	}
	var list []string
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("want HOST:PORT or a list of them: %w", err)
	}
	*h = list
	return nil
}

// byLink are the hosts of each VPC link, as the server takes them.
func byLink(links map[string]hosts) map[string][]string {
	out := make(map[string][]string, len(links))
	for name, list := range links {
		out[name] = list
	}
	return out
}
