package lambda

import (
	"context"
	"log/slog"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/lambda"
	"postern/internal/services/lambda/runtime"
)

// CreateFunction makes a function. Its answer says Pending, as AWS's does; the function can be invoked at once.
func (l *Lambda) CreateFunction(ctx context.Context, call *wire.Call, in *model.CreateFunctionRequest) (*model.FunctionConfiguration, error) {
	at, err := unqualified(call, *in.FunctionName)
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
	if err := checkNew(in); err != nil {
		return nil, err
	}
	if err := s.check(ctx, l); err != nil {
		return nil, err
	}
	reference, archive, err := l.take(&source{
		zip: in.Code.ZipFile, bucket: in.Code.S3Bucket, object: in.Code.S3Key, image: in.Code.ImageURI,
	})
	if err != nil {
		return nil, err
	}
	now := l.options.Now()
	created, err := update(ctx, l, at, func(r records) (*model.FunctionConfiguration, error) {
		if _, err := get[function](r, kindFunction, at.name); !notFound(err) {
			return nil, orConflict(err, at.name)
		}
		f := &function{Name: at.name, Latest: newVersion(at.name), Tags: in.Tags}
		s.apply(&f.Latest, at.name)
		f.Latest.Code = reference
		if len(in.Architectures) > 0 {
			f.Latest.Architecture = in.Architectures[0]
		}
		f.Latest.touch(now)
		if archive != nil {
			if err := r.putArchive(f.Name, reference.Key, archive); err != nil {
				return nil, err
			}
		}
		if in.Publish != nil && *in.Publish {
			v, err := r.publish(f, nil, now)
			if err != nil {
				return nil, err
			}
			return configuration(ref{at.scope, at.name, v.Number}, v), r.putFunction(f)
		}
		return configuration(at, &f.Latest), r.putFunction(f)
	})
	if err != nil {
		return nil, err
	}
	l.warn(ctx, at, *created.Runtime)
	created.State, created.StateReason, created.StateReasonCode = new("Pending"), new("The function is being created."), new("Creating")
	created.LastUpdateStatus = new("InProgress")
	return created, nil
}

// orConflict is err, or that there is such a function. Known AWS answer: CreateFunction twice.
func orConflict(err error, name string) error {
	if err != nil {
		return err
	}
	return model.ResourceConflictException.Errorf("Function already exist: %s", name)
}

// checkNew refuses what a new function cannot have.
func checkNew(in *model.CreateFunctionRequest) error {
	invalid := model.InvalidParameterValueException
	switch {
	case in.PackageType != nil && *in.PackageType != "Zip":
		return invalid.Errorf("Postern runs functions from archives and folders, not from container images.")
	case in.Runtime == nil || in.Handler == nil:
		return invalid.Errorf("Runtime and Handler are mandatory parameters for functions created with deployment packages.")
	case in.TenancyConfig != nil:
		return invalid.Errorf("Postern does not isolate tenants.")
	case in.PublishTo != nil:
		return invalid.Errorf("PublishTo is only supported for functions of a capacity provider, which Postern does not have.")
	case valueOr(in.CodeSigningConfigARN, "") != "":
		return model.CodeSigningConfigNotFoundException.Errorf("The code signing configuration cannot be found. Check that the provided configuration is not deleted: %s.", *in.CodeSigningConfigARN)
	}
	return checkTags(in.Tags)
}

// warn says of a runtime what its user should know.
func (l *Lambda) warn(ctx context.Context, at ref, name string) {
	text := ""
	switch {
	case !runtime.Supported(name):
		text = "no program of this machine runs functions of this runtime"
	case retired(name):
		text = "AWS has retired this runtime; the interpreter at hand runs it"
	default:
		return
	}
	l.options.Log.LogAttrs(ctx, slog.LevelWarn, text, slog.String("functionArn", at.arn()), slog.String("runtime", name))
}
