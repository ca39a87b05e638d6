// Command postern is Amazon API Gateway that you run yourself.
package main

import (
	"os"

	"postern/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
