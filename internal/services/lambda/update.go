package lambda

import (
	"context"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/lambda"
)

// UpdateFunctionCode replaces the code of $LATEST.
func (l *Lambda) UpdateFunctionCode(ctx context.Context, call *wire.Call, in *model.UpdateFunctionCodeRequest) (*model.FunctionConfiguration, error) {
	at, err := unqualified(call, in.FunctionName)
	if err != nil {
		return nil, err
	}
	if in.PublishTo != nil {
		return nil, model.InvalidParameterValueException.Errorf("PublishTo is only supported for functions of a capacity provider, which Postern does not have.")
	}
	if _, err := view(ctx, l, at.scope, func(r records) (*function, error) { return r.function(at) }); err != nil {
		return nil, err
	}
	reference, archive, err := l.take(&source{zip: in.ZipFile, bucket: in.S3Bucket, object: in.S3Key, image: in.ImageURI})
	if err != nil {
		return nil, err
	}
	dryRun := in.DryRun != nil && *in.DryRun
	change := func(r records) (*model.FunctionConfiguration, error) {
		f, err := r.function(at)
		if err != nil {
			return nil, err
		}
		if err := checkRevision(in.RevisionID, f.Latest.RevisionID); err != nil {
			return nil, err
		}
		f.Latest.Code = reference
		if len(in.Architectures) > 0 {
			f.Latest.Architecture = in.Architectures[0]
		}
		f.Latest.touch(l.options.Now())
		if dryRun {
			return configuration(at, &f.Latest), nil
		}
		if archive != nil {
			if err := r.putArchive(f.Name, reference.Key, archive); err != nil {
				return nil, err
			}
		}
		if err := r.dropArchives(f); err != nil {
			return nil, err
		}
		answer := configuration(at, &f.Latest)
		if in.Publish != nil && *in.Publish {
			v, err := r.publish(f, nil, l.options.Now())
			if err != nil {
				return nil, err
			}
			answer = configuration(ref{at.scope, at.name, v.Number}, v)
		}
		return answer, r.putFunction(f)
	}
	if dryRun {
		return view(ctx, l, at.scope, change)
	}
	return inProgress(update(ctx, l, at, change))
}

// UpdateFunctionConfiguration changes the configuration of $LATEST.
func (l *Lambda) UpdateFunctionConfiguration(ctx context.Context, call *wire.Call, in *model.UpdateFunctionConfigurationRequest) (*model.FunctionConfiguration, error) {
	at, err := unqualified(call, in.FunctionName)
	if err != nil {
		return nil, err
	}
	s := settings{
		runtime: in.Runtime, role: in.Role, handler: in.Handler, description: in.Description, kmsKeyARN: in.KMSKeyARN,
		timeout: in.Timeout, memorySize: in.MemorySize, vpc: in.VPCConfig, environment: in.Environment,
		deadLetter: in.DeadLetterConfig, tracing: in.TracingConfig, layers: in.Layers, fileSystems: in.FileSystemConfigs,
		image: in.ImageConfig, ephemeralStorage: in.EphemeralStorage, snapStart: in.SnapStart, logging: in.LoggingConfig,
		capacityProvider: in.CapacityProviderConfig, durable: in.DurableConfig,
	}
	if err := s.check(ctx, l); err != nil {
		return nil, err
	}
	answer, err := inProgress(update(ctx, l, at, func(r records) (*model.FunctionConfiguration, error) {
		f, err := r.function(at)
		if err != nil {
			return nil, err
		}
		if err := checkRevision(in.RevisionID, f.Latest.RevisionID); err != nil {
			return nil, err
		}
		s.apply(&f.Latest, at.name)
		f.Latest.touch(l.options.Now())
		return configuration(at, &f.Latest), r.putFunction(f)
	}))
	if err == nil && in.Runtime != nil {
		l.warn(ctx, at, *in.Runtime)
	}
	return answer, err
}

// inProgress is the answer to an update: AWS is still at it, and is done when it is asked next.
// Known AWS answer: UpdateFunctionCode.
func inProgress(c *model.FunctionConfiguration, err error) (*model.FunctionConfiguration, error) {
	if err != nil {
		return nil, err
	}
	c.LastUpdateStatus = new("InProgress")
	c.LastUpdateStatusReason, c.LastUpdateStatusReasonCode = new("The function is being created."), new("Creating")
	return c, nil
}

// checkRevision refuses a change of what has changed since the caller read it.
// Known AWS answer: UpdateFunctionCode with a stale revision id.
func checkRevision(given *string, have string) error {
	if given != nil && *given != have {
		return model.PreconditionFailedException.Errorf("The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId")
	}
	return nil
}

// DeleteFunction removes a function with everything that belongs to it, or one of its versions.
func (l *Lambda) DeleteFunction(ctx context.Context, call *wire.Call, in *model.DeleteFunctionRequest) (*model.DeleteFunctionResponse, error) {
	at, err := target(call, in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	if at.qualifier == latest {
		return nil, model.InvalidParameterValueException.Errorf("$LATEST version cannot be deleted without deleting the function.")
	}
	_, err = update(ctx, l, at, func(r records) (struct{}, error) {
		f, err := r.function(at)
		if err != nil {
			return struct{}{}, err
		}
		if at.qualifier != "" {
			return struct{}{}, r.deleteVersion(f, at)
		}
		every := func(string) bool { return true }
		for _, kind := range []string{kindVersion, kindAlias, kindCode} {
			if err := r.deleteAll(kind, f.Name+"/", every); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, r.delete(kindFunction, f.Name)
	})
	if err != nil {
		return nil, err
	}
	return &model.DeleteFunctionResponse{StatusCode: new(204)}, nil
}

// deleteVersion removes a published version that no alias points to.
func (r records) deleteVersion(f *function, at ref) error {
	if !isDigits(at.qualifier) {
		return model.InvalidParameterValueException.Errorf("Deletion of aliases is not currently supported.")
	}
	if _, err := r.number(at, at.qualifier); err != nil {
		return err
	}
	aliases, err := r.aliases(f.Name)
	if err != nil {
		return err
	}
	for _, a := range aliases {
		if _, second := a.Weights[at.qualifier]; second || a.Version == at.qualifier {
			return model.ResourceConflictException.Errorf("Version %s is currently referenced by alias %s.", at.qualifier, a.Name)
		}
	}
	if err := r.delete(kindVersion, versionID(f.Name, at.qualifier)); err != nil {
		return err
	}
	if err := r.dropArchives(f); err != nil {
		return err
	}
	delete(f.Policies, at.qualifier)
	return r.putFunction(f)
}
