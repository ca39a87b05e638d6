package control

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/store"
	"postern/internal/store/document"
)

// Source is what a gateway node reads: deployed stages, and what became of them. It may be used by many goroutines.
type Source struct{ store store.Store }

// NewSource makes a source over a store.
func NewSource(s store.Store) *Source { return &Source{store: s} }

// Load reads a stage with the snapshots that it runs. apidef.ErrNoStage when there is no such API or stage.
func (s *Source) Load(ctx context.Context, apiID, stageName string) (*apidef.Deployed, error) {
	var out *apidef.Deployed
	err := s.store.View(ctx, func(tx store.Tx) (err error) {
		out, err = load(tx, apiID, stageName)
		return err
	})
	if notFound(err) {
		return nil, apidef.ErrNoStage
	}
	if err != nil {
		return nil, fmt.Errorf("load stage %s of API %s: %w", stageName, apiID, err)
	}
	return out, nil
}

func load(tx store.Tx, apiID, stageName string) (*apidef.Deployed, error) {
	scope, err := get[store.Scope](records{tx: tx}, kindAPIOwner, apiID)
	if err != nil {
		return nil, err
	}
	r := records{tx: tx, scope: *scope}
	out := &apidef.Deployed{AccountID: scope.Account, Region: scope.Region}
	if out.Stage, err = get[apidef.Stage](r, kindStage, apiID+"/"+stageName); err != nil {
		return nil, err
	}
	if out.Snapshot, err = get[apidef.Snapshot](r, kindSnapshot, apiID+"/"+out.Stage.DeploymentID); err != nil {
		return nil, err
	}
	if canary := out.Stage.CanarySettings; canary != nil {
		if out.Canary, err = get[apidef.Snapshot](r, kindSnapshot, apiID+"/"+canary.DeploymentID); err != nil {
			return nil, err
		}
	}
	if id := out.Stage.ClientCertificateID; id != "" {
		out.ClientCertificate, err = get[apidef.ClientCertificate](r, kindClientCertificate, id)
		if notFound(err) {
			err = nil // the stage's integrations say so when they are called
		}
	}
	if err != nil {
		return nil, err
	}
	account, err := r.account()
	if err != nil {
		return nil, err
	}
	out.CloudwatchRoleARN = account.CloudwatchRoleARN
	return out, nil
}

// PlacedLink is a VPC link and where it belongs.
type PlacedLink struct {
	Scope store.Scope
	Link  *apidef.VPCLink
}

// VPCLinks lists the VPC links of every account and region.
func (s *Source) VPCLinks(ctx context.Context) ([]PlacedLink, error) {
	var links []PlacedLink
	err := s.store.View(ctx, func(tx store.Tx) error {
		links = nil
		return document.ScanAll(tx, kindVPCLink, func(key store.Key, link *apidef.VPCLink) bool {
			links = append(links, PlacedLink{key.Scope, link})
			return true
		})
	})
	return links, err
}

// VPCLinkTo tells whether a scope has a VPC link to a load balancer, which cannot be deleted then.
func VPCLinkTo(tx store.Tx, scope store.Scope, balancerARN string) (bool, error) {
	links, err := list[apidef.VPCLink](records{tx: tx, scope: scope}, kindVPCLink, "")
	return slices.ContainsFunc(links, func(l *apidef.VPCLink) bool { return slices.Contains(l.TargetARNs, balancerARN) }), err
}

// Stages lists every stage of every account and region.
func (s *Source) Stages(ctx context.Context) ([]apidef.StageKey, error) {
	var keys []apidef.StageKey
	err := s.store.View(ctx, func(tx store.Tx) error {
		keys = nil
		return tx.ScanAll(kindStage, func(doc store.Document) bool {
			api, name, _ := strings.Cut(doc.Key.ID, "/")
			keys = append(keys, apidef.StageKey{APIID: api, Stage: name})
			return true
		})
	})
	return keys, err
}

// Watch delivers what changes from now on until ctx ends, and then closes the channel. Every revision of the store is
// delivered, with or without changes, so that a reader knows how far it has come. What is loaded after Watch returned is
// as new as the first delivery, or newer.
func (s *Source) Watch(ctx context.Context) (<-chan apidef.Changes, error) {
	revision, feed, err := s.follow(ctx)
	if err != nil {
		return nil, err
	}
	out := make(chan apidef.Changes, 1)
	out <- apidef.Changes{Revision: revision}
	go func() {
		defer close(out)
		for {
			for batch := range feed {
				if !send(ctx, out, translate(batch)) {
					return
				}
			}
			// The feed ended because this reader fell behind, or because ctx did.
			if revision, feed, err = s.follow(ctx); err != nil {
				return
			}
			if !send(ctx, out, apidef.Changes{Revision: revision, All: true}) {
				return
			}
		}
	}()
	return out, nil
}

func (s *Source) follow(ctx context.Context) (int64, <-chan []store.Change, error) {
	if err := ctx.Err(); err != nil {
		return 0, nil, err
	}
	revision, err := s.store.Revision(ctx)
	if err != nil {
		return 0, nil, err
	}
	feed, err := s.store.Watch(ctx, revision)
	return revision, feed, err
}

func send(ctx context.Context, out chan<- apidef.Changes, c apidef.Changes) bool {
	select {
	case out <- c:
		return true
	case <-ctx.Done():
		return false
	}
}

// translate tells which stages and APIs a batch of document changes is about.
func translate(batch []store.Change) apidef.Changes {
	var out apidef.Changes
	for _, change := range batch {
		out.Revision = max(out.Revision, change.Revision)
		api, name, _ := strings.Cut(change.Key.ID, "/")
		switch change.Key.Kind {
		case kindStage:
			out.Stages = append(out.Stages, apidef.StageKey{APIID: api, Stage: name})
		case kindRestAPI, kindSnapshot:
			out.APIs = append(out.APIs, api)
		case kindAccount:
			out.All = true // whether stages may write execution logs
		case kindVPCLink:
			out.VPCLinks = true
		case kindDomainName, kindBasePathMapping:
			out.Domains = true
		}
	}
	return out
}
