package cli

// TemplateCmd groups the commands on mapping templates.
type TemplateCmd struct {
	Render TemplateRenderCmd `cmd:"" help:"Render a mapping template with variables from files."`
	Check  TemplateCheckCmd  `cmd:"" help:"Report errors and doubtful constructs in mapping templates."`
}
