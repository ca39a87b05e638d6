package conformance

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// newUpstream starts the service that integrations of the dialogues call:
//
//	/echo...        200 and a JSON object of what arrived: method, path, args, headers, data
//	/status/N       status N and {"status": N}
//	/header/NAME/V  200 with the header NAME: V and {"ok": true}
//	/body           the request's own body and Content-Type back
//	/empty          200 without a body
//	/moved          302 to /echo
//	/gzip           {"ok": true} in the coding gzip, as text/html
//	/stream         bytes that are no text, in pieces, as image/png
//	/slow           200 after five seconds, or when the caller gives up
//	/cut            half an answer, then the connection closes
//	/nonsense       bytes that are not HTTP
func newUpstream(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/status/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		answerJSON(w, n, map[string]int{"status": n})
	})
	mux.HandleFunc("/header/{name}/{value...}", func(w http.ResponseWriter, r *http.Request) {
		w.Header()[r.PathValue("name")] = []string{r.PathValue("value")}
		answerJSON(w, http.StatusOK, map[string]bool{"ok": true})
	})
	mux.HandleFunc("/body", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
		_, _ = io.Copy(w, r.Body)
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/echo")
		w.WriteHeader(http.StatusFound)
	})
	mux.HandleFunc("/gzip", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		coded := gzip.NewWriter(w)
		_, _ = io.WriteString(coded, `{"ok": true}`)
		_ = coded.Close()
	})
	mux.HandleFunc("/stream", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		for _, piece := range []string{"\x89PNG", "\xff\x00", "end"} {
			_, _ = io.WriteString(w, piece)
			_ = http.NewResponseController(w).Flush()
		}
	})
	mux.HandleFunc("/empty", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Second):
			answerJSON(w, http.StatusOK, map[string]bool{"late": true})
		}
	})
	mux.HandleFunc("/cut", raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"half\":"))
	mux.HandleFunc("/nonsense", raw("SMTP ready\r\n\r\n"))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.RequestURI, "/echo") { // past the mux, which would clean the path
			echo(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server
}

// raw writes bytes as they are and closes the connection.
func raw(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = buf.WriteString(text)
		_ = buf.Flush()
	}
}

func echo(w http.ResponseWriter, r *http.Request) {
	data, _ := io.ReadAll(r.Body)
	args := map[string]any{}
	for name, values := range r.URL.Query() {
		args[name] = one(values)
	}
	headers := map[string]any{"Host": r.Host}
	for name, values := range r.Header {
		headers[name] = one(values)
	}
	answerJSON(w, http.StatusOK, map[string]any{
		"method": r.Method, "path": strings.SplitN(r.RequestURI, "?", 2)[0],
		"args": args, "headers": headers, "data": string(data),
	})
}

// one is the value itself when there is only one.
func one(values []string) any {
	if len(values) == 1 {
		return values[0]
	}
	return values
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// closedAddress is an address of this machine where nothing listens.
func closedAddress(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	return strings.TrimPrefix(server.URL, "http://")
}
