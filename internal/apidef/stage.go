package apidef

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"postern/internal/aws/awserr"
)

// ErrNoStageID is what operations on an unknown stage answer.
var ErrNoStageID = awserr.NotFound.Errorf("Invalid stage identifier specified")

// StagePlace is what a stage may refer to, and what bounds it.
type StagePlace struct {
	HasDeployment func(id string) bool
	// HasClientCertificate is nil where that cannot be asked.
	HasClientCertificate func(id string) bool
	// MayLog is false when execution logs have nowhere to go: the account has no role for them.
	MayLog bool
	Limits Limits
	Now    int64 // seconds since the epoch
}

var errNoSuchDeployment = awserr.BadRequest.Errorf("Deployment id does not exist")

var legalStageName = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)

// CheckStageName refuses what no stage may be called.
func CheckStageName(name string, limits Limits) error {
	if !legalStageName.MatchString(name) || len(name) > limits.StageName {
		return awserr.BadRequest.Errorf("Stage name only allows a-zA-Z0-9_")
	}
	return nil
}

// NewStage checks what CreateStage was given, and fills in the defaults.
func NewStage(s Stage, at StagePlace) (*Stage, error) {
	if err := s.Settle(&Stage{}, at); err != nil {
		return nil, err
	}
	return &s, nil
}

// Settle checks a stage that takes the place of another, as a new one does of an empty one, and fills in the defaults.
func (s *Stage) Settle(before *Stage, at StagePlace) error {
	if err := CheckStageName(s.StageName, at.Limits); err != nil {
		return err
	}
	if !at.HasDeployment(s.DeploymentID) {
		return errNoSuchDeployment
	}
	if err := checkVariables(s.Variables, at.Limits); err != nil {
		return err
	}
	if len(s.Variables) == 0 {
		s.Variables = nil
	}
	if s.CanarySettings != nil {
		if s.CanarySettings.DeploymentID == "" {
			s.CanarySettings.DeploymentID = s.DeploymentID
		}
		if err := s.CanarySettings.check(at); err != nil {
			return err
		}
	}
	return s.settleCache(before, at.Now)
}

var (
	variableName  = regexp.MustCompile(`^\w+$`)
	variableValue = regexp.MustCompile(`^[A-Za-z0-9 ._~:/?#&=,-]+$`)
)

// checkVariables checks stage variables.
// Source: API Gateway API reference, Stage, variables; the texts are AWS's.
func checkVariables(variables map[string]string, limits Limits) error {
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		value := variables[name]
		if !variableName.MatchString(name) || len(name) > limits.StageVariableName {
			return awserr.BadRequest.Errorf("Invalid stage variable name: %s. Please use names with only word characters.", name)
		}
		if !variableValue.MatchString(value) || utf8.RuneCountInString(value) > limits.StageVariableValue {
			return awserr.BadRequest.Errorf("Invalid stage variable value of key %s.  Please use values with alphanumeric characters and the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.", name)
		}
	}
	if len(variables) > limits.StageVariables {
		return awserr.LimitExceeded.Errorf("Maximum number of stage variables for this stage has been reached.")
	}
	return nil
}

func (c *CanarySettings) check(at StagePlace) error {
	if !at.HasDeployment(c.DeploymentID) {
		return errNoSuchDeployment
	}
	if c.PercentTraffic < 0 || c.PercentTraffic > 100 {
		return awserr.BadRequest.Errorf("Invalid canary percentTraffic, must be between 0.0 and 100.0")
	}
	return checkVariables(c.StageVariableOverrides, at.Limits)
}

var (
	logGroupARN = regexp.MustCompile(`^arn:[a-z-]+:logs:[^:]+:[^:]*:log-group:[a-zA-Z0-9_/.#-]+$`)
	firehoseARN = regexp.MustCompile(`^arn:[a-z-]+:firehose:[^:]+:[^:]*:deliverystream/([a-zA-Z0-9_.-]+)$`)
)

// checkDestination wants the ARN of a log group, or of a delivery stream with the prefix that AWS demands.
func checkDestination(arn string) error {
	if stream := firehoseARN.FindStringSubmatch(arn); stream != nil {
		if !strings.HasPrefix(stream[1], "amazon-apigateway-") {
			return awserr.BadRequest.Errorf("Kinesis Firehose delivery stream name must begin with the characters 'amazon-apigateway-'")
		}
		return nil
	}
	if !logGroupARN.MatchString(arn) {
		return awserr.BadRequest.Errorf("The ARN must be a valid CloudWatch Logs log group or Kinesis Data Firehose delivery stream")
	}
	return nil
}

func checkLogFormat(format string, limits Limits) error {
	if !strings.Contains(format, "$context.requestId") && !strings.Contains(format, "$context.extendedRequestId") {
		return awserr.BadRequest.Errorf("Access Log format must include either $context.requestId or $context.extendedRequestId")
	}
	if len(format) > limits.AccessLogFormatBytes {
		return awserr.BadRequest.Errorf("Access Log format exceeds the limit of %d bytes", limits.AccessLogFormatBytes)
	}
	return nil
}
