package lambda

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	model "postern/internal/aws/wire/lambda"
)

// settings are what CreateFunction and UpdateFunctionConfiguration have in common; nil members are not given.
type settings struct {
	runtime, role, handler, description, kmsKeyARN *string
	timeout, memorySize                            *int
	vpc                                            *model.VPCConfig
	environment                                    *model.Environment
	deadLetter                                     *model.DeadLetterConfig
	tracing                                        *model.TracingConfig
	layers                                         []string
	fileSystems                                    []model.FileSystemConfig
	image                                          *model.ImageConfig
	ephemeralStorage                               *model.EphemeralStorage
	snapStart                                      *model.SnapStart
	logging                                        *model.LoggingConfig
	capacityProvider                               *model.CapacityProviderConfig
	durable                                        *model.DurableConfig
}

// The bounds of a function. Source: Lambda developer guide, "Lambda quotas".
const (
	maxTimeout     = 900
	maxMemory      = 10240
	maxVariables   = 4096
	defaultTimeout = 3
	defaultMemory  = 128
	defaultStorage = 512
)

// check refuses what AWS refuses, and what a process of this machine cannot give.
func (s *settings) check(ctx context.Context, l *Lambda) error {
	invalid := model.InvalidParameterValueException
	switch {
	case s.timeout != nil && *s.timeout > maxTimeout:
		return invalid.Errorf("1 validation error detected: Value '%d' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900", *s.timeout)
	case s.memorySize != nil && *s.memorySize > maxMemory:
		return invalid.Errorf("'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 10240")
	case len(s.layers) > 0:
		return invalid.Errorf("Layer version %s does not exist.", s.layers[0])
	case len(s.fileSystems) > 0:
		return invalid.Errorf("EFS access point %s does not exist.", *s.fileSystems[0].ARN)
	case s.image != nil:
		return invalid.Errorf("ImageConfig is only supported for functions of package type Image, which Postern does not run.")
	case s.capacityProvider != nil:
		return invalid.Errorf("Postern runs functions on this machine, and has no capacity providers.")
	case s.durable != nil:
		return invalid.Errorf("Postern does not run durable functions.")
	}
	if s.environment != nil {
		if err := checkVariables(s.environment.Variables); err != nil {
			return err
		}
	}
	return s.checkRole(ctx, l)
}

// checkRole refuses a role that Lambda may not assume. Known AWS answer: CreateFunction soon after CreateRole.
func (s *settings) checkRole(ctx context.Context, l *Lambda) error {
	if s.role == nil || l.options.Trusts == nil {
		return nil
	}
	trusted, err := l.options.Trusts(ctx, *s.role)
	if err != nil {
		return err
	}
	if !trusted {
		return model.InvalidParameterValueException.Errorf("The role defined for the function cannot be assumed by Lambda.")
	}
	return nil
}

// reservedVariables are the names that Lambda keeps for itself.
// Source: Lambda developer guide, "Defined runtime environment variables".
func reservedVariables() []string {
	return []string{
		"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
		"AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID",
		"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
		"AWS_LAMBDA_MAX_CONCURRENCY", "AWS_LAMBDA_METADATA_API", "AWS_LAMBDA_METADATA_TOKEN",
	}
}

// checkVariables refuses names that are kept, and too many bytes. Known AWS answers.
func checkVariables(variables map[string]string) error {
	const beginning = "Lambda was unable to configure your environment variables because the environment variables you have provided "
	reserved := reservedVariables()
	var used []string
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if slices.Contains(reserved, name) {
			used = append(used, name)
		}
		if strings.ContainsRune(variables[name], 0) {
			return model.InvalidParameterValueException.Errorf(beginning+"contain a null character: %s", name)
		}
	}
	if len(used) > 0 {
		return model.InvalidParameterValueException.Errorf(beginning+
			"contains reserved keys that are currently not supported for modification. Reserved keys used in this request: %s",
			strings.Join(used, ", "))
	}
	if text, err := json.Marshal(variables); err == nil && len(text) > maxVariables {
		return model.InvalidParameterValueException.Errorf(beginning+"exceeded the 4KB limit. String measured: %s", text)
	}
	return nil
}

// apply changes what is given.
func (s *settings) apply(v *version, name string) {
	set(&v.Runtime, s.runtime)
	set(&v.Role, s.role)
	set(&v.Handler, s.handler)
	set(&v.Description, s.description)
	set(&v.KMSKeyARN, s.kmsKeyARN)
	set(&v.Timeout, s.timeout)
	set(&v.MemorySize, s.memorySize)
	if s.environment != nil {
		v.Variables = s.environment.Variables
	}
	if s.deadLetter != nil {
		v.DeadLetterTarget = valueOr(s.deadLetter.TargetARN, "")
	}
	if s.tracing != nil {
		set(&v.Tracing, s.tracing.Mode)
	}
	if s.ephemeralStorage != nil {
		set(&v.EphemeralStorage, s.ephemeralStorage.Size)
	}
	if s.snapStart != nil {
		set(&v.SnapStart, s.snapStart.ApplyOn)
	}
	if s.vpc != nil {
		s.applyVPC(v)
	}
	if s.logging != nil {
		s.applyLogging(v, name)
	}
}

func (s *settings) applyVPC(v *version) {
	if len(s.vpc.SubnetIDs) == 0 && len(s.vpc.SecurityGroupIDs) == 0 {
		v.VPC = nil
		return
	}
	dualStack := s.vpc.IPv6AllowedForDualStack != nil && *s.vpc.IPv6AllowedForDualStack
	v.VPC = &model.VPCConfigResponse{
		SubnetIDs: s.vpc.SubnetIDs, SecurityGroupIDs: s.vpc.SecurityGroupIDs, VPCID: new(""), IPv6AllowedForDualStack: &dualStack,
	}
}

// applyLogging sets the log's form. Levels exist only in JSON, where INFO is the default.
// Source: Lambda API reference, LoggingConfig.
func (s *settings) applyLogging(v *version, name string) {
	set(&v.LogFormat, s.logging.LogFormat)
	v.LogGroup = valueOr(s.logging.LogGroup, "/aws/lambda/"+name)
	v.ApplicationLogLevel, v.SystemLogLevel = "", ""
	if v.LogFormat == "JSON" {
		v.ApplicationLogLevel = valueOr(s.logging.ApplicationLogLevel, "INFO")
		v.SystemLogLevel = valueOr(s.logging.SystemLogLevel, "INFO")
	}
}

// newVersion is $LATEST before anything is set.
func newVersion(name string) version {
	return version{
		Number: latest, Timeout: defaultTimeout, MemorySize: defaultMemory, EphemeralStorage: defaultStorage,
		Tracing: "PassThrough", SnapStart: "None", LogFormat: "Text", LogGroup: "/aws/lambda/" + name, Architecture: "x86_64",
	}
}

// touch notes a change.
func (v *version) touch(now time.Time) {
	v.LastModified = now.UTC().Format("2006-01-02T15:04:05.000+0000")
	v.RevisionID = *newRevision()
}

// configuration is a version as the wire has it. Known AWS answer: GetFunctionConfiguration.
func configuration(at ref, v *version) *model.FunctionConfiguration {
	c := &model.FunctionConfiguration{
		FunctionName: new(at.name), FunctionARN: new(at.arn()), Runtime: optional(v.Runtime), Role: &v.Role,
		Handler: optional(v.Handler), CodeSize: &v.Code.Size, Description: &v.Description, Timeout: &v.Timeout,
		MemorySize: &v.MemorySize, LastModified: &v.LastModified, CodeSHA256: &v.Code.SHA256, Version: &v.Number,
		VPCConfig: v.VPC, KMSKeyARN: optional(v.KMSKeyARN), TracingConfig: &model.TracingConfigResponse{Mode: &v.Tracing},
		RevisionID: &v.RevisionID, State: new("Active"), LastUpdateStatus: new("Successful"), PackageType: new("Zip"),
		Architectures: []string{v.Architecture}, EphemeralStorage: &model.EphemeralStorage{Size: &v.EphemeralStorage},
		SnapStart: &model.SnapStartResponse{ApplyOn: &v.SnapStart, OptimizationStatus: new("Off")},
		RuntimeVersionConfig: &model.RuntimeVersionConfig{
			RuntimeVersionARN: new(runtimeVersionARN(at, v)),
		},
		LoggingConfig: &model.LoggingConfig{
			LogFormat: &v.LogFormat, LogGroup: &v.LogGroup, ApplicationLogLevel: optional(v.ApplicationLogLevel),
			SystemLogLevel: optional(v.SystemLogLevel),
		},
	}
	if v.Variables != nil {
		c.Environment = &model.EnvironmentResponse{Variables: v.Variables}
	}
	if v.DeadLetterTarget != "" {
		c.DeadLetterConfig = &model.DeadLetterConfig{TargetARN: &v.DeadLetterTarget}
	}
	return c
}

// set replaces what is given.
func set[T any](to *T, value *T) {
	if value != nil {
		*to = *value
	}
}

func valueOr[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}

// optional is nil for an empty text.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
