package runtime

import (
	"strconv"
	"time"
)

// startLines is START.
// Source: Lambda developer guide, "Viewing CloudWatch logs for Lambda functions".
func (p *process) startLines(v *invocation) string {
	c := &p.pool.config
	if !c.JSONLogs {
		return "START RequestId: " + v.event.RequestID + " Version: " + c.Version
	}
	if c.SystemLogLevel == "WARN" {
		return ""
	}
	return platformLine(v.began, "platform.start", `"requestId":`+string(quote(v.event.RequestID))+
		`,"functionArn":`+string(quote(c.ARN))+`,"version":`+string(quote(c.Version)))
}

// reportLines is END and REPORT.
// Source: as startLines.
func (o *output) reportLines(v *invocation, f *Failure, now time.Time) string {
	p := o.process
	c := &p.pool.config
	if c.JSONLogs {
		return p.jsonReport(v, f, now)
	}
	id := v.event.RequestID
	took := v.took(f, now)
	b := append(append(o.text[:0], "END RequestId: "...), id...)
	b = append(append(b, "\nREPORT RequestId: "...), id...)
	b = append(b, "\tDuration: "...)
	b = appendMillis(b, took)
	b = append(b, " ms\tBilled Duration: "...)
	b = strconv.AppendInt(b, billed(took), 10)
	b = append(b, " ms\tMemory Size: "...)
	b = strconv.AppendInt(b, int64(c.MemoryMB), 10)
	b = append(b, " MB\tMax Memory Used: "...)
	b = strconv.AppendInt(b, p.maxMemoryUsed(), 10)
	b = append(b, " MB\t"...)
	if v.cold {
		b = append(b, "Init Duration: "...)
		b = appendMillis(b, p.initDuration)
		b = append(b, " ms\t"...)
	}
	switch {
	case f == nil:
	case f.Type == "Sandbox.Timedout":
		b = append(b, "Status: timeout"...)
	case f.Type == "Runtime.ExitError":
		b = append(b, "Status: error\tError Type: Runtime.ExitError"...)
	}
	o.text = b
	return string(b)
}

// took is how long the event ran: no longer than it may, when it was late.
func (v *invocation) took(f *Failure, now time.Time) time.Duration {
	if f != nil && f.Type == "Sandbox.Timedout" {
		return v.process.pool.config.Timeout
	}
	return now.Sub(v.began)
}

// billed is a duration in started milliseconds.
func billed(d time.Duration) int64 { return int64((d + time.Millisecond - 1) / time.Millisecond) }

// appendMillis writes milliseconds with two places.
func appendMillis(b []byte, d time.Duration) []byte {
	hundredths := int64(d+5*time.Microsecond) / int64(10*time.Microsecond)
	b = strconv.AppendInt(b, hundredths/100, 10)
	b = append(b, '.', byte('0'+hundredths/10%10), byte('0'+hundredths%10))
	return b
}

// platformLine is a system event in JSON.
// Source: Lambda developer guide, "Lambda Telemetry API Event schema reference".
func platformLine(at time.Time, kind, record string) string {
	return `{"time":"` + at.UTC().Format("2006-01-02T15:04:05.000Z") + `","type":"` + kind + `","record":{` + record + `}}`
}

// jsonReport is REPORT in JSON.
func (p *process) jsonReport(v *invocation, f *Failure, now time.Time) string {
	c := &p.pool.config
	if c.SystemLogLevel == "WARN" && f == nil {
		return ""
	}
	took := v.took(f, now)
	metrics := `"durationMs":` + string(appendMillis(nil, took)) + `,"billedDurationMs":` + strconv.FormatInt(billed(took), 10) +
		`,"memorySizeMB":` + strconv.Itoa(c.MemoryMB) + `,"maxMemoryUsedMB":` + strconv.FormatInt(p.maxMemoryUsed(), 10)
	if v.cold {
		metrics += `,"initDurationMs":` + string(appendMillis(nil, p.initDuration))
	}
	status := "success"
	switch {
	case f == nil:
	case f.Type == "Sandbox.Timedout":
		status = "timeout"
	default:
		status = "error"
	}
	return platformLine(now, "platform.report",
		`"requestId":`+string(quote(v.event.RequestID))+`,"metrics":{`+metrics+`},"status":"`+status+`"`)
}
