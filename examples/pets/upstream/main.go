// Command upstream is the service behind the pets API: a few pets in memory.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	"strconv"
	"sync"
	"time"
)

type pet struct {
	ID    int      `json:"id"`
	Name  string   `json:"name"`
	Kind  string   `json:"kind"`
	Price float64  `json:"price"`
	Tags  []string `json:"tags"`
}

type shop struct {
	mu   sync.Mutex
	pets []pet
}

func main() {
	listen := flag.String("listen", "127.0.0.1:4567", "address to listen on")
	flag.Parse()
	s := &shop{pets: []pet{
		{1, "Rex", "dog", 249.99, []string{"loud", "loyal"}},
		{2, "Tom", "cat", 124.99, []string{"asleep"}},
		{3, "Bubbles", "fish", 0.99, []string{"wet", "orange"}},
	}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /pets", s.list)
	mux.HandleFunc("POST /pets", s.add)
	mux.HandleFunc("GET /pets/{id}", s.get)
	mux.HandleFunc("/echo", echo)
	server := &http.Server{Addr: *listen, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

func (s *shop) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []pet{}
	for _, p := range s.pets {
		if kind := r.URL.Query().Get("type"); kind == "" || kind == p.Kind {
			found = append(found, p)
		}
	}
	answer(w, http.StatusOK, found)
}

func (s *shop) get(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || id < 1 || id > len(s.pets) {
		answer(w, http.StatusNotFound, map[string]string{"reason": "no such pet"})
		return
	}
	answer(w, http.StatusOK, s.pets[id-1])
}

func (s *shop) add(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Pet pet `json:"pet"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Pet.Name == "" {
		answer(w, http.StatusUnprocessableEntity, map[string]string{"reason": "a pet needs a name"})
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	in.Pet.ID = len(s.pets) + 1
	s.pets = append(s.pets, in.Pet)
	w.Header().Set("Location", fmt.Sprintf("/pets/%d", in.Pet.ID))
	answer(w, http.StatusCreated, map[string]pet{"pet": in.Pet})
}

// echo shows what arrived.
func echo(w http.ResponseWriter, r *http.Request) {
	answer(w, http.StatusOK, map[string]any{"method": r.Method, "query": r.URL.RawQuery, "headers": r.Header})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
