package server

import (
	"postern/internal/store"
	"postern/internal/store/memory"
	"postern/internal/store/sqlite"
)

// memoryData is the --data that keeps nothing.
const memoryData = ":memory:"

// openStore opens the store that --data names.
func openStore(data string) (store.Store, error) {
	if data == memoryData {
		return memory.New(), nil
	}
	return sqlite.Open(data)
}
