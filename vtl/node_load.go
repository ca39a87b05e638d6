package vtl

import (
	"postern/java"
)

// load is #include or #parse, which load nothing here: their arguments are checked as Velocity does.
type load struct {
	inert
	place
	name string
	args []node
}

func (n *load) render(r *renderer) error {
	for i, a := range n.args {
		if n.name == "parse" && i > 0 {
			break
		}
		v, err := n.argument(r, a)
		if err != nil {
			return err
		}
		if v != nil {
			return r.fail(n.place, failWith(ErrUnsupported, "#%s loads no other templates", n.name))
		}
		if n.name == "include" {
			r.out = append(r.out, includeError(i)...)
		}
	}
	return r.checkOutput()
}

func (n *load) argument(r *renderer, a node) (any, error) {
	if n.name == "include" {
		_, literal := a.(*interpolation)
		_, ref := a.(*reference)
		c, _ := a.(*constant)
		if c != nil {
			_, literal = c.v.(string)
		}
		if !literal && !ref {
			return nil, r.fail(n.place, failWith(ErrUnsupported, "#include takes strings and references"))
		}
	}
	return a.value(r)
}

func includeError(arg int) string {
	return "<!-- include error : error with arg " + java.String(int32(arg)) + " please see log. see error log -->"
}
