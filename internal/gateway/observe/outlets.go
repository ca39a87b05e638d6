package observe

import (
	"strings"

	"postern/internal/apidef"
	"postern/internal/gateway/observe/accesslog"
	"postern/internal/gateway/observe/delivery"
	"postern/internal/gateway/observe/metrics"
	"postern/internal/gateway/observe/tracing"
)

// Outlets are where observations go. What is nil takes nothing.
type Outlets struct {
	// Lines takes access logs and execution logs.
	Lines *delivery.Queue
	// AccessFile tells that access log lines go to the queue's file, too.
	AccessFile bool
	Metrics    *metrics.Registry
	Tracer     *tracing.Tracer
}

// Stage is what a stage wants observed of the exchanges of one of its deployments, compiled. It is never changed.
type Stage struct {
	outlets *Outlets
	series  *metrics.Series
	access  *accesslog.Format
	// accessTo and executionTo are empty when nothing is written there.
	accessTo, executionTo []*delivery.Destination
	traced                bool
	// name is that of the segment, "{API name}/{stage}".
	name string

	dimensions metrics.Dimensions
}

// Method is what a stage wants observed of one method's exchanges, compiled. It is never changed.
type Method struct {
	// series is nil without detailed metrics.
	series *metrics.Series
	level  level
	// brief leaves parameters, headers and bodies out of the execution log.
	brief bool
	name  tracing.Name
	// some are the verbs of a method ANY that have settings of their own; nil when none has.
	some map[string]*Method
}

// level is which exchanges are written to the execution log.
type level uint8

const (
	off level = iota
	failures
	everything
)

// canarySuffix is what AWS puts behind the names of a canary's log groups, and behind the stage in its metrics (the
// latter is inferred). Source: developer guide, "Set up an API Gateway canary release deployment".
const canarySuffix = "/Canary"

// Stage compiles what d.Stage wants of the deployment whose definition is s: that of the stage, or of its canary.
func (o *Outlets) Stage(d *apidef.Deployed, s *apidef.Snapshot, canary bool) *Stage {
	stage := d.Stage
	c := &Stage{outlets: o, traced: stage.TracingEnabled && o.Tracer != nil, name: s.RestAPI.Name + "/" + stage.StageName}
	c.dimensions = metrics.Dimensions{Account: d.AccountID, Region: d.Region, APIName: s.RestAPI.Name, Stage: stage.StageName}
	if canary {
		c.dimensions.Stage += canarySuffix
	}
	if o.Metrics != nil {
		c.series = o.Metrics.Series(c.dimensions)
	}
	if o.Lines == nil {
		return c
	}
	if a := stage.AccessLogSettings; a != nil && a.Format != "" {
		c.access = accesslog.Compile(a.Format, accesslog.Stage{EndpointType: s.RestAPI.EndpointType(), Tracing: c.traced})
		c.accessTo = accessDestinations(a.DestinationARN, o.AccessFile, canary)
	}
	if d.CloudwatchRoleARN != "" {
		group := "API-Gateway-Execution-Logs_" + s.RestAPI.ID + "/" + stage.StageName
		c.executionTo = destinations(delivery.Destination{Account: d.AccountID, Region: d.Region, Group: group}, canary)
	}
	return c
}

// destinations are a log group, and for canaries a second one: their exchanges are logged twice. Firehose streams get them
// once (inferred).
func destinations(to delivery.Destination, canary bool) []*delivery.Destination {
	list := []*delivery.Destination{&to}
	if canary && to.Group != "" {
		second := to
		second.Group, second.File = to.Group+canarySuffix, false
		list = append(list, &second)
	}
	return list
}

// accessDestinations reads the ARN of a log group or of a Firehose stream.
func accessDestinations(arn string, file, canary bool) []*delivery.Destination {
	to := delivery.Destination{File: file}
	to.Account, to.Region, to.Group = logGroup(arn)
	if to.Group == "" {
		to.Region, to.Firehose = firehose(arn)
	}
	if to.Group == "" && to.Firehose == "" && !file {
		return nil
	}
	return destinations(to, canary)
}

// firehose takes arn:aws:firehose:REGION:ACCOUNT:deliverystream/NAME apart; both are empty for any other ARN.
func firehose(arn string) (region, stream string) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[2] != "firehose" {
		return "", ""
	}
	name, ok := strings.CutPrefix(parts[5], "deliverystream/")
	if !ok {
		return "", ""
	}
	return parts[3], name
}

// logGroup takes arn:aws:logs:REGION:ACCOUNT:log-group:NAME apart; all are empty for any other ARN.
func logGroup(arn string) (account, region, group string) {
	parts := strings.SplitN(arn, ":", 7)
	if len(parts) != 7 || parts[2] != "logs" || parts[5] != "log-group" {
		return "", "", ""
	}
	return parts[4], parts[3], strings.TrimSuffix(parts[6], ":*")
}

// Method compiles what the stage wants of one method: its own settings, else those of all methods. A method ANY serves
// verbs that may have settings of their own.
func (s *Stage) Method(stage *apidef.Stage, resource *apidef.Resource, m *apidef.Method) *Method {
	setting := stage.MethodSetting(resource.Path, m.HTTPMethod)
	c := s.verb(setting, m.HTTPMethod, resource, m)
	if m.HTTPMethod != "ANY" {
		return c
	}
	for _, verb := range [...]string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"} {
		own := stage.MethodSetting(resource.Path, verb)
		if own == nil || own == setting || own == stage.MethodSettings[apidef.AllMethods] {
			continue
		}
		if c.some == nil {
			c.some = map[string]*Method{}
		}
		c.some[verb] = s.verb(own, verb, resource, m)
	}
	return c
}

// of is what is wanted of one verb.
func (m *Method) of(verb string) *Method {
	if own := m.some[verb]; own != nil {
		return own
	}
	return m
}

func (s *Stage) verb(setting *apidef.MethodSetting, verb string, resource *apidef.Resource, m *apidef.Method) *Method {
	c := &Method{name: tracing.Name{Segment: s.name, Call: callName(m.Integration)}}
	if setting == nil {
		return c
	}
	if setting.MetricsEnabled && s.outlets.Metrics != nil {
		d := s.dimensions
		d.Method, d.Resource = verb, resource.Path
		c.series = s.outlets.Metrics.Series(d)
	}
	if len(s.executionTo) == 0 {
		return c
	}
	switch setting.LoggingLevel {
	case "ERROR":
		c.level = failures
	case "INFO":
		c.level = everything
	}
	c.brief = !setting.DataTraceEnabled
	return c
}

// callName is what a trace calls the endpoint of an integration: its host, or the AWS service.
func callName(in *apidef.Integration) string {
	switch {
	case in == nil:
		return ""
	case in.Type == apidef.AWS || in.Type == apidef.AWSProxy:
		// arn:aws:apigateway:REGION:SERVICE:...
		if parts := strings.Split(in.URI, ":"); len(parts) > 4 {
			if parts[4] == "lambda" {
				return "Lambda"
			}
			return parts[4]
		}
	}
	_, host, ok := strings.Cut(in.URI, "://")
	if !ok {
		return in.Type
	}
	if i := strings.IndexAny(host, "/?"); i >= 0 {
		host = host[:i]
	}
	return host
}

// Unserved names what a stage wants observed and these outlets do not take, as the API reference names it.
func (o *Outlets) Unserved(d *apidef.Deployed) []string {
	var names []string
	if a := d.Stage.AccessLogSettings; a != nil && a.Format != "" {
		if o.Lines == nil || len(accessDestinations(a.DestinationARN, o.AccessFile, false)) == 0 {
			names = append(names, "accessLogSettings (no destination)")
		}
	}
	for _, setting := range d.Stage.MethodSettings {
		if (setting.LoggingLevel == "INFO" || setting.LoggingLevel == "ERROR") && (o.Lines == nil || d.CloudwatchRoleARN == "") {
			names = append(names, "methodSettings.loggingLevel (the account has no cloudwatchRoleArn)")
			break
		}
	}
	if d.Stage.TracingEnabled && !o.Tracer.Sends() {
		names = append(names, "tracingEnabled (--otlp-endpoint names where spans go)")
	}
	return names
}
