package runtime

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Credentials are what a function signs its calls with.
type Credentials struct{ AccessKeyID, SecretAccessKey, SessionToken string }

// MaxAge is how old a process may be when it becomes idle: its credentials last for an hour, and an event may take a
// quarter of one.
const MaxAge = 40 * time.Minute

// Surroundings say what a function finds besides itself.
type Surroundings interface {
	// Credentials gives keys of a role, for a session with the function's name, that last for an hour. Zero values are not put into the environment.
	Credentials(ctx context.Context, account, role, name string) (Credentials, error)
	// Endpoint is where the function reaches AWS's services, "http://127.0.0.1:4566"; empty for AWS itself.
	Endpoint() string
}

// environment is the whole environment of a process. Nothing of the server's own gets in but PATH.
// Source: Lambda developer guide, "Defined runtime environment variables".
func (p *process) environment(ctx context.Context, bootstraps string) ([]string, error) {
	c, host := p.pool.config, p.pool.host
	env := []string{
		"PATH=" + host.options.Path,
		"LANG=en_US.UTF-8",
		"TZ=:UTC",
		"LAMBDA_TASK_ROOT=" + c.Root,
		"LAMBDA_RUNTIME_DIR=" + bootstraps,
		"_HANDLER=" + c.Handler,
		"AWS_REGION=" + c.Region,
		"AWS_DEFAULT_REGION=" + c.Region,
		"AWS_LAMBDA_FUNCTION_NAME=" + c.Name,
		"AWS_LAMBDA_FUNCTION_VERSION=" + c.Version,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=" + strconv.Itoa(c.MemoryMB),
		"AWS_LAMBDA_LOG_GROUP_NAME=" + c.LogGroup,
		"AWS_LAMBDA_LOG_STREAM_NAME=" + p.stream,
		"AWS_LAMBDA_RUNTIME_API=" + p.listener.Addr().String(),
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_XRAY_CONTEXT_MISSING=LOG_ERROR",
		"AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2000",
		"_AWS_XRAY_DAEMON_ADDRESS=127.0.0.1",
		"_AWS_XRAY_DAEMON_PORT=2000",
	}
	if !strings.HasPrefix(c.Runtime, "provided") {
		env = append(env, "AWS_EXECUTION_ENV=AWS_Lambda_"+c.Runtime)
	}
	if strings.HasPrefix(c.Runtime, "nodejs") {
		env = append(env, "NODE_PATH="+filepath.Join(c.Root, "node_modules"))
	}
	if c.JSONLogs {
		env = append(env, "AWS_LAMBDA_LOG_FORMAT=JSON")
		if c.LogLevel != "" {
			env = append(env, "AWS_LAMBDA_LOG_LEVEL="+c.LogLevel)
		}
	} else {
		env = append(env, "AWS_LAMBDA_LOG_FORMAT=Text")
	}
	if s := host.options.Surroundings; s != nil {
		keys, err := s.Credentials(ctx, c.Account, c.Role, c.Name)
		if err != nil {
			return nil, err
		}
		env = appendSet(env, "AWS_ACCESS_KEY_ID", keys.AccessKeyID)
		env = appendSet(env, "AWS_SECRET_ACCESS_KEY", keys.SecretAccessKey)
		env = appendSet(env, "AWS_SESSION_TOKEN", keys.SessionToken)
		env = appendSet(env, "AWS_ENDPOINT_URL", s.Endpoint())
	}
	// The function's own come last: among two of one name the last counts. The names that Lambda keeps for itself are
	// refused when a function is configured, but TZ, LANG, PATH and NODE_PATH may be set.
	return append(env, c.Variables...), nil
}

func appendSet(env []string, name, value string) []string {
	if value == "" {
		return env
	}
	return append(env, name+"="+value)
}
