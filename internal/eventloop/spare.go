package eventloop

import "sync"

// spare keeps tasks whose functions have ended, to be given another: their stacks have grown to what is needed.
type spare struct {
	mu     sync.Mutex
	tasks  []*Task
	closed bool
}

// maxSpare bounds the tasks that are kept.
const maxSpare = 64

// take returns a task for f.
func (l *Loop) take(f func(*Task)) *Task {
	t := l.spare.get()
	if t == nil {
		t = newTask(l)
	}
	t.f = f
	return t
}

// get returns a kept task; nil if there is none.
func (s *spare) get() *Task {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.tasks) - 1
	if last < 0 {
		return nil
	}
	t := s.tasks[last]
	s.tasks[last] = nil
	s.tasks = s.tasks[:last]
	return t
}

// put keeps a task, or ends it.
func (s *spare) put(t *Task) {
	t.poller, t.streak = nil, 0
	if !s.keeps(t) {
		t.stop()
	}
}

func (s *spare) keeps(t *Task) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.tasks) == maxSpare {
		return false
	}
	s.tasks = append(s.tasks, t)
	return true
}

// empty ends the kept tasks.
func (s *spare) empty() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tasks {
		t.stop()
	}
	s.tasks = nil
}

// close keeps no task any more.
func (s *spare) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.empty()
}
