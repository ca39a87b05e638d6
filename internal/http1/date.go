package http1

import "time"

// dateLine is the Date field, valid up to a server time.
type dateLine struct {
	until time.Duration
	text  string
}

// date returns the Date line for a moment of server time, made once a second. RFC 9110, 6.6.1.
func (s *Server) date(now time.Duration) string {
	if d := s.dates.Load(); d != nil && now < d.until {
		return d.text
	}
	wall := time.Now()
	d := &dateLine{
		until: now + time.Second - time.Duration(wall.Nanosecond()),
		text:  wall.UTC().Format("Date: Mon, 02 Jan 2006 15:04:05 GMT\r\n"),
	}
	s.dates.Store(d)
	return d.text
}
