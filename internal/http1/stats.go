package http1

// Connections is how many connections of clients are open.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// TransportStats are the connections of a Transport at one moment.
type TransportStats struct {
	// Upstreams is how many upstreams have a pool.
	Upstreams int
	// Active connections are in use or being dialled; Idle ones are kept.
	Active, Idle int
}

// Stats counts the connections.
func (t *Transport) Stats() TransportStats {
	t.mu.RLock()
	defer t.mu.RUnlock()
	stats := TransportStats{Upstreams: len(t.upstreams)}
	for _, u := range t.upstreams {
		u.mu.Lock()
		stats.Active += u.active
		stats.Idle += len(u.idle)
		u.mu.Unlock()
	}
	return stats
}
