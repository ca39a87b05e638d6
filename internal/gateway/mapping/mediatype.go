package mapping

import "strings"

const applicationJSON = "application/json"

// MediaType returns the media type of a Content-Type or of the first entry of an Accept header, without parameters.
// An absent header counts as application/json (recorded AWS answer: templates apply to a GET without body).
func MediaType(header string) string {
	if i := strings.IndexAny(header, ",;"); i >= 0 {
		header = header[:i]
	}
	if header = strings.TrimSpace(header); header == "" {
		return applicationJSON
	}
	return header
}
