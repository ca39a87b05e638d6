// Package lambda is AWS Lambda, as far as an API and the tools that deploy one need it: it keeps functions, their
// versions, aliases and policies, and runs them in processes of this machine.
//
// What comes in: the operations of the Lambda API (2015-03-31), and invocations from the gateway. What goes out:
// configurations, answers of functions, and what functions print, to their log groups. It never uses containers, and
// never decides what an API answers when a function fails.
package lambda

// Lambda keeps and runs functions. Its methods may be called from any goroutine.
type Lambda struct{}
