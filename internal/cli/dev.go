package cli

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/fsnotify/fsnotify"

	"postern/internal/server"
)

// DevCmd serves one definition from memory.
//
//	postern dev examples/pets/api.yaml --variable upstream=127.0.0.1:4567
type DevCmd struct {
	File      string            `arg:"" type:"existingfile" help:"OpenAPI 3.0 or Swagger 2.0, JSON or YAML, with x-amazon-apigateway extensions."`
	ID        string            `placeholder:"ID" help:"Id of the API, up to 10 of a-z and 0-9. Default: one that stays the same for this file."`
	Stage     string            `default:"dev" help:"Stage to deploy to. Default: ${default}."`
	Variable  map[string]string `placeholder:"K=V" mapsep:"none" help:"Stage variable; may be given several times."`
	Listening `embed:""`
}

var apiID = regexp.MustCompile(`^[a-z0-9]{1,10}$`)

// Run implements the command.
func (c *DevCmd) Run(ctx context.Context, s *Streams) error {
	if c.ID == "" {
		c.ID = fileID(c.File)
	}
	if !apiID.MatchString(c.ID) {
		return misuse(fmt.Sprintf("--id %q is not 1 to 10 of a-z and 0-9", c.ID))
	}
	options := c.options(s)
	options.Data = ":memory:"
	options.NewID = firstID(c.ID)
	srv, err := server.Open(ctx, options)
	if err != nil {
		return err
	}
	watch, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch %s: %w", c.File, err)
	}
	defer func() { _ = watch.Close() }()
	// The folder, since editors replace the file instead of writing into it.
	if err := watch.Add(filepath.Dir(c.File)); err != nil {
		return fmt.Errorf("watch %s: %w", c.File, err)
	}
	api := &devAPI{file: c.File, account: c.Account, region: c.Region, stage: c.Stage, variables: c.Variable, server: srv, streams: s}
	following, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		api.deploy(following)
		api.follow(following, watch)
	}()
	err = srv.Run(ctx)
	cancel()
	<-done
	return err
}

// follow deploys again after each change of the file, until ctx ends.
func (a *devAPI) follow(ctx context.Context, watch *fsnotify.Watcher) {
	// Editors write in several steps: a change counts once nothing has followed it for a moment.
	const quiet = 50 * time.Millisecond
	settled := time.NewTimer(0)
	<-settled.C
	for {
		select {
		case <-ctx.Done():
			return
		case event, ok := <-watch.Events:
			if !ok {
				return
			}
			if filepath.Base(event.Name) == filepath.Base(a.file) && !event.Has(fsnotify.Chmod) {
				settled.Reset(quiet)
			}
		case err, ok := <-watch.Errors:
			if !ok {
				return
			}
			a.say("cannot watch %s: %v", a.file, err)
		case <-settled.C:
			if _, err := os.Stat(a.file); err == nil {
				a.deploy(ctx)
			}
		}
	}
}

// firstID makes ids as the control plane wants them: the first one asked for, which is the API's, is id.
func firstID(id string) func(n int) string {
	var given atomic.Bool
	return func(n int) string {
		if given.CompareAndSwap(false, true) {
			return id
		}
		return strings.ToLower(rand.Text())[:n]
	}
}

// fileID is an API id that is the same whenever the same file is served: URLs survive a restart.
func fileID(file string) string {
	path, err := filepath.Abs(file)
	if err != nil {
		path = file
	}
	sum := sha256.Sum256([]byte(path))
	return strings.ToLower(base32.HexEncoding.EncodeToString(sum[:]))[:10]
}
