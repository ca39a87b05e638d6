package cli

import (
	"time"

	"postern/internal/server"
)

// Functions is what bounds the processes that run Lambda functions.
type Functions struct {
	FunctionProcesses int           `default:"100" placeholder:"N" help:"Most processes of Lambda functions at one time; each works on one event. Half of them may belong to one version of a function. Default: ${default}."`
	FunctionIdle      time.Duration `default:"5m" placeholder:"DURATION" help:"After which time an idle process of a Lambda function is ended. Default: ${default}."`
}

func (f *Functions) options() server.FunctionOptions {
	return server.FunctionOptions{Processes: f.FunctionProcesses, Idle: f.FunctionIdle}
}
