// Package cli is Postern's commands, a file each.
//
// What comes in: arguments, POSTERN_... variables, a YAML file. What goes out: data on stdout, words on stderr, and the
// exit code: 0 done, 1 failed, 2 misused. No command does the work itself; each wires the parts that do.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

const (
	exitDone   = 0
	exitFailed = 1
	exitMisuse = 2
)

// CLI is the whole command line.
type CLI struct {
	Serve    ServeCmd    `cmd:"" help:"Answer the API Gateway API and run the APIs deployed to it."`
	Dev      DevCmd      `cmd:"" help:"Serve one API definition from memory, and redeploy it when the file changes."`
	Template TemplateCmd `cmd:"" help:"Render and check mapping templates."`
	Env      EnvCmd      `cmd:"" help:"Print what the AWS CLI, an SDK, Terraform or Pulumi needs to find this server."`
	Version  VersionCmd  `cmd:"" help:"Print the version."`
}

// Streams are the standard streams of a command.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// exit is how kong asks to end the program (after --help); it unwinds to Main.
type exit int

// Main runs one command line and returns the exit code.
func Main(args []string, in io.Reader, out, errw io.Writer) (code int) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case exit:
			code = int(e)
		default:
			panic(e)
		}
	}()
	var root CLI
	parser, err := kong.New(&root,
		kong.Name("postern"),
		kong.Description("Amazon API Gateway that you run yourself."),
		kong.DefaultEnvars("POSTERN"),
		kong.Vars{"data": defaultData()},
		kong.Configuration(yamlConfig),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Writers(out, errw),
		kong.Exit(func(code int) { panic(exit(code)) }),
	)
	if err != nil {
		fmt.Fprintln(errw, "postern:", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(errw, "postern: %v\nTry: postern --help\n", err)
		return exitMisuse
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	command.BindTo(ctx, (*context.Context)(nil))
	err = command.Run(&Streams{In: in, Out: out, Err: errw})
	if err == nil {
		return exitDone
	}
	if !errors.Is(err, errSilent) {
		fmt.Fprintln(errw, "postern:", err)
	}
	if errors.As(err, new(misuse)) {
		return exitMisuse
	}
	return exitFailed
}

// errSilent fails a command that has already said why.
var errSilent = errors.New("failed")

// misuse is an error of the caller: exit code 2.
type misuse string

func (m misuse) Error() string { return string(m) }
